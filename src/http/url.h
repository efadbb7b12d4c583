/* SPDX-License-Identifier: Apache-2.0 */
/* Absolute URLs of http and https, RFC 3986 and strict: what a client signs and sends of one. */
#ifndef SG_HTTP_URL_H
#define SG_HTTP_URL_H

#include <signet/signer.h>

/** A URL taken apart; borrowed from it. */
typedef struct {
    signet_slice scheme;    /* "http" or "https", lower case, a constant */
    signet_slice authority; /* as written */
    signet_slice target;    /* path and query as written; may lack the slash */
    unsigned default_port;
} sg_url;

/** Whether a scheme is one of ours; in any case. */
bool sg_url_read_scheme(signet_slice scheme, sg_url *ret_url, signet_error *err) SIGNET_MUST_CHECK;

/**
 * The fragment is dropped; the authority is appended to `out_authority` as
 * sg_authority_normalise() writes it.  SIGNET_E_DECODE; user names and empty ports are refused.
 */
bool sg_url_split(signet_slice text, sg_url *ret_url, signet_buf *out_authority, signet_error *err)
    SIGNET_MUST_CHECK;

/** Append the target in origin-form: an empty path is a slash. */
bool sg_url_write_target(const sg_url *url, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

#endif
