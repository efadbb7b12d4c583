/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 version 3 (RFC 5280 section 4.1), in DER only. */
#include "base/text.h"
#include "cert/extension.h"
#include "cert/name.h"
#include "codec/der.h"

enum { SERIAL_MAX = 20, VERSION_3 = 2, LONGEST_TEXT = 4096 };

static void
read_serial(sg_der_reader *in, signet_cert *cert)
{
    static const char field[] = "serialNumber";
    signet_slice serial = sg_der_read(in, SG_DER_INTEGER, field);

    if (in->problem)
        return;
    if (serial.len == 0 || serial.len > SERIAL_MAX)
        sg_der_refuse(in, field, "has a size that no certificate may have");
    else if (serial.ptr[0] & 0x80)
        sg_der_refuse(in, field, "is negative");
    else if (serial.len > 1 && serial.ptr[0] == 0 && !(serial.ptr[1] & 0x80))
        sg_der_refuse(in, field, "is not in its shortest form");
    cert->serial = serial;
}

/* AlgorithmIdentifier; whether there are parameters goes to `ret_has_parameters`. */
static signet_slice
read_algorithm(sg_der_reader *in, bool *ret_has_parameters, const char *field)
{
    sg_der_reader identifier = sg_der_enter(in, SG_DER_SEQUENCE, field);
    signet_slice oid = sg_der_read(&identifier, SG_DER_OID, field);

    *ret_has_parameters = sg_der_has_more(&identifier);
    if (*ret_has_parameters)
        (void)sg_der_read_any(&identifier, field);
    sg_der_leave(in, &identifier, field);
    return oid;
}

static void
read_spki(sg_der_reader *in, signet_cert *cert)
{
    static const char field[] = "subjectPublicKeyInfo";
    sg_der_reader outer = {0}, body = {0};

    cert->spki = sg_der_read_whole(in, SG_DER_SEQUENCE, field);
    if (in->problem)
        return;
    outer = sg_der_reader_of(cert->spki);
    body = sg_der_enter(&outer, SG_DER_SEQUENCE, field);
    cert->key_oid = read_algorithm(&body, &cert->key_has_parameters, field);
    cert->key = sg_der_read_bits(&body, field);
    sg_der_leave(in, &body, field);
}

static void
read_validity(sg_der_reader *in, signet_cert *cert)
{
    sg_der_reader validity = sg_der_enter(in, SG_DER_SEQUENCE, "validity");

    cert->not_before = sg_der_read_time(&validity, "notBefore");
    cert->not_after = sg_der_read_time(&validity, "notAfter");
    sg_der_leave(in, &validity, "validity");
}

static void
read_tbs(sg_der_reader *in, signet_slice sign_algorithm, signet_cert *cert)
{
    sg_der_reader version = sg_der_enter(in, SG_DER_CONTEXT_CONSTRUCTED | 0, "version");
    signet_slice inner_algorithm = {0};

    if (sg_der_read_small(&version, "version") != VERSION_3)
        sg_der_refuse(&version, "version", "is not 3");
    sg_der_leave(in, &version, "version");
    read_serial(in, cert);
    inner_algorithm = sg_der_read_whole(in, SG_DER_SEQUENCE, "signature");
    if (!signet_slice_is_equal(inner_algorithm, sign_algorithm))
        sg_der_refuse(in, "signature", "names another algorithm than signatureAlgorithm");
    cert->issuer = sg_name_read(in, &cert->issuer_common_name, "issuer");
    read_validity(in, cert);
    cert->subject = sg_name_read(in, &cert->common_name, "subject");
    read_spki(in, cert);
    if (sg_der_next_is(in, SG_DER_CONTEXT_CONSTRUCTED | 3)) {
        sg_der_reader extensions = sg_der_enter(in, SG_DER_CONTEXT_CONSTRUCTED | 3, "extensions");

        sg_extensions_read(&extensions, cert);
        sg_der_leave(in, &extensions, "extensions");
    }
}

