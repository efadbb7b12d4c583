/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The token as the reference's JSON has it (http-pop.md 3.8): its members, in their order, are a
 * table.  Claims 20 to 23 have no member there.
 */
#include <stdio.h>

#include "base/text.h"
#include "base/time.h"
#include "http/record_token.h"

typedef enum { TEXT, BYTES, INT, UINT, MAP, NUMBERS } member_type;

typedef struct {
    const char *name;
    member_type type;
    size_t field; /* offset in signet_claims */
    bool is_null; /* how absent bytes are written: as null, not as "" */
} member;

#define CLAIM(name) offsetof(signet_claims, name)

static const member members[] = {
    {"IssuerID", TEXT, CLAIM(issuer), false},
    {"AudienceID", TEXT, CLAIM(audience), false},
    {"SubjectPPID", BYTES, CLAIM(subject), true},
    {"ExpiresAt", INT, CLAIM(expires), false},
    {"NotBefore", INT, CLAIM(not_before), false},
    {"IssuedAt", INT, CLAIM(issued), false},
    {"CapabilityID", BYTES, CLAIM(capability_id), true},
    {"CapabilityVer", UINT, CLAIM(capability_version), false},
    {"ConfirmationID", BYTES, CLAIM(confirmation), true},
    {"KeyID", BYTES, CLAIM(key_id), true},
    {"CapTokens", NUMBERS, CLAIM(capabilities), true},
    {"CapCustom", MAP, CLAIM(custom), true},
    {"JTI", BYTES, CLAIM(token_id), true},
    {"Actor", MAP, CLAIM(actor), true},
    {"Delegator", MAP, CLAIM(delegator), true},
    {"AudienceStr", TEXT, CLAIM(audience_text), false},
    {"Nonce", BYTES, CLAIM(nonce), true},
    {"EphemeralKeyID", BYTES, CLAIM(ephemeral_id), true},
    {"Epoch", UINT, CLAIM(epoch), false},
};

enum { MEMBERS = sizeof(members) / sizeof(members[0]), MAPS = 3 };

/* --- writing --- */

static void
write_numbers(sg_json_writer *to, const signet_claims *claims)
{
    for (size_t i = 0; i < claims->capability_count; i++) {
        sg_json_write(to, i == 0 ? "[" : ",");
        sg_json_write_unsigned(to, claims->capabilities[i]);
    }
    sg_json_write(to, "]");
}

static bool
is_absent(const signet_claims *claims, const member *one)
{
    const void *field = (const char *)claims + one->field;

    if (one->type == NUMBERS)
        return claims->capability_count == 0;
    return one->is_null && ((const signet_slice *)field)->len == 0;
}

static void
write_member(sg_json_writer *to, const signet_claims *claims, const member *one)
{
    const void *field = (const char *)claims + one->field;

    if (is_absent(claims, one)) {
        sg_json_write(to, "null");
        return;
    }
    switch (one->type) {
    case TEXT:
        sg_json_write_string(to, *(const signet_slice *)field);
        break;
    case BYTES:
        sg_json_write_base64(to, *(const signet_slice *)field);
        break;
    case INT:
        sg_json_write_integer(to, *(const int64_t *)field);
        break;
    case UINT:
        sg_json_write_unsigned(to, *(const uint64_t *)field);
        break;
    case MAP:
        sg_record_map_write(to, *(const signet_slice *)field);
        break;
    case NUMBERS:
        write_numbers(to, claims);
        break;
    }
}

bool
sg_record_token_write(const signet_claims *claims, signet_buf *out, signet_error *err)
{
    sg_json_writer to = sg_json_writer_to(out);

    if (claims->chain.len + claims->environment.len + claims->boundary.len +
            claims->attestations.len >
        0)
        return signet_fail(err, SIGNET_E_USAGE,
            "record: the reference's format has no place for chain, environment, boundary or "
            "attestations");
    for (size_t i = 0; i < MEMBERS; i++) {
        sg_json_write(&to, i == 0 ? "{\"" : ",\"");
        sg_json_write(&to, members[i].name);
        sg_json_write(&to, "\":");
        write_member(&to, claims, &members[i]);
    }
    sg_json_write(&to, "}");
    return sg_json_write_end(&to, err);
}

/* --- reading --- */

static void
read_numbers(sg_json_reader *in, signet_claims *claims)
{
    sg_json_expect(in, "[");
    if (sg_json_has(in, "]"))
        return;
    do {
        if (claims->capability_count == SIGNET_TOKEN_CAPABILITIES_MAX) {
            sg_json_refuse(in, "too many capabilities");
            return;
        }
        claims->capabilities[claims->capability_count++] = sg_json_unsigned(in);
    } while (sg_json_has(in, ","));
    sg_json_expect(in, "]");
}

