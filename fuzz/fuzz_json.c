/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any object or array: read the same by another parser; what that reads is not refused; a text that
 * is written reads back as it was; and a value is read again from where it is said to be.
 */
#include <jansson.h>

#include "codec/json.h"
#include "fuzz.h"

enum { SHORT = 600, DEEP = SG_JSON_DEPTH_MAX };

static void check_same(const sg_json *ours, json_t *theirs);

static void
check_inside(const sg_json *ours, json_t *theirs)
{
    const char *name = NULL;
    json_t *value = NULL;
    size_t i = 0;

    for (const sg_json *one = sg_json_first(ours); one; one = sg_json_next(ours, one), i++) {
        if (ours->type == SG_JSON_ARRAY)
            check_same(one, json_array_get(theirs, i));
    }
    PROPERTY(i == (json_is_array(theirs) ? json_array_size(theirs) : json_object_size(theirs)));
    if (ours->type == SG_JSON_ARRAY)
        return;
    json_object_foreach(theirs, name, value)
    {
        const sg_json *member = sg_json_get(ours, name);

        PROPERTY(member);
        check_same(member, value);
    }
}

static void
check_same(const sg_json *ours, json_t *theirs)
{
    static const sg_json_type types[] = {
        [JSON_OBJECT] = SG_JSON_OBJECT,
        [JSON_ARRAY] = SG_JSON_ARRAY,
        [JSON_STRING] = SG_JSON_TEXT,
        [JSON_INTEGER] = SG_JSON_INT,
        [JSON_REAL] = SG_JSON_NUMBER,
        [JSON_TRUE] = SG_JSON_BOOL,
        [JSON_FALSE] = SG_JSON_BOOL,
        [JSON_NULL] = SG_JSON_NULL,
    };

    PROPERTY(theirs && ours->type == types[json_typeof(theirs)]);
    if (ours->type == SG_JSON_INT)
        PROPERTY(ours->number == json_integer_value(theirs));
    if (ours->type == SG_JSON_TEXT)
        PROPERTY(signet_slice_is_equal(
            ours->text, (signet_slice){(const uint8_t *)json_string_value(theirs),
                            json_string_length(theirs)}));
    if (ours->type >= SG_JSON_ARRAY)
        check_inside(ours, theirs);
}

/* How many objects and arrays stand in each other. */
static int
depth_of(json_t *value)
{
    const char *name = NULL;
    json_t *inner = NULL;
    size_t i = 0;
    int most = 0;

    json_array_foreach(value, i, inner)
    {
        int depth = depth_of(inner);

        most = depth > most ? depth : most;
    }
    json_object_foreach(value, name, inner)
    {
        int depth = depth_of(inner);

        most = depth > most ? depth : most;
    }
    return most + (json_is_array(value) || json_is_object(value) ? 1 : 0);
}

/* The straight reader gets back what the writer made of it. */
static void
check_text(signet_slice text)
{
    SIGNET_AUTO(signet_buf_free) signet_buf json = {0};
    uint8_t room[SG_JSON_MAX];
    sg_json_reader in = {0};

    PROPERTY(sg_json_append_string(&json, "", text, NULL));
    in = sg_json_reader_of(signet_buf_slice(&json), room, sizeof(room));
    PROPERTY(signet_slice_is_equal(sg_json_string(&in), text));
    PROPERTY(sg_json_end(&in, "text", NULL));
}

static void
check_place(signet_slice text, const sg_json *value)
{
    SIGNET_AUTO(sg_json_free) sg_json *again = NULL;
    signet_slice there = {text.ptr + value->at, value->len};

    PROPERTY(value->len > 0 && value->at + value->len <= text.len);
    if (value->type < SG_JSON_ARRAY)
        return;
    again = value->type == SG_JSON_OBJECT ? sg_json_read_object(there, "there", NULL)
                                          : sg_json_read_array(there, "there", NULL);
    PROPERTY(again && again->size == value->size);
}

static void
check_json(signet_slice text, sg_json *(*read)(signet_slice, const char *, signet_error *))
{
    SIGNET_AUTO(sg_json_free) sg_json *ours = NULL;
    signet_error err = {0};
    json_error_t problem;
    json_t *theirs = NULL;
    bool is_ours = false;

    ours = read(text, "json", &err);
    theirs = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &problem);
    is_ours = read == sg_json_read_object ? json_is_object(theirs) : json_is_array(theirs);
    if (ours && theirs)
        check_same(ours, theirs);
    /* a short text can only be too deep; a number that is too large matters to theirs alone, which
     * skips a NUL after a number */
    PROPERTY(ours || !is_ours || text.len > SHORT || depth_of(theirs) > DEEP ||
             memchr(text.ptr, 0, text.len));
    PROPERTY(!ours || theirs || json_error_code(&problem) == json_error_numeric_overflow);
    json_decref(theirs);
    PROPERTY(ours || err.code == SIGNET_E_DECODE);
    for (size_t i = 0; ours && i < ours->size; i++) {
        PROPERTY(ours->size <= SG_JSON_VALUES_MAX);
        check_place(text, ours + i);
        if (ours[i].type == SG_JSON_TEXT)
            check_text(ours[i].text);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_json((signet_slice){data, size}, sg_json_read_object);
    check_json((signet_slice){data, size}, sg_json_read_array);
    return 0;
}
