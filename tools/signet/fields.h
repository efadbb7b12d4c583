/* SPDX-License-Identifier: Apache-2.0 */
/* Maps of CBOR whose integer keys have names: a table says how each value is shown. */
#ifndef SG_SIGNET_FIELDS_H
#define SG_SIGNET_FIELDS_H

#include "report.h"

typedef enum {
    FIELD_TEXT,
    FIELD_BYTES,
    FIELD_KEY_ID,       /* bytes that are usually text */
    FIELD_TIME,         /* seconds since 1970 */
    FIELD_NUMBER,       /* an integer that is not negative */
    FIELD_CAPABILITIES, /* numbers of the registry */
    FIELD_CBOR,         /* anything */
    FIELD_WRAPPED,      /* CBOR in a byte string */
    FIELD_CHAIN,        /* the same, and in it cells */
} field_kind;

typedef struct {
    int64_t key;
    const char *name;
    field_kind kind;
    const char *meaning;
} field_row;

/** Show every pair of a map; one that is in no row, or of another type, as it is. */
void fields_show(report *to, signet_slice map, const field_row *rows, size_t count);

/** Show the claims of a token, which need not be one. */
void fields_show_claims(report *to, signet_slice token);

#endif
