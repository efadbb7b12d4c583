/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays vector files of the format in tests/vectors/interop/README.md: each group has an id, each
 * id that is known here has a function that does to a case what the reference did, and the verdicts
 * are compared.
 */
#ifndef SG_TESTS_REPLAY_H
#define SG_TESTS_REPLAY_H

#include <jansson.h>
#include <stdio.h>

#include <signet/signet.h>
#include <signet/verifier.h>

/** One case.  Everything is borrowed from the file. */
typedef struct {
    const char *name;
    const json_t *keys;   /* of the file, or NULL */
    const json_t *common; /* of the group, or NULL */
    const json_t *inputs;
    const json_t *outputs; /* or NULL */
    const json_t *whole;   /* the case itself */
    const json_t *group;   /* it is in */
} replay_case;

/** What our code did.  REPLAY_SKIP: `err` says why this case is not for this program. */
typedef enum { REPLAY_ACCEPT, REPLAY_REJECT, REPLAY_SKIP } replay_verdict;

/**
 * Do one case.  On REPLAY_ACCEPT compare with the outputs and append what differs to `differences`;
 * on REPLAY_REJECT `err` says why.
 */
typedef replay_verdict (*replay_function)(
    const replay_case *one, signet_buf *differences, signet_error *err);

typedef struct {
    const char *group;
    replay_function run;
} replay_group;

/** All algorithms of this build. */
extern const signet_algorithms replay_algorithms;

/** The tables of the files beside this one; each ends with a row of NULLs. */
extern const replay_group replay_cms[], replay_x509[], replay_chain[], replay_keystore[],
    replay_token[], replay_cose[], replay_epr[], replay_ids[], replay_git[], replay_http[];

extern const replay_group replay_http_resource[], replay_http_request[], replay_http_demo[],
    replay_policy[];

/** Judge all requests of a case; with `has_refusals` the last one's response is compared too. */
replay_verdict replay_requests(
    const replay_case *one, bool has_refusals, signet_buf *differences, signet_error *err);

extern const replay_group replay_revocation[];

/** Judge the request of a step: NULL in `ret_refusal` when it passes; false: not configured. */
bool replay_verify(const replay_case *one, const json_t *step, const signet_refusal **ret_refusal,
    signet_error *err);

/** A member of the inputs, or NULL; one of the group's common inputs when the case has none. */
const json_t *replay_input(const replay_case *one, const char *name);

/** Bytes of a hex member of an object; empty and `is_there` false when it is absent or null. */
signet_slice replay_hex(const json_t *object, const char *name, bool *ret_is_there);

/** A member that is text, or {"hex": ...}; empty and `is_there` false when absent or null. */
signet_slice replay_text(const json_t *object, const char *name, bool *ret_is_there);

/** The content of a case: hex `content`, or the pattern of `content_pattern_len`. */
signet_slice replay_content(const replay_case *one, bool *ret_is_there);

/** Note a difference between numbers, and between texts. */
void replay_compare_number(signet_buf *differences, const char *what, int64_t is, int64_t expected);
void replay_compare_text(
    signet_buf *differences, const char *what, signet_slice is, const char *expected);

/** A member of the file's keys. */
const json_t *replay_key(const replay_case *one, const char *name);

/** An integer member, which may be a JSON number or a decimal string. */
int64_t replay_number(const json_t *object, const char *name, int64_t absent);

/**
 * Note a difference when the class of a refusal is not the case's, unless the case lets it differ.
 * `classes` names those that our code stands for, separated by blanks.
 */
void replay_compare_class(const replay_case *one, signet_buf *differences, const char *classes);

/** Memory that lives until the case is over. */
uint8_t *replay_alloc(size_t size);

/** Answer REPLAY_SKIP, and why. */
replay_verdict replay_skip(signet_error *err, const char *why);

/** Note a difference between bytes. */
void replay_compare(
    signet_buf *differences, const char *what, signet_slice is, signet_slice expected);

#endif
