/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport form in (revocation specification 1.3, hardened): exact names, each once, in any
 * order; UTF-8; canonical base64; nothing after the object.  One allocation, as large as the text,
 * whose size was checked; and one for the bytes that are signed.
 */
#include <stdlib.h>
#include <strings.h>

#include "codec/json.h"
#include "crypto/digest.h"
#include "revocation/bundle.h"

enum {
    MEMBERS_MAX = 32, /* of an object */
    DEPTH_MAX = 4,    /* objects and arrays inside each other, the bundle included */
};

typedef struct {
    sg_json_reader in;
    signet_bundle *bundle;
    signet_bundle_form form;
} reading;

typedef struct {
    const char *name;
    void (*read)(reading *at);
} member;

static void
skip_space(sg_json_reader *in)
{
    while (
        in->left.len > 0 && in->left.ptr[0] != '\0' && strchr(" \t\r\n", (char)in->left.ptr[0])) {
        in->left.ptr++;
        in->left.len--;
    }
}

static bool
has(sg_json_reader *in, const char *literal)
{
    bool is_there = false;

    skip_space(in);
    is_there = sg_json_has(in, literal);
    skip_space(in);
    return is_there;
}

static void
expect(sg_json_reader *in, const char *literal, const char *problem)
{
    if (!has(in, literal))
        sg_json_refuse(in, problem);
}

/*
 * Whether another member of an object follows, and its name, which must not be among `seen`.  To
 * call once with `*count` 0 after the opening brace.
 */
static bool
next_member(sg_json_reader *in, signet_slice *seen, size_t *count, size_t max)
{
    if (in->problem || has(in, "}"))
        return false;
    if (*count > 0)
        expect(in, ",", "no comma between members");
    if (*count >= max) {
        sg_json_refuse(in, "more members or keys than a bundle may have");
        return false;
    }
    seen[*count] = sg_json_string(in);
    expect(in, ":", "no colon after a name");
    for (size_t i = 0; i < *count; i++) {
        if (signet_slice_is_equal(seen[i], seen[*count]))
            sg_json_refuse(in, "a member or key twice");
    }
    (*count)++;
    return !in->problem;
}

/* --- values of any kind, which are judged and dropped --- */

static void skip_value(sg_json_reader *in, size_t depth);

static void
skip_object(sg_json_reader *in, size_t depth)
{
    signet_slice seen[MEMBERS_MAX];
    size_t count = 0;

    while (next_member(in, seen, &count, MEMBERS_MAX))
        skip_value(in, depth + 1);
}

static void
skip_array(sg_json_reader *in, size_t depth)
{
    if (has(in, "]"))
        return;
    do
        skip_value(in, depth + 1);
    while (has(in, ","));
    expect(in, "]", "an array without end");
}

static size_t
skip_digits(sg_json_reader *in)
{
    size_t count = 0;

    for (char c = sg_json_peek(in); c >= '0' && c <= '9'; c = sg_json_peek(in)) {
        in->left.ptr++;
        in->left.len--;
        count++;
    }
    return count;
}

/* RFC 8259 section 6. */
static void
skip_number(sg_json_reader *in)
{
    bool is_zero = false, is_number = false;

    (void)sg_json_has(in, "-");
    is_zero = sg_json_has(in, "0");
    is_number = is_zero || skip_digits(in) > 0;
    if (is_number && sg_json_has(in, "."))
        is_number = skip_digits(in) > 0;
    if (is_number && (sg_json_has(in, "e") || sg_json_has(in, "E"))) {
        if (!sg_json_has(in, "+"))
            (void)sg_json_has(in, "-");
        is_number = skip_digits(in) > 0;
    }
    if (!is_number)
        sg_json_refuse(in, "not a value");
}

