/* SPDX-License-Identifier: Apache-2.0 */
/* JOSE made of any header and payload, right or wrong, and the keys of RFC 8037 A and RFC 7515 A.3.
 */
#ifndef SG_TESTS_JOSE_H
#define SG_TESTS_JOSE_H

#include <signet/pki.h>

#include "base/text.h"
#include "harness.h"

/* RFC 8037 A.1 and A.2 */
#define JOSE_ED_SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define JOSE_ED_X    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define JOSE_ED_JKT  "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
#define JOSE_ED      "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" JOSE_ED_X "\"}"

/* RFC 7515 A.3.1 */
#define JOSE_EC_SEED "8e9b109e719098bf980487df1f5d77e9cb29606ebed2263b5f57c213df84f4b2"
#define JOSE_EC_X    "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define JOSE_EC_Y    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define JOSE_EC_XY   "\"x\":\"" JOSE_EC_X "\",\"y\":\"" JOSE_EC_Y "\""
#define JOSE_EC      "{\"kty\":\"EC\",\"crv\":\"P-256\"," JOSE_EC_XY "}"

/* The only two algorithms of JOSE here. */
static const signet_algorithm *const jose_both[] = {&signet_ed25519, &signet_es256, NULL};

__attribute__((unused)) static inline signet_key *
jose_key(const signet_algorithm *algorithm)
{
    return signet_key_from_seed(
        algorithm, unhex(algorithm == &signet_es256 ? JOSE_EC_SEED : JOSE_ED_SEED), NULL);
}

__attribute__((unused)) static inline signet_slice
jose_text(const char *text)
{
    return signet_slice_text(text);
}

static inline void
jose_append(signet_buf *out, signet_slice bytes)
{
    char *text = malloc(sg_base64url_size(bytes.len) + 1);

    REQUIRE(text);
    sg_base64url_encode(bytes, text);
    REQUIRE(signet_buf_append(
        out, (signet_slice){(const uint8_t *)text, sg_base64url_size(bytes.len)}, NULL));
    free(text);
}

/** A compact JWS over exactly these bytes, in memory that lives until the program ends. */
__attribute__((unused)) static inline signet_slice
jose_sign(signet_slice header, signet_slice payload, const signet_key *key)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0}, signature = {0};

    jose_append(&text, header);
    REQUIRE(signet_buf_append(&text, jose_text("."), NULL));
    jose_append(&text, payload);
    REQUIRE(signet_key_sign(key, signet_buf_slice(&text), &signature, NULL));
    REQUIRE(signet_buf_append(&text, jose_text("."), NULL));
    jose_append(&text, signet_buf_slice(&signature));
    return harness_keep(signet_buf_slice(&text));
}

#endif
