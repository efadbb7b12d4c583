/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 9052 section 4.2, narrowed to one encoding (tokens.md 4.6): with nothing optional there is
 * nothing to be malleable, and no parameter that has to be understood.
 */
#include <signet/cose.h>

#include "codec/cbor.h"

enum {
    TAG_SIGN1 = 18,
    LABEL_ALG = 1,
    ON_STACK = 6144, /* what is signed over is put together without a heap up to here: any token */
};

/* RFC 9052 section 3.1: {1: alg}. */
static bool
write_header(int64_t alg, signet_buf *out, signet_error *err)
{
    sg_cbor_writer to = sg_cbor_writer_to(out);

    sg_cbor_write_map(&to, 1);
    sg_cbor_write_int(&to, LABEL_ALG);
    sg_cbor_write_int(&to, alg);
    return sg_cbor_write_end(&to, err);
}

/* RFC 9052 section 4.4: what is signed is not the message but this. */
static bool
write_to_be_signed(const signet_cose *parts, signet_buf *out, signet_error *err)
{
    sg_cbor_writer to = sg_cbor_writer_to(out);

    sg_cbor_write_array(&to, 4);
    sg_cbor_write_text(&to, signet_slice_text("Signature1"));
    sg_cbor_write_bytes(&to, parts->protected_header);
    sg_cbor_write_bytes(&to, (signet_slice){NULL, 0});
    sg_cbor_write_bytes(&to, parts->payload);
    return sg_cbor_write_end(&to, err);
}

bool
signet_cose_sign(const signet_key *key, signet_slice payload, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf header = {0}, signed_bytes = {0}, signature = {0};
    const signet_algorithm *algorithm = signet_key_algorithm(key);
    sg_cbor_writer to = sg_cbor_writer_to(out);
    signet_cose parts = {.algorithm = algorithm, .payload = payload};

    if (algorithm->cose == 0)
        return signet_fail(err, SIGNET_E_ALGORITHM, "%s has no COSE algorithm", algorithm->name);
    if (payload.len > SIGNET_COSE_MAX)
        return signet_fail(err, SIGNET_E_COSE, "payload of %zu bytes is too large", payload.len);
    if (!write_header(algorithm->cose, &header, err))
        return false;
    parts.protected_header = signet_buf_slice(&header);
    if (!write_to_be_signed(&parts, &signed_bytes, err) ||
        !signet_key_sign(key, signet_buf_slice(&signed_bytes), &signature, err))
        return false;
    sg_cbor_write_tag(&to, TAG_SIGN1);
    sg_cbor_write_array(&to, 4);
    sg_cbor_write_bytes(&to, parts.protected_header);
    sg_cbor_write_map(&to, 0);
    sg_cbor_write_bytes(&to, payload);
    sg_cbor_write_bytes(&to, signet_buf_slice(&signature));
    return sg_cbor_write_end(&to, err);
}

/* {1: alg} and nothing else; which algorithm goes to `ret_alg`. */
static bool
read_header(signet_slice header, int64_t *ret_alg, signet_error *err)
{
    sg_cbor_reader in = sg_cbor_reader_of(header);

    if (header.len == 0)
        return signet_fail(err, SIGNET_E_COSE, "protected header has no algorithm");
    if (sg_cbor_read_map(&in) != 1 && !in.problem)
        sg_cbor_refuse(&in, "has other parameters than the algorithm");
    if (sg_cbor_read_int(&in) != LABEL_ALG)
        sg_cbor_refuse(&in, "has another parameter than the algorithm");
    *ret_alg = sg_cbor_read_int(&in);
    if (in.problem)
        return signet_fail(err, SIGNET_E_COSE, "protected header %s", in.problem);
    if (in.left.len > 0)
        return signet_fail(err, SIGNET_E_COSE, "protected header has something after its end");
    return true;
}

static const signet_algorithm *
algorithm_with_cose(signet_algorithms accepted, int64_t alg)
{
    for (; *accepted; accepted++) {
        if ((*accepted)->cose == alg && alg != 0)
            return *accepted;
    }
    return NULL;
}

bool
signet_cose_read(
    signet_algorithms accepted, signet_slice message, signet_cose *ret_cose, signet_error *err)
{
    sg_cbor_reader in = sg_cbor_reader_of(message);
    signet_cose parts = {0};
    int64_t alg = 0;

    if (message.len > SIGNET_COSE_MAX + SIGNET_SIGNATURE_MAX + 32)
        return signet_fail(
            err, SIGNET_E_COSE, "COSE message of %zu bytes is too large", message.len);
    if (sg_cbor_read_tag(&in) != TAG_SIGN1)
        sg_cbor_refuse(&in, "is not tagged as COSE_Sign1");
    if (sg_cbor_read_array(&in) != 4)
        sg_cbor_refuse(&in, "is not an array of four");
    parts.protected_header = sg_cbor_read_bytes(&in);
    if (sg_cbor_read_map(&in) != 0)
        sg_cbor_refuse(&in, "has an unprotected header");
    if (sg_cbor_read_null(&in))
        sg_cbor_refuse(&in, "has no payload");
    parts.payload = sg_cbor_read_bytes(&in);
    parts.signature = sg_cbor_read_bytes(&in);
    if (in.problem)
        return signet_fail(err, SIGNET_E_COSE, "COSE message %s", in.problem);
    if (in.left.len > 0)
        return signet_fail(err, SIGNET_E_COSE, "COSE message has something after its end");
    if (parts.payload.len > SIGNET_COSE_MAX)
        return signet_fail(
            err, SIGNET_E_COSE, "payload of %zu bytes is too large", parts.payload.len);
    if (!read_header(parts.protected_header, &alg, err))
        return false;
    parts.algorithm = algorithm_with_cose(accepted, alg);
    if (!parts.algorithm)
        return signet_fail(
            err, SIGNET_E_ALGORITHM, "COSE algorithm %lld is not accepted", (long long)alg);
    if (parts.signature.len != parts.algorithm->signature_size)
        return signet_fail(err, SIGNET_E_SIGNATURE, "signature of %zu bytes, not %zu",
            parts.signature.len, parts.algorithm->signature_size);
    *ret_cose = parts;
    return true;
}

/* A buffer in memory of the caller's that is never outgrown, hence never freed. */
static signet_buf
borrowed_buffer(uint8_t *bytes, size_t size)
{
    return (signet_buf){.data = bytes, .capacity = size};
}

bool
signet_cose_verify(signet_algorithms accepted, signet_slice message, const signet_key *key,
    signet_slice *ret_payload, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf on_heap = {0};
    uint8_t bytes[ON_STACK];
    signet_buf on_stack = borrowed_buffer(bytes, sizeof(bytes));
    signet_buf *signed_bytes = NULL;
    signet_cose parts = {0};

    if (!signet_cose_read(accepted, message, &parts, err))
        return false;
    if (!signet_slice_is_equal(parts.algorithm->oid, signet_key_algorithm(key)->oid))
        return signet_fail(err, SIGNET_E_ALGORITHM, "COSE message is signed with %s, the key is %s",
            parts.algorithm->name, signet_key_algorithm(key)->name);
    signed_bytes = parts.payload.len <= ON_STACK - 64 ? &on_stack : &on_heap;
    if (!write_to_be_signed(&parts, signed_bytes, err) ||
        !signet_key_verify(key, signet_buf_slice(signed_bytes), parts.signature, err))
        return false;
    *ret_payload = parts.payload;
    return true;
}