static void
skip_value(sg_json_reader *in, size_t depth)
{
    char c = sg_json_peek(in);

    if (depth > DEPTH_MAX && (c == '{' || c == '['))
        sg_json_refuse(in, "too deep");
    if (in->problem)
        return;
    if (has(in, "{"))
        skip_object(in, depth);
    else if (has(in, "["))
        skip_array(in, depth);
    else if (c == '"')
        (void)sg_json_string(in);
    else if (!has(in, "null") && !has(in, "true") && !has(in, "false"))
        skip_number(in);
}

/* --- the members --- */

/* The row of a name, or NULL.  A name in other letters is refused, for the reference would take it.
 */
static const member *
find_member(reading *at, const member *known, size_t known_count, signet_slice name)
{
    for (size_t i = 0; i < known_count; i++) {
        if (strlen(known[i].name) != name.len || name.len == 0 ||
            strncasecmp(known[i].name, (const char *)name.ptr, name.len) != 0)
            continue;
        if (!signet_slice_is_equal(signet_slice_text(known[i].name), name))
            sg_json_refuse(&at->in, "a member whose name is in other letters");
        return &known[i];
    }
    return NULL;
}

static void
read_members(reading *at, const member *known, size_t known_count, const char *needed)
{
    signet_slice seen[MEMBERS_MAX];
    size_t count = 0;

    expect(&at->in, "{", "not an object");
    while (next_member(&at->in, seen, &count, MEMBERS_MAX)) {
        const member *found = find_member(at, known, known_count, seen[count - 1]);

        if (found)
            found->read(at);
        else
            skip_value(&at->in, 2);
    }
    for (size_t i = 0; i < count && needed; i++) {
        if (signet_slice_is_equal(seen[i], signet_slice_text(needed)))
            return;
    }
    if (needed)
        sg_json_refuse(&at->in, "a member is missing");
}

static signet_slice
read_bytes(sg_json_reader *in)
{
    const signet_slice none = {NULL, 0};

    return has(in, "null") ? none : sg_json_base64(in);
}

static void
read_epoch(reading *at)
{
    at->bundle->said.epoch = sg_json_unsigned(&at->in);
}

static void
read_seqno(reading *at)
{
    at->bundle->said.seqno = sg_json_unsigned(&at->in);
}

static void
check_key(reading *at, const signet_bundle_key *key)
{
    if (at->form == SIGNET_BUNDLE_ANY_KEYS)
        return;
    if (key->id.len == 0 || key->id.len > SIGNET_BUNDLE_KEY_ID_MAX)
        sg_json_refuse(&at->in, "keys: an id that is not of 1 to 128 bytes");
    if (key->value.len != SIGNET_ED25519_PUBLIC_SIZE &&
        key->value.len != SIGNET_MLDSA44_PUBLIC_SIZE)
        sg_json_refuse(&at->in, "keys: a key that is not of 32 or 1312 bytes");
}

static void
read_keys(reading *at)
{
    signet_slice seen[SIGNET_BUNDLE_KEYS_MAX];
    signet_bundle_key *keys = at->bundle->keys;
    size_t count = 0;

    if (has(&at->in, "null"))
        return;
    expect(&at->in, "{", "keys: not an object");
    while (next_member(&at->in, seen, &count, SIGNET_BUNDLE_KEYS_MAX)) {
        keys[count - 1] = (signet_bundle_key){seen[count - 1], read_bytes(&at->in)};
        check_key(at, &keys[count - 1]);
    }
    at->bundle->said.keys = keys;
    at->bundle->said.key_count = count;
}

static signet_slice
read_key_id(reading *at)
{
    signet_slice id = sg_json_string(&at->in);

    if (at->form == SIGNET_BUNDLE_STRICT && id.len > SIGNET_BUNDLE_KEY_ID_MAX)
        sg_json_refuse(&at->in, "a key id of more than 128 bytes");
    return id;
}

static void
read_current(reading *at)
{
    at->bundle->said.key_id = read_key_id(at);
}

