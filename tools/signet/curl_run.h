/* SPDX-License-Identifier: Apache-2.0 */
/* Becoming curl, with a proof that is in nobody's list of processes. */
#ifndef SG_SIGNET_CURL_RUN_H
#define SG_SIGNET_CURL_RUN_H

#include "curl_arguments.h"

/**
 * Only returns when it failed.  `proof` is the value of the field.  `head`, unless it is NULL, is a
 * file for the head of the answer; then of what is refused nothing is shown.
 */
bool curl_run(const curl_request *request, signet_slice proof, const char *head, signet_error *err)
    SIGNET_MUST_CHECK;

#endif
