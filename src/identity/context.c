/* SPDX-License-Identifier: Apache-2.0 */
/* The three providers of an identity, tokens.md 7.4 to 7.6. */
#include <stdlib.h>

#include <signet/identity.h>

#include "base/text.h"
#include "base/time.h"
#include "cert/name.h"
#include "codec/cbor.h"
#include "crypto/digest.h"

enum { EXTENSION_TEXT_MAX = 512 };

/* map["id"], which must be text. */
static bool
find_id(signet_slice map, signet_slice *ret_id)
{
    static const char name[] = "id";
    sg_cbor_reader in = sg_cbor_reader_of(map);

    for (size_t pairs = sg_cbor_read_map(&in); pairs > 0 && !in.problem; pairs--) {
        signet_slice key = sg_cbor_read_text(&in);

        if (signet_slice_is_equal(key, signet_slice_text(name))) {
            if (sg_cbor_next(&in) != SG_CBOR_TEXT)
                return false;
            *ret_id = sg_cbor_read_text(&in);
            return !in.problem;
        }
        (void)sg_cbor_read_any(&in);
    }
    return false;
}

bool
signet_identity_basic(const signet_claims *claims, const signet_ppid_rules *rules, int64_t now,
    signet_identity *ret_identity, signet_error *err)
{
    signet_identity identity = {
        .issuer = claims->issuer,
        .issued = claims->issued,
        .expires = claims->expires,
        .extracted = now,
        .has_environment = true,
        .has_boundary = true,
    };
    signet_slice id = {0};

    if (claims->actor.len == 0)
        sg_hex(identity.actor, claims->subject);
    else if (!find_id(claims->actor, &id))
        return signet_fail(err, SIGNET_E_TOKEN, "act: has no id that is text");
    else if (!signet_ppid_of_text(rules, claims->issuer, id, identity.actor, err))
        return false;
    if (claims->delegator.len > 0) {
        bool has_id = find_id(claims->delegator, &id);

        if (!has_id && !rules->as_reference)
            return signet_fail(err, SIGNET_E_TOKEN, "del: has no id that is text");
        if (has_id && !signet_ppid_of_text(rules, claims->issuer, id, identity.delegator, err))
            return false;
    }
    *ret_identity = identity;
    return true;
}

/* The one value of a text key, in the order in which the keys must come. */
static void
expect_text_key(sg_cbor_reader *in, const char *name)
{
    if (!signet_slice_is_equal(sg_cbor_read_text(in), signet_slice_text(name)))
        sg_cbor_refuse(in, "has keys that are missing, unknown or not in order");
}

static bool
read_environment(const signet_claims *claims, signet_identity *identity, signet_error *err)
{
    sg_cbor_reader in = sg_cbor_reader_of(claims->environment);

    if (claims->environment.len == 0)
        return true;
    identity->has_environment = true;
    if (sg_cbor_read_map(&in) != 3)
        sg_cbor_refuse(&in, "has not three keys");
    expect_text_key(&in, "ClusterID");
    identity->cluster_id = sg_cbor_read_text(&in);
    expect_text_key(&in, "ImageDigest");
    identity->image_digest = sg_cbor_read_text(&in);
    expect_text_key(&in, "Attestations");
    if (!sg_cbor_read_null(&in)) {
        identity->attestation_count = sg_cbor_read_array(&in);
        for (size_t i = 0; i < identity->attestation_count && !in.problem; i++)
            (void)sg_cbor_read_any(&in);
    }
    return sg_cbor_read_end(&in, "environment", err);
}

static bool
read_boundary(const signet_claims *claims, signet_identity *identity, signet_error *err)
{
    sg_cbor_reader in = sg_cbor_reader_of(claims->boundary);

    if (claims->boundary.len == 0)
        return true;
    identity->has_boundary = true;
    if (sg_cbor_read_map(&in) != 3)
        sg_cbor_refuse(&in, "has not three keys");
    expect_text_key(&in, "VPC");
    identity->vpc = sg_cbor_read_text(&in);
    expect_text_key(&in, "Domain");
    identity->domain = sg_cbor_read_text(&in);
    expect_text_key(&in, "Region");
    identity->region = sg_cbor_read_text(&in);
    return sg_cbor_read_end(&in, "boundary", err);
}

