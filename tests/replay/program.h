/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program in a scratch directory and keeps what it said. */
#ifndef SG_TESTS_REPLAY_PROGRAM_H
#define SG_TESTS_REPLAY_PROGRAM_H

#include "replay.h"

enum { PROGRAM_OUTPUT_MAX = 4 << 20, PROGRAM_WORDS_MAX = 32 };

/** A scratch directory: its `home` and its `work` inside, which programs run in. */
typedef struct {
    char path[64];
} scratch;

bool scratch_make(scratch *ret_scratch);

/** Write a file: a path below the scratch directory, its parents made with mode 0700. */
bool scratch_write(const scratch *where, const char *path, signet_slice bytes, unsigned mode);

/** Remove it all. */
void scratch_remove(const scratch *where);

/** What to run.  `env` is a JSON object of more variables, or NULL. */
typedef struct {
    const char *program; /* path */
    const char *argv[PROGRAM_WORDS_MAX + 1];
    signet_slice input;
    const json_t *env;
    int64_t now;
} program_call;

/** What came out; memory of the case. */
typedef struct {
    int status;                         /* exit status; -1: a signal */
    signet_slice output, errors, third; /* descriptors 1, 2 and 3 */
} program_result;

bool program_run(const scratch *where, const program_call *call, program_result *ret_result);

#endif
