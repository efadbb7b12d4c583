/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "codec/cbor.h"
#include "replay.h"

static signet_slice
text_of(const json_t *object, const char *name)
{
    const json_t *text = json_object_get(object, name);

    return (signet_slice){
        (const uint8_t *)json_string_value(text), text ? json_string_length(text) : 0};
}

static size_t
numbers_of(const json_t *list, uint64_t ret_numbers[256])
{
    size_t count = json_array_size(list);

    if (count > 256)
        abort();
    for (size_t i = 0; i < count; i++)
        ret_numbers[i] = strtoull(json_string_value(json_array_get(list, i)), NULL, 10);
    return count;
}

static replay_verdict
run_capability_id(const replay_case *one, signet_buf *differences, signet_error *err)
{
    uint64_t numbers[256];
    size_t count = numbers_of(replay_input(one, "capabilities"), numbers);
    uint8_t id[SIGNET_CAPABILITY_ID_SIZE];

    if (!signet_capability_id(numbers, count, id, err))
        return REPLAY_REJECT;
    replay_compare(differences, "capability_id", (signet_slice){id, sizeof(id)},
        replay_hex(one->outputs, "capability_id", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_capability_check(const replay_case *one, signet_buf *differences, signet_error *err)
{
    uint64_t numbers[256];
    size_t count = numbers_of(replay_input(one, "capabilities"), numbers);

    (void)differences;
    return signet_capability_id_check(
               replay_hex(one->inputs, "capability_id", NULL), numbers, count, err)
               ? REPLAY_ACCEPT
               : REPLAY_REJECT;
}

static void
compare_hex_text(const replay_case *one, const char *name, const char *is, signet_buf *differences)
{
    const char *expected = json_string_value(json_object_get(one->outputs, name));

    if (expected)
        replay_compare(differences, name, signet_slice_text(is), signet_slice_text(expected));
}

static replay_verdict
run_key_id(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0};
    const char *name = json_string_value(replay_input(one, "algorithm"));
    const signet_algorithm *algorithm = signet_algorithm_named(replay_algorithms, name);
    char kid[SIGNET_KID_SIZE + 1], fingerprint[SIGNET_FINGERPRINT_SIZE + 1];
    uint8_t confirmation[32], ski[20];

    if (!algorithm || strcmp(name, "ml-dsa-44") == 0) {
        /* the reference refuses kids of ML-DSA-44 and takes keys that this library never names */
        signet_error_set(err, SIGNET_E_ALGORITHM, "%s has no ids to compare", name);
        return REPLAY_SKIP;
    }
    key = signet_key_from_public(algorithm, replay_hex(one->inputs, "public", NULL), err);
    if (!key || !signet_key_kid(key, kid, err) || !signet_key_fingerprint(key, fingerprint, err) ||
        !signet_key_write_spki(key, &spki, err))
        return REPLAY_REJECT;
    signet_key_confirmation(key, confirmation);
    signet_key_ski(key, ski);
    compare_hex_text(one, "kid", kid, differences);
    compare_hex_text(one, "machine_fingerprint", fingerprint, differences);
    replay_compare(
        differences, "spki", signet_buf_slice(&spki), replay_hex(one->outputs, "spki", NULL));
    replay_compare(differences, "confirmation_id", (signet_slice){confirmation, 32},
        replay_hex(one->outputs, "confirmation_id", NULL));
    replay_compare(
        differences, "ski", (signet_slice){ski, 20}, replay_hex(one->outputs, "ski", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_key_id_spki(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free)
    signet_key *key =
        signet_key_from_spki(replay_algorithms, replay_hex(one->inputs, "spki", NULL), err);
    char kid[SIGNET_KID_SIZE + 1];

    if (!key || !signet_key_kid(key, kid, err))
        return REPLAY_REJECT;
    compare_hex_text(one, "kid", kid, differences);
    return REPLAY_ACCEPT;
}

static signet_ppid_rules
ppid_rules_of(const replay_case *one)
{
    return (signet_ppid_rules){
        .secret = replay_hex(one->inputs, "secret", NULL), .as_reference = true};
}

static replay_verdict
run_ppid(const replay_case *one, signet_buf *differences, signet_error *err)
{
    signet_ppid_rules rules = ppid_rules_of(one);
    char ppid[65];
    bool is_basic = strcmp(json_string_value(replay_input(one, "provider")), "basic") == 0;
    bool done = is_basic ? signet_ppid_of_text(&rules, text_of(one->inputs, "issuer"),
                               text_of(one->inputs, "identity"), ppid, err)
                         : signet_ppid_of_owner(
                               &rules, replay_hex(one->inputs, "identity", NULL), ppid, err);

    if (!done)
        return REPLAY_REJECT;
    compare_hex_text(one, "ppid", ppid, differences);
    return REPLAY_ACCEPT;
}

static void
compare_member(const json_t *object, const char *name, signet_slice is, signet_buf *differences)
{
    replay_compare(differences, name, is, text_of(object, name));
}

static void
compare_identity(
    const replay_case *one, const signet_identity *is, signet_slice issuer, signet_buf *differences)
{
    const json_t *provenance = json_object_get(one->outputs, "provenance");
    const json_t *environment = json_object_get(one->outputs, "environment");
    const json_t *boundary = json_object_get(one->outputs, "boundary");
    const json_t *chain = json_object_get(provenance, "chain");

    compare_member(provenance, "actor_ppid", signet_slice_text(is->actor), differences);
    compare_member(provenance, "delegator_ppid", signet_slice_text(is->delegator), differences);
    compare_member(provenance, "issuer", issuer, differences);
    if (json_array_size(chain) != is->chain_count ||
        json_is_object(environment) != is->has_environment ||
        json_is_object(boundary) != is->has_boundary)
        replay_compare(differences, "parts", (signet_slice){NULL, 0}, signet_slice_text("others"));
    for (size_t i = 0; i < json_array_size(chain) && i < is->chain_count; i++)
        replay_compare(differences, "chain", signet_slice_text(is->chain[i]),
            signet_slice_text(json_string_value(json_array_get(chain, i))));
    compare_member(environment, "cluster_id", is->cluster_id, differences);
    compare_member(environment, "image_digest", is->image_digest, differences);
    compare_member(boundary, "vpc", is->vpc, differences);
    compare_member(boundary, "region", is->region, differences);
    compare_member(boundary, "domain", is->domain, differences);
}

static replay_verdict
run_context_basic(const replay_case *one, signet_buf *differences, signet_error *err)
{
    signet_ppid_rules rules = ppid_rules_of(one);
    signet_claims claims = {0};
    signet_identity identity = {0};

    if (!signet_token_decode(replay_hex(one->inputs, "token_cbor", NULL), &claims, err) ||
        !signet_identity_basic(&claims, &rules, claims.issued, &identity, err))
        return REPLAY_REJECT;
    compare_identity(one, &identity, identity.issuer, differences);
    return REPLAY_ACCEPT;
}

/* The vectors have no anchor; theirs is the owner of the first cell of the group's first case. */
static signet_key *
root_of_group(const replay_case *one, signet_error *err)
{
    const json_t *first = json_array_get(json_object_get(one->group, "cases"), 0);
    signet_claims claims = {0};
    signet_cell cells[SIGNET_CELLS_MAX];
    size_t count = 0;

    if (!signet_token_decode(
            replay_hex(json_object_get(first, "inputs"), "token_cbor", NULL), &claims, err) ||
        !signet_chain_read(claims.chain, cells, &count, err))
        return NULL;
    return signet_key_from_public(&signet_ed25519, cells[0].owner, err);
}

/*
 * Some cases leave the token out and give the extension keys alone.  We never look at keys of what
 * is no verified token (W-70), so what they are about, environment and boundary, is put into the
 * token of the group's first case.
 */
static bool
claims_of_extensions(const replay_case *one, signet_slice wire, signet_claims *ret_claims)
{
    const json_t *first = json_array_get(json_object_get(one->group, "cases"), 0);
    signet_claims claims = {0};
    sg_cbor_reader in = sg_cbor_reader_of(wire);
    signet_slice *const places[] = {&claims.chain, &claims.environment, &claims.boundary};
    size_t pairs = sg_cbor_read_map(&in);
    bool has_more_than_chain = pairs > 1;
    uint64_t previous = 0;

    if (!signet_token_decode(
            replay_hex(json_object_get(first, "inputs"), "token_cbor", NULL), &claims, NULL))
        return false;
    for (; pairs > 0 && !in.problem; pairs--) {
        uint64_t key = sg_cbor_read_uint(&in);

        if (key < 20 || key > 22 || key <= previous)
            return false;
        previous = key;
        *places[key - 20] = sg_cbor_read_bytes(&in);
    }
    *ret_claims = claims;
    return !in.problem && in.left.len == 0 && has_more_than_chain;
}

static replay_verdict
run_context_cell(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *root = root_of_group(one, err);
    const signet_key *const roots[] = {root};
    signet_chain_anchors anchors = {.roots = roots, .root_count = 1};
    signet_ppid_rules rules = ppid_rules_of(one);
    signet_slice wire = replay_hex(one->inputs, "token_cbor", NULL);
    signet_claims claims = {0};
    signet_identity identity = {0};

    if (!root ||
        (!claims_of_extensions(one, wire, &claims) && !signet_token_decode(wire, &claims, err)) ||
        !signet_identity_cell(&claims, &rules, &anchors, claims.issued, &identity, err))
        return REPLAY_REJECT;
    compare_identity(one, &identity, identity.resource, differences);
    return REPLAY_ACCEPT;
}

static bool
list_of(const json_t *statement, const char *name, signet_buf *storage, signet_slice *ret_list)
{
    const json_t *list = json_object_get(statement, name);
    signet_slice texts[SIGNET_CELL_ACTIONS_MAX];
    size_t count = json_array_size(list);

    for (size_t i = 0; i < count && i < SIGNET_CELL_ACTIONS_MAX; i++)
        texts[i] = signet_slice_text(json_string_value(json_array_get(list, i)));
    if (!signet_cell_write_list(texts, count, storage, NULL))
        abort();
    *ret_list = signet_buf_slice(storage);
    return json_is_array(list);
}

static replay_verdict
run_cell_encoding(const replay_case *one, signet_buf *differences, signet_error *err)
{
    static const char *const statements[] = {
        "owner_permissions", "group_permissions", "other_permissions"};
    SIGNET_AUTO(signet_key_free)
    signet_key *signer =
        signet_key_from_seed(&signet_ed25519, replay_hex(one->inputs, "signer_seed", NULL), err);
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_buf lists[6] = {0};
    signet_cell cell = {
        .resource = text_of(one->inputs, "resource"),
        .owner = replay_hex(one->inputs, "owner", NULL),
        .group = replay_hex(one->inputs, "group", NULL),
        .has_group = json_is_string(replay_input(one, "group")),
    };
    signet_permissions *permissions[] = {
        &cell.owner_permissions, &cell.group_permissions, &cell.other_permissions};
    bool done = false;

    for (size_t i = 0; i < 3; i++) {
        const json_t *statement = replay_input(one, statements[i]);

        permissions[i]->has_allow =
            list_of(statement, "allow", &lists[2 * i], &permissions[i]->allow);
        permissions[i]->has_deny =
            list_of(statement, "deny", &lists[2 * i + 1], &permissions[i]->deny);
    }
    done = signer && signet_cell_sign(&cell, signer, &out, err);
    for (size_t i = 0; i < 6; i++)
        signet_buf_free(&lists[i]);
    if (!done)
        return REPLAY_REJECT;
    replay_compare(differences, "cell_cbor", signet_buf_slice(&out),
        replay_hex(one->outputs, "cell_cbor", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_token_with_chain(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_claims claims = {0};

    if (!signet_token_decode(replay_hex(one->inputs, "token_cbor", NULL), &claims, err))
        return REPLAY_REJECT;
    claims.chain = replay_hex(one->inputs, "chain_cbor", NULL);
    if (!signet_token_encode(&claims, &out, err))
        return REPLAY_REJECT;
    replay_compare(
        differences, "cbor", signet_buf_slice(&out), replay_hex(one->outputs, "cbor", NULL));
    return REPLAY_ACCEPT;
}

static replay_verdict
run_context_validate(const replay_case *one, signet_buf *differences, signet_error *err)
{
    const json_t *boundary = replay_input(one, "boundary");
    signet_identity_request request = {
        .host = text_of(one->inputs, "host"),
        .address = text_of(one->inputs, "remote_addr"),
    };
    int64_t now = 1780000000;
    signet_identity identity = {
        .extracted = now - replay_number(one->inputs, "age_s", 0),
        .expires = now + 600,
        .has_boundary = json_is_object(boundary),
        .vpc = text_of(boundary, "vpc"),
        .region = text_of(boundary, "region"),
        .domain = text_of(boundary, "domain"),
    };

    (void)differences;
    return signet_identity_check(&identity,
               json_is_true(replay_input(one, "has_request")) ? &request : NULL, true, now, err)
               ? REPLAY_ACCEPT
               : REPLAY_REJECT;
}

static replay_verdict
run_context_cert(const replay_case *one, signet_buf *differences, signet_error *err)
{
    signet_cert cert = {0};
    signet_identity identity = {0};

    if (!signet_cert_read(replay_hex(one->inputs, "certificate", NULL), &cert, err) ||
        !signet_identity_cert(&cert, true, 0, &identity, err))
        return REPLAY_REJECT;
    replay_compare(
        differences, "owner", identity.owner, replay_hex(one->outputs, "owner_hex", NULL));
    compare_member(one->outputs, "machine", signet_slice_text(identity.machine), differences);
    compare_member(one->outputs, "issuer", identity.issuer, differences);
    if ((identity.issued != replay_number(one->outputs, "issued_at", 0) ||
            identity.expires != replay_number(one->outputs, "expires_at", 0)) &&
        !signet_buf_printf(differences, NULL, " the times are %lld and %lld",
            (long long)identity.issued, (long long)identity.expires))
        abort();
    return REPLAY_ACCEPT;
}

static replay_verdict
run_spiffe_id(const replay_case *one, signet_buf *differences, signet_error *err)
{
    (void)differences;
    return signet_spiffe_check(json_string_value(replay_input(one, "id")), err) ? REPLAY_ACCEPT
                                                                                : REPLAY_REJECT;
}

static replay_verdict
run_spiffe_build(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf id = {0};

    if (!signet_spiffe_build(json_string_value(replay_input(one, "trust_domain")),
            json_string_value(replay_input(one, "path")), &id, err))
        return REPLAY_REJECT;
    replay_compare(differences, "id", signet_buf_slice(&id), text_of(one->outputs, "id"));
    return REPLAY_ACCEPT;
}

const replay_group replay_ids[] = {
    {"capability_id", run_capability_id},
    {"capability_id_validate", run_capability_check},
    {"key_id", run_key_id},
    {"key_id_spki", run_key_id_spki},
    {"ppid", run_ppid},
    {"context_basic", run_context_basic},
    {"context_cell", run_context_cell},
    {"cell_encoding", run_cell_encoding},
    {"token_with_chain", run_token_with_chain},
    {"context_validate", run_context_validate},
    {"context_cert", run_context_cert},
    {"spiffe_id", run_spiffe_id},
    {"spiffe_build", run_spiffe_build},
    {NULL, NULL},
};
