/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "object.h"

enum { DATE_DIGITS_MAX = 18, SIZE_DIGITS_MAX = 18 }; /* decimal numbers that fit for certain */

static const char *const armors[] = {
    "-----BEGIN SIGNED MESSAGE-----",
    "-----BEGIN PGP SIGNATURE-----",
    "-----BEGIN PGP MESSAGE-----",
    "-----BEGIN SSH SIGNATURE-----",
};

/** Take the next line with its newline off `rest`. */
static signet_slice
next_line(signet_slice *rest)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;
    signet_slice line = {rest->ptr, end ? (size_t)(end - rest->ptr) + 1 : rest->len};

    rest->ptr += line.len;
    rest->len -= line.len;
    return line;
}

static bool
begins(signet_slice text, const char *prefix)
{
    size_t len = strlen(prefix);

    return text.len >= len && memcmp(text.ptr, prefix, len) == 0;
}

static bool
begins_header(signet_slice line, const char *name)
{
    size_t len = strlen(name);

    return begins(line, name) && line.len > len && line.ptr[len] == ' ';
}

static signet_slice
without(signet_slice text, size_t count)
{
    return (signet_slice){text.ptr + count, text.len - count};
}

/** Copy the word at `*line` that consists of `allowed`, and step over it and what ends it. */
static bool
take_word(const char **line, const char *allowed, char end, char *ret_word, size_t size)
{
    size_t len = strspn(*line, allowed);

    if (len == 0 || len >= size || (*line)[len] != end)
        return false;
    memcpy(ret_word, *line, len);
    ret_word[len] = 0;
    *line += len + 1;
    return true;
}

bool
object_read_head(const char *line, object_head *ret_head)
{
    char size[SIZE_DIGITS_MAX + 1];

    if (!take_word(&line, "0123456789abcdef", ' ', ret_head->name, sizeof(ret_head->name)) ||
        !take_word(
            &line, "abcdefghijklmnopqrstuvwxyz", ' ', ret_head->type, sizeof(ret_head->type)) ||
        !take_word(&line, "0123456789", '\n', size, sizeof(size)))
        return false;
    ret_head->size = (size_t)strtoull(size, NULL, 10);
    return *line == 0;
}

/* A header goes on as long as its lines begin with a blank. */
typedef enum { IN_PAYLOAD, IN_SIGNATURE, IN_OTHER_SIGNATURE } header_state;

bool
object_split_commit(
    signet_slice raw, bool is_sha256, signet_buf *payload, signet_buf *signature, signet_error *err)
{
    const char *name = is_sha256 ? "gpgsig-sha256" : "gpgsig";
    header_state state = IN_PAYLOAD;

    while (raw.len > 0 && raw.ptr[0] != '\n') {
        signet_slice line = next_line(&raw);
        bool goes_on = line.ptr[0] == ' ';

        if (begins_header(line, name)) {
            state = IN_SIGNATURE;
            line = without(line, strlen(name) + 1);
        } else if (goes_on && state == IN_SIGNATURE) {
            line = without(line, 1);
        } else if (!goes_on) {
            state = begins(line, "gpgsig") ? IN_OTHER_SIGNATURE : IN_PAYLOAD;
        }
        if (state != IN_OTHER_SIGNATURE &&
            !signet_buf_append(state == IN_SIGNATURE ? signature : payload, line, err))
            return false;
    }
    return signet_buf_append(payload, raw, err);
}

static bool
begins_armor(signet_slice line)
{
    for (size_t i = 0; i < sizeof(armors) / sizeof(armors[0]); i++)
        if (begins(line, armors[i]))
            return true;
    return false;
}

bool
object_split_tag(signet_slice raw, signet_buf *payload, signet_buf *signature, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf dropped = {0};
    signet_slice rest = raw;
    size_t payload_len = raw.len;

    while (rest.len > 0) {
        size_t offset = raw.len - rest.len;

        if (begins_armor(next_line(&rest)))
            payload_len = offset;
    }
    /* headers that carry a second signature, for the other hash, are not signed either */
    return object_split_commit(
               (signet_slice){raw.ptr, payload_len}, false, payload, &dropped, err) &&
           signet_buf_append(signature, without(raw, payload_len), err);
}

object_signature
object_signature_kind(signet_slice signature)
{
    if (signature.len == 0)
        return OBJECT_UNSIGNED;
    return begins(signature, armors[0]) ? OBJECT_SIGNED_CMS : OBJECT_SIGNED_OTHER;
}

signet_slice
object_header(signet_slice payload, const char *name)
{
    while (payload.len > 0 && payload.ptr[0] != '\n') {
        signet_slice line = next_line(&payload);

        if (!begins_header(line, name))
            continue;
        line = without(line, strlen(name) + 1);
        if (line.ptr[line.len - 1] == '\n')
            line.len--;
        return line;
    }
    return (signet_slice){0};
}

/** "Name <mail> SECONDS +ZONE": the number behind the last '>'. */
static bool
read_date(signet_slice value, int64_t *ret_seconds)
{
    const uint8_t *mark = value.len > 0 ? memrchr(value.ptr, '>', value.len) : NULL;
    size_t digits = 0;
    int64_t seconds = 0;

    if (!mark || mark + 1 == value.ptr + value.len || mark[1] != ' ')
        return false;
    value = without(value, (size_t)(mark - value.ptr) + 2);
    while (digits < value.len && value.ptr[digits] >= '0' && value.ptr[digits] <= '9') {
        if (digits == DATE_DIGITS_MAX)
            return false;
        seconds = seconds * 10 + (value.ptr[digits++] - '0');
    }
    *ret_seconds = seconds;
    return digits > 0;
}

bool
object_date(signet_slice payload, int64_t *ret_seconds)
{
    static const char *const dated[] = {"committer", "tagger", "pusher"};

    for (size_t i = 0; i < sizeof(dated) / sizeof(dated[0]); i++)
        if (read_date(object_header(payload, dated[i]), ret_seconds))
            return true;
    return false;
}

signet_slice
object_subject(signet_slice payload)
{
    signet_slice line = {0};

    while (payload.len > 0 && payload.ptr[0] != '\n')
        (void)next_line(&payload);
    while (payload.len > 0 && payload.ptr[0] == '\n')
        payload = without(payload, 1);
    line = next_line(&payload);
    if (line.len > 0 && line.ptr[line.len - 1] == '\n')
        line.len--;
    return line;
}
