/* SPDX-License-Identifier: Apache-2.0 */
/* How `signet-git verify` shows its results: a table for people, or JSON. */
#ifndef SG_TOOLS_GIT_REPORT_H
#define SG_TOOLS_GIT_REPORT_H

#include "history.h"

/** What a result counts as. */
typedef enum {
    REPORT_GOOD,
    REPORT_UNKNOWN,
    REPORT_EXPIRED,
    REPORT_REVOKED,
    REPORT_BAD,
    REPORT_BROKEN,
    REPORT_UNSIGNED,
    REPORT_OTHER, /* a PGP or SSH signature, which is not ours to judge */
    REPORT_KINDS,
} report_kind;

typedef struct {
    bool is_json;
    bool is_quiet;    /* good ones are not shown */
    bool require_all; /* unsigned and other ones count as failures */
    size_t counts[REPORT_KINDS];
    size_t shown;
    signet_buf text; /* of one JSON object */
} report;

/** Show one result; the function of a history_reporter whose context is a report. */
bool report_result(void *context, const history_result *result, signet_error *err)
    SIGNET_MUST_CHECK;

/** What stands around the results. */
void report_begin(const report *about);
void report_end(const report *about);

/** Whether everything is as it must be. */
bool report_is_good(const report *about);

void report_free(report *about);

__attribute__((unused)) static inline void
report_free_auto(report *about)
{
    report_free(about);
}

#endif
