/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fuzz.h"
#include "http/binding_text.h"
#include "http/url.h"

static bool
has(signet_slice text, char byte)
{
    return text.len > 0 && memchr(text.ptr, byte, text.len);
}

/* What is split is within the text and in its order, and put together again splits the same. */
static void
check_again(const sg_url *url, signet_slice target, signet_slice authority)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0}, target_again = {0}, authority_again = {0};
    sg_url again = {0};

    PROPERTY(signet_buf_append(&text, url->scheme, NULL));
    PROPERTY(signet_buf_append(&text, signet_slice_text("://"), NULL));
    PROPERTY(signet_buf_append(&text, authority, NULL));
    PROPERTY(signet_buf_append(&text, target, NULL));
    if (text.len > SIGNET_SIGNER_URL_MAX) /* by the slash */
        return;
    PROPERTY(sg_url_split(signet_buf_slice(&text), &again, &authority_again, NULL));
    PROPERTY(again.default_port == url->default_port);
    PROPERTY(signet_slice_is_equal(again.target, target));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&authority_again), authority));
    PROPERTY(sg_url_write_target(&again, &target_again, NULL));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&target_again), target));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(signet_buf_free) signet_buf authority = {0}, target = {0};
    signet_slice text = {data, size};
    signet_error err = {0};
    sg_url url = {0};

    if (!sg_url_split(text, &url, &authority, &err)) {
        PROPERTY(err.code == SIGNET_E_DECODE && authority.len == 0 && !url.scheme.ptr);
        return 0;
    }
    PROPERTY(fuzz_is_within(url.authority, text) && fuzz_is_within(url.target, text));
    PROPERTY(url.default_port == (url.scheme.len == 5 ? 443 : 80));
    PROPERTY(url.authority.len > 0 && !has(url.authority, '@') && !has(url.authority, '/'));
    PROPERTY(url.target.len == 0 || url.target.ptr == url.authority.ptr + url.authority.len);
    PROPERTY(sg_url_write_target(&url, &target, NULL));
    PROPERTY(target.data[0] == '/' && !has(signet_buf_slice(&target), '#'));
    PROPERTY(!has(signet_buf_slice(&target), ' ') && !has(signet_buf_slice(&target), '\n'));
    check_again(&url, signet_buf_slice(&target), signet_buf_slice(&authority));
    return 0;
}
