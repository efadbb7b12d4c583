/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles, the checker and its files.  Each case of the checker is judged twice: with the
 * comparison switch every step must end as the reference's did, or the program aborts; without it
 * the verdict is ours.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "program.h"
#include "replay.h"
#include "serve/sequence.h"

enum { KEYS_MAX = SIGNET_BUNDLE_KEYS_MAX, CACHE_MAX = 8 };

static uint64_t
unsigned_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? strtoull(text, NULL, 10) : 0;
}

static signet_key *
key_of(const json_t *words, signet_error *err)
{
    const char *name = json_string_value(json_object_get(words, "algorithm"));
    const signet_algorithm *algorithm =
        signet_algorithm_named(replay_algorithms, name ? name : "ed25519");

    if (!words || !algorithm)
        return NULL;
    return signet_key_from_seed(algorithm, replay_hex(words, "seed", NULL), err);
}

static signet_bundle_content
content_of(const json_t *words)
{
    const json_t *keys = json_object_get(words, "keys"), *value = NULL;
    signet_bundle_key *list =
        (signet_bundle_key *)(void *)replay_alloc(KEYS_MAX * sizeof(signet_bundle_key));
    signet_bundle_content content = {.epoch = unsigned_of(words, "epoch"),
        .seqno = unsigned_of(words, "seqno"),
        .key_id = replay_text(words, "keyId", NULL),
        .previous_key_id = replay_text(words, "prevKeyId", NULL),
        .issued = replay_number(words, "issuedAt", 0)};
    const char *id = NULL;

    if (json_is_object(keys))
        content.keys = list;
    json_object_foreach((json_t *)(uintptr_t)keys, id, value)
    {
        list[content.key_count].id = signet_slice_text(id);
        if (json_is_string(value))
            list[content.key_count].value = replay_hex(keys, id, NULL);
        content.key_count++;
    }
    return content;
}

/* --- canonical bytes, signature, transport form --- */

static void
compare_signature(
    const signet_key *key, signet_slice canonical, signet_slice expected, signet_buf *differences)
{
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};
    signet_error err = {0};

    if (signet_key_algorithm(key) == &signet_ed25519 &&
        signet_key_sign(key, canonical, &signature, &err))
        replay_compare(differences, "signature", signet_buf_slice(&signature), expected);
    if (!signet_key_verify(key, canonical, expected, &err) &&
        !signet_buf_printf(differences, NULL, " the signature does not verify"))
        abort();
}

static replay_verdict
run_canonical(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf canonical = {0}, text = {0};
    SIGNET_AUTO(signet_bundle_free) signet_bundle *read = NULL;
    const char *signer = json_string_value(json_object_get(one->inputs, "signer"));
    SIGNET_AUTO(signet_key_free) signet_key *key = key_of(replay_key(one, signer), err);
    signet_bundle_content content = content_of(one->inputs);

    if (!key || !signet_bundle_write_canonical(&content, &canonical, err))
        return REPLAY_REJECT;
    replay_compare(differences, "canonical", signet_buf_slice(&canonical),
        replay_hex(one->outputs, "canonical_cbor", NULL));
    content.signature = replay_hex(one->outputs, "signature", NULL);
    compare_signature(key, signet_buf_slice(&canonical), content.signature, differences);
    if (!signet_bundle_write(&content, &text, err))
        return REPLAY_REJECT;
    replay_compare_text(differences, "json", signet_buf_slice(&text),
        json_string_value(json_object_get(one->outputs, "json")));
    read = signet_bundle_read(signet_buf_slice(&text), SIGNET_BUNDLE_ANY_KEYS, err);
    if (!read)
        return REPLAY_REJECT;
    replay_compare(differences, "canonical, read again", signet_bundle_signed_bytes(read),
        signet_buf_slice(&canonical));
    return REPLAY_ACCEPT;
}

/* --- what is fetched --- */

static signet_bundle *
receive(const json_t *words, const char *status, const char *body, signet_error *err)
{
    if (replay_number(words, status, 0) != 200)
        return signet_fail_null(err, SIGNET_E_NETWORK, "another status");
    return signet_bundle_read(replay_text(words, body, NULL), SIGNET_BUNDLE_ANY_KEYS, err);
}

