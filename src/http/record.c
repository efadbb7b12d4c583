/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both formats have the same members after the token; they differ in alphabet and in how a time is
 * written.  The MAC stands last and covers every byte before its own member, so it is checked on
 * the text itself, before any of it is parsed.
 */
#include <sodium.h>
#include <stdlib.h>

#include "base/secret.h"
#include "base/text.h"
#include "codec/json.h"
#include "http/record.h"
#include "http/record_token.h"

static const char mac_separator[] = "signet-record-v2:";
static const char mac_member[] = ",\"hmac\":\"";

enum {
    MAC_SIZE = crypto_auth_hmacsha256_BYTES,
    MAC_TEXT = 43,
    MAC_TAIL = sizeof(mac_member) - 1 + MAC_TEXT + 2, /* with the quote and brace after it */
    ALGORITHM_NAME_MAX = 15,
};

static void
make_mac(signet_slice key, signet_slice text, uint8_t ret_mac[MAC_SIZE])
{
    crypto_auth_hmacsha256_state state;

    (void)crypto_auth_hmacsha256_init(&state, key.ptr, key.len);
    (void)crypto_auth_hmacsha256_update(
        &state, (const uint8_t *)mac_separator, sizeof(mac_separator) - 1);
    (void)crypto_auth_hmacsha256_update(&state, text.ptr, text.len);
    (void)crypto_auth_hmacsha256_final(&state, ret_mac);
    sg_wipe(&state, sizeof(state));
}

static bool
check_rules(const sg_record_rules *rules, signet_error *err)
{
    if (rules->format == SG_RECORD_V2 && rules->mac_key.len < SG_RECORD_MAC_KEY_MIN)
        return signet_fail(err, SIGNET_E_USAGE, "the key of records has %zu bytes, at least %d",
            rules->mac_key.len, SG_RECORD_MAC_KEY_MIN);
    return sg_sodium_ready(err);
}

/* --- writing --- */

static void
write_bytes(sg_json_writer *to, sg_record_format format, signet_slice bytes)
{
    if (format == SG_RECORD_V2)
        sg_json_write_base64url(to, bytes);
    else
        sg_json_write_base64(to, bytes);
}

static void
write_key(sg_json_writer *to, sg_record_format format, const char *member, const signet_key *key)
{
    sg_json_write(to, ",\"");
    sg_json_write(to, member);
    sg_json_write(to, "_algorithm\":\"");
    sg_json_write(to, signet_key_algorithm(key)->name);
    sg_json_write(to, "\",\"");
    sg_json_write(to, member);
    sg_json_write(to, "\":");
    write_bytes(to, format, signet_key_public(key));
}

static void
write_metadata(sg_json_writer *to, const sg_record *record)
{
    if (record->metadata_count == 0)
        return;
    for (size_t i = 0; i < record->metadata_count; i++) {
        sg_json_write(to, i == 0 ? ",\"metadata\":{" : ",");
        sg_json_write_string(to, record->metadata[i].name);
        sg_json_write(to, ":");
        sg_json_write_string(to, record->metadata[i].value);
    }
    sg_json_write(to, "}");
}

static bool
write_members(const sg_record *record, sg_record_format format, signet_buf *out, signet_error *err)
{
    sg_json_writer to = sg_json_writer_to(out);

    write_key(&to, format, "master_public_key", record->master);
    write_key(&to, format, "ephemeral_public_key", record->ephemeral);
    sg_json_write(&to, ",\"binding_signature\":");
    write_bytes(&to, format, record->binding);
    sg_json_write(&to, ",\"issued_at\":");
    if (format == SG_RECORD_V2)
        sg_json_write_integer(&to, record->issued_at);
    else
        sg_record_time_write(&to, record->issued_at);
    sg_json_write(&to, ",\"purpose\":");
    sg_json_write_string(&to, record->purpose);
    write_metadata(&to, record);
    return sg_json_write_end(&to, err);
}

static bool
write_token(const sg_record *record, sg_record_format format, signet_buf *out, signet_error *err)
{
    sg_json_writer to = sg_json_writer_to(out);
    signet_claims claims = {0};

    if (!signet_token_decode(record->token, &claims, err))
        return false;
    if (format == SG_RECORD_REFERENCE)
        return signet_buf_append(out, signet_slice_text("{\"token\":"), err) &&
               sg_record_token_write(&claims, out, err);
    sg_json_write(&to, "{\"v\":2,\"token_cbor\":");
    sg_json_write_base64url(&to, record->token);
    return sg_json_write_end(&to, err);
}

