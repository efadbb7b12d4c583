/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running out of memory, on purpose.
 *
 * The linker sends every malloc, calloc, realloc, free, sg_secret_new and sg_secret_free of the
 * program and of what it links statically to faults.c (--wrap).  (Not sodium_malloc: small secrets
 * share one allocation of it, so it would see neither most failures nor any leak.)  An operation is
 * repeated with its first allocation failing, then its second ... until none fails; twice over:
 * once a single allocation fails, once all that follow do too.  Each failure must end in
 * SIGNET_E_NOMEM or SIGNET_E_CRYPTO, and whatever was allocated must be free again.
 *
 * OpenSSL allocates on its own; give it malloc and its brothers of a program linked like this one
 * with CRYPTO_set_mem_functions().
 */
#ifndef SG_TESTS_FAULTS_H
#define SG_TESTS_FAULTS_H

#include <signet/base.h>

/** Something that allocates.  Frees all that it made, whatever happened. */
typedef bool (*faults_operation)(signet_error *err);

/** A row of a table for faults_exhaust(). */
typedef struct {
    const char *name;
    faults_operation operation;
    unsigned least; /* allocations that it makes at the very least: the harness sees them */
} faults_row;

/** What was allocated between two calls, by malloc and its brothers: how often, and bytes in all.
 */
typedef struct {
    unsigned allocations;
    size_t bytes;
} faults_count;

void faults_count_begin(void);
faults_count faults_count_end(void);

/** Repeat a row's operation as said above; a test fails where it stands. */
void faults_exhaust(const faults_row *row);

#endif
