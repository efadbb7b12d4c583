/* SPDX-License-Identifier: Apache-2.0 */
/* For whom a token or certificate speaks: what was asked. */
#ifndef SG_SIGNET_IDENTITY_SHOW_H
#define SG_SIGNET_IDENTITY_SHOW_H

#include "token_order.h"

enum { IDENTITY_ROOTS_MAX = 16, IDENTITY_INPUT_MAX = 1 << 20 };

typedef struct {
    token_order token;
    token_rules rules;
    const home *config;
    const char *path; /* NULL: standard input */
    const char *secret_fd;
    const char *roots[IDENTITY_ROOTS_MAX];
    size_t root_count;
    bool is_unverified, as_reference, json;
} identity_order;

/** Verify and show; the exit status. */
int identity_show(const identity_order *order);

#endif