static void
read_previous(reading *at)
{
    at->bundle->said.previous_key_id = read_key_id(at);
}

static void
read_issued(reading *at)
{
    at->bundle->said.issued = sg_json_integer(&at->in);
}

static void
read_signature(reading *at)
{
    at->bundle->said.signature = read_bytes(&at->in);
}

static void
read_version(reading *at)
{
    if (sg_json_unsigned(&at->in) != 1)
        sg_json_refuse(&at->in, "signet: a version other than 1");
}

static void
read_issuer(reading *at)
{
    at->bundle->said.issuer = sg_json_string(&at->in);
    if (at->bundle->said.issuer.len == 0)
        sg_json_refuse(&at->in, "signet: no issuer");
}

static void
read_expires(reading *at)
{
    at->bundle->said.expires = sg_json_integer(&at->in);
    if (at->bundle->said.expires <= 0)
        sg_json_refuse(&at->in, "signet: no expiry");
}

static void
read_extension_signature(reading *at)
{
    at->bundle->said.extension_signature = sg_json_base64(&at->in);
}

static void
read_hybrid(reading *at)
{
    at->bundle->said.hybrid_signature = sg_json_base64(&at->in);
}

static void
read_extension(reading *at)
{
    static const member known[] = {
        {"v", read_version},
        {"issuer", read_issuer},
        {"expires", read_expires},
        {"signature", read_extension_signature},
        {"hybrid", read_hybrid},
    };
    const signet_bundle_content *said = &at->bundle->said;

    read_members(at, known, sizeof(known) / sizeof(known[0]), "v");
    if (said->issuer.len == 0 || said->expires == 0 || said->extension_signature.len == 0)
        sg_json_refuse(&at->in, "signet: a member is missing");
    at->bundle->said.has_extension = true;
}

static bool
read_bundle(reading *at, signet_error *err)
{
    static const member known[] = {
        {"epoch", read_epoch},
        {"seqno", read_seqno},
        {"keys", read_keys},
        {"keyId", read_current},
        {"prevKeyId", read_previous},
        {"issuedAt", read_issued},
        {"signature", read_signature},
        {"signet", read_extension},
    };
    signet_bundle *bundle = at->bundle;

    skip_space(&at->in);
    read_members(at, known, sizeof(known) / sizeof(known[0]),
        at->form == SIGNET_BUNDLE_STRICT ? "seqno" : NULL);
    skip_space(&at->in);
    if (!sg_json_end(&at->in, "bundle", err) ||
        !signet_bundle_write_canonical(&bundle->said, &bundle->signed_bytes, err))
        return false;
    sg_sha256(signet_buf_slice(&bundle->signed_bytes), bundle->digest);
    return true;
}

signet_bundle *
signet_bundle_read(signet_slice text, signet_bundle_form form, signet_error *err)
{
    SIGNET_AUTO(signet_bundle_free) signet_bundle *bundle = NULL;
    reading at = {.form = form};

    if (text.len > SIGNET_BUNDLE_MAX)
        return signet_fail_null(
            err, SIGNET_E_DECODE, "bundle: more than %d bytes", SIGNET_BUNDLE_MAX);
    bundle = calloc(1, sizeof(*bundle) + text.len + 1);
    if (!bundle)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a bundle");
    at.bundle = bundle;
    at.in = sg_json_reader_of(text, bundle->room, text.len + 1);
    if (!read_bundle(&at, err))
        return NULL;
    return SIGNET_TAKE(bundle);
}

const signet_bundle_content *
signet_bundle_said(const signet_bundle *bundle)
{
    return &bundle->said;
}

signet_slice
signet_bundle_signed_bytes(const signet_bundle *bundle)
{
    return signet_buf_slice(&bundle->signed_bytes);
}

void
signet_bundle_free(signet_bundle *bundle)
{
    if (!bundle)
        return;
    signet_buf_free(&bundle->signed_bytes);
    free(bundle);
}
