/* SPDX-License-Identifier: Apache-2.0 */
/* The words with which git calls gpg.x509.program: those of gpgsm, as far as git uses them. */
#ifndef SG_TOOLS_GIT_OPTIONS_H
#define SG_TOOLS_GIT_OPTIONS_H

#include <signet/base.h>

/** What was asked for.  All texts are borrowed from argv; NULL: not given. */
typedef struct {
    bool sign, detach, armor, help, version;
    const char *local_user;
    const char *verify; /* the file with the signature */
    const char *home;
    const char *keyid_format; /* no meaning here */
    const char *status_fd_text;
    int status_fd;     /* 0: not given */
    const char *data;  /* the first word that is not an option */
    size_t word_count; /* how many such words there are */
} git_options;

/**
 * Read the words after the program's name: POSIX clusters (-bsau KEY, -bsauKEY), --name VALUE,
 * --name=VALUE, switches also as --name=false, words and options in any order, "--" ends the
 * options.  A value may begin with '-'.  SIGNET_E_USAGE names the word.
 */
bool git_options_read(int argc, char **argv, git_options *ret_options, signet_error *err)
    SIGNET_MUST_CHECK;

#endif
