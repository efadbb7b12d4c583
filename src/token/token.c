/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The token's map, tokens.md 3.1: the table of the specification is the table here, and one walk
 * over it writes a token, another reads it.
 */
#include <signet/token.h>

#include "codec/cbor.h"

typedef enum { TEXT, BYTES, INT, UINT, MAP, NUMBERS, WRAPPED } claim_type;

typedef struct {
    int64_t key;
    const char *name;
    claim_type type;
    size_t field;  /* offset in signet_claims */
    bool required; /* and therefore written even when it is zero */
} claim_rule;

#define CLAIM(name) offsetof(signet_claims, name)

static const claim_rule rules[] = {
    {1, "iss_id", TEXT, CLAIM(issuer), true},
    {2, "aud_id", TEXT, CLAIM(audience), false},
    {3, "sub_ppid", BYTES, CLAIM(subject), true},
    {4, "exp", INT, CLAIM(expires), true},
    {5, "nbf", INT, CLAIM(not_before), true},
    {6, "iat", INT, CLAIM(issued), true},
    {7, "cap_id", BYTES, CLAIM(capability_id), true},
    {8, "cap_ver", UINT, CLAIM(capability_version), false},
    {9, "cnf", BYTES, CLAIM(confirmation), true},
    {10, "kid", BYTES, CLAIM(key_id), false},
    {11, "cap_tokens", NUMBERS, CLAIM(capabilities), false},
    {12, "cap_custom", MAP, CLAIM(custom), false},
    {13, "jti", BYTES, CLAIM(token_id), true},
    {14, "act", MAP, CLAIM(actor), false},
    {15, "del", MAP, CLAIM(delegator), false},
    {16, "aud_str", TEXT, CLAIM(audience_text), false},
    {17, "nonce", BYTES, CLAIM(nonce), false},
    {18, "eph_kid", BYTES, CLAIM(ephemeral_id), false},
    {19, "epoch", UINT, CLAIM(epoch), false},
    {20, "chain", WRAPPED, CLAIM(chain), false},
    {21, "environment", WRAPPED, CLAIM(environment), false},
    {22, "boundary", WRAPPED, CLAIM(boundary), false},
    {23, "attestations", WRAPPED, CLAIM(attestations), false},
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

/* One of the keys that no token is without, and the retired layout never has (tokens.md 3.5). */
#define KEYS_OF_A_TOKEN (1ULL << 7 | 1ULL << 9 | 1ULL << 13)

static void *
field_of(signet_claims *claims, const claim_rule *rule)
{
    return (char *)claims + rule->field;
}

static const void *
value_of(const signet_claims *claims, const claim_rule *rule)
{
    return (const char *)claims + rule->field;
}

/* --- reading --- */

static void
read_numbers(sg_cbor_reader *in, signet_claims *claims)
{
    size_t count = sg_cbor_read_array(in);

    if (count > SIGNET_TOKEN_CAPABILITIES_MAX)
        sg_cbor_refuse(in, "has too many capabilities");
    for (size_t i = 0; i < count && !in->problem; i++)
        claims->capabilities[i] = sg_cbor_read_uint(in);
    claims->capability_count = in->problem ? 0 : count;
}

/* tokens.md 3.9: text keys at every level, so that both orders of keys are one. */
static void check_text_keys(sg_cbor_reader *in);

static void
check_value(sg_cbor_reader *in)
{
    sg_cbor_type type = sg_cbor_next(in);

    if (type == SG_CBOR_MAP) {
        check_text_keys(in);
    } else if (type == SG_CBOR_ARRAY) {
        for (size_t count = sg_cbor_read_array(in); count > 0 && !in->problem; count--)
            check_value(in);
    } else {
        (void)sg_cbor_read_any(in);
    }
}

static void
check_text_keys(sg_cbor_reader *in)
{
    for (size_t pairs = sg_cbor_read_map(in); pairs > 0 && !in->problem; pairs--) {
        (void)sg_cbor_read_text(in);
        check_value(in);
    }
}

static signet_slice
read_free_map(sg_cbor_reader *in)
{
    bool is_map = sg_cbor_next(in) == SG_CBOR_MAP;
    signet_slice map = sg_cbor_read_any(in);
    sg_cbor_reader inside = sg_cbor_reader_of(map);

    if (!is_map)
        sg_cbor_refuse(in, "is not a map");
    if (in->problem)
        return map;
    check_text_keys(&inside);
    if (inside.problem)
        sg_cbor_refuse(in, "has a key that is not text");
    return map;
}

/* tokens.md 7.3: CBOR inside a byte string. */
static signet_slice
read_wrapped(sg_cbor_reader *in)
{
    signet_slice content = sg_cbor_read_bytes(in);
    sg_cbor_reader inside = sg_cbor_reader_of(content);

    if (in->problem)
        return content;
    (void)sg_cbor_read_any(&inside);
    if (inside.problem || inside.left.len > 0)
        sg_cbor_refuse(in, "does not hold one item of deterministic CBOR");
    return content;
}

static void
read_claim(sg_cbor_reader *in, const claim_rule *rule, signet_claims *claims)
{
    void *field = field_of(claims, rule);

    switch (rule->type) {
    case TEXT:
        *(signet_slice *)field = sg_cbor_read_text(in);
        break;
    case BYTES:
        *(signet_slice *)field = sg_cbor_read_bytes(in);
        break;
    case INT:
        *(int64_t *)field = sg_cbor_read_int(in);
        break;
    case UINT:
        *(uint64_t *)field = sg_cbor_read_uint(in);
        break;
    case MAP:
        *(signet_slice *)field = read_free_map(in);
        break;
    case NUMBERS:
        read_numbers(in, claims);
        break;
    case WRAPPED:
        *(signet_slice *)field = read_wrapped(in);
        break;
    }
}

static bool
is_absent(const signet_claims *claims, const claim_rule *rule)
{
    static const uint8_t empty_map = 0xa0;
    const void *value = value_of(claims, rule);
    signet_slice slice = {0};

    switch (rule->type) {
    case INT:
        return *(const int64_t *)value == 0;
    case UINT:
        return *(const uint64_t *)value == 0;
    case NUMBERS:
        return claims->capability_count == 0;
    case TEXT:
    case BYTES:
    case MAP:
    case WRAPPED:
        break;
    }
    slice = *(const signet_slice *)value;
    return slice.len == 0 ||
           (rule->type == MAP && signet_slice_is_equal(slice, (signet_slice){&empty_map, 1}));
}

/* What the strict reader refused is refused; this only finds the class. */
static bool
fail_classified(signet_slice wire, const char *name, const char *problem, signet_error *err)
{
    sg_cbor_probe probe = {0};

    if (sg_cbor_is_well_formed(wire)) {
        probe = sg_cbor_probe_map(wire);
        if (probe.is_map && !probe.has_duplicate_key &&
            (probe.has_other_key || !(probe.seen & KEYS_OF_A_TOKEN)))
            return signet_fail(
                err, SIGNET_E_LEGACY, "token has the retired layout, or is no token at all");
    }
    return signet_fail(err, SIGNET_E_DECODE, "%s: CBOR %s", name, problem);
}

bool
signet_token_decode(signet_slice wire, signet_claims *ret_claims, signet_error *err)
{
    sg_cbor_reader in = sg_cbor_reader_of(wire);
    const claim_rule *rule = rules;
    const char *name = "token";
    signet_claims claims = {0};
    uint64_t seen = 0;

    if (wire.len > SIGNET_TOKEN_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "token of %zu bytes is too large", wire.len);
    for (size_t pairs = sg_cbor_read_map(&in); pairs > 0 && !in.problem; pairs--) {
        int64_t key = sg_cbor_read_int(&in);

        name = "token";
        while (rule < rules + RULES && rule->key < key)
            rule++;
        if (rule == rules + RULES || rule->key != key) {
            sg_cbor_refuse(&in, "has a key that is unknown, doubled or not in order");
            break;
        }
        name = rule->name;
        read_claim(&in, rule, &claims);
        if (!in.problem && !rule->required && is_absent(&claims, rule))
            sg_cbor_refuse(&in, "is there, and empty");
        seen |= 1ULL << key;
        rule++;
    }
    if (in.problem)
        return fail_classified(wire, name, in.problem, err);
    if (in.left.len > 0)
        return fail_classified(wire, "token", "has something after its end", err);
    if (!(seen & KEYS_OF_A_TOKEN))
        return fail_classified(wire, "token", "has none of the keys of a token", err);
    if (!signet_token_check(&claims, err))
        return false;
    *ret_claims = claims;
    return true;
}

/* --- writing --- */

static void
write_claim(sg_cbor_writer *to, const claim_rule *rule, const signet_claims *claims)
{
    const void *value = value_of(claims, rule);

    sg_cbor_write_int(to, rule->key);
    switch (rule->type) {
    case TEXT:
        sg_cbor_write_text(to, *(const signet_slice *)value);
        break;
    case BYTES:
    case WRAPPED:
        sg_cbor_write_bytes(to, *(const signet_slice *)value);
        break;
    case INT:
        sg_cbor_write_int(to, *(const int64_t *)value);
        break;
    case UINT:
        sg_cbor_write_uint(to, *(const uint64_t *)value);
        break;
    case MAP:
        sg_cbor_write_raw(to, *(const signet_slice *)value);
        break;
    case NUMBERS:
        sg_cbor_write_array(to, claims->capability_count);
        for (size_t i = 0; i < claims->capability_count; i++)
            sg_cbor_write_uint(to, claims->capabilities[i]);
        break;
    }
}

/* Only what would be read back may be written (W-13). */
static bool
check_nested(const signet_claims *claims, const claim_rule *rule, signet_error *err)
{
    const signet_slice *value = value_of(claims, rule);
    sg_cbor_reader in = {0};

    if (rule->type != MAP && rule->type != WRAPPED)
        return true;
    in = sg_cbor_reader_of(*value);
    if (rule->type == MAP)
        (void)read_free_map(&in);
    else
        (void)sg_cbor_read_any(&in);
    return sg_cbor_read_end(&in, rule->name, err);
}

bool
signet_token_encode(const signet_claims *claims, signet_buf *out, signet_error *err)
{
    sg_cbor_writer to = sg_cbor_writer_to(out);
    size_t pairs = 0;

    if (claims->capability_count > SIGNET_TOKEN_CAPABILITIES_MAX)
        return signet_fail(err, SIGNET_E_TOKEN, "cap_tokens: too many");
    if (!signet_token_check(claims, err))
        return false;
    for (size_t i = 0; i < RULES; i++) {
        bool is_written = rules[i].required || !is_absent(claims, &rules[i]);

        pairs += is_written;
        if (is_written && !check_nested(claims, &rules[i], err))
            return false;
    }
    sg_cbor_write_map(&to, pairs);
    for (size_t i = 0; i < RULES; i++) {
        if (rules[i].required || !is_absent(claims, &rules[i]))
            write_claim(&to, &rules[i], claims);
    }
    if (!sg_cbor_write_end(&to, err))
        return false;
    if (out->len - to.before > SIGNET_TOKEN_MAX) {
        signet_error_set(
            err, SIGNET_E_TOKEN, "token of %zu bytes is too large", out->len - to.before);
        out->len = to.before;
        return false;
    }
    return true;
}
