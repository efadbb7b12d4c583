/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "key_choice.h"

enum { SHORTEST_KEY_ID = 8 };

static bool
is_hex(const char *text)
{
    return text[strspn(text, "0123456789abcdefABCDEF")] == 0;
}

/** `id` is `len` hex digits. */
static bool
begins_with(const char *id, size_t len, const char *wanted)
{
    size_t wanted_len = strlen(wanted);

    return wanted_len <= len && strncasecmp(id, wanted, wanted_len) == 0;
}

static bool
is_id_of(const signet_key *key, const char *wanted, bool *ret_is, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf id = {0};
    char fingerprint[SIGNET_FINGERPRINT_SIZE + 1]; /* begins with the canonical key id */

    if (!signet_key_write_id(key, &id, err) || !signet_key_fingerprint(key, fingerprint, err))
        return false;
    *ret_is = begins_with((const char *)id.data, id.len, wanted) ||
              begins_with(fingerprint, SIGNET_FINGERPRINT_SIZE, wanted);
    return true;
}

static bool
is_our_id(const identity *who, const char *wanted, bool *ret_is, signet_error *err)
{
    *ret_is = false;
    for (size_t i = 0; i < who->signer_count && !*ret_is; i++)
        if (!is_id_of(who->signers[i].master, wanted, ret_is, err))
            return false;
    return true;
}

/** "Name <mail>": what git passes when user.signingKey is not set. */
static bool
is_committer(const char *wanted)
{
    size_t len = strlen(wanted);

    return len > 2 && wanted[len - 1] == '>' && strchr(wanted, '<');
}

static bool
is_our_address(const identity *who, const char *wanted)
{
    signet_cert bridge = {0};

    if (who->bridge.len == 0 || !signet_cert_read(signet_buf_slice(&who->bridge), &bridge, NULL))
        return false;

    signet_slice address = bridge.email.len > 0 ? bridge.email : bridge.common_name;

    return address.len == strlen(wanted) &&
           strncasecmp((const char *)address.ptr, wanted, address.len) == 0;
}

bool
key_choice_of(const identity *who, const char *wanted, key_choice *ret_choice, signet_error *err)
{
    const char *digits = wanted;
    bool is_ours = false;

    *ret_choice = KEY_CHOICE_OURS;
    if (!wanted || is_committer(wanted) || is_our_address(who, wanted))
        return true;
    if (strncasecmp(digits, "0x", 2) == 0)
        digits += 2;
    if (*digits == 0 || !is_hex(digits)) {
        *ret_choice = KEY_CHOICE_UNKNOWN;
        return true;
    }
    if (!is_our_id(who, digits, &is_ours, err))
        return false;
    if (!is_ours)
        *ret_choice = strlen(digits) < SHORTEST_KEY_ID ? KEY_CHOICE_UNKNOWN : KEY_CHOICE_FOREIGN;
    return true;
}
