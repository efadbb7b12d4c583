/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_SIGNET_CURL_RETRY_H
#define SG_SIGNET_CURL_RETRY_H

#include "curl_arguments.h"
#include "proof_maker.h"

/** Whether the arguments leave curl's answer to be looked at.  SIGNET_E_USAGE. */
bool curl_retry_check(const curl_request *request, signet_error *err) SIGNET_MUST_CHECK;

/** Run curl, and once more when signet_client_next() says so; the exit status. */
int curl_retry(const proof_terms *terms, const curl_request *request);

#endif
