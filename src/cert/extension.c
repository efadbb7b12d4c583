/* SPDX-License-Identifier: Apache-2.0 */
/* The extensions of RFC 5280 section 4.2.1 that Signet uses, and its own (spec 2.8, 2.9). */
#include "base/text.h"
#include "cert/extension.h"
#include "cert/oid.h"

static void
read_usage(sg_der_reader *in, signet_cert *cert)
{
    static const char field[] = "keyUsage";
    signet_slice bits = sg_der_read(in, SG_DER_BIT_STRING, field);

    if (in->problem)
        return;
    if (bits.len < 2 || bits.len > 3 || bits.ptr[0] > 7) {
        sg_der_refuse(in, field, "is not a usage");
        return;
    }
    cert->has_usage = true;
    for (unsigned bit = 0; bit < 8 * ((unsigned)bits.len - 1); bit++) {
        if (bits.ptr[1 + bit / 8] & 0x80 >> bit % 8)
            cert->usage |= 1U << bit;
    }
}

static unsigned
purpose_of(signet_slice oid)
{
    if (signet_slice_is_equal(oid, SG_OID(CODE_SIGNING)))
        return SIGNET_PURPOSE_CODE_SIGNING;
    if (signet_slice_is_equal(oid, SG_OID(CLIENT_AUTH)))
        return SIGNET_PURPOSE_CLIENT_AUTH;
    if (signet_slice_is_equal(oid, SG_OID(SERVER_AUTH)))
        return SIGNET_PURPOSE_SERVER_AUTH;
    if (signet_slice_is_equal(oid, SG_OID(ANY_PURPOSE)))
        return SIGNET_PURPOSE_ANY;
    return SIGNET_PURPOSE_OTHER;
}

static void
read_purposes(sg_der_reader *in, signet_cert *cert)
{
    sg_der_reader list = sg_der_enter(in, SG_DER_SEQUENCE, "extKeyUsage");

    cert->has_purposes = true;
    do
        cert->purposes |= purpose_of(sg_der_read(&list, SG_DER_OID, "extKeyUsage"));
    while (sg_der_has_more(&list));
    sg_der_leave(in, &list, "extKeyUsage");
}

static void
read_basic_constraints(sg_der_reader *in, signet_cert *cert)
{
    static const char field[] = "basicConstraints";
    sg_der_reader body = sg_der_enter(in, SG_DER_SEQUENCE, field);

    cert->has_basic_constraints = true;
    if (sg_der_next_is(&body, SG_DER_BOOLEAN)) {
        cert->is_ca = sg_der_read_boolean(&body, field);
        if (!cert->is_ca)
            sg_der_refuse(&body, field, "spells its default out");
    }
    if (sg_der_next_is(&body, SG_DER_INTEGER)) {
        cert->has_path_length = true;
        cert->path_length = sg_der_read_small(&body, field);
    }
    sg_der_leave(in, &body, field);
}

static void
read_subject_key_id(sg_der_reader *in, signet_cert *cert)
{
    cert->ski = sg_der_read(in, SG_DER_OCTET_STRING, "subjectKeyIdentifier");
}

static void
read_authority_key_id(sg_der_reader *in, signet_cert *cert)
{
    static const char field[] = "authorityKeyIdentifier";
    sg_der_reader body = sg_der_enter(in, SG_DER_SEQUENCE, field);

    if (sg_der_next_is(&body, SG_DER_CONTEXT | 0))
        cert->aki = sg_der_read(&body, SG_DER_CONTEXT | 0, field);
    while (sg_der_has_more(&body))
        (void)sg_der_read_any(&body, field); /* issuer and serial of the issuer's certificate */
    sg_der_leave(in, &body, field);
}

static void
read_alternative_names(sg_der_reader *in, signet_cert *cert)
{
    static const char field[] = "subjectAltName";
    sg_der_reader names = sg_der_enter(in, SG_DER_SEQUENCE, field);

    while (sg_der_has_more(&names)) {
        bool is_email = names.left.ptr[0] == (SG_DER_CONTEXT | 1);
        bool is_uri = names.left.ptr[0] == (SG_DER_CONTEXT | 6);
        signet_slice *place = is_email ? &cert->email : &cert->uri;
        signet_slice value = {0};

        if (!is_email && !is_uri) {
            (void)sg_der_read_any(&names, field);
            continue;
        }
        value = sg_der_read(&names, names.left.ptr[0], field);
        if (!sg_is_printable(value))
            sg_der_refuse(&names, field, "is not plain text");
        if (!place->ptr)
            *place = value;
    }
    sg_der_leave(in, &names, field);
}

