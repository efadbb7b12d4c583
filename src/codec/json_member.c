/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of a tree. */
#include "base/text.h"
#include "codec/json.h"

enum { BYTES_MAX = 64 };

const sg_json *
sg_json_first(const sg_json *list)
{
    if (!list || (list->type != SG_JSON_ARRAY && list->type != SG_JSON_OBJECT))
        return NULL;
    return list->size > 1 ? list + 1 : NULL;
}

const sg_json *
sg_json_next(const sg_json *list, const sg_json *value)
{
    return value + value->size < list + list->size ? value + value->size : NULL;
}

const sg_json *
sg_json_get(const sg_json *object, const char *name)
{
    if (!object || object->type != SG_JSON_OBJECT)
        return NULL;
    for (const sg_json *member = sg_json_first(object); member;
         member = sg_json_next(object, member)) {
        if (signet_slice_is_equal(member->name, signet_slice_text(name)))
            return member;
    }
    return NULL;
}

bool
sg_json_is_text(const sg_json *value, const char *text)
{
    return value && value->type == SG_JSON_TEXT &&
           signet_slice_is_equal(value->text, signet_slice_text(text));
}

bool
sg_json_read_text(const sg_json *object, const char *name, sg_json_presence presence, size_t max,
    signet_slice *ret_text, signet_error *err)
{
    const sg_json *value = sg_json_get(object, name);

    if (!value && presence == SG_JSON_OPTIONAL) {
        *ret_text = (signet_slice){NULL, 0};
        return true;
    }
    if (!value)
        return signet_fail(err, SIGNET_E_DECODE, "%s: missing", name);
    if (value->type != SG_JSON_TEXT)
        return signet_fail(err, SIGNET_E_DECODE, "%s: not a text", name);
    if (value->text.len == 0 || value->text.len > max)
        return signet_fail(err, SIGNET_E_DECODE, "%s: %zu bytes, 1 to %zu are allowed", name,
            value->text.len, max);
    *ret_text = value->text;
    return true;
}

bool
sg_json_read_int(const sg_json *object, const char *name, sg_json_presence presence,
    int64_t *ret_value, signet_error *err)
{
    const sg_json *value = sg_json_get(object, name);

    if (!value && presence == SG_JSON_OPTIONAL)
        return true;
    if (!value)
        return signet_fail(err, SIGNET_E_DECODE, "%s: missing", name);
    if (value->type != SG_JSON_INT)
        return signet_fail(err, SIGNET_E_DECODE, "%s: not an integer", name);
    *ret_value = value->number;
    return true;
}

bool
sg_json_read_bytes(const sg_json *object, const char *name, uint8_t *ret_bytes, size_t size,
    bool *ret_is_there, signet_error *err)
{
    signet_slice text = {0};
    uint8_t bytes[BYTES_MAX];
    size_t len = 0;

    if (!sg_json_read_text(object, name, SG_JSON_OPTIONAL, SG_JSON_MAX, &text, err))
        return false;
    if (text.ptr &&
        (size > sizeof(bytes) || !sg_base64url_decode(text, bytes, size, &len) || len != size))
        return signet_fail(err, SIGNET_E_DECODE, "%s: not base64url of %zu bytes", name, size);
    if (text.ptr)
        memcpy(ret_bytes, bytes, size);
    *ret_is_there = text.ptr != NULL;
    return true;
}
