/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference's demo server (http-pop.md 4): what its /issue-token answered is taken as a client
 * would, and the verifier judges the requests to /protected with the record of what was issued.
 */
#include <string.h>

#include "base/text.h"
#include "replay.h"

/* What one response of /issue-token holds; it lives as long as the case. */
typedef struct {
    signet_key *master, *ephemeral;
    signet_sig1 sig1;
    signet_slice binding, purpose;
} issued;

static void
issued_free(issued *it)
{
    signet_key_free(it->master);
    signet_key_free(it->ephemeral);
}

static signet_slice
bytes_of(const json_t *answer, const char *name)
{
    const char *text = json_string_value(json_object_get(answer, name));
    size_t size = text ? strlen(text) : 0, len = 0;
    uint8_t *room = replay_alloc(size);

    if (!text || !sg_base64url_decode(signet_slice_text(text), room, size, &len))
        return (signet_slice){NULL, 0};
    return (signet_slice){room, len};
}

/* As a client must: the token is of the key that came with it, and the master key vouches for it.
 */
static bool
take(const json_t *answer, int64_t now, issued *ret_issued, signet_error *err)
{
    issued *it = ret_issued;
    const char *token = json_string_value(json_object_get(answer, "token"));
    const char *purpose = json_string_value(json_object_get(answer, "purpose"));
    signet_binding binding = {0};

    it->master = signet_key_from_public(&signet_ed25519, bytes_of(answer, "master_public"), err);
    it->ephemeral =
        signet_key_from_public(&signet_ed25519, bytes_of(answer, "ephemeral_public"), err);
    if (!token || !purpose || !it->master || !it->ephemeral ||
        !signet_sig1_verify(
            signet_only_ed25519, signet_slice_text(token), it->ephemeral, &it->sig1, err))
        return false;
    it->binding = bytes_of(answer, "binding_signature");
    it->purpose = signet_slice_text(purpose);
    binding = (signet_binding){
        it->ephemeral, it->master, it->sig1.claims.expires, it->purpose, it->binding};
    return signet_binding_check(signet_only_ed25519, &binding, now, err) &&
           replay_number(answer, "expires_at", 0) == it->sig1.claims.expires;
}

/* --- as a case of http_request --- */

static json_t *
hex_of(signet_slice bytes)
{
    char *text = (char *)replay_alloc(2 * bytes.len + 1);

    sg_hex(text, bytes);
    return json_string(text);
}

static void
add_step(json_t *steps, const json_t *step, int64_t now)
{
    const json_t *status = json_object_get(json_object_get(step, "response"), "status");
    json_t *request = json_object_get(step, "request");

    (void)json_array_append_new(
        steps, json_pack("{s:O, s:I, s:b}", "request", request, "now", (json_int_t)now,
                   "reaches_handler", json_integer_value(status) == 200));
}

static json_t *
inputs_of(const issued *it, json_t *steps)
{
    json_t *store = json_array();

    if (it->master)
        (void)json_array_append_new(
            store, json_pack("{s:o, s:s, s:o, s:o, s:s%}", "token_cbor",
                       hex_of((signet_slice){it->sig1.token, it->sig1.token_len}),
                       "ephemeral_algorithm", "ed25519", "ephemeral_public",
                       hex_of(signet_key_public(it->ephemeral)), "binding_signature",
                       hex_of(it->binding), "purpose", it->purpose.ptr, it->purpose.len));
    return json_pack("{s:{s:s, s:i}, s:o, s:o}", "config", "master_key", "demo", "clock_skew_s", 30,
        "store", store, "steps", steps);
}

/* Without a token any key will do: nothing is verified with it. */
static replay_verdict
judge(const replay_case *one, const issued *it, json_t *steps, signet_buf *differences,
    signet_error *err)
{
    static const uint8_t base_point[32] = {0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
        0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
        0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};
    signet_slice key =
        it->master ? signet_key_public(it->master) : (signet_slice){base_point, sizeof(base_point)};
    json_t *keys =
        json_pack("{s:{s:s, s:o}}", "demo", "algorithm", "ed25519", "public", hex_of(key));
    json_t *inputs = inputs_of(it, steps);
    replay_case as_request = *one;
    replay_verdict verdict = REPLAY_REJECT;

    as_request.keys = keys;
    as_request.inputs = inputs;
    verdict = replay_requests(&as_request, false, differences, err);
    json_decref(inputs);
    json_decref(keys);
    return verdict;
}

static replay_verdict
run(const replay_case *one, signet_buf *differences, signet_error *err)
{
    __attribute__((cleanup(issued_free))) issued it = {0};
    const json_t *steps = json_object_get(one->inputs, "steps"), *step = NULL;
    int64_t now = replay_number(one->inputs, "now", 0);
    json_t *judged = json_array();
    size_t i = 0;
    bool is_good = true;

    json_array_foreach((json_t *)(uintptr_t)steps, i, step)
    {
        const json_t *response = json_object_get(step, "response");
        const char *request = json_string_value(json_object_get(step, "request"));
        const char *body = json_string_value(json_object_get(response, "body"));
        json_t *answer = NULL;

        if (strstr(request, " /protected")) {
            add_step(judged, step, now);
            continue;
        }
        /* what it answers in other cases is its own affair; a client takes what is 200 and whole */
        answer = json_loads(body, 0, NULL);
        is_good = replay_number(response, "status", 0) == 200 &&
                  (strstr(request, " /health") || take(answer, now, &it, err));
        if (answer && it.purpose.len > 0)
            it.purpose.ptr = memcpy(replay_alloc(it.purpose.len), it.purpose.ptr, it.purpose.len);
        json_decref(answer);
    }
    if (is_good && json_array_size(judged) > 0)
        return judge(one, &it, judged, differences, err);
    json_decref(judged);
    return is_good ? REPLAY_ACCEPT : REPLAY_REJECT;
}

const replay_group replay_http_demo[] = {
    {"http_demo_server", run},
    {NULL, NULL},
};
