/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates that Signet writes, spec section 2: one table of profiles, and a certificate
 * written line by line.
 */
#include <signet/cert.h>

#include "base/text.h"
#include "cert/name.h"
#include "cert/oid.h"
#include "codec/der.h"
#include "crypto/digest.h"
#include "crypto/random.h"

enum { DAY = 86400, CA_DAYS = 3650, SERIAL_SIZE = 16, EMAIL_MAX = 254 };

/* DER of whole extensions that never change. */
#define USAGE_SIGN SG_BYTES("\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x07\x80")
#define USAGE_SIGN_ISSUE                                                                           \
    SG_BYTES("\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x02\x84")
#define CODE_SIGNING                                                                               \
    SG_BYTES("\x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03"    \
             "\x03")
#define NO_CA SG_BYTES("\x30\x0c\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x02\x30\x00")
#define ANY_DEPTH_CA                                                                               \
    SG_BYTES("\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff")
#define LEAF_ONLY_CA                                                                               \
    SG_BYTES("\x30\x12\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x08\x30\x06\x01\x01\xff\x02\x01\x00")

typedef struct {
    signet_slice usage, purposes, constraints;
    int64_t backdated; /* seconds that notBefore lies before now */
    bool has_authority_key;
    bool needs_subject;
} profile;

static const profile profiles[] = {
    [SIGNET_CERT_CA] = {USAGE_SIGN_ISSUE, {0}, ANY_DEPTH_CA, DAY, true, false},
    [SIGNET_CERT_LEAF] = {USAGE_SIGN, CODE_SIGNING, NO_CA, 0, true, true},
    [SIGNET_CERT_EPHEMERAL] = {USAGE_SIGN, CODE_SIGNING, NO_CA, 0, false, true},
    [SIGNET_CERT_BRIDGE] = {USAGE_SIGN_ISSUE, {0}, LEAF_ONLY_CA, DAY, true, true},
    [SIGNET_CERT_CAPABILITY_BRIDGE] = {USAGE_SIGN_ISSUE, {0}, LEAF_ONLY_CA, 0, true, true},
};

static bool
check_email(const char *email, signet_error *err)
{
    const char *at = email ? strchr(email, '@') : NULL;

    if (!at || at == email || at[1] == '\0' || strchr(at + 1, '@') || strlen(email) > EMAIL_MAX ||
        !sg_is_printable(signet_slice_text(email)) || strpbrk(email, " <>\"\\(),:;[]"))
        return signet_fail(
            err, SIGNET_E_USAGE, "%s is not an e-mail address", email ? email : "nothing");
    return true;
}

static bool
check_template(const signet_cert_template *wanted, signet_error *err)
{
    if ((size_t)wanted->kind >= sizeof(profiles) / sizeof(profiles[0]))
        return signet_fail(err, SIGNET_E_USAGE, "there is no such kind of certificate");
    if (!wanted->issuer || !signet_key_has_private(wanted->issuer))
        return signet_fail(err, SIGNET_E_KEY, "a certificate needs a private key to issue it");
    if (wanted->validity < 0)
        return signet_fail(err, SIGNET_E_USAGE, "the validity of a certificate must be positive");
    if (profiles[wanted->kind].needs_subject && wanted->subject_spki.len == 0)
        return signet_fail(err, SIGNET_E_KEY, "a certificate needs a public key");
    if (wanted->serial.len > SERIAL_SIZE)
        return signet_fail(err, SIGNET_E_USAGE, "the serial number is too large");
    if (wanted->parent && wanted->parent->common_name.len == 0)
        return signet_fail(err, SIGNET_E_CERT, "the bridge certificate has no common name");
    return signet_did_check(wanted->did ? wanted->did : SIGNET_DEFAULT_DID, err) &&
           (wanted->kind != SIGNET_CERT_BRIDGE || check_email(wanted->email, err)) &&
           (!wanted->spiffe_id || signet_spiffe_check(wanted->spiffe_id, err));
}

