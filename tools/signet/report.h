/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command found out, field by field: as words for people, or as JSON, by the same calls.  A
 * field has a name (the member of JSON), a value, and a meaning that only people are told.
 */
#ifndef SG_SIGNET_REPORT_H
#define SG_SIGNET_REPORT_H

#include "json_out.h"

typedef struct {
    bool json;
    json_out document;
    size_t depth;
    bool is_broken;       /* `problem` is the first rule that is broken */
    signet_error problem; /* its message begins with the place */
} report;

/** The whole report; of JSON it is one object. */
void report_begin(report *to);

/** A line for people. */
void report_note(const report *to, const char *format, ...) SIGNET_PRINTF(2, 3);

/** Fields that belong together, until report_close(); an element of a list has no name. */
void report_open(report *to, const char *name, const char *meaning);
void report_close(report *to);
void report_open_list(report *to, const char *name, const char *meaning);
void report_close_list(report *to);

void report_text(report *to, const char *name, signet_slice text, const char *meaning);
void report_word(report *to, const char *name, const char *word, const char *meaning);
void report_hex(report *to, const char *name, signet_slice bytes, const char *meaning);
void report_number(report *to, const char *name, int64_t value, const char *meaning);
void report_unsigned(report *to, const char *name, uint64_t value, const char *meaning);
void report_bool(report *to, const char *name, bool value, const char *meaning);
void report_time(report *to, const char *name, int64_t seconds, const char *meaning);

/** One item of CBOR: in diagnostic notation, or as the JSON that comes near it. */
void report_cbor(report *to, const char *name, signet_slice item, const char *meaning);

/** Note a broken rule, unless there was one before; `where` may be NULL. */
void report_break(report *to, const char *where, const signet_error *err);

/** Say which rule is broken, if any, and print; CLI_OK, CLI_REFUSED, or CLI_FAILED. */
int report_end(report *to);

/**
 * A result that is a refusal: JSON says so too, and there is a line on stderr in any case.  The
 * exit status.
 */
int report_refusal(const char *name, bool is_json, const signet_error *err);

void report_free(report *to);

__attribute__((unused)) static inline void
report_free_auto(report *to)
{
    report_free(to);
}

#endif
