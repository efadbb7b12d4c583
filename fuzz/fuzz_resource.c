/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>

#include "base/text.h"
#include "fuzz.h"
#include "http/challenge.h"
#include "http/resource.h"
#include "http/resource_member.h"

enum { LIST_MAX = 3, ROOM = 64 };

/* What is left of the input, and memory for lists. */
typedef struct {
    signet_slice left;
    signet_slice room[ROOM];
    size_t used;
} source;

static uint8_t
take_byte(source *from)
{
    uint8_t byte = from->left.len > 0 ? from->left.ptr[0] : 0;

    if (from->left.len > 0)
        from->left = (signet_slice){from->left.ptr + 1, from->left.len - 1};
    return byte;
}

/* A length and so many bytes. */
static signet_slice
take_text(source *from)
{
    size_t len = take_byte(from);
    signet_slice text = from->left;

    text.len = len < text.len ? len : text.len;
    from->left = (signet_slice){text.ptr + text.len, from->left.len - text.len};
    return text;
}

static sg_resource_list
take_list(source *from)
{
    size_t count = take_byte(from) % (LIST_MAX + 1);
    signet_slice *items = from->room + from->used;

    for (size_t i = 0; i < count; i++)
        items[i] = take_text(from);
    from->used += count;
    PROPERTY(from->used <= ROOM);
    return (sg_resource_list){items, count};
}

/* A resource: for each member what its kind needs. */
static void
take_resource(source *from, sg_resource *ret_resource)
{
    for (const sg_resource_member *member = sg_resource_members; member->name; member++) {
        void *value = (char *)ret_resource + member->at;

        switch (member->kind) {
        case SG_RESOURCE_TEXT:
            *(signet_slice *)value = take_text(from);
            break;
        case SG_RESOURCE_LIST:
            *(sg_resource_list *)value = take_list(from);
            break;
        case SG_RESOURCE_FLAG:
            *(bool *)value = take_byte(from) & 1;
            break;
        case SG_RESOURCE_NUMBER:
            *(int64_t *)value = (int64_t)take_byte(from) - 2;
        }
    }
    ret_resource->prefix = take_text(from);
}

/* --- the document --- */

static bool
is_text(const json_t *json, signet_slice text)
{
    return json_is_string(json) && json_string_length(json) == text.len &&
           (text.len == 0 || memcmp(json_string_value(json), text.ptr, text.len) == 0);
}

static bool
is_list(const json_t *json, const sg_resource_list *list)
{
    if (!json_is_array(json) || json_array_size(json) != list->count)
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (!is_text(json_array_get(json, i), list->items[i]))
            return false;
    }
    return true;
}

static bool
is_value(const json_t *json, const sg_resource *resource, const sg_resource_member *member)
{
    const void *value = sg_resource_value(resource, member);

    switch (member->kind) {
    case SG_RESOURCE_TEXT:
        return is_text(json, *(const signet_slice *)value);
    case SG_RESOURCE_LIST:
        return is_list(json, value);
    case SG_RESOURCE_FLAG:
        return json_is_true(json);
    case SG_RESOURCE_NUMBER:
        return json_is_integer(json) && json_integer_value(json) == *(const int64_t *)value;
    }
    return false;
}

/* The document is JSON of exactly the members that are configured, and never markup. */
static void
check_document(const sg_resource *resource, bool must_be_written)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    json_t *document = NULL;
    size_t count = 0;

    if (!sg_resource_write(resource, &out, NULL)) {
        PROPERTY(!must_be_written && out.len == 0);
        return;
    }
    for (size_t i = 0; i + 1 < out.len; i++)
        PROPERTY(out.data[i] >= 0x20 && !strchr("<>&", out.data[i]));
    document =
        json_loadb((const char *)out.data, out.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    PROPERTY(document && out.data[out.len - 1] == '\n');
    for (const sg_resource_member *member = sg_resource_members; member->name; member++) {
        bool is_there = member == sg_resource_members || sg_resource_has(resource, member);

        PROPERTY(!is_there || is_value(json_object_get(document, member->name), resource, member));
        count += is_there;
    }
    PROPERTY(json_object_size(document) == count);
    json_decref(document);
}

/* --- challenges --- */

/* Read a quoted-string at `at` of a value back; returns where it ends. */
static size_t
check_quoted(signet_slice value, size_t at, signet_slice expected)
{
    size_t read = 0;

    PROPERTY(at < value.len && value.ptr[at] == '"');
    for (at++; at < value.len && value.ptr[at] != '"'; at++, read++) {
        at += value.ptr[at] == '\\';
        PROPERTY(at < value.len && read < expected.len && value.ptr[at] == expected.ptr[read]);
    }
    PROPERTY(at < value.len && read == expected.len);
    return at + 1;
}