bool
signet_identity_cell(const signet_claims *claims, const signet_ppid_rules *rules,
    const signet_chain_anchors *anchors, int64_t now, signet_identity *ret_identity,
    signet_error *err)
{
    signet_cell cells[SIGNET_CELLS_MAX];
    signet_identity identity = {
        .issuer = claims->issuer,
        .issued = claims->issued,
        .expires = claims->expires,
        .extracted = now,
    };

    if (claims->chain.len == 0)
        return signet_fail(err, SIGNET_E_TOKEN, "chain: the token has none");
    if (!signet_chain_read(claims->chain, cells, &identity.chain_count, err) ||
        !read_environment(claims, &identity, err) || !read_boundary(claims, &identity, err) ||
        !signet_cell_chain_check(cells, identity.chain_count, anchors, err))
        return false;
    for (size_t i = 0; i < identity.chain_count; i++) {
        if (!signet_ppid_of_owner(rules, cells[i].owner, identity.chain[i], err))
            return false;
    }
    memcpy(identity.actor, identity.chain[identity.chain_count - 1], sizeof(identity.actor));
    if (identity.chain_count > 1)
        memcpy(
            identity.delegator, identity.chain[identity.chain_count - 2], sizeof(identity.actor));
    identity.resource = cells[identity.chain_count - 1].resource;
    *ret_identity = identity;
    return true;
}

/* RFC 3339, with seconds, in UTC or with an offset; fractions are dropped. */
static bool
read_rfc3339(signet_slice text, int64_t *ret_seconds)
{
    sg_civil_time civil = {0};
    const uint8_t *at = text.ptr;
    size_t end = 19;
    int64_t offset = 0;

    if (text.len < 20 || at[4] != '-' || at[7] != '-' || (at[10] != 'T' && at[10] != 't') ||
        at[13] != ':' || at[16] != ':')
        return false;
    civil = (sg_civil_time){sg_digits(at, 4), sg_digits(at + 5, 2), sg_digits(at + 8, 2),
        sg_digits(at + 11, 2), sg_digits(at + 14, 2), sg_digits(at + 17, 2)};
    if (!sg_civil_to_seconds(&civil, ret_seconds))
        return false;
    if (at[end] == '.') {
        do
            end++;
        while (end < text.len && at[end] >= '0' && at[end] <= '9');
        if (end == 20)
            return false;
    }
    if (end + 1 == text.len && (at[end] == 'Z' || at[end] == 'z'))
        return true;
    if (end + 6 != text.len || (at[end] != '+' && at[end] != '-') || at[end + 3] != ':' ||
        sg_digits(at + end + 1, 2) < 0 || sg_digits(at + end + 1, 2) > 23 ||
        sg_digits(at + end + 4, 2) < 0 || sg_digits(at + end + 4, 2) > 59)
        return false;
    offset = (int64_t)sg_digits(at + end + 1, 2) * 3600 + (int64_t)sg_digits(at + end + 4, 2) * 60;
    *ret_seconds += at[end] == '+' ? -offset : offset;
    return true;
}

/* The text of an identity extension, at most 512 bytes of value (tokens.md 7.6). */
static bool
read_extension(const char *name, signet_slice value, bool as_reference, signet_slice *ret_text,
    signet_error *err)
{
    signet_slice text =
        value.len > EXTENSION_TEXT_MAX ? (signet_slice){NULL, 0} : signet_cert_text_any(value);

    if (!as_reference && value.len > EXTENSION_TEXT_MAX)
        return signet_fail(
            err, SIGNET_E_CERT, "%s extension: more than %d bytes", name, EXTENSION_TEXT_MAX);
    if (!as_reference && !sg_is_utf8(text))
        return signet_fail(err, SIGNET_E_CERT, "%s extension: not text", name);
    *ret_text = text;
    return true;
}

static bool
read_issuance(const signet_cert *cert, bool as_reference, int64_t *ret_issued, signet_error *err)
{
    signet_slice text = {0};

    *ret_issued = cert->not_before;
    if (cert->issued_text.len == 0)
        return true;
    if (!read_extension("issuance time", cert->issued_text, as_reference, &text, err))
        return false;
    if (!read_rfc3339(text, ret_issued)) {
        if (!as_reference)
            return signet_fail(err, SIGNET_E_CERT, "issuance time extension: not a time");
        *ret_issued = cert->not_before;
    }
    return true;
}

bool
signet_identity_cert(const signet_cert *cert, bool as_reference, int64_t now,
    signet_identity *ret_identity, signet_error *err)
{
    signet_identity identity = {.expires = cert->not_after, .extracted = now};
    sg_der_reader issuer = sg_der_reader_of(cert->issuer);
    uint8_t digest[32];

    (void)sg_name_read(&issuer, &identity.issuer, "issuer");
    if (!sg_der_read_end(&issuer, "issuer", err) ||
        !read_extension("subject", cert->subject_text, as_reference, &identity.owner, err) ||
        !read_extension("agent", cert->agent_text, as_reference, &identity.agent, err) ||
        !read_extension("scope", cert->scope_text, as_reference, &identity.scope, err) ||
        !read_issuance(cert, as_reference, &identity.issued, err))
        return false;
    if (identity.owner.len == 0)
        identity.owner = cert->common_name;
    sg_sha256(cert->spki, digest);
    sg_hex(identity.machine, (signet_slice){digest, sizeof(digest)});
    *ret_identity = identity;
    return true;
}
