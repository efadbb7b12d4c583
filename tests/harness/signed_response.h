/* SPDX-License-Identifier: Apache-2.0 */
/* A service that answers the signed request of signed_request.h, and what it answers. */
#ifndef SG_TESTS_SIGNED_RESPONSE_H
#define SG_TESTS_SIGNED_RESPONSE_H

#include <signet/response.h>

#include "crypto/digest.h"
#include "http/jwk.h"
#include "signed_request.h"

#define CONTENT "{\"hello\": \"world\"}"
/* A service, and a request that it got: the example of signed_request.h. */
typedef struct {
    signet_key *key;
    char keyid[SG_JWK_THUMBPRINT_LEN + 1];
    message one;
    signet_http_field asked[FIELDS_MAX];
    signet_http_request request;
    uint8_t sha256[32], sha512[64];
} service;

static inline void
open_service(service *it, const signet_algorithm *algorithm)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {0x40};

    it->key = algorithm == &signet_ed25519
                  ? signet_key_from_seed(algorithm, (signet_slice){seed, sizeof(seed)}, NULL)
                  : signet_key_generate(algorithm, NULL);
    it->one = good;
    it->request = request_of(&it->one, it->asked);
    sg_sha256(signet_slice_text(CONTENT), it->sha256);
    sg_sha512(signet_slice_text(CONTENT), it->sha512);
    REQUIRE(it->key && sg_jwk_thumbprint_text(it->key, it->keyid, NULL));
}

static inline void
close_service(service *it)
{
    signet_key_free(it->key);
}

/* A response on its way; the client may change everything of it. */
typedef struct {
    signet_http_field fields[8];
    size_t count;
    signet_message_fields made;
} answer;

static inline void
free_answer(answer *it)
{
    signet_message_fields_free(&it->made);
}

static inline void
add_made(answer *it)
{
    it->fields[it->count++] =
        (signet_http_field){S("Content-Digest"), signet_buf_slice(&it->made.digest)};
    it->fields[it->count++] =
        (signet_http_field){S("Signature-Input"), signet_buf_slice(&it->made.input)};
    it->fields[it->count++] =
        (signet_http_field){S("Signature"), signet_buf_slice(&it->made.signature)};
}

static inline void
sign_answer(const service *it, answer *one)
{
    const signet_response_order order = {.request = &it->request,
        .response = {200, one->fields, one->count},
        .key = it->key,
        .body_kind = SIGNET_BODY_BYTES,
        .body = S(CONTENT),
        .now = NOW};
    signet_error err = {0};

    if (!signet_response_sign(&order, &one->made, &err))
        harness_fail(__FILE__, __LINE__, "%s", err.message);
    add_made(one);
}

static inline signet_response_check
check_of(const service *it, const answer *one, const signet_key *const *keys,
    signet_body_digests *content)
{
    *content = (signet_body_digests){it->sha256, it->sha512, sizeof(CONTENT) - 1};
    return (signet_response_check){.request = &it->request,
        .response = {200, one->fields, one->count},
        .keys = keys,
        .key_count = 1,
        .content = content,
        .now = NOW};
}

#endif
