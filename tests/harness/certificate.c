/* SPDX-License-Identifier: Apache-2.0 */
#include "certificate.h"
#include "codec/der.h"

certificate_parts
certificate_good(void)
{
    certificate_parts parts = {
        .version = unhex("a003020102"),
        .serial = unhex("02100102030405060708090a0b0c0d0e0f10"),
        .inner_algorithm = unhex("300506032b6570"),
        .outer_algorithm = unhex("300506032b6570"),
        .validity = unhex("301e170d3236303532383230323634305a170d3236303532383230333134305a"),
        .spki = message_spki(LEAF_KEY),
        .usage = unhex("300e0603551d0f0101ff040403020780"),
        .purposes = unhex("30130603551d25040c300a06082b06010505070303"),
        .constraints = unhex("300c0603551d130101ff04023000"),
        .names = unhex("30190603551d1104123010860e6469643a6b65793a7369676e6574"),
        .issuer_key = MASTER_KEY,
    };
    uint8_t subject[20], issuer[20];

    signet_key_ski(LEAF_KEY, subject);
    signet_key_ski(MASTER_KEY, issuer);
    parts.issuer = parts.subject = unhex("302a310f300d060355040a13065369676e6574"
                                         "311730150603550403130e6469643a6b65793a7369676e6574");
    parts.key_ids = CONCAT(unhex("301d0603551d0e04160414"), ((signet_slice){subject, 20}),
        unhex("301f0603551d23041830168014"), ((signet_slice){issuer, 20}));
    return parts;
}

signet_slice
certificate_extension(const char *oid_hex, bool is_critical, const char *value_hex)
{
    return message_tlv(SG_DER_SEQUENCE,
        CONCAT(message_tlv(SG_DER_OID, unhex(oid_hex)), unhex(is_critical ? "0101ff" : ""),
            message_tlv(SG_DER_OCTET_STRING, unhex(value_hex))));
}

signet_slice
certificate_build(const certificate_parts *parts)
{
    signet_buf signature = {0};
    signet_slice list = CONCAT(parts->usage, parts->purposes, parts->constraints, parts->key_ids,
        parts->names, parts->more);
    signet_slice extensions = parts->extensions, tbs = {0}, bits = {0};

    if (extensions.len == 0 && list.len > 0)
        extensions = message_tlv(0xa3, message_tlv(SG_DER_SEQUENCE, list));
    tbs = message_tlv(SG_DER_SEQUENCE,
        CONCAT(parts->version, parts->serial, parts->inner_algorithm, parts->issuer,
            parts->validity, parts->subject, parts->spki, extensions, parts->in_tbs));
    REQUIRE(signet_key_sign(parts->issuer_key, tbs, &signature, NULL));
    bits = message_tlv(SG_DER_BIT_STRING, CONCAT(unhex("00"), signet_buf_slice(&signature)));
    signet_buf_free(&signature);
    return message_tlv(
        SG_DER_SEQUENCE, CONCAT(tbs, parts->outer_algorithm, bits, parts->in_certificate));
}
