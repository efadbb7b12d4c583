/* SPDX-License-Identifier: Apache-2.0 */
/* A user of the programs, and what they are shown. */
#ifndef SG_TESTS_USER_H
#define SG_TESTS_USER_H

#include <signet/base.h>

/** A new user: HOME is a new directory, no other variable of Signet is set.  The directory. */
const char *user_new(void);

/** Send descriptor 1 or 2 to a file from now on. */
void user_capture(int fd);

/** End that; what was written, in memory that lives until the program ends. */
const char *user_captured(int fd);

#endif
