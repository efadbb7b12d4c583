/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protected-resource metadata (RFC 9728): a public document that tells a client which authorization
 * servers and which kinds of proof a resource accepts, and where challenges say it lies.
 */
#ifndef SG_HTTP_RESOURCE_H
#define SG_HTTP_RESOURCE_H

#include "http/answer.h"
#include "http/resource_identifier.h"

#define SG_RESOURCE_WELL_KNOWN "/.well-known/oauth-protected-resource"

enum {
    SG_RESOURCES_MAX = 64,
    SG_RESOURCE_LIST_MAX = 64,    /* texts in one member */
    SG_RESOURCE_TEXT_MAX = 2048,  /* bytes of one text */
    SG_RESOURCE_SKEW_MAX = 86400, /* seconds */
};

/** Borrowed texts. */
typedef struct {
    const signet_slice *items;
    size_t count;
} sg_resource_list;

/** One resource.  What is empty, false or 0 is not in the document. */
typedef struct {
    signet_slice identifier;
    signet_slice prefix; /* of the paths that are this resource; empty: the identifier's path */
    bool is_mcp;         /* an MCP server, which must name an authorization server */

    sg_resource_list authorization_servers;
    sg_resource_list bearer_methods;
    sg_resource_list dpop_algorithms;
    bool dpop_required;
    signet_slice documentation;
    sg_resource_list scopes;
    signet_slice jwks_uri;
    signet_slice name;
    signet_slice policy_uri;
    signet_slice terms_uri;
    bool certificate_bound;
    sg_resource_list proof_versions;
    int64_t max_skew;
    signet_slice signature_tag;
} sg_resource;

/** All resources that one server answers for.  As the reference: the first, whatever is asked. */
typedef struct {
    const sg_resource *items;
    size_t count;
    sg_resource_rule rule;
} sg_resources;

/** Whether a configuration makes sense; SIGNET_E_USAGE, naming resource and member. */
bool sg_resources_check(const sg_resources *resources, signet_error *err) SIGNET_MUST_CHECK;

/** Append where the document lies, as a URL. */
bool sg_resource_write_location(sg_resource_rule rule, const sg_resource *resource, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/** Append the document: members in one order, compact, with a line feed at its end. */
bool sg_resource_write(const sg_resource *resource, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** A request, borrowed.  Scheme and authority are those of the configuration. */
typedef struct {
    signet_slice method;
    signet_slice scheme, authority;
    signet_slice target;      /* raw, from its slash on, perhaps with a query */
    signet_slice asks_method; /* Access-Control-Request-Method: a preflight */
} sg_resource_request;

/**
 * The resource that a request is for: the one whose identifier is the request's URL without query,
 * else the one with the longest prefix of its path, on the same origin.  NULL: none.
 */
const sg_resource *sg_resources_find(
    const sg_resources *resources, const sg_resource_request *request);

/** The resource whose document lies at the request's URL, or NULL. */
const sg_resource *sg_resources_find_document(
    const sg_resources *resources, const sg_resource_request *request);

/** The answer to a request for a document, whatever its method. */
bool sg_resource_answer(const sg_resource *resource, const sg_resource_request *request,
    sg_answer *ret_answer, signet_error *err) SIGNET_MUST_CHECK;

#endif
