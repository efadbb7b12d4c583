/* SPDX-License-Identifier: Apache-2.0 */
/* Directories and files of a test, gone when its program ends. */
#ifndef SG_TESTS_SCRATCH_H
#define SG_TESTS_SCRATCH_H

#include <sys/types.h>

#include <signet/base.h>

/** A new empty directory, mode 0700. */
const char *scratch_directory(void);

/** "directory/name", in memory that lives until the program ends. */
const char *scratch_path(const char *directory, const char *name);

/** Write a file with exactly that mode, replacing what was there. */
void scratch_write(const char *path, signet_slice bytes, mode_t mode);

bool scratch_exists(const char *path);

/** The permission bits of a file. */
mode_t scratch_mode(const char *path);

/** How many entries a directory has. */
size_t scratch_count(const char *directory);

#endif