/* False: out of memory. */
static bool
read_member(sg_json_reader *in, const member *one, signet_claims *claims, signet_buf *map,
    signet_error *err)
{
    void *field = (char *)claims + one->field;

    if (one->is_null && sg_json_has(in, "null"))
        return true;
    switch (one->type) {
    case TEXT:
        *(signet_slice *)field = sg_json_string(in);
        break;
    case BYTES:
        *(signet_slice *)field = sg_json_base64(in);
        break;
    case INT:
        *(int64_t *)field = sg_json_integer(in);
        break;
    case UINT:
        *(uint64_t *)field = sg_json_unsigned(in);
        break;
    case MAP:
        if (!sg_record_map_read(in, map, err))
            return false;
        *(signet_slice *)field = signet_buf_slice(map);
        break;
    case NUMBERS:
        read_numbers(in, claims);
        break;
    }
    return true;
}

typedef struct {
    signet_buf of[MAPS];
} map_bytes;

static void
map_bytes_free(map_bytes *maps)
{
    for (size_t i = 0; i < MAPS; i++)
        signet_buf_free(&maps->of[i]);
}

static void
map_bytes_free_auto(map_bytes *maps)
{
    map_bytes_free(maps);
}

bool
sg_record_token_read(sg_json_reader *in, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(map_bytes_free) map_bytes maps = {0};
    signet_claims claims = {0};
    size_t map = 0;

    for (size_t i = 0; i < MEMBERS; i++) {
        sg_json_expect(in, i == 0 ? "{\"" : ",\"");
        sg_json_expect(in, members[i].name);
        sg_json_expect(in, "\":");
        if (!read_member(in, &members[i], &claims, &maps.of[map], err))
            return false;
        map += members[i].type == MAP && map < MAPS - 1;
    }
    sg_json_expect(in, "}");
    if (in->problem)
        return sg_json_end(in, "record", err);
    return signet_token_encode(&claims, out, err);
}

/* --- times --- */

/* "+hh:mm" as seconds; false when it is something else. */
static bool
read_offset(signet_slice text, int64_t *ret_seconds)
{
    int hours = -1, minutes = -1;

    *ret_seconds = 0;
    if (text.len == 1 && text.ptr[0] == 'Z')
        return true;
    if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':')
        return false;
    hours = sg_digits(text.ptr + 1, 2);
    minutes = sg_digits(text.ptr + 4, 2);
    *ret_seconds = (int64_t)(hours * 3600 + minutes * 60) * (text.ptr[0] == '-' ? -1 : 1);
    return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

static bool
read_civil(const uint8_t *at, int64_t *ret_seconds)
{
    sg_civil_time civil = {.year = sg_digits(at, 4),
        .month = sg_digits(at + 5, 2),
        .day = sg_digits(at + 8, 2),
        .hour = sg_digits(at + 11, 2),
        .minute = sg_digits(at + 14, 2),
        .second = sg_digits(at + 17, 2)};

    return at[4] == '-' && at[7] == '-' && at[10] == 'T' && at[13] == ':' && at[16] == ':' &&
           sg_civil_to_seconds(&civil, ret_seconds);
}

int64_t
sg_record_time_read(sg_json_reader *in)
{
    enum { CIVIL = 19, FRACTION_MAX = 9 };
    signet_slice text = sg_json_string(in);
    int64_t seconds = 0, offset = 0;
    size_t digits = 0;

    if (text.len < CIVIL || !read_civil(text.ptr, &seconds)) {
        sg_json_refuse(in, "not a time of RFC 3339");
        return 0;
    }
    text.ptr += CIVIL;
    text.len -= CIVIL;
    if (text.len > 0 && text.ptr[0] == '.') {
        for (digits = 1; digits < text.len && sg_digits(text.ptr + digits, 1) >= 0;)
            digits++;
        text.ptr += digits;
        text.len -= digits;
    }
    if (digits == 1 || digits > FRACTION_MAX + 1 || !read_offset(text, &offset)) {
        sg_json_refuse(in, "not a time of RFC 3339");
        return 0;
    }
    return seconds - offset;
}

void
sg_record_time_write(sg_json_writer *to, int64_t seconds)
{
    sg_civil_time civil = {0};
    char text[64];

    if (!sg_civil_from_seconds(seconds, &civil) && to->problem.code == SIGNET_OK)
        signet_error_set(&to->problem, SIGNET_E_USAGE, "record: issued in no year of four digits");
    (void)snprintf(text, sizeof(text), "\"%04d-%02d-%02dT%02d:%02d:%02dZ\"", civil.year,
        civil.month, civil.day, civil.hour, civil.minute, civil.second);
    sg_json_write(to, text);
}
