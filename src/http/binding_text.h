/* SPDX-License-Identifier: Apache-2.0 */
/* M2, the text that x=2 signs: the whole request, and who may make it.  docs/formats/http.md 3. */
#ifndef SG_HTTP_BINDING_TEXT_H
#define SG_HTTP_BINDING_TEXT_H

#include <signet/base.h>

/** What is signed.  The authority is the verifier's own, as sg_authority_normalise() writes it. */
typedef struct {
    signet_slice method;
    signet_slice authority;
    signet_slice target;   /* origin-form, exactly as sent */
    signet_slice digest;   /* SHA-256 of the content; empty: the content is not signed */
    signet_slice token_id; /* 16 bytes */
    signet_slice nonce;    /* 16 bytes */
    int64_t time;
    signet_slice token_hash; /* SHA-256 of the token's CBOR */
} sg_binding_text;

/** Append M2.  SIGNET_E_USAGE for a field of another length. */
bool sg_binding_text_write(const sg_binding_text *text, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/**
 * Append host and port: the host in lower case, the port unless it is `default_port` (443 or 80, by
 * the scheme that the client used).  SIGNET_E_DECODE for what is not a host name or address with or
 * without a port; user names, zones and empty ports are not.
 */
bool sg_authority_normalise(signet_slice authority, unsigned default_port, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
