/* SPDX-License-Identifier: Apache-2.0 */
/* What curl's arguments ask for, as far as it is signed. */
#ifndef SG_SIGNET_CURL_ARGUMENTS_H
#define SG_SIGNET_CURL_ARGUMENTS_H

#include "curl_options.h"

enum { CURL_ARGUMENTS_MAX = 1024 };

/** The request of one run of curl.  Texts are borrowed from the arguments. */
typedef struct {
    const char *url, *method;
    const char *kept[2 * CURL_ARGUMENTS_MAX]; /* options that are handed on */
    size_t kept_count;
    signet_buf body;
    bool has_data, is_json, is_upload, is_head;
} curl_request;

/** Read them, and the files they name.  SIGNET_E_USAGE for what cannot be signed. */
bool curl_arguments_read(int count, char **arguments, curl_request *ret_request, signet_error *err)
    SIGNET_MUST_CHECK;

void curl_request_free(curl_request *request);

/** What stands in the request line. */
const char *curl_request_method(const curl_request *request);

/** Whether the URL lacks the name of a file, which curl would add to that of an upload. */
bool curl_url_has_no_file(const char *url);

#endif
