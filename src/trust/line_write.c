/* SPDX-License-Identifier: Apache-2.0 */
/* The one way in which a line is written: options in the order of the manual, defaults left out. */
#include "base/text.h"
#include "base/time.h"
#include "trust/trust.h"

bool
sg_trust_write_key(
    const sg_trust_algorithm *row, signet_slice raw, signet_buf *out, signet_error *err)
{
    return signet_buf_printf(out, err, "%s%s=", out->len > 0 ? " " : "", row->name) &&
           (row->is_hex ? sg_hex_append(out, raw, err) : sg_base64_append(out, raw, 0, err));
}

static const char *
unread_value(const char *text, const sg_trust_algorithm *row)
{
    size_t len = strlen(row->name);

    return strncmp(text, row->name, len) == 0 && text[len] == '=' ? text + len + 1 : NULL;
}

bool
sg_trust_unread_raw(const char *text, signet_buf *out, signet_error *err)
{
    for (size_t i = 0; i < SG_TRUST_KEYS_MAX; i++) {
        const sg_trust_algorithm *row = &sg_trust_algorithms[i];
        const char *value = unread_value(text, row);

        if (value)
            return row->is_hex ? sg_hex_decode(signet_slice_text(value), out, err)
                               : sg_base64_decode(signet_slice_text(value), out, err);
    }
    return signet_fail(err, SIGNET_E_USAGE, "an unread key of an unknown algorithm");
}

/* The raw keys of that algorithm, appended. */
static bool
collect_keys(const signet_trusted_signer *signer, const sg_trust_algorithm *row, signet_buf *raw,
    signet_error *err)
{
    for (size_t i = 0; i < signer->key_count; i++) {
        const signet_key *key = signer->keys[i];

        if (strcmp(signet_key_algorithm(key)->name, row->name) == 0 &&
            !signet_buf_append(raw, signet_key_public(key), err))
            return false;
    }
    for (size_t i = 0; i < signer->unread_key_count; i++) {
        if (unread_value(signer->unread_keys[i], row) &&
            !sg_trust_unread_raw(signer->unread_keys[i], raw, err))
            return false;
    }
    return true;
}

static bool
write_keys(const signet_trusted_signer *signer, signet_buf *out, signet_error *err)
{
    size_t written = 0;

    for (size_t i = 0; i < SG_TRUST_KEYS_MAX; i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf raw = {0};
        const sg_trust_algorithm *row = &sg_trust_algorithms[i];

        if (!collect_keys(signer, row, &raw, err))
            return false;
        if (raw.len == 0)
            continue;
        if (raw.len != row->public_size)
            return signet_fail(err, SIGNET_E_USAGE, "keys: not one key of %s", row->name);
        if (!sg_trust_write_key(row, signet_buf_slice(&raw), out, err))
            return false;
        written++;
    }
    if (written == 0 || written != signer->key_count + signer->unread_key_count)
        return signet_fail(err, SIGNET_E_USAGE, "keys: none, or one that trust files cannot hold");
    if (signer->any_is_enough && written < 2)
        return signet_fail(err, SIGNET_E_USAGE, "any_is_enough: needs two keys");
    return true;
}

static bool
write_time(const char *name, int64_t seconds, int64_t none, signet_buf *out, signet_error *err)
{
    sg_civil_time civil = {0};
    char text[32];

    if (seconds == none)
        return true;
    if (!sg_civil_from_seconds(seconds, &civil))
        return signet_fail(err, SIGNET_E_USAGE, "%s: outside the years 0 to 9999", name);
    signet_time_format(seconds, text);
    return signet_buf_printf(out, err, " %s=%s", name, text);
}

bool
signet_trust_write(const signet_trusted_signer *signer, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf line = {0};

    if (signer->key_count > SG_TRUST_KEYS_MAX || signer->unread_key_count > SG_TRUST_KEYS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "keys: more than %d", SG_TRUST_KEYS_MAX);
    if (signer->valid_before <= signer->valid_after)
        return signet_fail(err, SIGNET_E_USAGE, "valid-before: is not after valid-after");
    return sg_trust_write_name(signer->name, &line, err) && write_keys(signer, &line, err) &&
           write_time("valid-after", signer->valid_after, SIGNET_TIME_MIN, &line, err) &&
           write_time("valid-before", signer->valid_before, SIGNET_TIME_MAX, &line, err) &&
           write_time("revoked-since", signer->revoked_since, SIGNET_TIME_MAX, &line, err) &&
           signet_buf_append(
               &line, signet_slice_text(signer->any_is_enough ? " require=any\n" : "\n"), err) &&
           signet_buf_append(out, signet_buf_slice(&line), err);
}
