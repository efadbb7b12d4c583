/* SPDX-License-Identifier: Apache-2.0 */
/* The list of resources of a server: what is accepted can be answered and challenged with. */
#include <signet/resource.h>

#include "fuzz.h"

static signet_http_request
request_for(const char *target)
{
    return (signet_http_request){.method = signet_slice_text("GET"),
        .scheme = signet_slice_text("https"),
        .authority = signet_slice_text("a.example"),
        .target = signet_slice_text(target)};
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(signet_resources_free) signet_resources *resources = NULL;
    SIGNET_AUTO(signet_http_answer_free) signet_http_answer *answer = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf challenge = {0};
    signet_http_request document = request_for("/.well-known/oauth-protected-resource");
    signet_http_request other = request_for("/b?c");
    signet_error err = {0};

    resources = signet_resources_read((signet_slice){data, size}, &err);
    PROPERTY(resources || err.message[0]);
    if (!resources)
        return 0;
    PROPERTY(signet_resources_write_challenge(resources, &other, &challenge, NULL));
    answer = signet_resources_answer(resources, &document, NULL);
    PROPERTY((answer != NULL) == signet_resources_has_document(resources, &document));
    PROPERTY(!answer || signet_http_answer_body(answer).len > 0);
    return 0;
}
