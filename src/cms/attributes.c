/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signed attributes, spec 1.4: contentType, signingTime, messageDigest, and for ML-DSA also
 * CMSAlgorithmProtection (RFC 6211, as RFC 9882 section 3.3 wants it).  They are signed as a SET
 * and stored as [0]; only the first byte differs.
 */
#include "cms/form.h"

void
sg_cms_write_algorithm(sg_der_writer *to, signet_slice oid)
{
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write(to, SG_DER_OID, oid);
    sg_der_end(to);
}

static void
begin_attribute(sg_der_writer *to, signet_slice type)
{
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_der_write(to, SG_DER_OID, type);
    sg_der_begin(to, SG_DER_SET);
}

static void
end_attribute(sg_der_writer *to)
{
    sg_der_end(to);
    sg_der_end(to);
}

static void
write_protection(sg_der_writer *to, const signet_algorithm *algorithm)
{
    begin_attribute(to, SG_OID(ALGORITHM_PROTECTION));
    sg_der_begin(to, SG_DER_SEQUENCE);
    sg_cms_write_algorithm(to, SG_OID(SHA512));
    sg_der_begin(to, SG_DER_CONTEXT_CONSTRUCTED | 1);
    sg_der_write(to, SG_DER_OID, algorithm->oid);
    sg_der_end(to);
    sg_der_end(to);
    end_attribute(to);
}

/* DER sorts a SET OF by its encodings; the lengths 18, 1C, 29 and 4F decide this order. */
bool
sg_cms_write_attributes(const signet_algorithm *algorithm, signet_slice digest, int64_t now,
    signet_buf *out, signet_error *err)
{
    sg_der_writer to = sg_der_writer_to(out);

    sg_der_begin(&to, SG_DER_SET);
    begin_attribute(&to, SG_OID(CONTENT_TYPE));
    sg_der_write(&to, SG_DER_OID, SG_OID(DATA));
    end_attribute(&to);
    begin_attribute(&to, SG_OID(SIGNING_TIME));
    sg_der_write_time(&to, now);
    end_attribute(&to);
    if (!signet_slice_is_equal(algorithm->oid, signet_ed25519.oid))
        write_protection(&to, algorithm);
    begin_attribute(&to, SG_OID(MESSAGE_DIGEST));
    sg_der_write(&to, SG_DER_OCTET_STRING, digest);
    end_attribute(&to);
    sg_der_end(&to);
    return sg_der_write_end(&to, err);
}

static void
read_content_type(
    sg_der_reader *values, const signet_algorithm *algorithm, sg_cms_attributes *attributes)
{
    (void)algorithm;
    (void)attributes;
    if (!signet_slice_is_equal(sg_der_read(values, SG_DER_OID, "contentType"), SG_OID(DATA)))
        sg_der_refuse(values, "contentType", "is not id-data");
}

static void
read_signing_time(
    sg_der_reader *values, const signet_algorithm *algorithm, sg_cms_attributes *attributes)
{
    (void)algorithm;
    attributes->has_signing_time = true;
    attributes->signing_time = sg_der_read_time(values, "signingTime");
}

static void
read_message_digest(
    sg_der_reader *values, const signet_algorithm *algorithm, sg_cms_attributes *attributes)
{
    (void)algorithm;
    attributes->digest = sg_der_read(values, SG_DER_OCTET_STRING, "messageDigest");
}

static void
read_protection(
    sg_der_reader *values, const signet_algorithm *algorithm, sg_cms_attributes *attributes)
{
    static const char field[] = "CMSAlgorithmProtection";
    sg_der_reader body = sg_der_enter(values, SG_DER_SEQUENCE, field);
    sg_der_reader digest = sg_der_enter(&body, SG_DER_SEQUENCE, field);
    sg_der_reader signing = {0};

    (void)attributes;
    if (!signet_slice_is_equal(sg_der_read(&digest, SG_DER_OID, field), SG_OID(SHA512)))
        sg_der_refuse(&digest, field, "names another digest");
    sg_der_leave(&body, &digest, field);
    signing = sg_der_enter(&body, SG_DER_CONTEXT_CONSTRUCTED | 1, field);
    if (!signet_slice_is_equal(sg_der_read(&signing, SG_DER_OID, field), algorithm->oid))
        sg_der_refuse(&signing, field, "names another signature algorithm");
    sg_der_leave(&body, &signing, field);
    sg_der_leave(values, &body, field);
}

