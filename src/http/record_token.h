/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the reference's record that are peculiar to it: the token as JSON, and its times. */
#ifndef SG_HTTP_RECORD_TOKEN_H
#define SG_HTTP_RECORD_TOKEN_H

#include <signet/token.h>

#include "codec/json.h"

/** Append the token's JSON object.  SIGNET_E_USAGE when a claim has no place in it. */
bool sg_record_token_write(const signet_claims *claims, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** Read that object and append the token's CBOR.  False: see the problem of `in`, else `err`. */
bool sg_record_token_read(sg_json_reader *in, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** A time of RFC 3339 with or without a fraction, which is dropped. */
int64_t sg_record_time_read(sg_json_reader *in);
void sg_record_time_write(sg_json_writer *to, int64_t seconds);

/** Between a CBOR map with text keys and a JSON object; what JSON cannot hold is a problem. */
void sg_record_map_write(sg_json_writer *to, signet_slice map);
bool sg_record_map_read(sg_json_reader *in, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

#endif
