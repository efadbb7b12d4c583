/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The resources of a server as its operator wrote them: a JSON list of objects, whose members have
 * the names that they have in the document, and two more: `path_prefix`, and `mcp` for a server of
 * the Model Context Protocol.  A name that is not known is a mistake, not an extension.
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include <signet/resource.h>

#include "codec/json.h"
#include "http/challenge.h"
#include "http/resource_member.h"

struct signet_resources {
    sg_json *json;       /* owns all texts */
    signet_slice *texts; /* of all lists */
    sg_resource items[SG_RESOURCES_MAX];
    sg_resources all;
};

/* --- members --- */

static bool
fail_member(const char *name, const char *what, signet_error *err)
{
    return signet_fail(err, SIGNET_E_DECODE, "%s: %s", name, what);
}

static bool
read_text(const sg_json *json, const char *name, signet_slice *ret_text, signet_error *err)
{
    if (json->type != SG_JSON_TEXT || json->text.len == 0)
        return fail_member(name, "not a text, or empty", err);
    *ret_text = json->text;
    return true;
}

/* `texts` has room for every text of the file. */
static bool
read_list(const sg_json *json, const char *name, signet_slice **texts, sg_resource_list *ret_list,
    signet_error *err)
{
    sg_resource_list list = {*texts, 0};

    if (json->type != SG_JSON_ARRAY || !sg_json_first(json))
        return fail_member(name, "not a list of texts, or empty", err);
    for (const sg_json *one = sg_json_first(json); one; one = sg_json_next(json, one)) {
        if (!read_text(one, name, (*texts)++, err))
            return false;
        list.count++;
    }
    *ret_list = list;
    return true;
}

static bool
read_flag(const sg_json *json, const char *name, bool *ret_flag, signet_error *err)
{
    if (json->type != SG_JSON_BOOL)
        return fail_member(name, "not true or false", err);
    *ret_flag = json->is_true;
    return true;
}

static bool
read_number(const sg_json *json, const char *name, int64_t *ret_number, signet_error *err)
{
    if (json->type != SG_JSON_INT || json->number < 1)
        return fail_member(name, "not a positive integer", err);
    *ret_number = json->number;
    return true;
}

static const sg_resource_member *
find_member(signet_slice name)
{
    for (const sg_resource_member *member = sg_resource_members; member->name; member++) {
        if (signet_slice_is_equal(name, signet_slice_text(member->name)))
            return member;
    }
    return NULL;
}

static bool
read_member(const sg_json *json, signet_slice **texts, sg_resource *ret_resource, signet_error *err)
{
    const sg_resource_member *member = find_member(json->name);
    void *place = NULL;

    if (signet_slice_is_equal(json->name, signet_slice_text("path_prefix")))
        return read_text(json, "path_prefix", &ret_resource->prefix, err);
    if (signet_slice_is_equal(json->name, signet_slice_text("mcp")))
        return read_flag(json, "mcp", &ret_resource->is_mcp, err);
    if (!member)
        return signet_fail(err, SIGNET_E_DECODE, "%.*s: no such member",
            (int)(json->name.len < 64 ? json->name.len : 64), (const char *)json->name.ptr);
    place = (char *)ret_resource + member->at;
    switch (member->kind) {
    case SG_RESOURCE_TEXT:
        return read_text(json, member->name, place, err);
    case SG_RESOURCE_LIST:
        return read_list(json, member->name, texts, place, err);
    case SG_RESOURCE_FLAG:
        return read_flag(json, member->name, place, err);
    case SG_RESOURCE_NUMBER:
        return read_number(json, member->name, place, err);
    }
    return false;
}

static bool
read_resource(
    const sg_json *json, signet_slice **texts, sg_resource *ret_resource, signet_error *err)
{
    if (json->type != SG_JSON_OBJECT)
        return signet_fail(err, SIGNET_E_DECODE, "not an object");
    for (const sg_json *one = sg_json_first(json); one; one = sg_json_next(json, one)) {
        if (!read_member(one, texts, ret_resource, err))
            return false;
    }
    return ret_resource->identifier.len > 0 || fail_member("resource", "missing", err);
}

/* --- the list --- */

static bool
read_all(signet_resources *resources, signet_error *err)
{
    signet_slice *texts = resources->texts;

    for (const sg_json *one = sg_json_first(resources->json); one;
         one = sg_json_next(resources->json, one)) {
        if (resources->all.count == SG_RESOURCES_MAX)
            return signet_fail(err, SIGNET_E_USAGE, "more than %d resources", SG_RESOURCES_MAX);
        if (!read_resource(one, &texts, &resources->items[resources->all.count++], err)) {
            char number[40];

            (void)snprintf(number, sizeof(number), "resource %zu", resources->all.count);
            signet_error_prefix(err, number);
            return false;
        }
    }
    if (resources->all.count == 0)
        return signet_fail(err, SIGNET_E_USAGE, "the list of resources is empty");
    return sg_resources_check(&resources->all, err);
}

