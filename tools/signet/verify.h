/* SPDX-License-Identifier: Apache-2.0 */
/* Judging the signature of one file: what was asked, and what was found. */
#ifndef SG_SIGNET_VERIFY_H
#define SG_SIGNET_VERIFY_H

#include "common/identity.h"
#include "content.h"

enum { VERIFY_KEYS_MAX = 16, VERIFY_SIGNATURE_MAX = 2 << 20 };

/** What was asked. */
typedef struct {
    const home *config;
    const char *path;           /* of the content, "-" for standard input */
    const char *signature_path; /* NULL: FILE.sig */
    signet_judge_rules rules;
    const char *trust_paths[VERIFY_KEYS_MAX]; /* more trust files */
    size_t trust_count;
    const char *keys[VERIFY_KEYS_MAX]; /* these keys are trusted, and nobody else */
    size_t key_count;
    const char *ca_path;
    bool json;
} verify_order;

/** What was found.  Slices are borrowed from what verify_file() holds while it reports. */
typedef struct {
    const char *format; /* "signet", "cms", "raw-mldsa"; NULL: not known */
    signet_verdict verdict;
    signet_error reason; /* why not good */
    signet_slice name;
    const char *algorithms[SIGNET_GENERAL_SIGNERS_MAX];
    size_t algorithm_count;
    bool has_time;
    int64_t signed_at;
    const signet_trusted_signer *signer;
    const signet_judgement *judgement;    /* of Signet's own */
    const signet_general_signer *signers; /* of others */
    size_t signer_count;
} verify_result;

/** Judge and report one file; the exit status. */
int verify_file(const verify_order *order);

/**
 * Judge a message of the Signet profile, a bare ML-DSA-44 signature, a message of others, and
 * report it; false: could not tell, and nothing is reported yet.
 */
bool verify_signet(const verify_order *order, signet_slice message, content *from, int *ret_status,
    signet_error *err) SIGNET_MUST_CHECK;
bool verify_raw(const verify_order *order, signet_slice signature, content *from, int *ret_status,
    signet_error *err) SIGNET_MUST_CHECK;
bool verify_general(const verify_order *order, signet_slice message, content *from, int *ret_status,
    signet_error *err) SIGNET_MUST_CHECK;

/** Whom the order trusts: its keys, or the home's and its trust files; in `accepted` algorithms. */
signet_trust *verify_trust(const verify_order *order, signet_algorithms accepted, signet_error *err)
    SIGNET_MUST_CHECK;

/** Print what was found; the exit status. */
int verify_report(const verify_order *order, const verify_result *found);

/** Print that nothing could be told; the exit status. */
int verify_report_error(const verify_order *order, const signet_error *err);

/** The reference's check of a client certificate (`signet verify CERT --ca FILE` there). */
int verify_certificate(
    const home *config, const char *path, const char *ca_path, int64_t at, bool json);

#endif
