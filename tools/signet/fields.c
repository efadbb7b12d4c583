/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include <signet/signet.h>

#include "base/text.h"
#include "cbor_view.h"
#include "fields.h"

/* tokens.md 3.1 */
static const field_row claims[] = {
    {1, "iss_id", FIELD_TEXT, "issuer"},
    {2, "aud_id", FIELD_TEXT, "audience: for whom it is"},
    {3, "sub_ppid", FIELD_BYTES, "subject: a pseudonym"},
    {4, "exp", FIELD_TIME, "last second it is valid"},
    {5, "nbf", FIELD_TIME, "first second it is valid"},
    {6, "iat", FIELD_TIME, "when it was made"},
    {7, "cap_id", FIELD_BYTES, "hash of what it allows"},
    {8, "cap_ver", FIELD_NUMBER, "version of the capabilities"},
    {9, "cnf", FIELD_BYTES, "SHA-256 of the master public key"},
    {10, "kid", FIELD_KEY_ID, "which key signed, says the issuer"},
    {11, "cap_tokens", FIELD_CAPABILITIES, "what it allows"},
    {12, "cap_custom", FIELD_CBOR, "what it allows, of one's own"},
    {13, "jti", FIELD_BYTES, "id of this token"},
    {14, "act", FIELD_CBOR, "who acts"},
    {15, "del", FIELD_CBOR, "on whose behalf"},
    {16, "aud_str", FIELD_TEXT, "audience, for people"},
    {17, "nonce", FIELD_BYTES, "what the client sent"},
    {18, "eph_kid", FIELD_BYTES, "SHA-256 of the ephemeral public key"},
    {19, "epoch", FIELD_NUMBER, "epoch of revocation"},
    {20, "chain", FIELD_CHAIN, "cells: who lets whom do what"},
    {21, "environment", FIELD_WRAPPED, "where it runs"},
    {22, "boundary", FIELD_WRAPPED, "where it may be used"},
    {23, "attestations", FIELD_WRAPPED, "reserved"},
};

/* tokens.md 7.2 */
static const field_row cell[] = {
    {1, "resource", FIELD_TEXT, "what it is about"},
    {2, "owner", FIELD_BYTES, "Ed25519 public key of who is let"},
    {3, "group", FIELD_CBOR, "public key of the group, or null"},
    {4, "owner_permissions", FIELD_CBOR, "1: allowed, 2: denied"},
    {5, "group_permissions", FIELD_CBOR, "1: allowed, 2: denied"},
    {6, "other_permissions", FIELD_CBOR, "1: allowed, 2: denied"},
    {7, "signature", FIELD_BYTES, "of the owner before, or of a root its own"},
};

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* Each shows one value, or answers that it is not of its type. */

static bool
show_text(report *to, const field_row *row, signet_slice value)
{
    signet_slice text = {0};

    if (!cbor_view_string(value, CBOR_TEXT, &text))
        return false;
    report_text(to, row->name, text, row->meaning);
    return true;
}

static bool
show_bytes(report *to, const field_row *row, signet_slice value)
{
    signet_slice bytes = {0};

    if (!cbor_view_string(value, CBOR_BYTES, &bytes))
        return false;
    report_hex(to, row->name, bytes, row->meaning);
    return true;
}

static bool
show_key_id(report *to, const field_row *row, signet_slice value)
{
    signet_slice bytes = {0};

    if (!cbor_view_string(value, CBOR_BYTES, &bytes))
        return false;
    if (bytes.len > 0 && sg_is_printable(bytes))
        report_text(to, row->name, bytes, row->meaning);
    else
        report_hex(to, row->name, bytes, row->meaning);
    return true;
}

static bool
show_time(report *to, const field_row *row, signet_slice value)
{
    int64_t seconds = 0;

    if (!cbor_view_integer(value, &seconds))
        return false;
    report_time(to, row->name, seconds, row->meaning);
    return true;
}

static bool
show_number(report *to, const field_row *row, signet_slice value)
{
    uint64_t number = 0;

    if (!cbor_view_unsigned(value, &number))
        return false;
    report_unsigned(to, row->name, number, row->meaning);
    return true;
}

static void
show_capability(report *to, signet_slice item)
{
    char meaning[64];
    uint64_t number = 0;
    const char *name = NULL;

    if (!cbor_view_unsigned(item, &number)) {
        report_cbor(to, NULL, item, "no capability number");
        return;
    }
    name = signet_capability_name(number);
    (void)snprintf(meaning, sizeof(meaning), "%s%s%s", name ? name : "", name ? ", " : "",
        signet_capability_range(number));
    report_unsigned(to, NULL, number, meaning);
}

