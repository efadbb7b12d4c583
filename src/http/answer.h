/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An answer that this library makes itself: a refusal, or a document.  Whoever serves writes it out
 * in its own way.  Every field passes through sg_answer_add(), so no value can end its line.
 */
#ifndef SG_HTTP_ANSWER_H
#define SG_HTTP_ANSWER_H

#include <signet/base.h>

enum { SG_ANSWER_FIELDS_MAX = 10 };

/** Owned, but for the names of fields, which are constants.  Starts as {0}. */
typedef struct {
    int status;
    size_t field_count;
    struct {
        const char *name;
        size_t at, len; /* of the value, in `values` */
    } fields[SG_ANSWER_FIELDS_MAX];
    signet_buf values;
    signet_buf body;
} sg_answer;

/** Append a field line.  SIGNET_E_USAGE for a value with a control character. */
bool sg_answer_add(sg_answer *answer, const char *name, signet_slice value, signet_error *err)
    SIGNET_MUST_CHECK;

/** The value of a field line, borrowed. */
signet_slice sg_answer_value(const sg_answer *answer, size_t index);

/** Whether a value can stand in a field: no control character, and UTF-8. */
bool sg_answer_is_value(signet_slice value);

void sg_answer_free(sg_answer *answer);

__attribute__((unused)) static inline void
sg_answer_free_auto(sg_answer *answer)
{
    sg_answer_free(answer);
}

#endif
