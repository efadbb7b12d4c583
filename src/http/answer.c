/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "http/answer.h"

bool
sg_answer_is_value(signet_slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < 0x20 || value.ptr[i] == 0x7f)
            return false;
    }
    return sg_is_utf8(value);
}

bool
sg_answer_add(sg_answer *answer, const char *name, signet_slice value, signet_error *err)
{
    size_t at = answer->values.len;

    if (answer->field_count == SG_ANSWER_FIELDS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "%s: more than %d fields in one answer", name,
            SG_ANSWER_FIELDS_MAX);
    if (!sg_answer_is_value(value))
        return signet_fail(err, SIGNET_E_USAGE, "%s: not a value of a field", name);
    if (!signet_buf_append(&answer->values, value, err))
        return false;
    answer->fields[answer->field_count].name = name;
    answer->fields[answer->field_count].at = at;
    answer->fields[answer->field_count].len = value.len;
    answer->field_count++;
    return true;
}

signet_slice
sg_answer_value(const sg_answer *answer, size_t index)
{
    if (index >= answer->field_count || answer->fields[index].len == 0)
        return (signet_slice){NULL, 0};
    return (signet_slice){
        answer->values.data + answer->fields[index].at, answer->fields[index].len};
}

void
sg_answer_free(sg_answer *answer)
{
    if (!answer)
        return;
    signet_buf_free(&answer->values);
    signet_buf_free(&answer->body);
    *answer = (sg_answer){0};
}
