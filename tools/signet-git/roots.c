/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "roots.h"

enum { ROOTS_FILE_MAX = 4 << 20 };

#define BEGIN_LINE "-----BEGIN CERTIFICATE-----"
#define END_LINE   "-----END CERTIFICATE-----"

/** Cut `text` behind the first `mark`; what stood before it is `ret_before`. */
static bool
cut(signet_slice *text, const char *mark, signet_slice *ret_before)
{
    const uint8_t *found = memmem(text->ptr, text->len, mark, strlen(mark));

    if (!found)
        return false;
    *ret_before = (signet_slice){text->ptr, (size_t)(found - text->ptr)};
    text->len -= ret_before->len + strlen(mark);
    text->ptr = found + strlen(mark);
    return true;
}

/** Decode the blocks one behind the other; `ends` are where they end in `out`. */
static bool
decode_blocks(
    signet_slice text, signet_buf *out, size_t *ret_ends, size_t *ret_count, signet_error *err)
{
    signet_slice before = {0}, body = {0};

    *ret_count = 0;
    while (cut(&text, BEGIN_LINE, &before)) {
        if (*ret_count == ANSWER_ROOTS_MAX)
            return signet_fail(
                err, SIGNET_E_DECODE, "there are more than %d certificates", ANSWER_ROOTS_MAX);
        if (!cut(&text, END_LINE, &body) || !sg_base64_decode(body, out, err))
            return signet_fail(err, SIGNET_E_DECODE, "certificate %zu is not PEM", *ret_count + 1);
        ret_ends[(*ret_count)++] = out->len;
    }
    return *ret_count > 0 || signet_fail(err, SIGNET_E_DECODE, "there is no certificate in it");
}

static bool
read_file(const home *config, signet_buf *out, bool *ret_exists, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    signet_error own = {0};

    if (!home_file(config, "x509_roots.pem", &path, err))
        return false;
    *ret_exists = sg_file_read((const char *)path.data, ROOTS_FILE_MAX, SG_FILE_ANY, out, &own);
    if (*ret_exists || own.code == SIGNET_E_NOT_FOUND)
        return true;
    return signet_fail(err, own.code, "%s", own.message);
}

bool
roots_read(const home *config, answer_judge *judge, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    size_t ends[ANSWER_ROOTS_MAX] = {0};
    size_t begin = 0;
    bool exists = false;

    if (!read_file(config, &text, &exists, err))
        return false;
    if (!exists)
        return true;
    if (!decode_blocks(signet_buf_slice(&text), &judge->roots, ends, &judge->root_count, err)) {
        signet_error_prefix(err, "x509_roots.pem");
        return false;
    }
    for (size_t i = 0; i < judge->root_count; i++) {
        judge->root[i] = (signet_slice){judge->roots.data + begin, ends[i] - begin};
        begin = ends[i];
    }
    return true;
}
