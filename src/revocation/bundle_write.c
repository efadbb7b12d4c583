/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle in its two forms: JSON for transport, and the CBOR that is signed (revocation
 * specification 1.2 and 1.4).  Both hold the keys in an order of their own.
 */
#include "base/text.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "revocation/bundle.h"

typedef const signet_bundle_key *key_list[SIGNET_BUNDLE_KEYS_MAX];

static bool
is_before_in_json(const signet_bundle_key *a, const signet_bundle_key *b)
{
    size_t len = a->id.len < b->id.len ? a->id.len : b->id.len;
    int order = len == 0 ? 0 : memcmp(a->id.ptr, b->id.ptr, len);

    return order < 0 || (order == 0 && a->id.len < b->id.len);
}

static bool
is_before_in_cbor(const signet_bundle_key *a, const signet_bundle_key *b)
{
    return a->id.len < b->id.len || (a->id.len == b->id.len && is_before_in_json(a, b));
}

static bool
sort(const signet_bundle_content *content,
    bool (*is_before)(const signet_bundle_key *, const signet_bundle_key *), key_list ret_keys,
    signet_error *err)
{
    if (content->key_count > SIGNET_BUNDLE_KEYS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "a bundle of %zu keys; %d is the most",
            content->key_count, SIGNET_BUNDLE_KEYS_MAX);
    for (size_t i = 0; i < content->key_count; i++) {
        const signet_bundle_key *key = &content->keys[i];
        size_t at = i;

        for (; at > 0 && is_before(key, ret_keys[at - 1]); at--)
            ret_keys[at] = ret_keys[at - 1];
        ret_keys[at] = key;
        if (at > 0 && signet_slice_is_equal(ret_keys[at - 1]->id, key->id))
            return signet_fail(err, SIGNET_E_USAGE, "a bundle with one key id twice");
    }
    return true;
}

bool
signet_bundle_write_canonical(
    const signet_bundle_content *content, signet_buf *out, signet_error *err)
{
    sg_cbor_writer to = sg_cbor_writer_to(out);
    key_list keys;

    if (!sort(content, is_before_in_cbor, keys, err))
        return false;
    sg_cbor_write_map(&to, 6);
    sg_cbor_write_uint(&to, 1);
    sg_cbor_write_uint(&to, content->epoch);
    sg_cbor_write_uint(&to, 2);
    sg_cbor_write_uint(&to, content->seqno);
    sg_cbor_write_uint(&to, 3);
    if (content->keys)
        sg_cbor_write_map(&to, content->key_count);
    else
        sg_cbor_write_null(&to);
    for (size_t i = 0; content->keys && i < content->key_count; i++) {
        sg_cbor_write_text(&to, keys[i]->id);
        if (keys[i]->value.ptr)
            sg_cbor_write_bytes(&to, keys[i]->value);
        else
            sg_cbor_write_null(&to);
    }
    sg_cbor_write_uint(&to, 4);
    sg_cbor_write_text(&to, content->key_id);
    sg_cbor_write_uint(&to, 5);
    sg_cbor_write_text(&to, content->previous_key_id);
    sg_cbor_write_uint(&to, 6);
    sg_cbor_write_int(&to, content->issued);
    return sg_cbor_write_end(&to, err);
}

bool
sg_bundle_write_extension(const signet_bundle_content *content, signet_slice canonical,
    signet_buf *out, signet_error *err)
{
    sg_cbor_writer to = sg_cbor_writer_to(out);

    sg_cbor_write_raw(&to, signet_slice_text(SG_BUNDLE_EXTENSION_TAG));
    sg_cbor_write_map(&to, 3);
    sg_cbor_write_uint(&to, 1);
    sg_cbor_write_bytes(&to, canonical);
    sg_cbor_write_uint(&to, 2);
    sg_cbor_write_text(&to, content->issuer);
    sg_cbor_write_uint(&to, 3);
    sg_cbor_write_int(&to, content->expires);
    return sg_cbor_write_end(&to, err);
}

static void
write_bytes(sg_json_writer *to, signet_slice bytes)
{
    if (bytes.ptr)
        sg_json_write_base64(to, bytes);
    else
        sg_json_write(to, "null");
}

static void
write_text(sg_json_writer *to, const char *name, signet_slice text)
{
    if (text.len == 0)
        return;
    sg_json_write(to, name);
    sg_json_write_string(to, text);
}

static void
write_extension(sg_json_writer *to, const signet_bundle_content *content)
{
    sg_json_write(to, ",\"signet\":{\"v\":1,\"issuer\":");
    sg_json_write_string(to, content->issuer);
    sg_json_write(to, ",\"expires\":");
    sg_json_write_integer(to, content->expires);
    sg_json_write(to, ",\"signature\":");
    write_bytes(to, content->extension_signature);
    if (content->hybrid_signature.len > 0) {
        sg_json_write(to, ",\"hybrid\":");
        write_bytes(to, content->hybrid_signature);
    }
    sg_json_write(to, "}");
}

bool
signet_bundle_write(const signet_bundle_content *content, signet_buf *out, signet_error *err)
{
    sg_json_writer to = sg_json_writer_to(out);
    key_list keys;

    if (!sort(content, is_before_in_json, keys, err))
        return false;
    sg_json_write(&to, "{\"epoch\":");
    sg_json_write_unsigned(&to, content->epoch);
    sg_json_write(&to, ",\"seqno\":");
    sg_json_write_unsigned(&to, content->seqno);
    sg_json_write(&to, content->keys ? ",\"keys\":{" : ",\"keys\":null");
    for (size_t i = 0; content->keys && i < content->key_count; i++) {
        sg_json_write(&to, i > 0 ? "," : "");
        sg_json_write_string(&to, keys[i]->id);
        sg_json_write(&to, ":");
        write_bytes(&to, keys[i]->value);
    }
    sg_json_write(&to, content->keys ? "}" : "");
    write_text(&to, ",\"keyId\":", content->key_id);
    write_text(&to, ",\"prevKeyId\":", content->previous_key_id);
    if (content->issued != 0) {
        sg_json_write(&to, ",\"issuedAt\":");
        sg_json_write_integer(&to, content->issued);
    }
    sg_json_write(&to, ",\"signature\":");
    write_bytes(&to, content->signature);
    if (content->has_extension)
        write_extension(&to, content);
    sg_json_write(&to, "}");
    return sg_json_write_end(&to, err);
}