static bool
write_end(const sg_record_rules *rules, signet_buf *out, signet_error *err)
{
    sg_json_writer to = sg_json_writer_to(out);
    uint8_t mac[MAC_SIZE];

    if (rules->format == SG_RECORD_V2) {
        make_mac(rules->mac_key, signet_buf_slice(out), mac);
        sg_json_write(&to, ",\"hmac\":");
        sg_json_write_base64url(&to, (signet_slice){mac, sizeof(mac)});
    }
    sg_json_write(&to, "}");
    return sg_json_write_end(&to, err);
}

static bool
is_before(signet_slice a, signet_slice b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);

    return order < 0 || (order == 0 && a.len < b.len);
}

/* Whatever is written reads back, and the reader applies the same. */
static const char *
problem_of(const sg_record *record)
{
    if (!record->master || !record->ephemeral)
        return "both public keys are needed";
    if (record->binding.len != signet_key_algorithm(record->master)->signature_size)
        return "the binding is no signature of the master key's algorithm";
    if (record->purpose.len > SIGNET_PROOF_PURPOSE_MAX)
        return "the purpose is too long";
    if (record->metadata_count > SG_RECORD_METADATA_MAX)
        return "there is too much metadata";
    for (size_t i = 1; i < record->metadata_count; i++) {
        if (!is_before(record->metadata[i - 1].name, record->metadata[i].name))
            return "the names of metadata are not ascending";
    }
    return NULL;
}

bool
sg_record_write(
    const sg_record *record, const sg_record_rules *rules, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    const char *problem = problem_of(record);

    if (problem)
        return signet_fail(err, SIGNET_E_USAGE, "record: %s", problem);
    if (!check_rules(rules, err) || !write_token(record, rules->format, &value, err) ||
        !write_members(record, rules->format, &value, err) || !write_end(rules, &value, err))
        return false;
    if (value.len > SG_RECORD_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "record: %zu bytes, at most %d", value.len, SG_RECORD_MAX);
    return signet_buf_append(out, signet_buf_slice(&value), err);
}

/* --- reading --- */

typedef struct {
    signet_slice algorithm, bytes;
} key_parts;

static signet_slice
read_bytes(sg_json_reader *in, sg_record_format format)
{
    return format == SG_RECORD_V2 ? sg_json_base64url(in) : sg_json_base64(in);
}

static key_parts
read_key(sg_json_reader *in, sg_record_format format, const char *algorithm, const char *bytes)
{
    key_parts key = {0};

    sg_json_expect(in, algorithm);
    key.algorithm = sg_json_string(in);
    sg_json_expect(in, bytes);
    key.bytes = read_bytes(in, format);
    return key;
}

static void
read_metadata(sg_json_reader *in, sg_record *record)
{
    if (!sg_json_has(in, ",\"metadata\":{"))
        return;
    do {
        sg_record_entry *entry = &record->metadata[record->metadata_count];

        if (record->metadata_count == SG_RECORD_METADATA_MAX) {
            sg_json_refuse(in, "too much metadata");
            return;
        }
        entry->name = sg_json_string(in);
        sg_json_expect(in, ":");
        entry->value = sg_json_string(in);
        record->metadata_count++;
    } while (sg_json_has(in, ","));
    sg_json_expect(in, "}");
}

static signet_key *
make_key(const key_parts *parts, const sg_record_rules *rules, const char *whose, signet_error *err)
{
    char name[ALGORITHM_NAME_MAX + 1] = "ed25519"; /* what the reference means by none */
    const signet_algorithm *algorithm = NULL;
    signet_key *key = NULL;

    if (parts->algorithm.len > ALGORITHM_NAME_MAX ||
        (parts->algorithm.len == 0 && rules->format == SG_RECORD_V2))
        return signet_fail_null(err, SIGNET_E_ALGORITHM, "%s: algorithm is not known", whose);
    if (parts->algorithm.len > 0) {
        memcpy(name, parts->algorithm.ptr, parts->algorithm.len);
        name[parts->algorithm.len] = '\0';
    }
    algorithm = signet_algorithm_named(rules->accepted, name);
    if (!algorithm)
        return signet_fail_null(
            err, SIGNET_E_ALGORITHM, "%s: algorithm \"%s\" is not accepted", whose, name);
    key = signet_key_from_public(algorithm, parts->bytes, err);
    if (!key)
        signet_error_prefix(err, whose);
    return key;
}