static replay_verdict
run_fetch(const replay_case *one, signet_buf *differences, signet_error *err)
{
    SIGNET_AUTO(signet_bundle_free)
    signet_bundle *bundle = receive(one->inputs, "status", "body", err);
    const json_t *expected = json_object_get(one->outputs, "bundle");
    SIGNET_AUTO(signet_buf_free) signet_buf canonical = {0};
    signet_bundle_content content = content_of(expected);
    signet_slice signature = {0};
    bool has_signature = false;

    if (!bundle)
        return REPLAY_REJECT;
    if (!signet_bundle_write_canonical(&content, &canonical, err))
        return REPLAY_REJECT;
    replay_compare(
        differences, "canonical", signet_bundle_signed_bytes(bundle), signet_buf_slice(&canonical));
    signature = replay_hex(expected, "signature", &has_signature);
    replay_compare(differences, "signature", signet_bundle_said(bundle)->signature, signature);
    replay_compare_number(differences, "a signature that is not null",
        signet_bundle_said(bundle)->signature.ptr != NULL, has_signature);
    return REPLAY_ACCEPT;
}

/* --- the checker --- */

typedef struct {
    signet_bundle *bundle;
    signet_slice issuer;
    int64_t expires;
} cached;

typedef struct {
    const replay_case *one;
    signet_revocation_rules rules;
    signet_key *key;
    signet_bundle_anchor anchor;
    signet_sequence_store store;
    cached cache[CACHE_MAX];
    size_t cached_count;
    scratch where;
    bool has_files;
} checker;

static const char *
class_of(signet_revocation_outcome outcome)
{
    static const char *const classes[SIGNET_REVOCATION_OUTCOMES] = {
        [SIGNET_REVOCATION_NO_BUNDLE] = "FETCH_FAILED",
        [SIGNET_REVOCATION_OLD_EPOCH] = "REVOKED",
        [SIGNET_REVOCATION_UNKNOWN_KEY] = "REVOKED",
        [SIGNET_REVOCATION_NO_KEY_ID] = "REVOKED",
        [SIGNET_REVOCATION_NO_ANCHOR] = "INVALID_BUNDLE",
        [SIGNET_REVOCATION_NO_SIGNATURE] = "INVALID_BUNDLE",
        [SIGNET_REVOCATION_BAD_SIGNATURE] = "INVALID_BUNDLE",
        [SIGNET_REVOCATION_STALE] = "BUNDLE_TOO_STALE",
        [SIGNET_REVOCATION_STORE_CORRUPT] = "STORAGE_CORRUPTED",
        [SIGNET_REVOCATION_ROLLBACK] = "BUNDLE_ROLLBACK",
    };

    return classes[outcome] ? classes[outcome] : "OTHER";
}

static bool
prepare_store(checker *it, signet_error *err)
{
    const json_t *inputs = it->one->inputs;
    const char *kind = json_string_value(json_object_get(inputs, "storage"));
    signet_slice issuer = replay_text(inputs, "issuer", NULL), file = {0};
    signet_bundle_state stored = {.seqno = unsigned_of(inputs, "stored_seqno")};
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    static const signet_revocation_rules as_reference = {.as_reference = true};
    bool has_file = false;

    if (!kind || strcmp(kind, "file") != 0)
        return sg_sequence_memory_new(8, &it->store, err) &&
               it->store.advance(it->store.context, issuer, &stored, &as_reference, err) ==
                   SIGNET_REVOCATION_GOOD;
    if (!scratch_make(&it->where))
        abort();
    it->has_files = true;
    file = replay_hex(inputs, "stored_file", &has_file);
    if (!signet_buf_printf(&path, err, "s/") || !sg_hex_append(&path, issuer, err) ||
        !signet_buf_printf(&path, err, ".seqno%c", '\0'))
        return false;
    if (has_file && !scratch_write(&it->where, (const char *)path.data, file, 0600))
        abort();
    path.len = 0;
    return signet_buf_printf(&path, err, "%s/s%c", it->where.path, '\0') &&
           sg_sequence_file_new(
               (const char *)path.data, replay_hex(inputs, "hmac_key", NULL), &it->store, err);
}

