/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests as they came over the wire, against the verifier: a server as small as can be around it,
 * with the stores that a case names.  Binding is off, because the reference knows none.
 */
#include <string.h>
#include <strings.h>

#include <signet/verifier.h>

#include "base/text.h"
#include "http/record.h"
#include "http/refusal.h"
#include "http/target.h"
#include "replay.h"

enum { LARGEST_FIELDS = 32, MOST_SKIPPED = 8, MOST_KEYS = 8, MOST_RECORDS = 8 };

/* One middleware, as a case configures it. */
typedef struct {
    const replay_case *one;
    const json_t *config;
    signet_verifier *verifier;
    signet_verifier_policy policy;
    signet_replay *replays;
    signet_key *keys[MOST_KEYS];
    size_t key_count;
    sg_skip_path skipped[MOST_SKIPPED];
    size_t skip_count;
    bool has_key;
} server;

/* A request, and how it ended. */
typedef struct {
    signet_http_field fields[LARGEST_FIELDS];
    signet_http_facts facts;
    signet_slice body;
    int status;
    const signet_refusal *refusal;
} exchange;

static void
server_free(server *it)
{
    signet_verifier_free(it->verifier);
    signet_replay_free(it->replays);
    for (size_t i = 0; i < it->key_count; i++)
        signet_key_free(it->keys[i]);
}

/* --- the middleware --- */

static signet_key *
add_key(server *it, const json_t *described, const char *algorithm, const char *raw)
{
    const char *name = json_string_value(json_object_get(described, algorithm));
    const signet_algorithm *found = name ? signet_algorithm_named(replay_algorithms, name) : NULL;

    if (!found || it->key_count == MOST_KEYS)
        return NULL;
    return it->keys[it->key_count++] =
               signet_key_from_public(found, replay_hex(described, raw, NULL), NULL);
}

static bool
configure_keys(server *it, signet_verifier_key *keys, size_t *ret_count)
{
    const char *only = json_string_value(json_object_get(it->config, "master_key"));
    const json_t *issuers = json_object_get(it->config, "issuer_keys"), *name = NULL;
    const char *issuer = NULL;

    if (only) {
        keys[0].key = add_key(it, replay_key(it->one, only), "algorithm", "public");
        *ret_count = 1;
    }
    json_object_foreach((json_t *)(uintptr_t)issuers, issuer, name)
    {
        keys[*ret_count].issuer = issuer;
        keys[(*ret_count)++].key =
            add_key(it, replay_key(it->one, json_string_value(name)), "algorithm", "public");
    }
    return *ret_count > 0;
}

static const char *const *
texts_of(const json_t *list)
{
    size_t count = json_array_size(list);
    const char **texts = NULL;

    if (count == 0)
        return NULL;
    texts = (const char **)(void *)replay_alloc((count + 1) * sizeof(*texts));
    for (size_t i = 0; i < count; i++)
        texts[i] = json_string_value(json_array_get(list, i));
    texts[count] = NULL;
    return texts;
}

static bool
configure(server *it, signet_error *err)
{
    const json_t *skipped = json_object_get(it->config, "skip_paths");
    const signet_replay_options replays = {.window = SIGNET_VERIFIER_REPLAY_WINDOW};
    signet_verifier_key keys[MOST_KEYS] = {{0}};
    signet_verifier_options options = {
        .keys = keys, .accepted = replay_algorithms, .has_reference_records = true};

    it->has_key = configure_keys(it, keys, &options.key_count);
    it->policy = (signet_verifier_policy){
        .binding = SIGNET_BINDING_OFF,
        .purposes = texts_of(json_object_get(it->config, "required_purposes")),
        .skew = replay_number(it->config, "clock_skew_s", 0),
        .body_max = replay_number(it->config, "max_request_size", 0),
        .allow_missing_nonce = true,
        .allow_full = false,
    };
    for (size_t i = 0; i < json_array_size(skipped) && i < MOST_SKIPPED; i++)
        it->skipped[it->skip_count++].path = json_string_value(json_array_get(skipped, i));
    if (it->policy.skew == 0)
        it->policy.skew = SIGNET_VERIFIER_NO_SKEW;
    it->replays = signet_replay_new(&replays, err);
    if (it->has_key)
        it->verifier = signet_verifier_new(&options, err);
    return it->replays && (it->verifier || !it->has_key);
}

