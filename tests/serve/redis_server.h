/* SPDX-License-Identifier: Apache-2.0 */
/* A real Redis or Valkey on a socket in a directory of its own, and servers that only pretend. */
#ifndef SG_TESTS_REDIS_SERVER_H
#define SG_TESTS_REDIS_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

/** The program, or NULL when none is installed. */
const char *redis_server_program(void);

typedef struct {
    pid_t pid;
    const char *directory;
    const char *url, *socket;
} redis_server;

/** Start it and wait until it answers; `password` may be NULL.  Keeps directory and socket. */
void redis_server_start(redis_server *server, const char *password);

/** End the process; what was in it is gone. */
void redis_server_stop(redis_server *server);

typedef struct {
    pid_t pid;
    int port;
    char url[64];
} fake_server;

/**
 * Answer every piece of a question with `answer` (printf-like \r\n included), at once or one byte
 * each 20 ms; an empty answer closes the connection, NULL never answers.  With '!' before it the
 * first question only closes the connection.
 */
void fake_server_start(fake_server *server, const char *answer, bool is_slow);
void fake_server_stop(fake_server *server);

#endif
