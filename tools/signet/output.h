/* SPDX-License-Identifier: Apache-2.0 */
/* Where a signature goes: a file that appears whole or not at all, a device, or standard output. */
#ifndef SG_SIGNET_OUTPUT_H
#define SG_SIGNET_OUTPUT_H

#include <sys/stat.h>

#include <signet/base.h>

/** The files that are being signed; no output may be one of them. */
typedef struct {
    struct stat *files;
    size_t count;
} output_inputs;

/** Look at the paths of all inputs; one that cannot be looked at cannot be overwritten either. */
bool output_inputs_of(char *const *paths, size_t count, output_inputs *ret_inputs,
    signet_error *err) SIGNET_MUST_CHECK;
void output_inputs_free(output_inputs *inputs);

__attribute__((unused)) static inline void
output_inputs_free_auto(output_inputs *inputs)
{
    output_inputs_free(inputs);
}

/** SIGNET_E_EXISTS when writing to `path` would destroy one of `inputs`. */
bool output_check(const output_inputs *inputs, const char *path, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * Write to `path`, "-" for standard output.  A regular file is replaced in one step; signals that
 * end the program wait until its temporary file is gone.
 */
bool output_write(const char *path, signet_slice bytes, signet_error *err) SIGNET_MUST_CHECK;

#endif
