/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client does with an answer (http-pop.md 4.8): a table.  Whatever is not in it, and
 * whatever cannot be read, is handed over as it came.
 */
#include <signet/client.h>

#include "base/time.h"

static const struct row {
    const char *code, *error; /* of the JSON body, and of the challenge */
    signet_client_step step;
} rows[] = {
    {"CLOCK_SKEW", "clock_skew", SIGNET_CLIENT_SET_CLOCK},
    {"TOKEN_EXPIRED", "expired_token", SIGNET_CLIENT_RENEW},
    {"TOKEN_NOT_FOUND", "invalid_token", SIGNET_CLIENT_RENEW},
    {"TOKEN_REVOKED", "revoked_token", SIGNET_CLIENT_RENEW},
    {"REPLAY_DETECTED", "replayed", SIGNET_CLIENT_SIGN_AGAIN},
};

static bool
is_text(signet_slice slice, const char *text)
{
    return signet_slice_is_equal(slice, signet_slice_text(text));
}

/* --- the challenge: Signet name="value", ... (RFC 9110 11.6.1) --- */

static bool
take_bytes(signet_slice *rest, const char *bytes)
{
    size_t len = strlen(bytes);

    if (rest->len < len || memcmp(rest->ptr, bytes, len) != 0)
        return false;
    rest->ptr += len;
    rest->len -= len;
    return true;
}

static signet_slice
take_until(signet_slice *rest, const char *ends)
{
    size_t len = 0;

    while (len < rest->len && !memchr(ends, rest->ptr[len], strlen(ends)))
        len++;
    signet_slice taken = {rest->ptr, len};

    if (len > 0) {
        rest->ptr += len;
        rest->len -= len;
    }
    return taken;
}

/* The value of `error`; empty when there is none, or the text is of another form than ours. */
static signet_slice
read_error(signet_slice challenge)
{
    static const signet_slice nothing = {NULL, 0};
    signet_slice rest = challenge;

    if (!take_bytes(&rest, "Signet "))
        return nothing;
    while (rest.len > 0) {
        signet_slice name = take_until(&rest, "=, \""), value = {0};
        bool is_quoted = false;

        if (name.len == 0 || !take_bytes(&rest, "="))
            return nothing;
        is_quoted = take_bytes(&rest, "\"");
        value = take_until(&rest, is_quoted ? "\"\\" : ", \"");
        if (is_quoted && !take_bytes(&rest, "\""))
            return nothing;
        if (is_text(name, "error"))
            return value;
        if (rest.len > 0 && !take_bytes(&rest, ", "))
            return nothing;
    }
    return nothing;
}

/* --- Date: IMF-fixdate (RFC 9110 5.6.7), "Sun, 06 Nov 1994 08:49:37 GMT" --- */

static int
find_name(const char *names, const uint8_t *text)
{
    for (int i = 0; names[(size_t)i * 3]; i++) {
        if (memcmp(names + (size_t)i * 3, text, 3) == 0)
            return i;
    }
    return -1;
}

static bool
has_punctuation(const uint8_t *text)
{
    static const struct {
        size_t at;
        char byte;
    } marks[] = {
        {3, ','}, {4, ' '}, {7, ' '}, {11, ' '}, {16, ' '}, {19, ':'}, {22, ':'}, {25, ' '}};

    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (text[marks[i].at] != (uint8_t)marks[i].byte)
            return false;
    }
    return memcmp(text + 26, "GMT", 3) == 0;
}

static bool
read_date(signet_slice text, int64_t *ret_seconds)
{
    enum { LENGTH = 29, DAY = 86400, THURSDAY = 3 };
    static const char days[] = "MonTueWedThuFriSatSun";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    sg_civil_time civil = {0};
    int64_t seconds = 0;
    int weekday = 0;

    if (text.len != LENGTH || !has_punctuation(text.ptr))
        return false;
    weekday = find_name(days, text.ptr);
    civil = (sg_civil_time){.year = sg_digits(text.ptr + 12, 4),
        .month = find_name(months, text.ptr + 8) + 1,
        .day = sg_digits(text.ptr + 5, 2),
        .hour = sg_digits(text.ptr + 17, 2),
        .minute = sg_digits(text.ptr + 20, 2),
        .second = sg_digits(text.ptr + 23, 2)};
    if (weekday < 0 || !sg_civil_to_seconds(&civil, &seconds) || seconds < 0 ||
        (seconds / DAY + THURSDAY) % 7 != weekday)
        return false;
    *ret_seconds = seconds;
    return true;
}

/* --- the rules --- */

static bool
is_idempotent(signet_slice method)
{
    static const char *const methods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (is_text(method, methods[i]))
            return true;
    }
    return false;
}

/* A clock that is right already has nothing to learn. */
static bool
learn_offset(const signet_client_answer *answer, int64_t *ret_offset)
{
    int64_t date = 0, offset = 0;

    if (!answer->is_authentic || !read_date(answer->date, &date) ||
        __builtin_sub_overflow(date, answer->now, &offset) || offset == 0)
        return false;
    if (offset > SIGNET_CLIENT_OFFSET_MAX)
        offset = SIGNET_CLIENT_OFFSET_MAX;
    if (offset < -SIGNET_CLIENT_OFFSET_MAX)
        offset = -SIGNET_CLIENT_OFFSET_MAX;
    if (ret_offset)
        *ret_offset = offset;
    return true;
}

static signet_client_step
find_step(const signet_client_answer *answer)
{
    signet_slice error = answer->code.len > 0 ? answer->code : read_error(answer->challenge);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (is_text(error, answer->code.len > 0 ? rows[i].code : rows[i].error))
            return rows[i].step;
    }
    return SIGNET_CLIENT_DONE;
}

signet_client_step
signet_client_next(const signet_client_answer *answer, int64_t *ret_offset)
{
    signet_client_step step = SIGNET_CLIENT_DONE;

    if (answer->status != 401 || answer->attempt == 0 || answer->attempt >= SIGNET_CLIENT_ATTEMPTS)
        return SIGNET_CLIENT_DONE;
    step = find_step(answer);
    if ((step == SIGNET_CLIENT_SIGN_AGAIN && !is_idempotent(answer->method)) ||
        (step == SIGNET_CLIENT_SET_CLOCK && !learn_offset(answer, ret_offset)))
        return SIGNET_CLIENT_DONE;
    return step;
}
