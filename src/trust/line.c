/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line, one signer: NAME OPTION=VALUE...  Every option has a row in the table; what is not in
 * the table is refused, because a restriction that this version does not know would else be lost.
 */
#include <stdlib.h>

#include "base/text.h"
#include "codec/der.h"
#include "trust/trust.h"

static const uint8_t oid_ed25519[] = {0x2b, 0x65, 0x70};
static const uint8_t oid_mldsa44[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11};

const sg_trust_algorithm sg_trust_algorithms[SG_TRUST_KEYS_MAX] = {
    {"ed25519", {oid_ed25519, sizeof(oid_ed25519)}, SIGNET_ED25519_PUBLIC_SIZE, true},
    {"ml-dsa-44", {oid_mldsa44, sizeof(oid_mldsa44)}, SIGNET_MLDSA44_PUBLIC_SIZE, false},
};

enum { SHOWN_MAX = 40 }; /* bytes of an unknown word in a message */

/* A line while it is read.  Keys wait in the order of the algorithms, whatever the line's is. */
typedef struct {
    signet_algorithms accepted;
    signet_trusted_signer signer;
    signet_key *keys[SG_TRUST_KEYS_MAX];
    char *unread[SG_TRUST_KEYS_MAX];
    signet_slice algorithms; /* value of that option */
    bool requires_both;
    uint32_t seen; /* options that were there, by row */
} line_reader;

static bool
is_word(signet_slice text, const char *word)
{
    return signet_slice_is_equal(text, signet_slice_text(word));
}

/* What is in front of the first `separator`, which is cut off with it. */
static signet_slice
take_until(signet_slice *text, char separator)
{
    const uint8_t *end = text->len > 0 ? memchr(text->ptr, separator, text->len) : NULL;
    size_t len = end ? (size_t)(end - text->ptr) : text->len;
    signet_slice taken = {text->ptr, len};

    text->ptr += len + (end != NULL);
    text->len -= len + (end != NULL);
    return taken;
}

/* The text of a key that this program cannot use, to be written again. */
static char *
text_of_key(const sg_trust_algorithm *row, signet_slice raw, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    char *copy = NULL;

    if (!sg_trust_write_key(row, raw, &text, err))
        return NULL;
    copy = malloc(text.len + 1);
    if (!copy)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a signer");
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

static bool
keep_key(line_reader *line, const sg_trust_algorithm *row, signet_slice raw, signet_error *err)
{
    size_t place = (size_t)(row - sg_trust_algorithms);
    const signet_algorithm *algorithm = signet_algorithm_named(line->accepted, row->name);

    if (line->keys[place] || line->unread[place])
        return signet_fail(err, SIGNET_E_DECODE, "a second key of %s; begin a new line", row->name);
    if (raw.len != row->public_size)
        return signet_fail(
            err, SIGNET_E_KEY, "a key of %zu bytes, not %zu", raw.len, row->public_size);
    if (!algorithm) {
        line->unread[place] = text_of_key(row, raw, err);
        return line->unread[place] != NULL;
    }
    line->keys[place] = signet_key_from_public(algorithm, raw, err);
    return line->keys[place] != NULL;
}

static bool
read_key(line_reader *line, size_t row, signet_slice value, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf raw = {0};
    const sg_trust_algorithm *algorithm = &sg_trust_algorithms[row];

    return (algorithm->is_hex ? sg_hex_decode(value, &raw, err)
                              : sg_base64_decode(value, &raw, err)) &&
           keep_key(line, algorithm, signet_buf_slice(&raw), err);
}

/* Not signet_key_from_spki(): a known algorithm that is not loaded is no error here. */
static bool
read_spki(line_reader *line, size_t unused, signet_slice value, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0};
    sg_der_reader in = {0}, spki = {0}, identifier = {0};
    signet_slice oid = {0}, raw = {0};

    (void)unused;
    if (!sg_base64_decode(value, &der, err))
        return false;
    in = sg_der_reader_of(signet_buf_slice(&der));
    spki = sg_der_enter(&in, SG_DER_SEQUENCE, "public key");
    identifier = sg_der_enter(&spki, SG_DER_SEQUENCE, "algorithm");
    oid = sg_der_read(&identifier, SG_DER_OID, "algorithm");
    sg_der_leave(&spki, &identifier, "algorithm");
    raw = sg_der_read_bits(&spki, "public key");
    sg_der_leave(&in, &spki, "public key");
    if (!sg_der_read_end(&in, "public key", err))
        return false;
    for (size_t i = 0; i < SG_TRUST_KEYS_MAX; i++) {
        if (signet_slice_is_equal(sg_trust_algorithms[i].oid, oid))
            return keep_key(line, &sg_trust_algorithms[i], raw, err);
    }
    return signet_fail(err, SIGNET_E_ALGORITHM, "a key of an unknown algorithm");
}

static bool
read_algorithms(line_reader *line, size_t unused, signet_slice value, signet_error *err)
{
    (void)unused;
    (void)err;
    line->algorithms = value;
    return true;
}

static bool
read_valid_after(line_reader *line, size_t unused, signet_slice value, signet_error *err)
{
    (void)unused;
    return signet_time_parse(value, &line->signer.valid_after, err);
}

static bool
read_valid_before(line_reader *line, size_t unused, signet_slice value, signet_error *err)
{
    (void)unused;
    return signet_time_parse(value, &line->signer.valid_before, err);
}

static bool
read_revoked_since(line_reader *line, size_t unused, signet_slice value, signet_error *err)
{
    (void)unused;
    return signet_time_parse(value, &line->signer.revoked_since, err);
}

