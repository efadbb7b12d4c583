/* SPDX-License-Identifier: Apache-2.0 */
/* Reading tests/vectors/signing.json: groups of rows, each with a function that checks one. */
#ifndef SG_TESTS_SIGNING_VECTORS_H
#define SG_TESTS_SIGNING_VECTORS_H

#include <jansson.h>

#include "harness.h"

typedef struct {
    const char *id;
    size_t count; /**< rows that the group must have */
    void (*check)(const json_t *row);
} vector_group;

/** Run every row of these groups; a group with another number of rows fails. */
void vectors_run(const vector_group *groups, size_t count);

/** Fail unless the file has so many groups and rows. */
void vectors_count(size_t groups, size_t rows);

/** A hex member; empty when it is absent. */
signet_slice vector_hex(const json_t *row, const char *name);

/** An integer member; 0 when it is absent. */
int64_t vector_number(const json_t *row, const char *name);

/** Whether a row's "expect" begins with "accept" or "ok". */
bool vector_accepts(const json_t *row);

#endif