/* Call `show` for every element of an array. */
static bool
show_elements(report *to, const field_row *row, signet_slice array,
    void (*show)(report *to, signet_slice item))
{
    cbor_view in = cbor_view_of(array);
    cbor_head head = {0};

    if (!cbor_view_head(&in, &head) || head.type != CBOR_ARRAY || head.is_indefinite)
        return false;
    report_open_list(to, row->name, row->meaning);
    for (uint64_t i = 0; i < head.value && !in.is_over && in.at < in.all.len; i++)
        show(to, cbor_view_item(&in));
    report_close_list(to);
    return true;
}

static bool
show_capabilities(report *to, const field_row *row, signet_slice value)
{
    return show_elements(to, row, value, show_capability);
}

static bool
show_cbor(report *to, const field_row *row, signet_slice value)
{
    report_cbor(to, row->name, value, row->meaning);
    return true;
}

static bool
show_wrapped(report *to, const field_row *row, signet_slice value)
{
    signet_slice content = {0};
    cbor_view in = {0};

    if (!cbor_view_string(value, CBOR_BYTES, &content))
        return false;
    in = cbor_view_of(content);
    (void)cbor_view_item(&in);
    return cbor_view_end(&in) ? show_cbor(to, row, content) : show_bytes(to, row, value);
}

static void
show_cell(report *to, signet_slice item)
{
    report_open(to, NULL, "a cell");
    fields_show(to, item, cell, ROWS(cell));
    report_close(to);
}

static bool
show_chain(report *to, const field_row *row, signet_slice value)
{
    signet_slice content = {0};

    return cbor_view_string(value, CBOR_BYTES, &content) &&
           (show_elements(to, row, content, show_cell) || show_bytes(to, row, value));
}

static bool (*const shows[])(report *to, const field_row *row, signet_slice value) = {
    [FIELD_TEXT] = show_text,
    [FIELD_BYTES] = show_bytes,
    [FIELD_KEY_ID] = show_key_id,
    [FIELD_TIME] = show_time,
    [FIELD_NUMBER] = show_number,
    [FIELD_CAPABILITIES] = show_capabilities,
    [FIELD_CBOR] = show_cbor,
    [FIELD_WRAPPED] = show_wrapped,
    [FIELD_CHAIN] = show_chain,
};

static void
show_unknown(report *to, signet_slice key, signet_slice value)
{
    SIGNET_AUTO(signet_buf_free) signet_buf name = {0};

    if (signet_buf_printf(&name, NULL, "key ") &&
        cbor_view_write(key, CBOR_AS_NOTATION, &name, NULL) &&
        signet_buf_append(&name, (signet_slice){(const uint8_t *)"", 1}, NULL))
        report_cbor(to, (const char *)name.data, value, "not known here");
}

static bool
is_whole(signet_slice item)
{
    cbor_view in = cbor_view_of(item);

    (void)cbor_view_item(&in);
    return !in.is_over;
}

static void
show_pair(report *to, signet_slice key, signet_slice value, const field_row *rows, size_t count)
{
    int64_t number = 0;
    size_t i = 0;

    if (!cbor_view_integer(key, &number)) {
        show_unknown(to, key, value);
        return;
    }
    while (i < count && rows[i].key != number)
        i++;
    if (i == count)
        show_unknown(to, key, value);
    else if (!shows[rows[i].kind](to, &rows[i], value))
        report_cbor(to, rows[i].name, value,
            is_whole(value) ? "not of the type that it should have" : "cut short");
}

void
fields_show(report *to, signet_slice map, const field_row *rows, size_t count)
{
    cbor_view in = cbor_view_of(map);
    cbor_head head = {0};

    if (!cbor_view_head(&in, &head) || head.type != CBOR_MAP) {
        if (map.len > 0)
            report_cbor(to, "value", map, "not a map");
        return;
    }
    for (uint64_t i = 0; head.is_indefinite || i < head.value; i++) {
        signet_slice key = cbor_view_item(&in);

        if (in.is_over || in.at == in.all.len)
            break;
        show_pair(to, key, cbor_view_item(&in), rows, count);
    }
}

void
fields_show_claims(report *to, signet_slice token)
{
    fields_show(to, token, claims, ROWS(claims));
}
