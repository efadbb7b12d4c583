/* SPDX-License-Identifier: Apache-2.0 */
/* Signing files one after the other, once it is clear how. */
#ifndef SG_SIGNET_SIGN_H
#define SG_SIGNET_SIGN_H

#include "common/identity.h"

typedef enum { FORMAT_PEM, FORMAT_DER, FORMAT_RAW_MLDSA } sign_format;

typedef struct {
    const home *config;
    identity_algorithm algorithm;
    sign_format format;
    const char *output; /* of the only file; NULL: FILE.sig, or standard output for "-" */
    bool json;
} sign_order;

/** Name of a format as --format takes it. */
const char *sign_format_name(sign_format format);

/** Sign all files, each in any case; the worst of their exit statuses. */
int sign_files(const sign_order *order, char *const *paths, size_t count);

#endif
