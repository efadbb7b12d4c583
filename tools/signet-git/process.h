/* SPDX-License-Identifier: Apache-2.0 */
/* A git process: started with a list of words, never through a shell, reading and writing pipes of
 * ours. */
#ifndef SG_TOOLS_GIT_PROCESS_H
#define SG_TOOLS_GIT_PROCESS_H

#include <sys/types.h>

#include <signet/base.h>

/** Words of a command line that grows; the texts are borrowed. */
typedef struct {
    const char **word; /* ends with NULL */
    size_t count, capacity;
} process_words;

bool process_words_add(process_words *words, const char *word, signet_error *err) SIGNET_MUST_CHECK;
void process_words_free(process_words *words);

typedef struct {
    pid_t pid; /* 0: none */
    int in;    /* we write its standard input; -1: it reads something else */
    int out;   /* we read its standard output */
} process;

/** What a process reads. */
enum { PROCESS_READS_NOTHING = -1, PROCESS_READS_US = -2 };

/**
 * Start git.  `words` begins with "git".  `reads` is a descriptor that becomes its standard input,
 * or one of the two above.  Its standard error is ours.  SIGNET_E_NOT_FOUND: there is no git.
 */
bool process_start(const process_words *words, int reads, process *ret_process, signet_error *err)
    SIGNET_MUST_CHECK;

/** Close our ends and wait.  SIGNET_E_IO when it did not exit with 0; `name` is for the message. */
bool process_finish(process *running, const char *name, signet_error *err) SIGNET_MUST_CHECK;

/** Close our ends, so that it ends, and wait; whatever it says. */
void process_free(process *running);

__attribute__((unused)) static inline void
process_words_free_auto(process_words *words)
{
    process_words_free(words);
}

__attribute__((unused)) static inline void
process_free_auto(process *running)
{
    process_free(running);
}

#endif