/* What the cache has, or what is served. */
static signet_bundle *
bundle_of(checker *it, const json_t *step, signet_slice issuer, int64_t now)
{
    cached *free_place = &it->cache[it->cached_count];

    for (size_t i = 0; i < it->cached_count; i++) {
        if (signet_slice_is_equal(it->cache[i].issuer, issuer) && now < it->cache[i].expires)
            return it->cache[i].bundle;
    }
    if (it->cached_count == CACHE_MAX)
        abort();
    free_place->bundle = receive(step, "served_status", "served_body", NULL);
    if (!free_place->bundle)
        return NULL;
    free_place->issuer = issuer;
    free_place->expires = now + replay_number(it->one->inputs, "cache_ttl_s", 0);
    it->cached_count++;
    return free_place->bundle;
}

static signet_revocation_outcome
check_step(checker *it, const json_t *step, signet_error *err)
{
    signet_claims *claims = (signet_claims *)(void *)replay_alloc(sizeof(*claims));
    int64_t now = replay_number(step, "now", 0);
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;
    signet_trusted_bundle trusted = {0};
    signet_bundle_issuer issuer = {.anchors = &it->anchor, .anchor_count = it->key != NULL};
    signet_bundle *bundle = NULL;

    if (!signet_token_decode(replay_hex(step, "token_cbor", NULL), claims, err))
        abort();
    issuer.name = claims->issuer;
    bundle = bundle_of(it, step, claims->issuer, now);
    if (!bundle)
        return outcome;
    if (!signet_bundle_verify(bundle, &issuer, &it->rules, now, &trusted, &outcome)) {
        signet_revocation_explain(outcome, err);
        if (!it->rules.as_reference)
            it->cache[it->cached_count - 1].expires = 0; /* only what was verified is kept */
        return outcome;
    }
    if (signet_bundle_advance(&trusted, &it->store, &it->rules, &outcome, err) &&
        signet_revocation_check(&trusted, claims, &it->rules, now, &outcome, err))
        return SIGNET_REVOCATION_GOOD;
    return outcome;
}

static const char *
result_of(signet_revocation_outcome outcome)
{
    static const char *const results[] = {"error", "revoked", "not_revoked"};

    return results[signet_revocation_verdict_of(outcome)];
}

/* With the switch: every step as the reference. */
static void
require_same(const checker *it, const json_t *step, signet_revocation_outcome outcome)
{
    const char *result = json_string_value(json_object_get(step, "result"));
    const char *class = json_string_value(json_object_get(step, "error_class"));

    if (strcmp(result, result_of(outcome)) == 0 &&
        (!class || strcmp(class, class_of(outcome)) == 0))
        return;
    fprintf(stderr, "replay: revocation_check/%s: %s with the switch, %s %s by the reference\n",
        it->one->name, signet_revocation_outcome_name(outcome), result, class ? class : "");
    abort();
}

/* Whether that is the stored number: one less is too old, the same is not. */
static void
compare_stored(const checker *it, signet_buf *differences)
{
    static const signet_revocation_rules as_reference = {.as_reference = true};
    const json_t *expected = json_object_get(it->one->outputs, "stored_seqno_after");
    signet_slice issuer = replay_text(it->one->inputs, "issuer", NULL);
    signet_bundle_state same = {.seqno = unsigned_of(it->one->outputs, "stored_seqno_after")};
    signet_bundle_state less = {.seqno = same.seqno - 1};
    signet_error err = {0};
    bool is_so = false;

    if (!json_is_string(expected))
        return;
    is_so = (same.seqno == 0 || it->store.advance(it->store.context, issuer, &less, &as_reference,
                                    &err) == SIGNET_REVOCATION_ROLLBACK) &&
            it->store.advance(it->store.context, issuer, &same, &as_reference, &err) ==
                SIGNET_REVOCATION_GOOD;
    if (!is_so && !signet_buf_printf(differences, NULL, " another number is stored"))
        abort();
}

static signet_revocation_outcome
check_all(const replay_case *one, bool as_reference, signet_buf *differences, signet_error *err)
{
    checker it = {.one = one, .rules = {.as_reference = as_reference}};
    const char *anchor = json_string_value(json_object_get(one->inputs, "trust_anchor"));
    const json_t *steps = json_object_get(one->inputs, "steps"), *step = NULL;
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;
    size_t i = 0;

    it.key = key_of(replay_key(one, anchor), err);
    it.anchor.key = it.key;
    if (!prepare_store(&it, err))
        abort();
    json_array_foreach((json_t *)(uintptr_t)steps, i, step)
    {
        *err = (signet_error){0};
        outcome = check_step(&it, step, err);
        if (as_reference)
            require_same(&it, step, outcome);
    }
    if (as_reference)
        compare_stored(&it, differences);
    sg_sequence_free(&it.store);
    if (it.has_files)
        scratch_remove(&it.where);
    for (i = 0; i < it.cached_count; i++)
        signet_bundle_free(it.cache[i].bundle);
    signet_key_free(it.key);
    return outcome;
}