/*
 * Spec 2.4: SHA-1 of the raw key, or, for ECDSA, of the whole SPKI (W-53).  The identifier only
 * names a key; nothing is believed because of it.
 */
static bool
key_identifier(signet_slice spki, uint8_t ret_identifier[20], signet_error *err)
{
    sg_der_reader in = sg_der_reader_of(spki);
    sg_der_reader body = sg_der_enter(&in, SG_DER_SEQUENCE, "public key");
    sg_der_reader algorithm = sg_der_enter(&body, SG_DER_SEQUENCE, "algorithm");
    signet_slice oid = sg_der_read(&algorithm, SG_DER_OID, "algorithm");
    signet_slice key = sg_der_read_bits(&body, "public key");

    sg_der_leave(&in, &body, "public key");
    if (!sg_der_read_end(&in, "public key", err))
        return false;
    if (signet_slice_is_equal(oid, SG_OID(EC_KEY)))
        sg_sha1(spki, ret_identifier);
    else if (key.len == SIGNET_ED25519_PUBLIC_SIZE || key.len == SIGNET_MLDSA44_PUBLIC_SIZE)
        sg_sha1(key, ret_identifier);
    else
        return signet_fail(err, SIGNET_E_ALGORITHM, "unsupported key type");
    return true;
}

static void
write_ski(sg_der_writer *to, const uint8_t identifier[20])
{
    static const signet_slice head = SG_BYTES("\x30\x1d\x06\x03\x55\x1d\x0e\x04\x16\x04\x14");

    sg_der_write_raw(to, head);
    sg_der_write_raw(to, (signet_slice){identifier, 20});
}

static void
write_aki(sg_der_writer *to, const uint8_t identifier[20])
{
    static const signet_slice head =
        SG_BYTES("\x30\x1f\x06\x03\x55\x1d\x23\x04\x18\x30\x16\x80\x14");

    sg_der_write_raw(to, head);
    sg_der_write_raw(to, (signet_slice){identifier, 20});
}

static void
write_alternative_names(sg_der_writer *to, const signet_cert_template *wanted, signet_slice uri)
{
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write(to, SG_DER_OID, SG_OID(SUBJECT_ALT_NAME));
    sg_der_begin(to, SG_DER_OCTET_STRING);
    sg_der_begin(to, SG_DER_SEQUENCE);
    if (wanted->kind == SIGNET_CERT_BRIDGE)
        sg_der_write(to, SG_DER_CONTEXT | 1, signet_slice_text(wanted->email));
    else
        sg_der_write(to, SG_DER_CONTEXT | 6, uri);
    if (wanted->spiffe_id)
        sg_der_write(to, SG_DER_CONTEXT | 6, signet_slice_text(wanted->spiffe_id));
    sg_der_end(to);
    sg_der_end(to);
    sg_der_end(to);
}

static bool
write_capabilities(sg_der_writer *to, const signet_cert_template *wanted, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf list = {0};

    if (!signet_capabilities_write(wanted->capabilities, wanted->capability_count, &list, err))
        return false;
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write(to, SG_DER_OID, SG_OID(CAPABILITIES));
    sg_der_write(to, SG_DER_OCTET_STRING, signet_buf_slice(&list));
    sg_der_end(to);
    return true;
}

static bool
write_extensions(sg_der_writer *to, const signet_cert_template *wanted, signet_slice spki,
    signet_slice uri, signet_error *err)
{
    const profile *rules = &profiles[wanted->kind];
    uint8_t subject_id[20], issuer_id[20];

    if (!key_identifier(spki, subject_id, err))
        return false;
    signet_key_ski(wanted->issuer, issuer_id);
    sg_der_begin(to, SG_DER_CONTEXT_CONSTRUCTED | 3);
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write_raw(to, rules->usage);
    sg_der_write_raw(to, rules->purposes);
    sg_der_write_raw(to, rules->constraints);
    write_ski(to, subject_id);
    if (rules->has_authority_key)
        write_aki(to, issuer_id);
    write_alternative_names(to, wanted, uri);
    if (wanted->kind == SIGNET_CERT_CAPABILITY_BRIDGE && !write_capabilities(to, wanted, err))
        return false;
    sg_der_end(to);
    sg_der_end(to);
    return true;
}

