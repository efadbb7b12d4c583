/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature says yes or no, not why.  So the request is changed in the ways in which proxies and
 * people change requests, until the signature is genuine: then that is what was signed.
 */
#include <signet/signet.h>

#include "base/text.h"
#include "explain_variants.h"

enum { TRIALS_MAX = 6000, SECONDS_AROUND = 90, CHANGES_MAX = 3 };

static const char *const names[VARIANT_KINDS] = {
    "method", "authority", "target", "content", "content-type", "scheme"};

typedef struct {
    explain_case it;              /* judged without what is not about the signature */
    bool is_message;              /* what signs is a message signature, not Signet-Proof */
    signet_verifier *verifier[2]; /* of each scheme, with all the origins that are tried */
    signet_verifier_cache *cache[2];
    variants all[VARIANT_KINDS];
    size_t chosen[VARIANT_KINDS];
    unsigned trials;
    signet_http_field fields[SAVED_FIELDS_MAX];
} search;

static void
free_search(search *it)
{
    variants_free(it->all);
    for (size_t i = 0; i < 2; i++) {
        signet_verifier_cache_free(it->cache[i]);
        signet_verifier_free(it->verifier[i]);
    }
}

static signet_slice
choice(const search *it, variant_kind kind)
{
    return signet_buf_slice(&it->all[kind].values[it->chosen[kind]]);
}

/* Append the proof with another value of one parameter. */
static bool
write_proof(const saved_request *request, const char *name, signet_slice value, signet_buf *out,
    signet_error *err)
{
    signet_slice proof = saved_request_field(request, "signet-proof");
    signet_slice old = explain_parameter(request, name);
    const uint8_t *behind = NULL;

    if (!old.ptr) /* a parameter that was taken away */
        return signet_buf_append(out, proof, err) &&
               (value.len == 0 || (signet_buf_printf(out, err, ";%s=", name) &&
                                      signet_buf_append(out, value, err)));
    behind = old.ptr + old.len;
    return signet_buf_append(out, (signet_slice){proof.ptr, (size_t)(old.ptr - proof.ptr)}, err) &&
           signet_buf_append(out, value, err) &&
           signet_buf_append(
               out, (signet_slice){behind, proof.len - (size_t)(behind - proof.ptr)}, err);
}

/* Put another value into the only field of that name, if there is one. */
static void
put_field(search *it, const char *name, signet_slice value)
{
    const signet_http_request *request = &it->it.request->facts.request;
    signet_slice old = saved_request_field(it->it.request, name);

    for (size_t i = 0; old.ptr && i < request->field_count; i++) {
        if (request->fields[i].value.ptr == old.ptr)
            it->fields[i].value = value;
    }
}

/* One request with the chosen components and another proof, held against the signature. */
static bool
try(search *it, signet_slice proof, bool *ret_is_genuine, signet_error *err)
{
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    signet_http_facts facts = it->it.request->facts;
    const size_t scheme = it->chosen[VARIANT_SCHEME];

    for (size_t i = 0; i < facts.request.field_count; i++)
        it->fields[i] = facts.request.fields[i];
    if (it->is_message) {
        put_field(it, "content-digest", choice(it, VARIANT_DIGEST));
        put_field(it, "content-type", choice(it, VARIANT_TYPE));
    } else {
        put_field(it, "signet-proof", proof);
    }
    facts.request.fields = it->fields;
    facts.request.method = choice(it, VARIANT_METHOD);
    facts.request.authority = choice(it, VARIANT_AUTHORITY);
    facts.request.target = choice(it, VARIANT_TARGET);
    it->trials++;
    verification = explain_judge(it->verifier[scheme], it->cache[scheme], &it->it, &facts, err);
    *ret_is_genuine = verification && explain_has_passed_signature(verification);
    return verification != NULL;
}

static bool
try_chosen(search *it, bool *ret_is_genuine, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf proof = {0};

    if (it->is_message)
        return try(it, (signet_slice){NULL, 0}, ret_is_genuine, err);
    return write_proof(it->it.request, "bd", choice(it, VARIANT_DIGEST), &proof, err) &&
           try(it, signet_buf_slice(&proof), ret_is_genuine, err);
}

/* The next combination, as a number counts up; false behind the last. */
static bool
step(search *it)
{
    for (size_t kind = 0; kind < VARIANT_KINDS; kind++) {
        if (++it->chosen[kind] < it->all[kind].count)
            return true;
        it->chosen[kind] = 0;
    }
    return false;
}

static unsigned
count_changes(const search *it)
{
    unsigned changes = 0;

    for (size_t kind = 0; kind < VARIANT_KINDS; kind++)
        changes += it->chosen[kind] > 0;
    return changes;
}

