/* SPDX-License-Identifier: Apache-2.0 */
/* The options of curl(1) that are understood, and what each does to the request. */
#ifndef SG_SIGNET_CURL_OPTIONS_H
#define SG_SIGNET_CURL_OPTIONS_H

#include <signet/base.h>

typedef enum {
    CURL_KEPT = 0, /* nothing that is signed: handed on */
    CURL_HEADER,   /* handed on, unless it names a field that is signed */
    CURL_METHOD,
    CURL_HEAD,
    CURL_URL,
    CURL_DATA, /* --data, --data-ascii: of a file without its line ends */
    CURL_DATA_RAW,
    CURL_DATA_BINARY,
    CURL_JSON,
    CURL_UPLOAD,
    CURL_REFUSED, /* `why` */
} curl_action;

typedef struct {
    const char *name; /* with its dashes */
    char letter;      /* 0: none */
    bool has_value;
    curl_action action;
    const char *why;
} curl_option;

/** NULL when there is none that is understood. */
const curl_option *curl_option_named(const char *name);
const curl_option *curl_option_of_letter(char letter);

#endif