signet_resources *
signet_resources_read(signet_slice text, signet_error *err)
{
    SIGNET_AUTO(signet_resources_free)
    signet_resources *resources = calloc(1, sizeof(*resources));

    if (!resources)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory");
    resources->json = sg_json_read_array(text, "resources", err);
    if (!resources->json)
        return NULL;
    resources->texts = calloc(resources->json->size, sizeof(*resources->texts));
    if (!resources->texts)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory");
    resources->all = (sg_resources){resources->items, 0, SG_RESOURCE_STRICT};
    return read_all(resources, err) ? SIGNET_TAKE(resources) : NULL;
}

void
signet_resources_free(signet_resources *resources)
{
    if (!resources)
        return;
    sg_json_free(resources->json);
    free(resources->texts);
    free(resources);
}

/* --- requests --- */

struct signet_http_answer {
    sg_answer it;
};

static sg_resource_request
asked_of(const signet_http_request *request)
{
    static const char preflight[] = "access-control-request-method";
    sg_resource_request asked = {.method = request->method,
        .scheme = request->scheme,
        .authority = request->authority,
        .target = request->target};

    for (size_t i = 0; i < request->field_count; i++) {
        signet_slice name = request->fields[i].name;

        if (name.len == sizeof(preflight) - 1 &&
            strncasecmp((const char *)name.ptr, preflight, name.len) == 0)
            asked.asks_method = request->fields[i].value;
    }
    return asked;
}

bool
signet_resources_has_document(const signet_resources *resources, const signet_http_request *request)
{
    const sg_resource_request asked = asked_of(request);

    return sg_resources_find_document(&resources->all, &asked) != NULL;
}

signet_http_answer *
signet_resources_answer(
    const signet_resources *resources, const signet_http_request *request, signet_error *err)
{
    SIGNET_AUTO(signet_http_answer_free) signet_http_answer *answer = NULL;
    sg_resource_request asked = asked_of(request);
    const sg_resource *resource = sg_resources_find_document(&resources->all, &asked);

    if (!resource)
        return signet_fail_null(err, SIGNET_E_NOT_FOUND, "no document lies there");
    if (signet_slice_is_equal(asked.method, signet_slice_text("HEAD")))
        asked.method = signet_slice_text("GET");
    answer = calloc(1, sizeof(*answer));
    if (!answer)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory");
    return sg_resource_answer(resource, &asked, &answer->it, err) ? SIGNET_TAKE(answer) : NULL;
}

int
signet_http_answer_status(const signet_http_answer *answer)
{
    return answer->it.status;
}

bool
signet_http_answer_field(
    const signet_http_answer *answer, size_t index, signet_http_field *ret_field)
{
    if (index >= answer->it.field_count)
        return false;
    *ret_field = (signet_http_field){
        signet_slice_text(answer->it.fields[index].name), sg_answer_value(&answer->it, index)};
    return true;
}

signet_slice
signet_http_answer_body(const signet_http_answer *answer)
{
    return signet_buf_slice(&answer->it.body);
}

void
signet_http_answer_free(signet_http_answer *answer)
{
    if (!answer)
        return;
    sg_answer_free(&answer->it);
    free(answer);
}

/* MCP wants the scopes named where the token is asked for. */
static bool
join_scopes(const sg_resource *resource, signet_buf *out, signet_error *err)
{
    for (size_t i = 0; resource->is_mcp && i < resource->scopes.count; i++) {
        if ((i > 0 && !signet_buf_append(out, signet_slice_text(" "), err)) ||
            !signet_buf_append(out, resource->scopes.items[i], err))
            return false;
    }
    return true;
}

bool
signet_resources_write_challenge(const signet_resources *resources,
    const signet_http_request *request, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf location = {0}, scope = {0};
    const sg_resource_request asked = asked_of(request);
    const sg_resource *resource = sg_resources_find(&resources->all, &asked);
    sg_challenge_rules rules = {0};

    if (!resource)
        return true;
    if (!sg_resource_write_location(SG_RESOURCE_STRICT, resource, &location, err) ||
        !join_scopes(resource, &scope, err))
        return false;
    rules.metadata = signet_buf_slice(&location);
    rules.scope = signet_buf_slice(&scope);
    return sg_challenge_write_bearer(&rules, out, err);
}
