/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "http/resource_member.h"

/* An issuer (RFC 8414) or any other URL that we hand out: as strict as an identifier. */
static bool
is_url(signet_slice text)
{
    sg_resource_identifier identifier;

    return sg_resource_identifier_read(SG_RESOURCE_STRICT, text, &identifier, NULL);
}

/* An absolute URL that may have a query and is not compared with anything. */
static bool
is_reference(signet_slice text, const char *scheme)
{
    size_t len = strlen(scheme);

    return text.len > len && memcmp(text.ptr, scheme, len) == 0 && sg_is_printable(text) &&
           !memchr(text.ptr, ' ', text.len);
}

static bool
is_secure_reference(signet_slice text)
{
    return is_reference(text, "https://");
}

/* A page for people. */
static bool
is_page(signet_slice text)
{
    return is_secure_reference(text) || is_reference(text, "http://");
}

static bool
is_one_of(signet_slice text, const char *const *names)
{
    for (; *names; names++) {
        if (signet_slice_is_equal(text, signet_slice_text(*names)))
            return true;
    }
    return false;
}

static bool
is_bearer_method(signet_slice text)
{
    static const char *const names[] = {"header", "body", "query", NULL};

    return is_one_of(text, names);
}

/* RFC 6749 appendix A.4: no blank, quote or backslash. */
static bool
is_word(signet_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~' || text.ptr[i] == '"' || text.ptr[i] == '\\')
            return false;
    }
    return text.len > 0;
}

/* RFC 9449 5.1: never `none`, never a MAC. */
static bool
is_asymmetric(signet_slice text)
{
    static const char *const others[] = {"none", "HS256", "HS384", "HS512", NULL};

    return is_word(text) && !is_one_of(text, others);
}

static bool
is_line(signet_slice text)
{
    return text.len > 0 && sg_answer_is_value(text);
}

#define AT(field) offsetof(sg_resource, field)

const sg_resource_member sg_resource_members[] = {
    {"resource", SG_RESOURCE_TEXT, AT(identifier), is_url},
    {"authorization_servers", SG_RESOURCE_LIST, AT(authorization_servers), is_url},
    {"bearer_methods_supported", SG_RESOURCE_LIST, AT(bearer_methods), is_bearer_method},
    {"dpop_signing_alg_values_supported", SG_RESOURCE_LIST, AT(dpop_algorithms), is_asymmetric},
    {"dpop_bound_access_tokens_required", SG_RESOURCE_FLAG, AT(dpop_required), NULL},
    {"resource_documentation", SG_RESOURCE_TEXT, AT(documentation), is_page},
    {"scopes_supported", SG_RESOURCE_LIST, AT(scopes), is_word},
    {"jwks_uri", SG_RESOURCE_TEXT, AT(jwks_uri), is_secure_reference},
    {"resource_name", SG_RESOURCE_TEXT, AT(name), is_line},
    {"resource_policy_uri", SG_RESOURCE_TEXT, AT(policy_uri), is_page},
    {"resource_tos_uri", SG_RESOURCE_TEXT, AT(terms_uri), is_page},
    {"tls_client_certificate_bound_access_tokens", SG_RESOURCE_FLAG, AT(certificate_bound), NULL},
    {"signet_proof_versions_supported", SG_RESOURCE_LIST, AT(proof_versions), is_word},
    {"signet_max_clock_skew", SG_RESOURCE_NUMBER, AT(max_skew), NULL},
    {"signet_http_signature_tag", SG_RESOURCE_TEXT, AT(signature_tag), is_word},
    {0},
};

const void *
sg_resource_value(const sg_resource *resource, const sg_resource_member *member)
{
    return (const char *)resource + member->at;
}

bool
sg_resource_has(const sg_resource *resource, const sg_resource_member *member)
{
    const void *value = sg_resource_value(resource, member);

    switch (member->kind) {
    case SG_RESOURCE_TEXT:
        return ((const signet_slice *)value)->len > 0;
    case SG_RESOURCE_LIST:
        return ((const sg_resource_list *)value)->count > 0;
    case SG_RESOURCE_FLAG:
        return *(const bool *)value;
    case SG_RESOURCE_NUMBER:
        return *(const int64_t *)value != 0;
    }
    return false;
}
