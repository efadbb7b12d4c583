/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trust file is read whole or not at all: half a list of signers, without the line that revokes
 * one of them, would be worse than none.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "trust/trust.h"

enum { FIRST_CAPACITY = 8 };

signet_trust *
signet_trust_new(signet_error *err)
{
    signet_trust *trust = calloc(1, sizeof(*trust));

    return trust ? trust : signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a trust");
}

static bool
reserve(signet_trust *trust, signet_error *err)
{
    size_t capacity = trust->capacity ? 2 * trust->capacity : FIRST_CAPACITY;
    signet_trusted_signer *signers = NULL;

    if (trust->count == SIGNET_TRUST_SIGNERS_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "more than %d signers", SIGNET_TRUST_SIGNERS_MAX);
    if (trust->count < trust->capacity)
        return true;
    signers = realloc(trust->signers, capacity * sizeof(*signers));
    if (!signers)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for %zu signers", capacity);
    trust->signers = signers;
    trust->capacity = capacity;
    return true;
}

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

/* The line without its LF or CRLF. */
static signet_slice
take_line(signet_slice *text)
{
    const uint8_t *end = memchr(text->ptr, '\n', text->len);
    signet_slice line = {text->ptr, end ? (size_t)(end - text->ptr) : text->len};
    size_t taken = line.len + (end != NULL);

    text->ptr += taken;
    text->len -= taken;
    if (end && line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

static bool
check_characters(signet_slice line, signet_error *err)
{
    if (line.len > SIGNET_TRUST_LINE_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "longer than %d bytes", SIGNET_TRUST_LINE_MAX);
    for (size_t i = 0; i < line.len; i++) {
        if ((line.ptr[i] < 0x20 && line.ptr[i] != '\t') || line.ptr[i] == 0x7f)
            return signet_fail(err, SIGNET_E_DECODE,
                "holds the control character 0x%02x at byte %zu", (unsigned)line.ptr[i], i + 1);
    }
    if (!sg_is_utf8(line))
        return signet_fail(err, SIGNET_E_DECODE, "is not UTF-8");
    return true;
}

static bool
read_line(signet_trust *trust, signet_algorithms accepted, signet_slice line, size_t number,
    signet_error *err)
{
    if (!check_characters(line, err))
        return false;
    while (line.len > 0 && is_blank(line.ptr[0])) {
        line.ptr++;
        line.len--;
    }
    if (line.len == 0 || line.ptr[0] == '#')
        return true;
    if (!reserve(trust, err) ||
        !sg_trust_read_line(line, accepted, &trust->signers[trust->count], err))
        return false;
    trust->signers[trust->count++].line = number;
    return true;
}

static bool
read_lines(signet_trust *trust, signet_algorithms accepted, signet_slice text, signet_error *err)
{
    if (text.len > SIGNET_TRUST_FILE_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "a trust file of %zu bytes, more than %d",
            text.len, SIGNET_TRUST_FILE_MAX);
    for (size_t number = 1; text.len > 0; number++) {
        char prefix[32];

        if (read_line(trust, accepted, take_line(&text), number, err))
            continue;
        (void)snprintf(prefix, sizeof(prefix), "line %zu", number);
        signet_error_prefix(err, prefix);
        return false;
    }
    return true;
}

static void
drop_from(signet_trust *trust, size_t first)
{
    while (trust->count > first)
        sg_trusted_signer_free(&trust->signers[--trust->count]);
}

bool
signet_trust_parse(
    signet_trust *trust, signet_algorithms accepted, signet_slice text, signet_error *err)
{
    size_t before = trust->count;

    if (read_lines(trust, accepted, text, err) && sg_trust_index(trust, before, err))
        return true;
    drop_from(trust, before);
    return false;
}

size_t
signet_trust_count(const signet_trust *trust)
{
    return trust->count;
}

const signet_trusted_signer *
signet_trust_at(const signet_trust *trust, size_t index)
{
    return &trust->signers[index];
}

void
sg_trusted_signer_free(signet_trusted_signer *signer)
{
    for (size_t i = 0; i < signer->key_count; i++)
        signet_key_free(signer->keys[i]);
    for (size_t i = 0; i < signer->unread_key_count; i++)
        free(signer->unread_keys[i]);
    *signer = (signet_trusted_signer){0};
}

void
signet_trust_free(signet_trust *trust)
{
    if (!trust)
        return;
    drop_from(trust, 0);
    free(trust->signers);
    free(trust->entries);
    free(trust);
}