/* --- the store --- */

static bool
write_record(server *it, const json_t *stored, const signet_key *ephemeral, signet_buf *out)
{
    const sg_record_rules rules = {.format = SG_RECORD_REFERENCE, .accepted = replay_algorithms};
    sg_record record = {
        .token = replay_hex(stored, "token_cbor", NULL),
        .ephemeral = (signet_key *)(uintptr_t)ephemeral,
        .master = it->keys[0],
        .binding = replay_hex(stored, "binding_signature", NULL),
        .issued_at = 1,
        .purpose = replay_text(stored, "purpose", NULL),
    };

    return sg_record_write(&record, &rules, out, NULL);
}

static void
find_record(server *it, signet_verification *verification)
{
    const json_t *store = json_object_get(it->one->inputs, "store"), *stored = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    size_t i = 0;

    json_array_foreach((json_t *)(uintptr_t)store, i, stored)
    {
        signet_claims claims = {0};
        const signet_key *ephemeral = NULL;

        if (!signet_token_decode(replay_hex(stored, "token_cbor", NULL), &claims, NULL) ||
            !signet_slice_is_equal(claims.token_id, signet_verification_token_id(verification)))
            continue;
        ephemeral = add_key(it, stored, "ephemeral_algorithm", "ephemeral_public");
        if (ephemeral && write_record(it, stored, ephemeral, &value)) {
            signet_verification_give_record(
                verification, SIGNET_LOOKUP_FOUND, signet_buf_slice(&value));
            return;
        }
    }
    signet_verification_give_record(verification, SIGNET_LOOKUP_NONE, signet_buf_slice(&value));
}

/* --- the request --- */

static signet_slice
until(const uint8_t **at, const uint8_t *end, const char *stop)
{
    const uint8_t *found = memmem(*at, (size_t)(end - *at), stop, strlen(stop));
    signet_slice part = {*at, (size_t)((found ? found : end) - *at)};

    *at = found ? found + strlen(stop) : end;
    return part;
}