/* What is known; an attribute with no row is signed but means nothing here. */
typedef struct {
    signet_slice type;
    const char *field;
    void (*read)(sg_der_reader *, const signet_algorithm *, sg_cms_attributes *);
    bool is_required;
} attribute_rule;

static const attribute_rule rules[] = {
    {SG_OID_CONTENT_TYPE, "contentType", read_content_type, true},
    {SG_OID_SIGNING_TIME, "signingTime", read_signing_time, false},
    {SG_OID_MESSAGE_DIGEST, "messageDigest", read_message_digest, true},
    {SG_OID_ALGORITHM_PROTECTION, "CMSAlgorithmProtection", read_protection, false},
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

/* X.690 11.6: encodings compared as octets, the shorter one padded with zeros. */
static bool
is_ascending(signet_slice before, signet_slice after)
{
    size_t common = before.len < after.len ? before.len : after.len;
    int order = before.len > 0 ? memcmp(before.ptr, after.ptr, common) : -1;

    return order < 0 || (order == 0 && before.len < after.len);
}

/* One attribute: SEQUENCE { type, SET of one or more values }.  Answers the row, or RULES. */
static size_t
read_attribute(signet_slice whole, const signet_algorithm *algorithm, sg_cms_attributes *attributes,
    signet_slice *ret_type, sg_der_reader *problem)
{
    sg_der_reader in = sg_der_reader_of(whole);
    sg_der_reader body = sg_der_enter(&in, SG_DER_SEQUENCE, "signedAttrs");
    signet_slice type = sg_der_read(&body, SG_DER_OID, "signedAttrs");
    sg_der_reader values = sg_der_enter(&body, SG_DER_SET, "signedAttrs");
    size_t row = 0;

    while (row < RULES && !signet_slice_is_equal(rules[row].type, type))
        row++;
    if (row < RULES) {
        rules[row].read(&values, algorithm, attributes);
        sg_der_leave(&body, &values, rules[row].field);
    } else {
        do
            (void)sg_der_read_any(&values, "signedAttrs");
        while (sg_der_has_more(&values));
        sg_der_leave(&body, &values, "signedAttrs");
    }
    sg_der_leave(&in, &body, "signedAttrs");
    if (in.problem)
        sg_der_refuse(problem, in.field, in.problem);
    *ret_type = type;
    return row;
}

bool
sg_cms_read_attributes(signet_slice content, const signet_algorithm *algorithm,
    sg_cms_attributes *ret_attributes, signet_error *err)
{
    sg_der_reader in = sg_der_reader_of(content);
    signet_slice types[SIGNET_CMS_ATTRIBUTES_MAX], before = {0};
    size_t count = 0;
    unsigned seen = 0;

    while (sg_der_has_more(&in)) {
        signet_slice whole = sg_der_read_any(&in, "signedAttrs"), type = {0};

        if (count == SIGNET_CMS_ATTRIBUTES_MAX)
            return signet_fail(
                err, SIGNET_E_DECODE, "signedAttrs are more than %d", SIGNET_CMS_ATTRIBUTES_MAX);
        if (!in.problem && !is_ascending(before, whole))
            sg_der_refuse(&in, "signedAttrs", "are not in ascending order");
        if (in.problem)
            break;
        seen |= 1U << read_attribute(whole, algorithm, ret_attributes, &type, &in);
        for (size_t i = 0; i < count; i++) {
            if (signet_slice_is_equal(types[i], type))
                sg_der_refuse(&in, "signedAttrs", "have one of them twice");
        }
        types[count++] = type;
        before = whole;
    }
    for (size_t row = 0; row < RULES; row++) {
        if (rules[row].is_required && !(seen & 1U << row))
            sg_der_refuse(&in, rules[row].field, "is missing");
    }
    return sg_der_read_end(&in, "signedAttrs", err);
}

bool
sg_cms_looks_like_attributes(signet_slice content)
{
    sg_der_reader in = sg_der_reader_of(content);
    sg_der_reader set = sg_der_enter(&in, SG_DER_SET, "content");
    sg_der_reader attribute = sg_der_enter(&set, SG_DER_SEQUENCE, "content");

    (void)sg_der_read(&attribute, SG_DER_OID, "content");
    (void)sg_der_read(&attribute, SG_DER_SET, "content");
    return !attribute.problem && !in.problem && in.left.len == 0;
}