/* Few changes come before many. */
static bool
find(search *it, bool *ret_is_found, signet_error *err)
{
    for (unsigned changes = 1; changes <= CHANGES_MAX && !*ret_is_found; changes++) {
        memset(it->chosen, 0, sizeof(it->chosen));
        while (!*ret_is_found && it->trials < TRIALS_MAX && step(it)) {
            if (count_changes(it) == changes && !try_chosen(it, ret_is_found, err))
                return false;
        }
    }
    return true;
}

/* The time alone: who changes `ts` makes an old proof young. */
static bool
find_time(search *it, int64_t *ret_time, bool *ret_is_found, signet_error *err)
{
    int64_t seen = explain_proof_time(it->it.request);

    memset(it->chosen, 0, sizeof(it->chosen));
    for (int64_t away = -SECONDS_AROUND; away <= SECONDS_AROUND && seen > away; away++) {
        SIGNET_AUTO(signet_buf_free) signet_buf number = {0}, proof = {0};

        it->it.now = seen + away;
        if (!signet_buf_printf(&number, err, "%lld", (long long)it->it.now) ||
            !write_proof(it->it.request, "ts", signet_buf_slice(&number), &proof, err) ||
            !try(it, signet_buf_slice(&proof), ret_is_found, err))
            return false;
        if (*ret_is_found) {
            *ret_time = it->it.now;
            return true;
        }
    }
    return true;
}

/* Each authority that is tried, as an origin of that scheme. */
static bool
make_verifier(search *it, size_t which, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf texts = {0};
    const char *origins[EXPLAIN_ORIGINS_MAX + 1] = {NULL};
    size_t starts[VARIANTS_MAX] = {0};
    const variants *authorities = &it->all[VARIANT_AUTHORITY];
    const signet_buf *scheme = &it->all[VARIANT_SCHEME].values[which];
    signet_verifier_options options = it->it.options;

    for (size_t i = 0; i < authorities->count; i++) {
        starts[i] = texts.len;
        if (!signet_buf_printf(&texts, err, "%.*s://%.*s%c", (int)scheme->len,
                (const char *)scheme->data, (int)authorities->values[i].len,
                (const char *)authorities->values[i].data, '\0'))
            return false;
    }
    for (size_t i = 0; i < authorities->count; i++)
        origins[i] = (const char *)texts.data + starts[i];
    options.origins = origins;
    it->verifier[which] = signet_verifier_new(&options, err);
    it->cache[which] = it->verifier[which] ? signet_verifier_cache_new(1, err) : NULL;
    return it->cache[which] != NULL;
}

static bool
prepare(const explain_case *given, search *it, signet_error *err)
{
    int64_t time = explain_proof_time(given->request);

    it->it = *given;
    it->it.now = time > 0 ? time : given->now;
    it->it.policy.purposes = NULL;
    it->it.policy.audience = NULL;
    it->it.policy.allow_unsigned_body = true;
    if (!it->is_message)
        it->it.policy.dialects = SIGNET_DIALECT_PROOF;
    if (!variants_gather(given, it->is_message, it->all, err))
        return false;
    for (size_t i = 0; i < it->all[VARIANT_SCHEME].count; i++) {
        if (!make_verifier(it, i, err))
            return false;
    }
    return true;
}

static void
report_one(report *to, const char *name, signet_slice seen, signet_slice signed_value)
{
    report_open(to, name, NULL);
    report_text(to, "seen", seen, NULL);
    report_text(to, "signed", signed_value, NULL);
    report_close(to);
}

static bool
report_time_change(report *to, const search *it, int64_t time, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf seconds = {0};

    if (!signet_buf_printf(&seconds, err, "%lld", (long long)time))
        return false;
    report_one(to, "time", explain_parameter(it->it.request, "ts"), signet_buf_slice(&seconds));
    return true;
}

bool
explain_report_differences(
    report *to, const explain_case *given, bool is_message, signet_error *err)
{
    __attribute__((cleanup(free_search))) search it = {.is_message = is_message};
    bool is_found = false, is_time = false;
    int64_t time = 0;

    if (!prepare(given, &it, err) || !find(&it, &is_found, err) ||
        (!is_found && !is_message && !find_time(&it, &time, &is_time, err)))
        return false;
    report_open(to, "differs", "what was seen is not what was signed");
    for (size_t kind = 0; is_found && kind < VARIANT_KINDS; kind++) {
        if (it.chosen[kind] > 0)
            report_one(to, names[kind], signet_buf_slice(&it.all[kind].values[0]),
                choice(&it, (variant_kind)kind));
    }
    if (is_time && !report_time_change(to, &it, time, err))
        return false;
    report_close(to);
    if (!is_found && !is_time)
        report_note(to,
            "none of %u likely changes makes it genuine: another key, token, nonce, or "
            "an unlikely change",
            it.trials);
    return true;
}
