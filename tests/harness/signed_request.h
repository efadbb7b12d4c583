/* SPDX-License-Identifier: Apache-2.0 */
/* The signed request of the specification (http-pop.md 10.5), and requests like it. */
#ifndef SG_TESTS_SIGNED_REQUEST_H
#define SG_TESTS_SIGNED_REQUEST_H

#include "harness.h"
#include "http/message_signature.h"

#define S(text)                                                                                    \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }

enum { NOW = 1700000000, SKEW = 30, FIELDS_MAX = 12 };

#define HELLO_DIGEST "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
#define KEYID        "31323334353637383930313233343536"
#define NONCE        "cmVxdWVzdC1ub25jZTEyMw=="
#define TIMES        "created=1700000000;expires=1700000030"
#define REST         ";nonce=\"" NONCE "\";alg=\"ed25519\";keyid=\"" KEYID "\";tag=\"signet-pop\""
#define COVERED      "(\"@method\" \"@target-uri\" \"content-digest\")"
#define GOOD_INPUT   "signet=" COVERED ";" TIMES REST
#define GOOD_SIGNATURE                                                                             \
    "signet=:DqaC9+KnLYpKDT8mRtkSKdON+r6fAtb/IrXQ2yc0s8eJlBLQnISOXZH2cpxvoFUGW61tYV8Q7adTJdn/"     \
    "3ktADg"                                                                                       \
    "==:"

typedef struct {
    const char *method, *scheme, *authority, *target;
    const char *input, *signature;
    const char *fields[2 * (FIELDS_MAX - 2)]; /* name, value ... */
} message;

__attribute__((unused)) static const message good = {"POST", "https", "api.example.com",
    "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}};

static inline signet_http_request
request_of(const message *one, signet_http_field fields[FIELDS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i + 1 < 2 * (FIELDS_MAX - 2) && one->fields[i]; i += 2)
        fields[count++] = (signet_http_field){
            signet_slice_text(one->fields[i]), signet_slice_text(one->fields[i + 1])};
    if (one->input)
        fields[count++] = (signet_http_field){S("Signature-Input"), signet_slice_text(one->input)};
    if (one->signature)
        fields[count++] = (signet_http_field){S("Signature"), signet_slice_text(one->signature)};
    return (signet_http_request){signet_slice_text(one->method), signet_slice_text(one->scheme),
        signet_slice_text(one->authority), signet_slice_text(one->target), fields, count};
}

/* The ephemeral key of the specification's examples. */
static inline signet_key *
ephemeral(void)
{
    static const char seed[] = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";

    return signet_key_from_seed(&signet_ed25519, unhex(seed), NULL);
}

#endif
