/* SPDX-License-Identifier: Apache-2.0 */
/* What a claim may be, tokens.md 3.6: the rules in their order, then the limits of 3.15, and the
 * clock. */
#include <signet/token.h>

static const int64_t last_time = 253402300799; /* 9999-12-31T23:59:59Z */

typedef struct {
    const char *name;
    size_t field; /* offset of a slice in signet_claims */
    size_t size;
    bool may_be_absent;
} size_rule;

#define CLAIM(name) offsetof(signet_claims, name)

/* V1 is before, V8 to V14 are behind. */
static const size_rule sizes[] = {
    {"cnf", CLAIM(confirmation), 32, false},     /* V2 */
    {"sub_ppid", CLAIM(subject), 32, false},     /* V3 */
    {"cap_id", CLAIM(capability_id), 16, false}, /* V4 */
    {"jti", CLAIM(token_id), 16, false},         /* V5 */
    {"eph_kid", CLAIM(ephemeral_id), 32, true},  /* V6 */
    {"nonce", CLAIM(nonce), 16, true},           /* V7 */
};

static signet_slice
slice_at(const signet_claims *claims, size_t field)
{
    return *(const signet_slice *)(const void *)((const char *)claims + field);
}

static bool
check_sizes(const signet_claims *claims, signet_error *err)
{
    if (claims->issuer.len == 0)
        return signet_fail(err, SIGNET_E_TOKEN, "iss_id: missing"); /* V1 */
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t len = slice_at(claims, sizes[i].field).len;

        if (len != sizes[i].size && !(len == 0 && sizes[i].may_be_absent))
            return signet_fail(
                err, SIGNET_E_TOKEN, "%s: %zu bytes, not %zu", sizes[i].name, len, sizes[i].size);
    }
    return true;
}

static bool
check_time(const char *name, int64_t time, signet_error *err)
{
    if (time == 0)
        return signet_fail(err, SIGNET_E_TOKEN, "%s: missing", name);
    if (time < 0 || time > last_time)
        return signet_fail(
            err, SIGNET_E_TOKEN, "%s: %lld is no time of a token", name, (long long)time);
    return true;
}

static bool
check_times(const signet_claims *claims, signet_error *err)
{
    if (!check_time("iat", claims->issued, err) ||     /* V8 */
        !check_time("nbf", claims->not_before, err) || /* V9 */
        !check_time("exp", claims->expires, err))      /* V10 */
        return false;
    if (claims->not_before > claims->expires) /* V11 */
        return signet_fail(err, SIGNET_E_TOKEN, "nbf: later than exp");
    if (claims->issued < claims->not_before) /* V12 */
        return signet_fail(err, SIGNET_E_TOKEN, "iat: earlier than nbf");
    if (claims->expires < claims->issued) /* V13 */
        return signet_fail(err, SIGNET_E_TOKEN, "exp: earlier than iat");
    if (claims->expires - claims->not_before > SIGNET_TOKEN_LIFETIME_MAX) /* V14 */
        return signet_fail(err, SIGNET_E_TOKEN, "exp: %lld seconds after nbf, at most %d",
            (long long)(claims->expires - claims->not_before), SIGNET_TOKEN_LIFETIME_MAX);
    return true;
}

/* C0, DEL and C1, of a text that is UTF-8. */
static bool
has_control(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7f ||
            (text.ptr[i] == 0xc2 && i + 1 < text.len && text.ptr[i + 1] < 0xa0))
            return true;
    }
    return false;
}

static bool
check_limits(const signet_claims *claims, signet_error *err)
{
    static const struct {
        const char *name;
        size_t field;
    } texts[] = {
        {"iss_id", CLAIM(issuer)},
        {"aud_id", CLAIM(audience)},
        {"aud_str", CLAIM(audience_text)},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        signet_slice text = slice_at(claims, texts[i].field);

        if (text.len > SIGNET_TOKEN_TEXT_MAX)
            return signet_fail(err, SIGNET_E_TOKEN, "%s: %zu bytes, at most %d", texts[i].name,
                text.len, SIGNET_TOKEN_TEXT_MAX);
        if (has_control(text))
            return signet_fail(
                err, SIGNET_E_TOKEN, "%s: has a control character", texts[i].name); /* W-10 */
    }
    if (claims->capability_version > UINT32_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "cap_ver: more than 32 bits");
    if (claims->key_id.len > SIGNET_TOKEN_KEY_ID_MAX)
        return signet_fail(err, SIGNET_E_TOKEN, "kid: %zu bytes, at most %d", claims->key_id.len,
            SIGNET_TOKEN_KEY_ID_MAX);
    return true;
}

bool
signet_token_check(const signet_claims *claims, signet_error *err)
{
    return check_sizes(claims, err) && check_times(claims, err) && check_limits(claims, err);
}

bool
signet_token_check_time(const signet_claims *claims, int64_t now, int64_t skew, signet_error *err)
{
    if (skew < 0 || skew > SIGNET_TOKEN_SKEW_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "a skew of %lld seconds", (long long)skew);
    /* the times of a checked token are far from the ends of int64_t */
    if (claims->not_before < 0 || claims->expires > last_time)
        return signet_fail(err, SIGNET_E_TIME, "token was never checked");
    if (now < claims->not_before - skew)
        return signet_fail(err, SIGNET_E_TIME, "nbf: token is not valid yet");
    if (now > claims->expires + skew)
        return signet_fail(err, SIGNET_E_TIME, "exp: token has expired");
    return true;
}