static void
read_capabilities(sg_der_reader *in, signet_cert *cert)
{
    cert->has_capabilities = true;
    cert->capabilities = sg_der_read_any(in, "capabilities");
}

/* The identity extensions may hold bytes that are not DER; they are read by signet_cert_text(). */
static signet_slice
take_all(sg_der_reader *in)
{
    signet_slice value = in->left;

    in->left.len = 0;
    return value;
}

static void
read_issued_text(sg_der_reader *in, signet_cert *cert)
{
    cert->issued_text = take_all(in);
}

static void
read_subject_text(sg_der_reader *in, signet_cert *cert)
{
    cert->subject_text = take_all(in);
}

static void
read_agent_text(sg_der_reader *in, signet_cert *cert)
{
    cert->agent_text = take_all(in);
}

static void
read_scope_text(sg_der_reader *in, signet_cert *cert)
{
    cert->scope_text = take_all(in);
}

typedef struct {
    signet_slice oid;
    void (*read)(sg_der_reader *in, signet_cert *cert);
    bool may_be_critical; /* spec 2.8 and 2.9: nobody may insist on an unregistered extension */
} extension_rule;

static const extension_rule *
rule_for(signet_slice oid)
{
    static const extension_rule rules[] = {
        {SG_OID_KEY_USAGE, read_usage, true},
        {SG_OID_EXT_KEY_USAGE, read_purposes, true},
        {SG_OID_BASIC_CONSTRAINTS, read_basic_constraints, true},
        {SG_OID_SUBJECT_KEY_ID, read_subject_key_id, true},
        {SG_OID_AUTHORITY_KEY_ID, read_authority_key_id, true},
        {SG_OID_SUBJECT_ALT_NAME, read_alternative_names, true},
        {SG_OID_CAPABILITIES, read_capabilities, false},
        {SG_OID_ISSUED_TEXT, read_issued_text, false},
        {SG_OID_SUBJECT_TEXT, read_subject_text, false},
        {SG_OID_AGENT_TEXT, read_agent_text, false},
        {SG_OID_SCOPE_TEXT, read_scope_text, false},
    };

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (signet_slice_is_equal(rules[i].oid, oid))
            return &rules[i];
    }
    return NULL;
}

/* Answers the extension's identifier. */
static signet_slice
read_extension(sg_der_reader *list, signet_cert *cert)
{
    static const char field[] = "extension";
    sg_der_reader extension = sg_der_enter(list, SG_DER_SEQUENCE, field);
    signet_slice oid = sg_der_read(&extension, SG_DER_OID, field);
    const extension_rule *rule = rule_for(oid);
    bool is_critical = false;
    sg_der_reader value = {0};

    if (sg_der_next_is(&extension, SG_DER_BOOLEAN)) {
        is_critical = sg_der_read_boolean(&extension, field);
        if (!is_critical)
            sg_der_refuse(&extension, field, "spells its default out");
    }
    value = sg_der_enter(&extension, SG_DER_OCTET_STRING, field);
    sg_der_leave(list, &extension, field);
    if (is_critical && (!rule || !rule->may_be_critical))
        cert->has_unknown_critical = true;
    if (rule && !list->problem) {
        rule->read(&value, cert);
        sg_der_leave(list, &value, field);
    }
    return oid;
}

void
sg_extensions_read(sg_der_reader *in, signet_cert *ret_cert)
{
    sg_der_reader list = sg_der_enter(in, SG_DER_SEQUENCE, "extensions");
    signet_slice seen[SG_EXTENSIONS_MAX];
    size_t count = 0;

    do {
        signet_slice oid = {0};

        if (count == SG_EXTENSIONS_MAX) {
            sg_der_refuse(&list, "extensions", "are too many");
            break;
        }
        oid = read_extension(&list, ret_cert);
        for (size_t i = 0; i < count; i++) {
            if (signet_slice_is_equal(seen[i], oid))
                sg_der_refuse(&list, "extensions", "have one of them twice");
        }
        seen[count++] = oid;
    } while (sg_der_has_more(&list));
    sg_der_leave(in, &list, "extensions");
}
