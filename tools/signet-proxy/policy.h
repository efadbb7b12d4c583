/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each purpose may do.  A line for each, of three or four words; # begins a comment:
 *
 *     PURPOSE METHOD[,METHOD...] PREFIX[,PREFIX...] [CREDENTIAL-FILE]
 *
 * A prefix ends at a segment: /repos/acme covers /repos/acme and /repos/acme/x, not /repos/acmes.
 * A purpose may have several lines.  What no line allows is denied.
 */
#ifndef SG_PROXY_POLICY_H
#define SG_PROXY_POLICY_H

#include <signet/base.h>

enum { PROXY_RULES_MAX = 64, PROXY_WORDS_MAX = 16, PROXY_POLICY_MAX = 64 << 10 };

typedef struct {
    const char *purpose;
    const char *methods[PROXY_WORDS_MAX + 1];  /* NULL-terminated */
    const char *prefixes[PROXY_WORDS_MAX + 1]; /* NULL-terminated */
    const char *credential_file;               /* NULL: that of the flags */
    signet_buf credential;                     /* its content, once read */
} proxy_rule;

typedef struct {
    signet_buf text; /* what the rules point into */
    proxy_rule rules[PROXY_RULES_MAX];
    size_t count;
} proxy_policy;

/** The rules in `text`.  Messages name the line. */
bool proxy_policy_parse(signet_slice text, proxy_policy *ret_policy, signet_error *err)
    SIGNET_MUST_CHECK;

/** The same of a file, with the credentials that it names, relative to it. */
bool proxy_policy_read(const char *path, proxy_policy *ret_policy, signet_error *err)
    SIGNET_MUST_CHECK;

void proxy_policy_free(proxy_policy *policy);

#endif
