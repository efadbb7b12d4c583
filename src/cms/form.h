/* SPDX-License-Identifier: Apache-2.0 */
/* What signing and reading of the CMS profile share. */
#ifndef SG_CMS_FORM_H
#define SG_CMS_FORM_H

#include <signet/cms.h>

#include "cert/oid.h"
#include "codec/der.h"

/** Write AlgorithmIdentifier with absent parameters. */
void sg_cms_write_algorithm(sg_der_writer *to, signet_slice oid);

/** Append the signed attributes as they are signed: the DER SET OF, tag 31 (spec 1.4). */
bool sg_cms_write_attributes(const signet_algorithm *algorithm, signet_slice digest, int64_t now,
    signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** What signed attributes say. */
typedef struct {
    signet_slice digest;
    bool has_signing_time;
    int64_t signing_time;
} sg_cms_attributes;

/**
 * Read the content of signed attributes: strictly ascending, none twice, content type id-data, one
 * digest of 64 bytes, at most one signing time, and algorithm protection, if there, that agrees
 * with `algorithm`.
 */
bool sg_cms_read_attributes(signet_slice content, const signet_algorithm *algorithm,
    sg_cms_attributes *ret_attributes, signet_error *err) SIGNET_MUST_CHECK;

/**
 * Whether content is the SET that signed attributes are signed as.  A signature over attributes,
 * stripped of them, would pass as one over such a content (RFC 8933's neighbour); no honest content
 * looks like that, so form P never has it.
 */
bool sg_cms_looks_like_attributes(signet_slice content);

#endif
