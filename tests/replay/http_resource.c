/* SPDX-License-Identifier: Apache-2.0 */
/* Protected-resource metadata as the reference has it: documents, and the challenges of refusals.
 */
#include <string.h>
#include <strings.h>

#include "http/challenge.h"
#include "http/resource.h"
#include "replay.h"

enum { LIST_MAX = 8 };

static replay_verdict
run_config(const replay_case *one, signet_buf *differences, signet_error *err)
{
    sg_resource resource = {.identifier = replay_text(one->inputs, "resource", NULL)};
    sg_resources resources = {&resource, 1, SG_RESOURCE_AS_REFERENCE};

    (void)differences;
    return sg_resources_check(&resources, err) ? REPLAY_ACCEPT : REPLAY_REJECT;
}

/* --- what is configured --- */

static sg_resource_list
list_of(const json_t *object, const char *name)
{
    const json_t *texts = json_object_get(object, name);
    signet_slice *items = (signet_slice *)(void *)replay_alloc(LIST_MAX * sizeof(*items));
    size_t count = 0;

    for (; count < json_array_size(texts) && count < LIST_MAX; count++) {
        const json_t *text = json_array_get(texts, count);

        items[count] =
            (signet_slice){(const uint8_t *)json_string_value(text), json_string_length(text)};
    }
    return (sg_resource_list){items, count};
}

static sg_resource
resource_of(const json_t *config)
{
    const json_t *said = json_object_get(config, "protected_resource");

    return (sg_resource){.identifier = replay_text(said, "resource", NULL),
        .authorization_servers = list_of(said, "authorization_servers"),
        .bearer_methods = list_of(said, "bearer_methods_supported"),
        .dpop_algorithms = list_of(said, "dpop_signing_alg_values_supported"),
        .dpop_required = json_is_true(json_object_get(said, "dpop_bound_access_tokens_required")),
        .documentation = replay_text(said, "resource_documentation", NULL)};
}

/* --- the answer --- */

static sg_refusal
kind_of(const signet_refusal *refusal)
{
    int kind = 0;

    while (kind < SG_REFUSALS && sg_refusal_find((sg_refusal)kind) != refusal)
        kind++;
    return (sg_refusal)kind;
}

static bool
refuse(const replay_case *one, const sg_resource *resource, const signet_refusal *refusal,
    sg_answer *ret_answer, signet_error *err)
{
    const json_t *config = json_object_get(one->inputs, "config");
    const char *form = json_string_value(json_object_get(config, "errors"));
    SIGNET_AUTO(signet_buf_free) signet_buf location = {0};
    sg_challenge_rules rules = {.as_reference = true};

    if (!sg_resource_write_location(SG_RESOURCE_AS_REFERENCE, resource, &location, err))
        return false;
    rules.metadata = signet_buf_slice(&location);
    return sg_refusal_answer(kind_of(refusal),
               form && strcmp(form, "json") == 0 ? SG_REFUSAL_AS_JSON : SG_REFUSAL_AS_TEXT, false,
               ret_answer, err) &&
           sg_challenge_add(&rules, kind_of(refusal), 0, ret_answer, err);
}

/* Method and target of "METHOD TARGET HTTP/1.1". */
static sg_resource_request
request_of(const char *text)
{
    size_t method = strcspn(text, " ");
    const char *target = text + method + 1;

    return (sg_resource_request){.method = {(const uint8_t *)text, method},
        .target = {(const uint8_t *)target, strcspn(target, " ")}};
}

static void
compare(const json_t *expected, const sg_answer *answer, signet_buf *differences)
{
    const json_t *fields = json_object_get(expected, "headers"), *value = NULL;
    const char *body = json_string_value(json_object_get(expected, "body")), *name = NULL;

    replay_compare_number(differences, "the status", answer->status,
        json_integer_value(json_object_get(expected, "status")));
    /* behind it there is the parser's own text, which echoes the header (H-26) */
    if (answer->status != 400 || !body || strncmp(body, "invalid proof format", 20) != 0)
        replay_compare_text(differences, "the body", signet_buf_slice(&answer->body), body);
    replay_compare_number(differences, "the number of fields", (int64_t)answer->field_count,
        (int64_t)json_object_size(fields));
    json_object_foreach((json_t *)(uintptr_t)fields, name, value)
    {
        signet_slice is = {NULL, 0};

        for (size_t i = 0; i < answer->field_count; i++)
            is = strcasecmp(answer->fields[i].name, name) == 0 ? sg_answer_value(answer, i) : is;
        replay_compare_text(differences, name, is, json_string_value(value));
    }
}

static replay_verdict
run_request(const replay_case *one, signet_buf *differences, signet_error *err)
{
    const json_t *steps = json_object_get(one->inputs, "steps"), *step = json_array_get(steps, 0);
    const char *text = json_string_value(json_object_get(step, "request"));
    sg_resource resource = resource_of(json_object_get(one->inputs, "config"));
    sg_resources resources = {&resource, 1, SG_RESOURCE_AS_REFERENCE};
    SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};
    sg_resource_request request;
    const sg_resource *found = NULL;
    const signet_refusal *refusal = NULL;

    if (json_array_size(steps) != 1 || !text)
        return replay_skip(err, "has more than one step");
    request = request_of(text);
    if (!sg_resources_check(&resources, err))
        return REPLAY_REJECT;
    found = sg_resources_find_document(&resources, &request);
    if (!found && !replay_verify(one, step, &refusal, err))
        return REPLAY_REJECT;
    if (!found && !refusal)
        return REPLAY_ACCEPT;
    if (found ? !sg_resource_answer(found, &request, &answer, err)
              : !refuse(one, &resource, refusal, &answer, err))
        return REPLAY_REJECT;
    compare(json_object_get(step, "response"), &answer, differences);
    return answer.status == 200 ? REPLAY_ACCEPT : REPLAY_REJECT;
}

const replay_group replay_http_resource[] = {
    {"http_protected_resource_config", run_config},
    {"http_protected_resource", run_request},
    {NULL, NULL},
};
