/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of the proof as they stand there, and the content that came against the one signed. */
#include <signet/signet.h>

#include "base/text.h"
#include "explain.h"

signet_slice
explain_parameter(const saved_request *request, const char *name)
{
    signet_slice proof = saved_request_field(request, "signet-proof");
    size_t len = strlen(name);

    while (proof.len > 0) {
        const uint8_t *end = memchr(proof.ptr, ';', proof.len);
        size_t part = end ? (size_t)(end - proof.ptr) : proof.len;
        size_t used = part + (end ? 1 : 0);

        if (part > len && memcmp(proof.ptr, name, len) == 0 && proof.ptr[len] == '=')
            return (signet_slice){proof.ptr + len + 1, part - len - 1};
        proof.ptr += used;
        proof.len -= used;
    }
    return (signet_slice){NULL, 0};
}

/* What stands behind `mark` in a field, up to the first byte that is none of `allowed`. */
static signet_slice
find_behind(signet_slice field, const char *mark, const char *allowed)
{
    const uint8_t *at = field.len > 0 ? memmem(field.ptr, field.len, mark, strlen(mark)) : NULL;
    signet_slice found = {NULL, 0};

    if (!at)
        return found;
    found.ptr = at + strlen(mark);
    while (found.ptr + found.len < field.ptr + field.len && found.ptr[found.len] != '\0' &&
           strchr(allowed, found.ptr[found.len]))
        found.len++;
    return found;
}

int64_t
explain_proof_time(const saved_request *request)
{
    signet_slice text = explain_parameter(request, "ts");
    int64_t seconds = 0;

    if (!text.ptr)
        text =
            find_behind(saved_request_field(request, "signature-input"), ";created=", "0123456789");
    if (text.len == 0 || text.len > 12)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        seconds = seconds * 10 + (text.ptr[i] - '0');
    }
    return seconds;
}

typedef struct {
    char text[2 * SIGNET_SHA256_SIZE];
    size_t len;
} digest_text;

static digest_text
digest_of(signet_slice head, signet_slice tail)
{
    uint8_t bytes[SIGNET_SHA256_SIZE];
    signet_sha256 hash;
    digest_text made = {.len = sg_base64url_size(sizeof(bytes))};

    signet_sha256_init(&hash);
    signet_sha256_update(&hash, head);
    signet_sha256_update(&hash, tail);
    signet_sha256_final(&hash, bytes);
    sg_base64url_encode((signet_slice){bytes, sizeof(bytes)}, made.text);
    return made;
}

static bool
is_that(digest_text made, signet_slice wanted)
{
    return signet_slice_is_equal((signet_slice){(const uint8_t *)made.text, made.len}, wanted);
}

/* `bd`, or the SHA-256 of Content-Digest, in the alphabet of `bd`. */
static digest_text
signed_digest(const saved_request *request)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    signet_slice text = explain_parameter(request, "bd");
    digest_text made = {.len = 0};

    if (!text.ptr)
        text = find_behind(saved_request_field(request, "content-digest"), "sha-256=:", letters);
    for (; made.len < text.len && made.len < sizeof(made.text); made.len++) {
        char c = (char)text.ptr[made.len];

        made.text[made.len] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    return made;
}

/* With the line ends of Unix, or, `is_crlf`, of the network. */
static bool
convert_lines(signet_slice from, bool is_crlf, signet_buf *out, signet_error *err)
{
    for (size_t i = 0; i < from.len; i++) {
        bool is_end = from.ptr[i] == '\n';

        if (from.ptr[i] == '\r' && i + 1 < from.len && from.ptr[i + 1] == '\n')
            continue;
        if (!signet_buf_append(out, signet_slice_text(is_end && is_crlf ? "\r" : ""), err) ||
            !signet_buf_append(out, (signet_slice){from.ptr + i, 1}, err))
            return false;
    }
    return true;
}

/* The change after which the content is the one that was signed. */
static bool
find_change(signet_slice content, signet_slice wanted, const char **ret_change, signet_error *err)
{
    static const signet_slice nothing = {NULL, 0};
    const signet_slice end = signet_slice_text("\n");
    SIGNET_AUTO(signet_buf_free) signet_buf unix_lines = {0}, network_lines = {0};

    if (!convert_lines(content, false, &unix_lines, err) ||
        !convert_lines(content, true, &network_lines, err))
        return false;
    if (is_that(digest_of(nothing, nothing), wanted))
        *ret_change = "none was signed, and some came";
    else if (is_that(digest_of(content, end), wanted))
        *ret_change = "a line end was lost";
    else if (content.len > 0 &&
             is_that(digest_of((signet_slice){content.ptr, content.len - 1}, nothing), wanted))
        *ret_change = "one byte more than was signed came at its end";
    else if (is_that(digest_of(signet_buf_slice(&unix_lines), nothing), wanted))
        *ret_change = "line ends became CR LF";
    else if (is_that(digest_of(signet_buf_slice(&network_lines), nothing), wanted))
        *ret_change = "line ends became LF";
    return true;
}

bool
explain_report_digest(report *to, const saved_request *request, signet_error *err)
{
    static const signet_slice nothing = {NULL, 0};
    digest_text told = signed_digest(request);
    signet_slice wanted = {(const uint8_t *)told.text, told.len};
    digest_text came = digest_of(request->content, nothing);
    const char *change = NULL;

    if (!find_change(request->content, wanted, &change, err))
        return false;
    report_open(to, "differs", "what was seen is not what was signed");
    report_open(to, "content", "SHA-256");
    report_text(to, "seen", (signet_slice){(const uint8_t *)came.text, came.len}, NULL);
    report_text(to, "signed", wanted, NULL);
    report_number(to, "came", (int64_t)request->content.len, "bytes");
    report_number(to, "announced", request->facts.content_length, "bytes");
    if (change)
        report_word(to, "change", change, NULL);
    report_close(to);
    report_close(to);
    return true;
}