static signet_slice
trimmed(signet_slice text)
{
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t')) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

static bool
is_field(const signet_http_field *field, const char *name)
{
    return field->name.len == strlen(name) &&
           strncasecmp((const char *)field->name.ptr, name, field->name.len) == 0;
}

static void
split(signet_slice whole, exchange *it)
{
    const uint8_t *at = whole.ptr, *end = whole.ptr + whole.len;
    signet_http_request *request = &it->facts.request;
    signet_slice line = {0};

    request->method = until(&at, end, " ");
    request->target = until(&at, end, " ");
    (void)until(&at, end, "\r\n");
    request->scheme = signet_slice_text("https");
    request->fields = it->fields;
    while ((line = until(&at, end, "\r\n")).len > 0 && request->field_count < LARGEST_FIELDS) {
        signet_http_field *field = &it->fields[request->field_count++];
        const uint8_t *colon = memchr(line.ptr, ':', line.len);
        size_t name_len = colon ? (size_t)(colon - line.ptr) : line.len;

        field->name = (signet_slice){line.ptr, name_len};
        field->value = colon ? trimmed((signet_slice){colon + 1, line.len - name_len - 1})
                             : (signet_slice){NULL, 0};
        if (is_field(field, "host"))
            request->authority = field->value;
        if (is_field(field, "content-length"))
            it->facts.content_length = strtoll((const char *)field->value.ptr, NULL, 10);
        if (is_field(field, "transfer-encoding"))
            it->facts.content_length = -1;
    }
    it->body = (signet_slice){at, (size_t)(end - at)};
}

static bool
is_skipped(const server *it, signet_slice raw)
{
    const sg_target_rules rules = {.must_be_clean = true};
    sg_target target = {0};

    return it->skip_count > 0 && sg_target_read(raw, &rules, &target, NULL) &&
           sg_target_is_skipped(&target, it->skipped, it->skip_count);
}

static void
remember(const server *it, signet_verification *verification, int64_t now)
{
    signet_replay_entry entry = signet_verification_entry(verification);
    signet_replay_answer answer = SIGNET_REPLAY_REFUSED;

    (void)!signet_replay_insert(it->replays, &entry, now, &answer, NULL);
    signet_verification_give_fresh(verification, answer);
}

static bool
serve(server *it, const json_t *step, exchange *with, signet_error *err)
{
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    int64_t now = replay_number(step, "now", 0);

    split(replay_text(step, "request", NULL), with);
    with->status = 200;
    if (is_skipped(it, with->facts.request.target))
        return true;
    verification = signet_verification_new(it->verifier, NULL, &it->policy, &with->facts, now, err);
    if (!verification)
        return false;
    if (signet_verification_state(verification) == SIGNET_VERIFICATION_NEEDS_RECORD)
        find_record(it, verification);
    if (signet_verification_state(verification) == SIGNET_VERIFICATION_NEEDS_FRESH)
        remember(it, verification, now);
    with->refusal = signet_verification_refusal(verification);
    if (with->refusal) {
        with->status = with->refusal->status;
        *err = *signet_verification_reason(verification);
    }
    return true;
}

bool
replay_verify(const replay_case *one, const json_t *step, const signet_refusal **ret_refusal,
    signet_error *err)
{
    __attribute__((cleanup(server_free)))
    server it = {.one = one, .config = json_object_get(one->inputs, "config")};
    exchange with = {0};

    if (!configure(&it, err) || !it.has_key || !serve(&it, step, &with, err))
        return false;
    *ret_refusal = with.refusal;
    return true;
}

/* --- the comparison --- */

static void
compare_refusal(const server *it, const json_t *step, const exchange *with, signet_buf *differences)
{
    const json_t *response = json_object_get(step, "response");
    const char *form = json_string_value(json_object_get(it->config, "errors"));
    const char *body = json_string_value(json_object_get(response, "body"));
    SIGNET_AUTO(signet_buf_free) signet_buf ours = {0};
    bool is_json = form && strcmp(form, "json") == 0;

    replay_compare_number(
        differences, "status", with->status, replay_number(response, "status", 0));
    if (is_json
            ? !signet_buf_printf(&ours, NULL, "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}\n",
                  with->refusal->code, with->refusal->message)
            : !signet_buf_printf(&ours, NULL, "%s\n", with->refusal->text))
        return;
    if (strcmp(with->refusal->code, "INVALID_PROOF") == 0 && !is_json && body &&
        strncmp(body, with->refusal->text, strlen(with->refusal->text)) == 0)
        return; /* what follows there is the parser's own text, which echoes the header (H-26) */
    if (ours.len > 0 && body && with->facts.request.method.len != 4)
        replay_compare_text(differences, "body", signet_buf_slice(&ours), body);
}

replay_verdict
replay_requests(
    const replay_case *one, bool has_refusals, signet_buf *differences, signet_error *err)
{
    __attribute__((cleanup(server_free)))
    server it = {.one = one, .config = json_object_get(one->inputs, "config")};
    const json_t *steps = json_object_get(one->inputs, "steps"), *step = NULL;
    replay_verdict verdict = REPLAY_REJECT;
    size_t i = 0;

    if (json_object_get(it.config, "revocation_checker_answers"))
        return replay_skip(err, "needs revocation");
    if (!configure(&it, err))
        return REPLAY_REJECT;
    if (!it.has_key) {
        signet_error_set(err, SIGNET_E_USAGE, "a verifier is not made without a key (H-21)");
        return REPLAY_REJECT;
    }
    json_array_foreach((json_t *)(uintptr_t)steps, i, step)
    {
        exchange with = {0};
        bool reaches = json_is_true(json_object_get(step, "reaches_handler"));

        if (!serve(&it, step, &with, err))
            return REPLAY_REJECT;
        verdict = with.refusal ? REPLAY_REJECT : REPLAY_ACCEPT;
        if (i + 1 < json_array_size(steps))
            replay_compare_number(differences, "an earlier step passes", !with.refusal, reaches);
        else if (has_refusals && with.refusal && !reaches)
            compare_refusal(&it, step, &with, differences);
    }
    return verdict;
}

static replay_verdict
run(const replay_case *one, signet_buf *differences, signet_error *err)
{
    return replay_requests(one, true, differences, err);
}

const replay_group replay_http_request[] = {
    {"http_request", run},
    {NULL, NULL},
};
