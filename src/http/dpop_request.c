/* SPDX-License-Identifier: Apache-2.0 */
/* Around a proof: the fields that bring it, the challenge that asks for it, nonces without state.
 */
#include <sodium.h>

#include "base/secret.h"
#include "base/text.h"
#include "http/dpop.h"

enum { SECRET_MIN = 32 };

/* --- fields --- */

static uint8_t
to_lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static bool
is_name(signet_slice given, const char *name)
{
    if (given.len != strlen(name))
        return false;
    for (size_t i = 0; i < given.len; i++) {
        if (to_lower(given.ptr[i]) != to_lower((uint8_t)name[i]))
            return false;
    }
    return true;
}

/* The value of the field of that name; {NULL, 0}: there is none. */
static bool
find_single(const sg_dpop_field *fields, size_t count, const char *name, signet_slice *ret_value,
    signet_error *err)
{
    const sg_dpop_field *found = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!is_name(fields[i].name, name))
            continue;
        if (found)
            return signet_fail(err, SIGNET_E_DECODE, "%s: more than one field", name);
        found = &fields[i];
    }
    if (found && found->value.len == 0)
        return signet_fail(err, SIGNET_E_DECODE, "%s: empty", name);
    *ret_value = found ? found->value : (signet_slice){NULL, 0};
    return true;
}

/* RFC 9110 11.2: letters, digits, a few signs, then any number of "=" */
static bool
is_token68(signet_slice text)
{
    size_t len = text.len;

    while (len > 0 && text.ptr[len - 1] == '=')
        len--;
    for (size_t i = 0; i < len; i++) {
        uint8_t lower = to_lower(text.ptr[i]);

        if ((lower < 'a' || lower > 'z') && (lower < '0' || lower > '9') &&
            (lower == 0 || !strchr("-._~+/", lower)))
            return false;
    }
    return len > 0;
}

static bool
read_authorization(signet_slice value, sg_dpop_presented *presented, signet_error *err)
{
    static const struct {
        const char *name;
        sg_dpop_scheme scheme;
    } schemes[] = {{"DPoP", SG_DPOP_SCHEME_DPOP}, {"Bearer", SG_DPOP_SCHEME_BEARER}};
    size_t end = 0;

    while (end < value.len && value.ptr[end] != ' ')
        end++;
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        signet_slice token = {value.ptr, 0};

        if (!is_name((signet_slice){value.ptr, end}, schemes[i].name))
            continue;
        while (end < value.len && value.ptr[end] == ' ') /* 1*SP, RFC 9110 11.4 */
            end++;
        token = (signet_slice){value.ptr + end, value.len - end};
        if (!is_token68(token))
            return signet_fail(err, SIGNET_E_DECODE, "authorization: not a token68");
        presented->scheme = schemes[i].scheme;
        presented->access_token = token;
        return true;
    }
    return true;
}

bool
sg_dpop_credentials(
    const sg_dpop_field *fields, size_t count, sg_dpop_presented *ret_presented, signet_error *err)
{
    sg_dpop_presented presented = {.scheme = SG_DPOP_SCHEME_NONE};
    signet_slice authorization = {0};

    if (!find_single(fields, count, "Authorization", &authorization, err) ||
        !find_single(fields, count, "DPoP", &presented.proof, err))
        return false;
    if (authorization.ptr && !read_authorization(authorization, &presented, err))
        return false;
    if (presented.scheme == SG_DPOP_SCHEME_DPOP && !presented.proof.ptr)
        return signet_fail(err, SIGNET_E_DECODE, "DPoP: the scheme without its field");
    *ret_presented = presented;
    return true;
}

/* --- challenges --- */

static const char *const errors[] = {
    [SG_DPOP_REFUSE_NO_CREDENTIALS] = NULL,
    [SG_DPOP_REFUSE_PROOF] = "invalid_dpop_proof",
    [SG_DPOP_REFUSE_TOKEN] = "invalid_token",
    [SG_DPOP_REFUSE_NONCE] = "use_dpop_nonce",
};

static bool
write_names(signet_algorithms accepted, signet_buf *out, signet_error *err)
{
    const char *separator = "";

    for (; *accepted; accepted++) {
        const char *const *names = sg_jwk_algorithm_names(*accepted);

        for (; names && *names; names++, separator = " ") {
            if (!signet_buf_printf(out, err, "%s%s", separator, *names))
                return false;
        }
    }
    return true;
}

bool
sg_dpop_challenge(
    sg_dpop_refusal refusal, signet_algorithms accepted, signet_buf *out, signet_error *err)
{
    size_t before = out->len;
    const char *error = errors[refusal];

    if ((error ? signet_buf_printf(out, err, "DPoP error=\"%s\", algs=\"", error)
               : signet_buf_printf(out, err, "DPoP algs=\"")) &&
        write_names(accepted, out, err) && signet_buf_printf(out, err, "\""))
        return true;
    out->len = before;
    return false;
}

/* --- nonces --- */

/* The nonce is the MAC of its window, so nothing needs to be kept or sent beside it. */
static bool
write_nonce(signet_slice secret, int64_t window, char ret_nonce[SG_DPOP_NONCE_LEN])
{
    static const uint8_t separator[] = "signet-dpop-nonce-v1:";
    crypto_auth_hmacsha256_state state;
    uint8_t number[8], mac[crypto_auth_hmacsha256_BYTES];

    for (int i = 0; i < 8; i++)
        number[i] = (uint8_t)((uint64_t)window >> (56 - 8 * i));
    if (crypto_auth_hmacsha256_init(&state, secret.ptr, secret.len) != 0 ||
        crypto_auth_hmacsha256_update(&state, separator, sizeof(separator) - 1) != 0 ||
        crypto_auth_hmacsha256_update(&state, number, sizeof(number)) != 0 ||
        crypto_auth_hmacsha256_final(&state, mac) != 0)
        return false;
    sg_wipe(&state, sizeof(state));
    sg_base64url_encode((signet_slice){mac, sizeof(mac)}, ret_nonce);
    return true;
}

static bool
check_secret(signet_slice secret, int64_t now, signet_error *err)
{
    if (secret.len < SECRET_MIN)
        return signet_fail(err, SIGNET_E_USAGE, "nonce: a secret of %zu bytes, at least %d",
            secret.len, SECRET_MIN);
    return now >= 0 ? true : signet_fail(err, SIGNET_E_USAGE, "nonce: before 1970");
}

bool
sg_dpop_nonce_make(
    signet_slice secret, int64_t now, char ret_nonce[SG_DPOP_NONCE_LEN + 1], signet_error *err)
{
    if (!check_secret(secret, now, err))
        return false;
    if (!write_nonce(secret, now / SG_DPOP_NONCE_WINDOW, ret_nonce))
        return signet_fail(err, SIGNET_E_CRYPTO, "nonce: cannot make one");
    ret_nonce[SG_DPOP_NONCE_LEN] = '\0';
    return true;
}

bool
sg_dpop_nonce_check(const void *context, signet_slice nonce, int64_t now, signet_error *err)
{
    const signet_slice *secret = context;

    if (!check_secret(*secret, now, err))
        return false;
    for (int64_t age = 0; age < 2; age++) {
        char expected[SG_DPOP_NONCE_LEN];

        if (write_nonce(*secret, now / SG_DPOP_NONCE_WINDOW - age, expected) &&
            nonce.len == sizeof(expected) &&
            sg_equal(nonce, (signet_slice){(const uint8_t *)expected, sizeof(expected)}))
            return true;
    }
    return signet_fail(err, SIGNET_E_TIME, "nonce: not one that was handed out lately");
}
