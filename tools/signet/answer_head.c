/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "answer_head.h"

static signet_slice
take_line(signet_slice *rest)
{
    const uint8_t *end = memchr(rest->ptr, '\n', rest->len);
    signet_slice line = {rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
    size_t used = line.len + (end ? 1 : 0);

    rest->ptr += used;
    rest->len -= used;
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* "HTTP/1.1 401 Unauthorized", "HTTP/2 401" */
static int
read_status(signet_slice line)
{
    const uint8_t *space = memchr(line.ptr, ' ', line.len);
    size_t at = space ? (size_t)(space - line.ptr) + 1 : line.len;
    int status = 0;

    if (line.len < at + 3 || (line.len > at + 3 && line.ptr[at + 3] != ' '))
        return 0;
    for (size_t i = at; i < at + 3; i++) {
        if (line.ptr[i] < '0' || line.ptr[i] > '9')
            return 0;
        status = status * 10 + (line.ptr[i] - '0');
    }
    return status;
}

/* The value, if the line is that field; empty otherwise. */
static signet_slice
value_of(signet_slice line, const char *name)
{
    size_t len = strlen(name);
    signet_slice value = {0};

    if (line.len <= len || line.ptr[len] != ':' ||
        strncasecmp((const char *)line.ptr, name, len) != 0)
        return value;
    value = (signet_slice){line.ptr + len + 1, line.len - len - 1};
    while (value.len > 0 && value.ptr[0] == ' ') {
        value.ptr++;
        value.len--;
    }
    return value;
}

/* Of two, who is to be believed? */
static void
keep(signet_slice value, signet_slice *to, unsigned *count)
{
    if (value.len == 0)
        return;
    *count += 1;
    *to = *count == 1 ? value : (signet_slice){NULL, 0};
}

answer_head
answer_head_read(signet_slice bytes)
{
    static const char scheme[] = "Signet ";
    answer_head head = {0};
    unsigned dates = 0, challenges = 0;

    while (bytes.len > 0) {
        signet_slice line = take_line(&bytes), challenge = value_of(line, "www-authenticate");

        if (line.len > 5 && memcmp(line.ptr, "HTTP/", 5) == 0) {
            head = (answer_head){.status = read_status(line)};
            dates = 0;
            challenges = 0;
        }
        keep(value_of(line, "date"), &head.date, &dates);
        if (challenge.len >= sizeof(scheme) - 1 &&
            memcmp(challenge.ptr, scheme, sizeof(scheme) - 1) == 0)
            keep(challenge, &head.challenge, &challenges);
    }
    return head;
}
