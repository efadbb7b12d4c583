/* SPDX-License-Identifier: Apache-2.0 */
#include "mint.h"

/* What claims borrow from while the token is written. */
typedef struct {
    signet_token_bytes made;
    uint8_t subject[32];
    char key_id[SIGNET_KID_SIZE + 1];
    signet_buf actor, delegator;
} material;

static void
free_material(material *bytes)
{
    signet_buf_free(&bytes->actor);
    signet_buf_free(&bytes->delegator);
}

bool
mint_add_capability(mint_order *order, uint64_t number, signet_error *err)
{
    size_t at = order->capability_count;

    while (at > 0 && order->capabilities[at - 1] >= number)
        at--;
    if (at < order->capability_count && order->capabilities[at] == number)
        return true;
    if (order->capability_count == SIGNET_TOKEN_CAPABILITIES_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "--capability: at most %d of them", SIGNET_TOKEN_CAPABILITIES_MAX);
    memmove(&order->capabilities[at + 1], &order->capabilities[at],
        (order->capability_count - at) * sizeof(order->capabilities[0]));
    order->capabilities[at] = number;
    order->capability_count++;
    return true;
}

/* tokens.md 3.13: {"id": text}, in CBOR. */
static bool
write_id(const char *text, signet_buf *out, signet_error *err)
{
    static const uint8_t before[] = {0xa1, 0x62, 'i', 'd'};
    size_t len = strlen(text);
    uint8_t head[3] = {(uint8_t)(0x60 | len)};
    size_t head_len = 1;

    if (len > UINT16_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "an identity of %zu bytes", len);
    if (len > UINT8_MAX) {
        head[0] = 0x79;
        head[1] = (uint8_t)(len >> 8);
        head[2] = (uint8_t)len;
        head_len = 3;
    } else if (len >= 24) {
        head[0] = 0x78;
        head[1] = (uint8_t)len;
        head_len = 2;
    }
    return signet_buf_append(out, (signet_slice){before, sizeof(before)}, err) &&
           signet_buf_append(out, (signet_slice){head, head_len}, err) &&
           signet_buf_append(out, signet_slice_text(text), err);
}

static bool
add_actors(const mint_order *order, material *bytes, signet_claims *claims, signet_error *err)
{
    if ((order->actor && !write_id(order->actor, &bytes->actor, err)) ||
        (order->delegator && !write_id(order->delegator, &bytes->delegator, err)))
        return false;
    claims->actor = signet_buf_slice(&bytes->actor);
    claims->delegator = signet_buf_slice(&bytes->delegator);
    return true;
}

static bool
add_capabilities(const mint_order *order, material *bytes, signet_claims *claims, signet_error *err)
{
    if (order->capability_count == 0 && order->ephemeral.len > 0)
        return true; /* formula B, which is there already */
    memcpy(claims->capabilities, order->capabilities, sizeof(claims->capabilities));
    claims->capability_count = order->capability_count;
    return signet_capability_id(
        order->capabilities, order->capability_count, bytes->made.capability_id, err);
}

/* A pseudonym instead of the ephemeral id that the library puts there. */
static bool
add_subject(const mint_order *order, material *bytes, signet_claims *claims, signet_error *err)
{
    if (!order->user)
        return true;
    claims->subject = (signet_slice){bytes->subject, sizeof(bytes->subject)};
    return signet_token_pseudonym(order->secret, signet_slice_text(order->user), claims->audience,
        claims->token_id, bytes->subject, err);
}

static bool
add_key_id(const mint_order *order, const signet_key *key, material *bytes, signet_claims *claims,
    signet_error *err)
{
    if (order->key_id) {
        claims->key_id = signet_slice_text(order->key_id);
        return true;
    }
    if (!signet_key_kid(key, bytes->key_id, err))
        return false;
    claims->key_id = signet_slice_text(bytes->key_id);
    return true;
}

bool
mint_token(const mint_order *order, const signet_key *key, minted *ret_minted, signet_error *err)
{
    __attribute__((cleanup(free_material))) material bytes = {0};
    signet_claims claims = {0};
    const signet_token_request request = {
        .issuer = signet_slice_text(order->issuer),
        .confirmation = order->confirmation,
        /* a token without such a key has no claim of it; the library wants 32 bytes first */
        .ephemeral_id = order->ephemeral.len > 0 ? order->ephemeral : order->confirmation,
        .nonce = order->nonce,
        .now = order->now,
        .validity_ms = order->validity * 1000,
    };

    if (!signet_token_new(&request, &bytes.made, &claims, err))
        return false;
    claims.ephemeral_id = order->ephemeral;
    claims.audience = signet_slice_text(order->audience ? order->audience : "");
    claims.epoch = order->epoch;
    if (!add_capabilities(order, &bytes, &claims, err) ||
        !add_subject(order, &bytes, &claims, err) || !add_actors(order, &bytes, &claims, err) ||
        !add_key_id(order, key, &bytes, &claims, err) ||
        !signet_sig1_encode(&claims, key, &ret_minted->sig1, err))
        return false;
    memcpy(ret_minted->token_id, bytes.made.token_id, sizeof(ret_minted->token_id));
    ret_minted->expires = claims.expires;
    return true;
}