static bool
read_require(line_reader *line, size_t unused, signet_slice value, signet_error *err)
{
    (void)unused;
    line->signer.any_is_enough = is_word(value, "any");
    if (!line->signer.any_is_enough && !is_word(value, "both"))
        return signet_fail(err, SIGNET_E_DECODE, "neither both nor any");
    return true;
}

/* Rows of keys stand first, in the order of sg_trust_algorithms. */
static const struct {
    const char *name;
    bool may_repeat;
    bool (*read)(line_reader *line, size_t row, signet_slice value, signet_error *err);
} options[] = {
    {"ed25519", true, read_key},
    {"ml-dsa-44", true, read_key},
    {"spki", true, read_spki},
    {"algorithms", false, read_algorithms},
    {"valid-after", false, read_valid_after},
    {"valid-before", false, read_valid_before},
    {"revoked-since", false, read_revoked_since},
    {"require", false, read_require},
};

enum { OPTION_COUNT = sizeof(options) / sizeof(options[0]), OPTION_REQUIRE = OPTION_COUNT - 1 };

static bool
read_option(line_reader *line, signet_slice word, signet_error *err)
{
    signet_slice value = word, name = take_until(&value, '=');
    size_t row = 0;

    while (row < OPTION_COUNT && !is_word(name, options[row].name))
        row++;
    if (row == OPTION_COUNT)
        return signet_fail(err, SIGNET_E_DECODE, "unknown option %.*s",
            sg_is_printable(name) ? (int)(name.len < SHOWN_MAX ? name.len : SHOWN_MAX) : 1,
            sg_is_printable(name) ? (const char *)name.ptr : "?");
    if (value.len == 0)
        return signet_fail(err, SIGNET_E_DECODE, "%s: has no value", options[row].name);
    if (line->seen & 1U << row && !options[row].may_repeat)
        return signet_fail(err, SIGNET_E_DECODE, "%s: stands twice", options[row].name);
    line->seen |= 1U << row;
    if (options[row].read(line, row, value, err))
        return true;
    signet_error_prefix(err, options[row].name);
    return false;
}

/* A key that was lost from the line is noticed: the list must name what is there, no more, no less.
 */
static bool
check_algorithms(const line_reader *line, signet_error *err)
{
    uint32_t listed = 0, present = 0;
    signet_slice left = line->algorithms;

    if (left.len == 0)
        return true;
    for (size_t i = 0; i < SG_TRUST_KEYS_MAX; i++)
        present |= line->keys[i] || line->unread[i] ? 1U << i : 0;
    for (bool is_last = false; !is_last;) {
        size_t before = left.len;
        signet_slice name = take_until(&left, ',');
        size_t i = 0;

        is_last = name.len == before;
        while (i < SG_TRUST_KEYS_MAX && !is_word(name, sg_trust_algorithms[i].name))
            i++;
        if (i == SG_TRUST_KEYS_MAX)
            return signet_fail(err, SIGNET_E_DECODE, "algorithms: holds an unknown name");
        if (listed & 1U << i)
            return signet_fail(
                err, SIGNET_E_DECODE, "algorithms: %s stands twice", sg_trust_algorithms[i].name);
        listed |= 1U << i;
    }
    if (listed != present)
        return signet_fail(
            err, SIGNET_E_DECODE, "algorithms: are not those of the keys on this line");
    return true;
}

static bool
check_line(const line_reader *line, signet_error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < SG_TRUST_KEYS_MAX; i++)
        count += line->keys[i] || line->unread[i];
    if (count == 0)
        return signet_fail(err, SIGNET_E_DECODE, "there is no key");
    if (line->seen & 1U << OPTION_REQUIRE && count < 2)
        return signet_fail(err, SIGNET_E_DECODE, "require: needs two keys on the line");
    if (line->signer.valid_before <= line->signer.valid_after)
        return signet_fail(err, SIGNET_E_DECODE, "valid-before: is not after valid-after");
    return check_algorithms(line, err);
}

static void
give_keys(line_reader *line)
{
    for (size_t i = 0; i < SG_TRUST_KEYS_MAX; i++) {
        if (line->keys[i])
            line->signer.keys[line->signer.key_count++] = line->keys[i];
        if (line->unread[i])
            line->signer.unread_keys[line->signer.unread_key_count++] = line->unread[i];
    }
}

static bool
read_options(line_reader *line, signet_slice left, signet_error *err)
{
    while (left.len > 0) {
        size_t len = 0;

        while (len < left.len && left.ptr[len] != ' ' && left.ptr[len] != '\t')
            len++;
        if (len > 0 && !read_option(line, (signet_slice){left.ptr, len}, err))
            return false;
        len += len < left.len;
        left.ptr += len;
        left.len -= len;
    }
    return check_line(line, err);
}

bool
sg_trust_read_line(signet_slice text, signet_algorithms accepted, signet_trusted_signer *ret_signer,
    signet_error *err)
{
    line_reader line = {.accepted = accepted,
        .signer = {.valid_after = SIGNET_TIME_MIN,
            .valid_before = SIGNET_TIME_MAX,
            .revoked_since = SIGNET_TIME_MAX}};
    bool is_read =
        sg_trust_read_name(&text, line.signer.name, err) && read_options(&line, text, err);

    give_keys(&line);
    if (!is_read) {
        sg_trusted_signer_free(&line.signer);
        return false;
    }
    *ret_signer = line.signer;
    return true;
}