static replay_verdict
run_check(const replay_case *one, signet_buf *differences, signet_error *err)
{
    signet_revocation_outcome outcome = SIGNET_REVOCATION_NO_BUNDLE;

    (void)check_all(one, true, differences, err);
    outcome = check_all(one, false, differences, err);
    if (signet_revocation_verdict_of(outcome) == SIGNET_REVOCATION_SAYS_NOT_REVOKED)
        return REPLAY_ACCEPT;
    replay_compare_class(one, differences, class_of(outcome));
    return REPLAY_REJECT;
}

/* --- files of numbers --- */

static replay_verdict
compare_file(const replay_case *one, const scratch *where, signet_buf *differences)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0}, file = {0};
    const char *name = json_string_value(json_object_get(one->outputs, "file_name"));
    struct stat status = {0};

    if (!signet_buf_printf(&path, NULL, "%s/s%c", where->path, '\0') ||
        stat((const char *)path.data, &status) != 0)
        abort();
    replay_compare_number(differences, "mode of the directory", status.st_mode & 07777, 0700);
    path.len--;
    if (!name)
        return REPLAY_ACCEPT;
    if (!signet_buf_printf(&path, NULL, "/%s%c", name, '\0') ||
        !sg_file_read((const char *)path.data, 64, SG_FILE_PRIVATE, &file, NULL) ||
        stat((const char *)path.data, &status) != 0)
        return REPLAY_REJECT;
    replay_compare_number(differences, "mode", status.st_mode & 07777, 0600);
    replay_compare(
        differences, "file", signet_buf_slice(&file), replay_hex(one->outputs, "file", NULL));
    return REPLAY_ACCEPT;
}

static bool
write_numbers(const replay_case *one, const scratch *where, signet_error *err)
{
    static const signet_revocation_rules as_reference = {.as_reference = true};
    const json_t *numbers = json_object_get(one->inputs, "set_if_greater"), *number = NULL;
    SIGNET_AUTO(sg_sequence_free) signet_sequence_store store = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    size_t i = 0;

    if (!signet_buf_printf(&path, err, "%s/s%c", where->path, '\0') ||
        !sg_sequence_file_new(
            (const char *)path.data, replay_hex(one->inputs, "hmac_key", NULL), &store, err))
        return false;
    json_array_foreach((json_t *)(uintptr_t)numbers, i, number)
    {
        signet_bundle_state seen = {.seqno = strtoull(json_string_value(number), NULL, 10)};
        signet_revocation_outcome outcome = store.advance(
            store.context, replay_text(one->inputs, "issuer", NULL), &seen, &as_reference, err);

        if (outcome != SIGNET_REVOCATION_GOOD && outcome != SIGNET_REVOCATION_ROLLBACK)
            return false;
    }
    return true;
}

static replay_verdict
run_file(const replay_case *one, signet_buf *differences, signet_error *err)
{
    replay_verdict verdict = REPLAY_REJECT;
    signet_slice file = {0};
    bool is_reading = false;
    uint64_t seqno = 0;
    scratch where;

    file = replay_hex(one->inputs, "file", &is_reading);
    if (is_reading) {
        if (!sg_sequence_file_read(file, replay_hex(one->inputs, "hmac_key", NULL),
                replay_text(one->inputs, "issuer", NULL), &seqno, err))
            return REPLAY_REJECT;
        replay_compare_number(
            differences, "number", (int64_t)seqno, (int64_t)unsigned_of(one->outputs, "seqno"));
        return REPLAY_ACCEPT;
    }
    if (!scratch_make(&where))
        abort();
    if (write_numbers(one, &where, err))
        verdict = compare_file(one, &where, differences);
    scratch_remove(&where);
    return verdict;
}

const replay_group replay_revocation[] = {
    {"bundle_canonical", run_canonical},
    {"bundle_fetch", run_fetch},
    {"revocation_check", run_check},
    {"seqno_file", run_file},
    {NULL, NULL},
};
