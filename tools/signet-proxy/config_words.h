/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words of a configuration of nginx.  Whatever a person said goes through here, in quotes, so that
 * no value ends its word, its directive or its line, and none becomes a variable.
 */
#ifndef SG_PROXY_CONFIG_WORDS_H
#define SG_PROXY_CONFIG_WORDS_H

#include <limits.h>

#include <signet/base.h>

/** Keeps its first problem, so that a configuration is written line by line and checked once. */
typedef struct {
    signet_buf text;
    signet_error err; /* of the first problem; code 0: none so far */
} config_writer;

/** Text of ours, as it is. */
void config_put(config_writer *writer, const char *format, ...) SIGNET_PRINTF(2, 3);

/** One directive: its name and its NULL-terminated words, each in quotes. */
void config_directive(config_writer *writer, const char *name, const char *const *words);

#define CONFIG(writer, name, ...)                                                                  \
    config_directive((writer), (name), (const char *const[]){__VA_ARGS__, NULL})

enum { CONFIG_PATH_SIZE = 2 * PATH_MAX };

/** The name of a file, from the root on. */
void config_full_name(const char *path, char ret[CONFIG_PATH_SIZE]);

/** A directive with one word, the name of a file, which nginx would look up elsewhere. */
void config_file(config_writer *writer, const char *name, const char *path);

/** One word in quotes; a dollar in it stands for itself where variables are allowed. */
void config_secret(config_writer *writer, const char *before, signet_slice secret);

/** One word of a regular expression in quotes, that stands for exactly this text. */
void config_literal_pattern(config_writer *writer, const char *text);

bool config_end(config_writer *writer, signet_error *err) SIGNET_MUST_CHECK;

#endif