static bool
read_members(sg_json_reader *in, const sg_record_rules *rules, sg_record *record, signet_error *err)
{
    key_parts master = {0}, ephemeral = {0};
    const char *problem = NULL;

    master =
        read_key(in, rules->format, ",\"master_public_key_algorithm\":", ",\"master_public_key\":");
    ephemeral = read_key(
        in, rules->format, ",\"ephemeral_public_key_algorithm\":", ",\"ephemeral_public_key\":");
    sg_json_expect(in, ",\"binding_signature\":");
    record->binding = read_bytes(in, rules->format);
    sg_json_expect(in, ",\"issued_at\":");
    record->issued_at =
        rules->format == SG_RECORD_V2 ? sg_json_integer(in) : sg_record_time_read(in);
    sg_json_expect(in, ",\"purpose\":");
    record->purpose = sg_json_string(in);
    read_metadata(in, record);
    if (rules->format == SG_RECORD_REFERENCE)
        sg_json_expect(in, "}");
    if (!sg_json_end(in, "record", err))
        return false;
    record->master = make_key(&master, rules, "master key", err);
    record->ephemeral = record->master ? make_key(&ephemeral, rules, "ephemeral key", err) : NULL;
    if (!record->ephemeral)
        return false;
    problem = problem_of(record);
    return !problem || signet_fail(err, SIGNET_E_DECODE, "record: %s", problem);
}

static bool
read_token(sg_json_reader *in, const sg_record_rules *rules, sg_record *record, signet_error *err)
{
    if (rules->format == SG_RECORD_V2) {
        sg_json_expect(in, "{\"v\":2,\"token_cbor\":");
        record->token = sg_json_base64url(in);
        if (in->problem)
            return sg_json_end(in, "record", err);
    } else {
        sg_json_expect(in, "{\"token\":");
        if (!sg_record_token_read(in, &record->token_bytes, err))
            return false;
        record->token = signet_buf_slice(&record->token_bytes);
    }
    return signet_token_decode(record->token, &record->claims, err);
}

/* The text that the MAC covers. */
static bool
check_mac(signet_slice value, signet_slice key, signet_slice *ret_text, signet_error *err)
{
    signet_slice text = {value.ptr, value.len - MAC_TAIL}, tail = {0};
    uint8_t expected[MAC_SIZE], found[MAC_SIZE];
    size_t len = 0;

    if (value.len <= MAC_TAIL)
        return signet_fail(err, SIGNET_E_SIGNATURE, "record: too short to be authentic");
    tail = (signet_slice){value.ptr + text.len + sizeof(mac_member) - 1, MAC_TEXT};
    if (memcmp(value.ptr + text.len, mac_member, sizeof(mac_member) - 1) != 0 ||
        memcmp(tail.ptr + MAC_TEXT, "\"}", 2) != 0 ||
        !sg_base64url_decode(tail, found, sizeof(found), &len) || len != sizeof(found))
        return signet_fail(err, SIGNET_E_SIGNATURE, "record: no MAC at its end");
    make_mac(key, text, expected);
    if (!sg_equal((signet_slice){expected, MAC_SIZE}, (signet_slice){found, MAC_SIZE}))
        return signet_fail(err, SIGNET_E_SIGNATURE, "record: its MAC is not genuine");
    *ret_text = text;
    return true;
}

bool
sg_record_read(signet_slice value, signet_slice token_id, const sg_record_rules *rules,
    sg_record *ret_record, signet_error *err)
{
    SIGNET_AUTO(sg_record_free) sg_record record = {0};
    signet_slice text = value;
    sg_json_reader in = {0};

    if (!check_rules(rules, err))
        return false;
    if (value.len > SG_RECORD_MAX)
        return signet_fail(
            err, SIGNET_E_DECODE, "record: %zu bytes, at most %d", value.len, SG_RECORD_MAX);
    if (rules->format == SG_RECORD_V2 && !check_mac(value, rules->mac_key, &text, err))
        return false;
    record.strings.data = calloc(1, text.len + 1);
    if (!record.strings.data)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a record");
    record.strings.capacity = text.len + 1;
    record.strings.len = text.len + 1; /* what is wiped in the end */
    in = sg_json_reader_of(text, record.strings.data, text.len);
    if (!read_token(&in, rules, &record, err) || !read_members(&in, rules, &record, err))
        return false;
    if (!signet_slice_is_equal(record.claims.token_id, token_id))
        return signet_fail(err, SIGNET_E_TOKEN, "record: it is of another token");
    *ret_record = record;
    record = (sg_record){0};
    return true;
}

signet_slice
sg_record_metadata(const sg_record *record, const char *name)
{
    for (size_t i = 0; i < record->metadata_count; i++) {
        if (signet_slice_is_equal(record->metadata[i].name, signet_slice_text(name)))
            return record->metadata[i].value;
    }
    return (signet_slice){0};
}

void
sg_record_free(sg_record *record)
{
    if (!record)
        return;
    signet_key_free(record->master);
    signet_key_free(record->ephemeral);
    signet_buf_free(&record->strings);
    signet_buf_free(&record->token_bytes);
    *record = (sg_record){0};
}
