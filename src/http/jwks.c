/* SPDX-License-Identifier: Apache-2.0 */
/* JWK Sets, RFC 7517 section 5: the keys of an issuer, as it publishes them. */
#include <stdlib.h>

#include "http/jwk.h"

typedef struct {
    uint8_t kid[SG_JWK_KID_MAX];
    size_t kid_len;
    bool has_kid;
    char thumbprint[SG_JWK_THUMBPRINT_LEN + 1];
    signet_key *key;
} entry;

struct sg_jwks {
    size_t count;
    entry entries[SG_JWKS_KEYS_MAX];
};

static bool
is_named(const entry *one, signet_slice kid)
{
    return one->has_kid && signet_slice_is_equal((signet_slice){one->kid, one->kid_len}, kid);
}

static bool
add_entry(sg_jwks *set, const sg_json *object, signet_key *key, signet_error *err)
{
    entry *last = &set->entries[set->count];
    signet_slice kid = {0};

    last->key = key; /* the set's from here on */
    set->count++;
    if (!sg_jwk_thumbprint_text(key, last->thumbprint, err) ||
        !sg_json_read_text(object, "kid", SG_JSON_OPTIONAL, SG_JWK_KID_MAX, &kid, err))
        return false;
    if (!kid.ptr)
        return true;
    for (size_t i = 0; i + 1 < set->count; i++) {
        if (is_named(&set->entries[i], kid))
            return signet_fail(err, SIGNET_E_DECODE, "kid: that of two keys");
    }
    memcpy(last->kid, kid.ptr, kid.len);
    last->kid_len = kid.len;
    last->has_kid = true;
    return true;
}

static bool
read_entry(signet_algorithms accepted, const sg_json *object, sg_jwks *set, signet_error *err)
{
    signet_error why = {0};
    signet_key *key = sg_jwk_from_object(accepted, object, &why);

    if (key)
        return add_entry(set, object, key, err);
    /* what a set may also hold: other types, other uses, algorithms that are not accepted here */
    return why.code == SIGNET_E_ALGORITHM ? true : signet_fail(err, why.code, "%s", why.message);
}

static bool
read_entries(signet_algorithms accepted, const sg_json *keys, sg_jwks *set, signet_error *err)
{
    size_t count = 0;

    for (const sg_json *one = sg_json_first(keys); one; one = sg_json_next(keys, one)) {
        if (++count > SG_JWKS_KEYS_MAX)
            return signet_fail(err, SIGNET_E_DECODE, "more than %d keys", SG_JWKS_KEYS_MAX);
        if (!read_entry(accepted, one, set, err))
            return false;
    }
    return true;
}

sg_jwks *
sg_jwks_read(signet_algorithms accepted, signet_slice json, signet_error *err)
{
    SIGNET_AUTO(sg_json_free) sg_json *object = sg_json_read_object(json, "jwks", err);
    SIGNET_AUTO(sg_jwks_free) sg_jwks *set = NULL;
    const sg_json *keys = sg_json_get(object, "keys");

    if (!object)
        return NULL;
    if (!keys || keys->type != SG_JSON_ARRAY)
        return signet_fail_null(err, SIGNET_E_DECODE, "jwks: keys: missing, or not a list");
    set = calloc(1, sizeof(*set));
    if (!set)
        return signet_fail_null(err, SIGNET_E_NOMEM, "jwks: out of memory");
    if (!read_entries(accepted, keys, set, err)) {
        signet_error_prefix(err, "jwks");
        return NULL;
    }
    return SIGNET_TAKE(set);
}

size_t
sg_jwks_count(const sg_jwks *set)
{
    return set->count;
}

const signet_key *
sg_jwks_find(const sg_jwks *set, signet_slice kid)
{
    if (!kid.ptr)
        return set->count == 1 ? set->entries[0].key : NULL;
    for (size_t i = 0; i < set->count; i++) {
        if (is_named(&set->entries[i], kid))
            return set->entries[i].key;
    }
    return NULL;
}

const signet_key *
sg_jwks_find_thumbprint(const sg_jwks *set, const char *text)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->entries[i].thumbprint, text) == 0)
            return set->entries[i].key;
    }
    return NULL;
}

void
sg_jwks_free(sg_jwks *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++)
        signet_key_free(set->entries[i].key);
    free(set);
}