bool
signet_cert_read(signet_slice der, signet_cert *ret_cert, signet_error *err)
{
    signet_cert cert = {.der = der};
    sg_der_reader in = sg_der_reader_of(der), outer = {0}, tbs = {0}, ahead = {0};
    signet_slice algorithm = {0};

    if (der.len > SIGNET_CERT_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "certificate of %zu bytes is too large", der.len);
    outer = sg_der_enter(&in, SG_DER_SEQUENCE, "certificate");
    ahead = outer;
    cert.tbs = sg_der_read_whole(&ahead, SG_DER_SEQUENCE, "certificate");
    algorithm = sg_der_read_whole(&ahead, SG_DER_SEQUENCE, "signatureAlgorithm");

    tbs = sg_der_enter(&outer, SG_DER_SEQUENCE, "certificate");
    read_tbs(&tbs, algorithm, &cert);
    sg_der_leave(&outer, &tbs, "certificate");
    cert.sign_oid = read_algorithm(&outer, &cert.sign_has_parameters, "signatureAlgorithm");
    cert.signature = sg_der_read_bits(&outer, "signatureValue");
    sg_der_leave(&in, &outer, "certificate");
    if (!sg_der_read_end(&in, "certificate", err))
        return false;
    *ret_cert = cert;
    return true;
}

signet_key *
signet_cert_key(signet_algorithms accepted, const signet_cert *cert, signet_error *err)
{
    return signet_key_from_spki(accepted, cert->spki, err);
}

bool
signet_cert_check_signature(const signet_cert *cert, const signet_key *issuer, signet_error *err)
{
    if (!signet_slice_is_equal(cert->sign_oid, signet_key_algorithm(issuer)->oid) ||
        cert->sign_has_parameters)
        return signet_fail(
            err, SIGNET_E_SIGNATURE, "certificate is not signed with the issuer's algorithm");
    if (!signet_key_verify(issuer, cert->tbs, cert->signature, err)) {
        signet_error_prefix(err, "certificate");
        return false;
    }
    return true;
}

bool
signet_cert_check_time(const signet_cert *cert, int64_t at, int64_t skew, signet_error *err)
{
    /* the times of a certificate lie in the years 0 to 9999, so only `at` and `skew` can be wild */
    int64_t early = 0, late = 0;

    if (__builtin_sub_overflow(cert->not_before, skew, &early) ||
        __builtin_add_overflow(cert->not_after, skew, &late))
        return signet_fail(err, SIGNET_E_TIME, "certificate cannot be judged with that tolerance");
    if (at < early)
        return signet_fail(err, SIGNET_E_TIME, "certificate is not valid for another %lld seconds",
            (long long)(cert->not_before - (at < -(1LL << 40) ? -(1LL << 40) : at)));
    if (at > late)
        return signet_fail(err, SIGNET_E_TIME, "certificate expired %lld seconds before",
            (long long)((at > 1LL << 40 ? 1LL << 40 : at) - cert->not_after));
    return true;
}

signet_slice
signet_cert_text(signet_slice value)
{
    sg_der_reader in = sg_der_reader_of(value);
    signet_slice text = {0};

    if (value.len > LONGEST_TEXT)
        return text;
    text = sg_der_read(&in, SG_DER_UTF8_STRING, "text");
    return in.problem || in.left.len > 0 || !sg_is_utf8(text) ? value : text;
}

signet_slice
signet_cert_text_any(signet_slice value)
{
    static const uint8_t types[] = {SG_DER_UTF8_STRING, SG_DER_PRINTABLE_STRING, SG_DER_IA5_STRING,
        0x12 /* NumericString */, 0x14 /* T61String */, 0x1b /* GeneralString */};

    for (size_t i = 0; i < sizeof(types); i++) {
        sg_der_reader in = sg_der_reader_of(value);
        signet_slice text = sg_der_read(&in, types[i], "text");

        if (!in.problem && in.left.len == 0)
            return text;
    }
    return value;
}
