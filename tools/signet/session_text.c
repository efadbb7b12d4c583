/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file, line by line: each is a name, a space and a value, in one order.  Key and binding are
 * hex, and the rest is text without control characters.
 */
#include <signet/signet.h>

#include "base/secret.h"
#include "base/text.h"
#include "session.h"

static const char first_line[] = "signet-session 1";

bool
session_set(char to[SESSION_TEXT_MAX + 1], const char *what, const char *text, signet_error *err)
{
    size_t len = strlen(text);

    if (len > SESSION_TEXT_MAX || !sg_is_utf8(signet_slice_text(text)))
        return signet_fail(
            err, SIGNET_E_USAGE, "%s: not UTF-8, or more than %d bytes", what, SESSION_TEXT_MAX);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return signet_fail(err, SIGNET_E_USAGE, "%s: has control characters", what);
    }
    memcpy(to, text, len + 1);
    return true;
}

static bool
write_hex(const char *name, signet_slice bytes, signet_buf *out, signet_error *err)
{
    return signet_buf_printf(out, err, "%s ", name) && sg_hex_append(out, bytes, err) &&
           signet_buf_printf(out, err, "\n");
}

bool
session_write(const session *it, signet_buf *out, signet_error *err)
{
    const signet_credential_facts facts = signet_credential_describe(it->credential);

    return signet_buf_printf(out, err, "%s\nadmin %s\nissuer %s\npurpose %s\naudience %s\n",
               first_line, it->admin, it->issuer, it->purpose, it->audience) &&
           signet_buf_printf(
               out, err, "token %.*s\n", (int)facts.token.len, (const char *)facts.token.ptr) &&
           write_hex("binding", facts.binding, out, err) &&
           write_hex("seed", signet_key_seed(facts.key), out, err);
}

/* --- reading --- */

typedef struct {
    signet_slice rest;
    unsigned line;
} cursor;

static bool
read_line(cursor *at, signet_slice *ret_line, signet_error *err)
{
    const uint8_t *end = at->rest.len > 0 ? memchr(at->rest.ptr, '\n', at->rest.len) : NULL;

    at->line++;
    if (!end)
        return signet_fail(err, SIGNET_E_DECODE, "line %u: missing, or has no end", at->line);
    *ret_line = (signet_slice){at->rest.ptr, (size_t)(end - at->rest.ptr)};
    at->rest.ptr += ret_line->len + 1;
    at->rest.len -= ret_line->len + 1;
    return true;
}

static bool
read_value(cursor *at, const char *name, signet_slice *ret_value, signet_error *err)
{
    signet_slice line = {0};
    size_t len = strlen(name);

    if (!read_line(at, &line, err))
        return false;
    if (line.len < len + 1 || memcmp(line.ptr, name, len) != 0 || line.ptr[len] != ' ')
        return signet_fail(err, SIGNET_E_DECODE, "line %u: must begin with %s", at->line, name);
    *ret_value = (signet_slice){line.ptr + len + 1, line.len - len - 1};
    return true;
}

static bool
read_text(cursor *at, const char *name, char to[SESSION_TEXT_MAX + 1], signet_error *err)
{
    signet_slice value = {0};
    char text[SESSION_TEXT_MAX + 1];

    if (!read_value(at, name, &value, err))
        return false;
    if (value.len > SESSION_TEXT_MAX || (value.len > 0 && memchr(value.ptr, 0, value.len)))
        return signet_fail(err, SIGNET_E_DECODE, "line %u: %s is not a text", at->line, name);
    if (value.len > 0)
        memcpy(text, value.ptr, value.len);
    text[value.len] = '\0';
    if (session_set(to, name, text, err))
        return true;
    if (err)
        err->code = SIGNET_E_DECODE;
    return false;
}

static bool
read_hex(cursor *at, const char *name, signet_buf *out, signet_error *err)
{
    signet_slice value = {0};
    signet_error problem = {0};

    if (!read_value(at, name, &value, err))
        return false;
    for (size_t i = 0; i < value.len; i++) { /* one spelling */
        if (value.ptr[i] >= 'A' && value.ptr[i] <= 'F')
            return signet_fail(err, SIGNET_E_DECODE, "line %u: %s is not hex", at->line, name);
    }
    if (sg_hex_decode(value, out, &problem))
        return true;
    return signet_fail(err, problem.code == SIGNET_E_NOMEM ? SIGNET_E_NOMEM : SIGNET_E_DECODE,
        "line %u: %s is not hex", at->line, name);
}

static bool
make_credential(session *it, signet_slice token, const signet_buf *binding, const signet_buf *seed,
    signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    signet_credential_parts parts = {
        .token = token, .binding = signet_buf_slice(binding), .purpose = it->purpose};

    if (seed->len != SIGNET_SEED_SIZE)
        return signet_fail(err, SIGNET_E_DECODE, "seed: %zu bytes", seed->len);
    key = signet_key_from_seed(&signet_ed25519, signet_buf_slice(seed), err);
    parts.ephemeral = key;
    it->credential = key ? signet_credential_from_parts(&parts, err) : NULL;
    return it->credential != NULL;
}

bool
session_parse(signet_slice text, session *ret_session, signet_error *err)
{
    SIGNET_AUTO(session_free) session it = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf binding = {0}, seed = {0};
    cursor at = {text, 0};
    signet_slice line = {0}, token = {0};

    if (text.len > SESSION_FILE_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "larger than %d bytes", SESSION_FILE_MAX);
    if (!read_line(&at, &line, err))
        return false;
    if (!signet_slice_is_equal(line, signet_slice_text(first_line)))
        return signet_fail(err, SIGNET_E_DECODE, "line 1: not a session");
    if (!read_text(&at, "admin", it.admin, err) || !read_text(&at, "issuer", it.issuer, err) ||
        !read_text(&at, "purpose", it.purpose, err) ||
        !read_text(&at, "audience", it.audience, err) || !read_value(&at, "token", &token, err) ||
        !read_hex(&at, "binding", &binding, err) || !read_hex(&at, "seed", &seed, err))
        return false;
    if (at.rest.len > 0)
        return signet_fail(err, SIGNET_E_DECODE, "line %u: more than a session", at.line + 1);
    if (!make_credential(&it, token, &binding, &seed, err))
        return false;
    *ret_session = it;
    it = (session){0};
    return true;
}

void
session_free(session *it)
{
    signet_credential_free(it->credential);
    *it = (session){0};
}
