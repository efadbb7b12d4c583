/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Method and request target, docs/formats/http.md 2: which are taken, the text of version 1 that is
 * signed of them, and which of them need no proof.
 */
#ifndef SG_HTTP_TARGET_H
#define SG_HTTP_TARGET_H

#include <signet/base.h>

enum { SG_TARGET_MAX = 16 << 10 };

/** What is taken beyond the strictest.  The zero is the safe one. */
typedef struct {
    bool allow_ambiguous; /* H-04: bytes 00 | ? # CR LF in the decoded path, a bare # */
    bool must_be_clean;   /* H-15: some path needs no proof, so it must be told which this is */
} sg_target_rules;

/** A target that was taken; borrowed from the request. */
typedef struct {
    signet_slice raw;   /* as received */
    signet_slice path;  /* before the first `?`, not decoded */
    signet_slice query; /* behind it */
    bool is_clean;      /* it was read with `must_be_clean` */
} sg_target;

/** Whether a method has the grammar of a token, which keeps kinds of signed data apart (H-05). */
bool sg_http_method_check(signet_slice method, signet_error *err) SIGNET_MUST_CHECK;

/** Judge a target: origin-form, visible ASCII, escapes whole, and the rules.  SIGNET_E_DECODE. */
bool sg_target_read(signet_slice raw, const sg_target_rules *rules, sg_target *ret_target,
    signet_error *err) SIGNET_MUST_CHECK;

/** Append the path, percent-decoded; it may hold any byte. */
bool sg_target_write_path(const sg_target *target, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** What version 1 signs. */
typedef struct {
    signet_slice method;
    const sg_target *target;
    int64_t time;
    signet_slice nonce; /* empty if the header had none */
} sg_request_text;

/** Append METHOD|PATH[?QUERY]|TS|NONCE.  SIGNET_E_DECODE for a method that is no token. */
bool sg_request_text_write(const sg_request_text *text, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** A path that needs no proof: it and, unless `is_exact`, what is below it. */
typedef struct {
    const char *path; /* ignored unless it begins with `/`; a `/` at its end says nothing */
    bool is_exact;
} sg_skip_path;

/** Whether a target needs no proof.  Never, when it was not read with `must_be_clean`. */
bool sg_target_is_skipped(const sg_target *target, const sg_skip_path *paths, size_t count);

#endif
