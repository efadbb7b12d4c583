/* SPDX-License-Identifier: Apache-2.0 */
/* An option that is not here is refused: it might change what was signed. */
#include "curl_options.h"

/* clang-format off */
static const curl_option options[] = {
    {"--silent", 's', false, CURL_KEPT, NULL},
    {"--show-error", 'S', false, CURL_KEPT, NULL},
    {"--fail", 'f', false, CURL_KEPT, NULL},
    {"--fail-with-body", 0, false, CURL_KEPT, NULL},
    {"--include", 'i', false, CURL_KEPT, NULL},
    {"--verbose", 'v', false, CURL_KEPT, NULL},
    {"--insecure", 'k', false, CURL_KEPT, NULL},
    {"--remote-name", 'O', false, CURL_KEPT, NULL},
    {"--ipv4", '4', false, CURL_KEPT, NULL},
    {"--ipv6", '6', false, CURL_KEPT, NULL},
    {"--http1.0", '0', false, CURL_KEPT, NULL},
    {"--http1.1", 0, false, CURL_KEPT, NULL},
    {"--http2", 0, false, CURL_KEPT, NULL},
    {"--http2-prior-knowledge", 0, false, CURL_KEPT, NULL},
    {"--compressed", 0, false, CURL_KEPT, NULL},
    {"--no-buffer", 'N', false, CURL_KEPT, NULL},
    {"--remote-time", 'R', false, CURL_KEPT, NULL},
    {"--netrc", 'n', false, CURL_KEPT, NULL},
    {"--progress-bar", '#', false, CURL_KEPT, NULL},
    {"--create-dirs", 0, false, CURL_KEPT, NULL},
    {"--tcp-nodelay", 0, false, CURL_KEPT, NULL},
    {"--no-keepalive", 0, false, CURL_KEPT, NULL},
    {"--raw", 0, false, CURL_KEPT, NULL},
    {"--tlsv1.2", 0, false, CURL_KEPT, NULL},
    {"--tlsv1.3", 0, false, CURL_KEPT, NULL},
    {"--output", 'o', true, CURL_KEPT, NULL},
    {"--user-agent", 'A', true, CURL_KEPT, NULL},
    {"--referer", 'e', true, CURL_KEPT, NULL},
    {"--cookie", 'b', true, CURL_KEPT, NULL},
    {"--cookie-jar", 'c', true, CURL_KEPT, NULL},
    {"--dump-header", 'D', true, CURL_KEPT, NULL},
    {"--write-out", 'w', true, CURL_KEPT, NULL},
    {"--max-time", 'm', true, CURL_KEPT, NULL},
    {"--connect-timeout", 0, true, CURL_KEPT, NULL},
    {"--proxy", 'x', true, CURL_KEPT, NULL},
    {"--noproxy", 0, true, CURL_KEPT, NULL},
    {"--user", 'u', true, CURL_KEPT, NULL},
    {"--range", 'r', true, CURL_KEPT, NULL},
    {"--cert", 'E', true, CURL_KEPT, NULL},
    {"--cacert", 0, true, CURL_KEPT, NULL},
    {"--capath", 0, true, CURL_KEPT, NULL},
    {"--pass", 0, true, CURL_KEPT, NULL},
    {"--cert-type", 0, true, CURL_KEPT, NULL},
    {"--key-type", 0, true, CURL_KEPT, NULL},
    {"--key", 0, true, CURL_KEPT, NULL},
    {"--ciphers", 0, true, CURL_KEPT, NULL},
    {"--resolve", 0, true, CURL_KEPT, NULL},
    {"--connect-to", 0, true, CURL_KEPT, NULL},
    {"--interface", 0, true, CURL_KEPT, NULL},
    {"--limit-rate", 0, true, CURL_KEPT, NULL},
    {"--stderr", 0, true, CURL_KEPT, NULL},
    {"--trace", 0, true, CURL_KEPT, NULL},
    {"--trace-ascii", 0, true, CURL_KEPT, NULL},
    {"--unix-socket", 0, true, CURL_KEPT, NULL},
    {"--expect100-timeout", 0, true, CURL_KEPT, NULL},
    {"--pinnedpubkey", 0, true, CURL_KEPT, NULL},
    {"--max-filesize", 0, true, CURL_KEPT, NULL},
    {"--header", 'H', true, CURL_HEADER, NULL},
    {"--request", 'X', true, CURL_METHOD, NULL},
    {"--head", 'I', false, CURL_HEAD, NULL},
    {"--url", 0, true, CURL_URL, NULL},
    {"--data", 'd', true, CURL_DATA, NULL},
    {"--data-ascii", 0, true, CURL_DATA, NULL},
    {"--data-raw", 0, true, CURL_DATA_RAW, NULL},
    {"--data-binary", 0, true, CURL_DATA_BINARY, NULL},
    {"--json", 0, true, CURL_JSON, NULL},
    {"--upload-file", 'T', true, CURL_UPLOAD, NULL},
    {"--location", 'L', false, CURL_REFUSED, "a redirect would need another proof"},
    {"--location-trusted", 0, false, CURL_REFUSED, "a redirect would need another proof"},
    {"--next", ':', false, CURL_REFUSED, "a proof is for one request"},
    {"--parallel", 'Z', false, CURL_REFUSED, "a proof is for one request"},
    {"--form", 'F', true, CURL_REFUSED, "curl chooses the bytes of a form itself"},
    {"--form-string", 0, true, CURL_REFUSED, "curl chooses the bytes of a form itself"},
    {"--data-urlencode", 0, true, CURL_REFUSED, "curl chooses the bytes itself; escape them and use --data-raw"},
    {"--get", 'G', false, CURL_REFUSED, "curl would change the URL"},
    {"--url-query", 0, true, CURL_REFUSED, "curl would change the URL"},
    {"--request-target", 0, true, CURL_REFUSED, "it is not what the URL says"},
    {"--config", 'K', true, CURL_REFUSED, "it may hold options that are not seen here"},
    {"--retry", 0, true, CURL_REFUSED, "would send one proof twice"},
    {"--retry-all-errors", 0, false, CURL_REFUSED, "would send one proof twice"},
    {"--anyauth", 0, false, CURL_REFUSED, "would send one proof twice"},
    {"--digest", 0, false, CURL_REFUSED, "would send one proof twice"},
    {"--ntlm", 0, false, CURL_REFUSED, "would send one proof twice"},
    {"--negotiate", 0, false, CURL_REFUSED, "would send one proof twice"},
    {"--continue-at", 'C', true, CURL_REFUSED, "it changes what is sent"},
    {"--time-cond", 'z', true, CURL_REFUSED, "curl reads a file for it"},
    {"--haproxy-protocol", 0, false, CURL_REFUSED, "it is not part of the request"},
};
/* clang-format on */

enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

const curl_option *
curl_option_named(const char *name)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    }
    return NULL;
}

const curl_option *
curl_option_of_letter(char letter)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if (letter && options[i].letter == letter)
            return &options[i];
    }
    return NULL;
}
