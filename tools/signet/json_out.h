/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing JSON objects member by member.  Sticky: the first problem (memory) is kept, and reported
 * once when the document is printed.
 */
#ifndef SG_SIGNET_JSON_OUT_H
#define SG_SIGNET_JSON_OUT_H

#include <signet/base.h>

enum { JSON_DEPTH_MAX = 8 };

typedef struct {
    signet_buf out;
    signet_error problem;
    bool is_lost;                     /* `problem` says why */
    bool has_members[JSON_DEPTH_MAX]; /* at each depth: a comma is needed */
    size_t depth;
} json_out;

/** Open an object or array, as a member called `name`, or as an element when it is NULL. */
void json_open(json_out *to, const char *name, char bracket);
void json_close(json_out *to, char bracket);

void json_text(json_out *to, const char *name, const char *text);
void json_slice(json_out *to, const char *name, signet_slice text);
void json_hex(json_out *to, const char *name, signet_slice bytes);
void json_bool(json_out *to, const char *name, bool value);
void json_number(json_out *to, const char *name, int64_t value);
void json_unsigned(json_out *to, const char *name, uint64_t value);
void json_time(json_out *to, const char *name, int64_t seconds);

/** A value that is JSON already. */
void json_raw(json_out *to, const char *name, signet_slice json);

/** "name": {"code": ..., "message": ...} */
void json_error(json_out *to, const char *name, const signet_error *err);

/** Print the document and a newline; `status`, or CLI_FAILED when memory ran out. */
int json_print(json_out *to, int status);

void json_free(json_out *to);

__attribute__((unused)) static inline void
json_free_auto(json_out *to)
{
    json_free(to);
}

#endif
