/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "base/secret.h"
#include "base/text.h"
#include "http/content_digest.h"
#include "http/fields.h"

enum { MEMBERS_MAX = 32 }; /* and their parameters */

static const struct {
    const char *name;
    size_t present, bytes, size;
} algorithms[] = {
    {"sha-256", offsetof(sg_content_digest, has_sha256), offsetof(sg_content_digest, sha256), 32},
    {"sha-512", offsetof(sg_content_digest, has_sha512), offsetof(sg_content_digest, sha512), 64},
};

enum { ALGORITHMS = sizeof(algorithms) / sizeof(algorithms[0]) };

static bool
has(const sg_content_digest *digest, size_t algorithm)
{
    return *(const bool *)((const uint8_t *)digest + algorithms[algorithm].present);
}

static signet_slice
bytes_of(const sg_content_digest *digest, size_t algorithm)
{
    return (signet_slice){
        (const uint8_t *)digest + algorithms[algorithm].bytes, algorithms[algorithm].size};
}

static bool
read_one(const sg_field *field, size_t algorithm, sg_content_digest *digest, signet_error *err)
{
    const char *name = algorithms[algorithm].name;
    size_t index = sg_field_find(field, signet_slice_text(name)), len = 0;
    uint8_t *bytes = (uint8_t *)digest + algorithms[algorithm].bytes;
    bool *is_present = (bool *)((uint8_t *)digest + algorithms[algorithm].present);

    if (index == field->count)
        return true;
    if (field->nodes[index].type != SG_VALUE_BYTES)
        return signet_fail(err, SIGNET_E_DECODE, "content-digest: %s is no byte sequence", name);
    if (sg_field_next(field, index) != index + 1)
        return signet_fail(err, SIGNET_E_DECODE, "content-digest: %s has parameters", name);
    if (!sg_value_decode(&field->nodes[index], bytes, algorithms[algorithm].size, &len) ||
        len != algorithms[algorithm].size)
        return signet_fail(err, SIGNET_E_DECODE, "content-digest: %s is not of %zu bytes", name,
            algorithms[algorithm].size);
    *is_present = true;
    return true;
}

bool
sg_content_digest_read(signet_slice value, sg_content_digest *ret_digest, signet_error *err)
{
    sg_field_node nodes[MEMBERS_MAX];
    sg_field field = {.nodes = nodes, .room = MEMBERS_MAX};
    sg_content_digest digest = {0};

    if (!sg_field_read(value, SG_FIELD_DICTIONARY, &field, err)) {
        signet_error_prefix(err, "content-digest");
        return false;
    }
    if (field.has_repeated)
        return signet_fail(err, SIGNET_E_DECODE, "content-digest: a key stands twice");
    for (size_t i = 0; i < ALGORITHMS; i++) {
        if (!read_one(&field, i, &digest, err))
            return false;
    }
    if (!digest.has_sha256 && !digest.has_sha512)
        return signet_fail(
            err, SIGNET_E_ALGORITHM, "content-digest: neither sha-256 nor sha-512 is there");
    *ret_digest = digest;
    return true;
}

bool
sg_content_digest_check(
    const sg_content_digest *wanted, const sg_content_digest *computed, signet_error *err)
{
    size_t compared = 0;

    for (size_t i = 0; i < ALGORITHMS; i++) {
        if (!has(wanted, i))
            continue;
        compared++;
        if (!has(computed, i))
            return signet_fail(
                err, SIGNET_E_USAGE, "the %s of the content was not computed", algorithms[i].name);
        if (!sg_equal(bytes_of(wanted, i), bytes_of(computed, i)))
            return signet_fail(err, SIGNET_E_SIGNATURE,
                "the content is another: its %s is not that of content-digest", algorithms[i].name);
    }
    return compared > 0 || signet_fail(err, SIGNET_E_USAGE, "no digest to compare");
}

bool
sg_content_digest_write(const sg_content_digest *digest, signet_buf *out, signet_error *err)
{
    size_t before = out->len;
    bool is_good = true;

    if (!digest->has_sha256 && !digest->has_sha512)
        return signet_fail(err, SIGNET_E_USAGE, "no digest to write");
    for (size_t i = 0; is_good && i < ALGORITHMS; i++) {
        if (has(digest, i))
            is_good = signet_buf_printf(
                          out, err, "%s%s=:", out->len > before ? ", " : "", algorithms[i].name) &&
                      sg_base64_append(out, bytes_of(digest, i), 0, err) &&
                      signet_buf_append(out, signet_slice_text(":"), err);
    }
    if (!is_good)
        out->len = before;
    return is_good;
}