/* Every line is free of control characters, and its quotes are closed. */
static void
check_line(signet_slice value)
{
    bool is_quoted = false;

    for (size_t i = 0; i < value.len; i++) {
        PROPERTY(value.ptr[i] >= 0x20 && value.ptr[i] != 0x7f);
        if (is_quoted && value.ptr[i] == '\\')
            i++;
        else if (value.ptr[i] == '"')
            is_quoted = !is_quoted;
    }
    PROPERTY(!is_quoted);
}

static void
check_challenges(source *from)
{
    sg_challenge_rules rules = {.metadata = take_text(from),
        .scope = take_text(from),
        .dpop = take_text(from),
        .realm = take_text(from),
        .versions = take_text(from)};
    sg_refusal refusal = (sg_refusal)(take_byte(from) % SG_REFUSALS);
    SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf line = {0};
    signet_error err = {0};

    rules.has_cors = take_byte(from) & 1;
    rules.max_skew = take_byte(from);
    if (!sg_challenge_add(&rules, refusal, 1, &answer, &err)) {
        PROPERTY(err.code == SIGNET_E_USAGE && answer.field_count == 0 && answer.values.len == 0);
        return;
    }
    PROPERTY(answer.field_count > 0 || sg_refusal_find(refusal)->status != 401);
    for (size_t i = 0; i < answer.field_count; i++)
        check_line(sg_answer_value(&answer, i));
    if (!sg_challenge_write_signet(&rules, refusal, 1, &line, NULL) || rules.realm.len == 0)
        return;
    (void)check_quoted(signet_buf_slice(&line), strlen("Signet realm="), rules.realm);
}

/* --- identifiers --- */

static bool
is_found(const sg_resources *resources, const sg_resource_identifier *identifier,
    const sg_resource *(*find)(const sg_resources *, const sg_resource_request *),
    signet_slice target)
{
    sg_resource_request request = {
        .scheme = identifier->scheme, .authority = identifier->authority, .target = target};

    return find(resources, &request) == resources->items;
}

/* A request for the identifier is of this resource, and one for its location of its document. */
static void
check_places(const sg_resource *resource, const sg_resource_identifier *identifier)
{
    sg_resources resources = {resource, 1, SG_RESOURCE_STRICT};
    SIGNET_AUTO(signet_buf_free) signet_buf location = {0};
    size_t origin = identifier->scheme.len + 3 + identifier->authority.len;

    PROPERTY(sg_resource_write_location(SG_RESOURCE_STRICT, resource, &location, NULL));
    PROPERTY(memcmp(location.data, resource->identifier.ptr, origin) == 0);
    check_line(signet_buf_slice(&location));
    PROPERTY(is_found(&resources, identifier, sg_resources_find, identifier->path));
    PROPERTY(is_found(&resources, identifier, sg_resources_find_document,
        (signet_slice){location.data + origin, location.len - origin}));
    PROPERTY(!is_found(&resources, identifier, sg_resources_find_document, identifier->path) ||
             identifier->path.len >= strlen(SG_RESOURCE_WELL_KNOWN));
}

/* What strictly is an identifier is one to the reference too, and its parts are the whole. */
static void
check_identifier(signet_slice text)
{
    sg_resource resource = {.identifier = text};
    sg_resource_identifier strict, loose;
    signet_error err = {0};

    if (!sg_resource_identifier_read(SG_RESOURCE_AS_REFERENCE, text, &loose, &err)) {
        PROPERTY(err.code == SIGNET_E_USAGE);
        PROPERTY(!sg_resource_identifier_read(SG_RESOURCE_STRICT, text, &strict, NULL));
        return;
    }
    PROPERTY(loose.authority.len > 0 && fuzz_is_within(loose.authority, text) &&
             fuzz_is_within(loose.path, text));
    if (!sg_resource_identifier_read(SG_RESOURCE_STRICT, text, &strict, NULL))
        return;
    PROPERTY(strict.scheme.ptr == text.ptr);
    PROPERTY(strict.scheme.len + 3 + strict.authority.len + strict.path.len == text.len);
    PROPERTY(sg_is_printable(text) && !memchr(text.ptr, '"', text.len));
    check_places(&resource, &strict);
}

/* The input is an identifier, and it is a resource and challenges, text after text. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    source from = {.left = {data, size}};
    sg_resource resource = {0};
    sg_resources resources = {&resource, 1, SG_RESOURCE_STRICT};

    check_identifier((signet_slice){data, size});
    check_challenges(&from);
    take_resource(&from, &resource);
    check_identifier(resource.identifier);
    check_document(&resource, sg_resources_check(&resources, NULL));
    return 0;
}
