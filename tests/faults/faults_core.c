/* SPDX-License-Identifier: Apache-2.0 */
/* base, codec, crypto: what each does when memory runs out.  Rows read downwards, layer by layer.
 */
#include <signet/key.h>

#include "base/text.h"
#include "codec/der.h"
#include "codec/pem.h"
#include "faults.h"
#include "harness.h"

#define PUBLIC_KEY                                                                                 \
    "-----BEGIN PUBLIC KEY-----\n"                                                                 \
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"                               \
    "-----END PUBLIC KEY-----\n"
#define PRIVATE_KEY                                                                                \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"                           \
    "-----END PRIVATE KEY-----\n"

static const uint8_t zeros[600];
static const signet_slice many = {zeros, sizeof(zeros)};

static bool
append_in_pieces(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf buf = {0};

    for (int i = 0; i < 8; i++) { /* grows four times */
        size_t before = buf.len;

        if (!signet_buf_append(&buf, many, err)) {
            REQUIRE(buf.len == before);
            return false;
        }
    }
    return true;
}

static bool
append_text(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf buf = {0};

    return signet_buf_printf(&buf, err, "%0300d", 7) && signet_buf_printf(&buf, err, "%0600d", 7);
}

static bool
convert_to_hex_and_base64(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf hex = {0}, base64 = {0}, a = {0}, b = {0};

    return sg_hex_append(&hex, many, err) && sg_base64_append(&base64, many, 64, err) &&
           sg_hex_decode(signet_buf_slice(&hex), &a, err) &&
           sg_base64_decode(signet_buf_slice(&base64), &b, err);
}

static bool
write_der(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_der_writer to = sg_der_writer_to(&out);

    sg_der_begin(&to, SG_DER_SEQUENCE);
    sg_der_write(&to, SG_DER_OCTET_STRING, many);
    sg_der_write_bits(&to, many);
    sg_der_write_time(&to, 0);
    sg_der_end(&to);
    if (sg_der_write_end(&to, err))
        return true;
    REQUIRE(out.len == 0); /* as it was */
    return false;
}

static bool
write_and_read_pem(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(sg_pem_block_free) sg_pem_block block = {0};

    return sg_pem_write(&text, "CMS", many, err) &&
           sg_pem_read(signet_buf_slice(&text), &block, err);
}

static bool
generate_key(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = signet_key_generate(&signet_ed25519, err);
    return key != NULL;
}

static bool
read_public_key(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = signet_key_from_pem(signet_only_ed25519, signet_slice_text(PUBLIC_KEY), err);
    return key != NULL;
}

static bool
sign_and_verify(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};

    key = signet_key_from_pem(signet_only_ed25519, signet_slice_text(PRIVATE_KEY), err);
    return key && signet_key_sign(key, many, &signature, err) &&
           signet_key_verify(key, many, signet_buf_slice(&signature), err);
}

static bool
write_key(signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0}, pkcs8 = {0}, id = {0};
    char kid[SIGNET_KID_SIZE + 1];

    key = signet_key_from_pem(signet_only_ed25519, signet_slice_text(PRIVATE_KEY), err);
    return key && signet_key_write_spki(key, &spki, err) &&
           signet_key_write_pkcs8(key, &pkcs8, err) && signet_key_write_id(key, &id, err) &&
           signet_key_kid(key, kid, err);
}

static const faults_row rows[] = {
    {"a buffer that grows", append_in_pieces, 4},
    {"formatted text", append_text, 2},
    {"hex and base64", convert_to_hex_and_base64, 4},
    {"DER", write_der, 2},
    {"PEM", write_and_read_pem, 2},
    {"a new key", generate_key, 2},
    {"a public key", read_public_key, 2},
    {"a signature", sign_and_verify, 4},
    {"a key written", write_key, 5},
};

TEST(survives_every_refused_allocation)
{
    for (EACH(row, rows))
        faults_exhaust(row);
}

TESTS(TEST_OF(survives_every_refused_allocation))