static void
write_algorithm(sg_der_writer *to, const signet_key *key)
{
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write(to, SG_DER_OID, signet_key_algorithm(key)->oid);
    sg_der_end(to);
}

static void
write_validity(sg_der_writer *to, const signet_cert_template *wanted)
{
    int64_t validity = wanted->validity;
    int64_t first = 0, last = 0;

    if (validity == 0)
        validity = wanted->kind == SIGNET_CERT_CA ? (int64_t)CA_DAYS * DAY : SIGNET_LEAF_VALIDITY;
    if (__builtin_add_overflow(wanted->now, validity, &last))
        last = INT64_MAX; /* which the writer refuses */
    if (__builtin_sub_overflow(wanted->now, profiles[wanted->kind].backdated, &first))
        first = INT64_MIN;
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write_time(to, first);
    sg_der_write_time(to, last);
    sg_der_end(to);
}

static bool
write_serial(sg_der_writer *to, signet_slice serial, signet_error *err)
{
    uint8_t random[SERIAL_SIZE];

    if (serial.len > 0) {
        sg_der_write_unsigned(to, serial);
        return true;
    }
    if (!sg_random(random, sizeof(random), err))
        return false;
    random[SERIAL_SIZE - 1] |= 1; /* RFC 5280 section 4.1.2.2: never zero */
    sg_der_write_unsigned(to, (signet_slice){random, sizeof(random)});
    return true;
}

static bool
write_tbs(const signet_cert_template *wanted, signet_buf *out, signet_error *err)
{
    static const uint8_t version_3[] = {0x02, 0x01, 0x02};
    SIGNET_AUTO(signet_buf_free) signet_buf own_spki = {0};
    signet_slice did = signet_slice_text(wanted->did ? wanted->did : SIGNET_DEFAULT_DID);
    signet_slice name = wanted->parent ? wanted->parent->common_name : did;
    signet_slice subject =
        wanted->kind == SIGNET_CERT_BRIDGE ? signet_slice_text(wanted->email) : name;
    signet_slice spki = wanted->subject_spki;
    sg_der_writer to = sg_der_writer_to(out);

    if (wanted->kind == SIGNET_CERT_CA) {
        if (!signet_key_write_spki(wanted->issuer, &own_spki, err))
            return false;
        spki = signet_buf_slice(&own_spki);
    }
    sg_der_begin(&to, SG_DER_SEQUENCE);
    sg_der_write(&to, SG_DER_CONTEXT_CONSTRUCTED | 0, (signet_slice){version_3, 3});
    if (!write_serial(&to, wanted->serial, err))
        return false;
    write_algorithm(&to, wanted->issuer);
    if (wanted->parent)
        sg_der_write_raw(&to, wanted->parent->subject);
    else
        sg_name_write(&to, did);
    write_validity(&to, wanted);
    sg_name_write(&to, subject);
    sg_der_write_raw(&to, spki);
    if (!write_extensions(&to, wanted, spki, name, err))
        return false;
    sg_der_end(&to);
    return sg_der_write_end(&to, err);
}

bool
signet_cert_issue(const signet_cert_template *wanted, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf tbs = {0}, signature = {0};
    sg_der_writer to = sg_der_writer_to(out);

    if (!check_template(wanted, err) || !write_tbs(wanted, &tbs, err) ||
        !signet_key_sign(wanted->issuer, signet_buf_slice(&tbs), &signature, err))
        return false;
    sg_der_begin(&to, SG_DER_SEQUENCE);
    sg_der_write_raw(&to, signet_buf_slice(&tbs));
    write_algorithm(&to, wanted->issuer);
    sg_der_write_bits(&to, signet_buf_slice(&signature));
    sg_der_end(&to);
    return sg_der_write_end(&to, err);
}
