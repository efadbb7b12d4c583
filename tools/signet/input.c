/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "common/cli.h"
#include "common/pki_loader.h"
#include "input.h"

enum { SECRET_MAX = 4096, SIG1_READ_MAX = 2 * SIGNET_SIG1_MAX };

const char *
input_name(const char *path)
{
    return !path || strcmp(path, "-") == 0 ? "standard input" : path;
}

bool
input_read(const char *path, size_t max, signet_buf *out, signet_error *err)
{
    if (!path || strcmp(path, "-") == 0)
        return cli_read_stream(stdin, input_name(path), max, out, err);
    return sg_file_read(path, max, SG_FILE_ANY, out, err);
}

signet_slice
input_line(signet_slice text)
{
    bool has_end = text.len > 0 && text.ptr[text.len - 1] == '\n';

    text.len -= has_end;
    if (has_end && text.len > 0 && text.ptr[text.len - 1] == '\r')
        text.len--;
    return text;
}

bool
input_sig1(const char *path, signet_buf *buf, signet_slice *ret_text, signet_error *err)
{
    if (!input_read(path, SIG1_READ_MAX, buf, err))
        return false;
    *ret_text = input_line(signet_buf_slice(buf));
    return true;
}

bool
input_secret(const char *option, const char *number, signet_buf *out, signet_error *err)
{
    uint8_t piece[512];
    int64_t fd = 0;
    ssize_t got = 0;

    if (!cli_parse_number(option, number, 0, INT_MAX, &fd, err))
        return false;
    while ((got = read((int)fd, piece, sizeof(piece))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return signet_fail(
                err, SIGNET_E_IO, "%s: cannot read from descriptor %d", option, (int)fd);
        if ((size_t)got > SECRET_MAX - out->len)
            return signet_fail(err, SIGNET_E_USAGE, "%s: more than %d bytes", option, SECRET_MAX);
        if (!signet_buf_append(out, (signet_slice){piece, (size_t)got}, err))
            return false;
    }
    explicit_bzero(piece, sizeof(piece));
    return true;
}

/* Ed25519 needs no libsignet-pki; what else there is, is found out by trying. */
static signet_key *
parse_private_key(signet_slice text, signet_error *err)
{
    signet_error reason = {0};
    const pki_functions *pki = NULL;
    signet_key *key = signet_key_from_pem(signet_only_ed25519, text, &reason);

    if (!key && reason.code == SIGNET_E_ALGORITHM) {
        pki = pki_load(err);
        return pki ? signet_key_from_pem(pki->cose_algorithms, text, err) : NULL;
    }
    return key ? key : signet_fail_null(err, reason.code, "%s", reason.message);
}

signet_key *
input_private_key(const char *path, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    struct stat there;

    if (stat(path, &there) == 0 && S_ISREG(there.st_mode) && (there.st_mode & 077) != 0)
        return signet_fail_null(
            err, SIGNET_E_IO, "%s: others can read this private key (chmod 600)", path);
    if (!sg_file_read(path, SIGNET_KEY_FILE_MAX, SG_FILE_ANY, &text, err))
        return NULL;
    key = parse_private_key(signet_buf_slice(&text), err);
    if (!key) {
        signet_error_prefix(err, path);
        return NULL;
    }
    if (!signet_key_has_private(key))
        return signet_fail_null(err, SIGNET_E_KEY,
            "%s: holds a public key; signing needs the "
            "private one",
            path);
    return SIGNET_TAKE(key);
}

static const signet_algorithm *
find_algorithm(const char *name, signet_error *err)
{
    const pki_functions *pki = NULL;

    if (strcmp(name, signet_ed25519.name) == 0)
        return &signet_ed25519;
    if (strcmp(name, "es256") == 0 || strcmp(name, "ml-dsa-44") == 0) {
        pki = pki_load(err);
        return pki ? signet_algorithm_named(pki->cose_algorithms, name) : NULL;
    }
    return signet_fail_null(
        err, SIGNET_E_USAGE, "'%s' is no algorithm (ed25519, es256 or ml-dsa-44)", name);
}

bool
input_algorithms(const char *names, const signet_algorithm *ret_list[4], signet_error *err)
{
    size_t count = 0;

    for (const char *at = names; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        size_t len = strcspn(at, ",");
        char name[16] = {0};

        memcpy(name, at, len < sizeof(name) ? len : sizeof(name) - 1);
        ret_list[count] = find_algorithm(name, err);
        if (!ret_list[count])
            return false;
        for (size_t i = 0; i < count; i++) {
            if (ret_list[i] == ret_list[count])
                return signet_fail(err, SIGNET_E_USAGE, "%s stands twice", name);
        }
        count++;
    }
    ret_list[count] = NULL;
    return true;
}

signet_algorithms
input_all_algorithms(void)
{
    const pki_functions *pki = pki_load(NULL);

    return pki ? pki->cose_algorithms : signet_only_ed25519;
}

bool
input_base64url(signet_slice text, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf standard = {0};

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        bool is_good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';

        if (!is_good)
            return signet_fail(err, SIGNET_E_DECODE, "character %zu is not of base64url", i + 1);
        if (c == '-' || c == '_')
            c = c == '-' ? '+' : '/';
        if (!signet_buf_append(&standard, (signet_slice){&c, 1}, err))
            return false;
    }
    if (!signet_buf_append(&standard, (signet_slice){(const uint8_t *)"===", -text.len % 4}, err))
        return false;
    if (text.len % 4 == 1 || !sg_base64_decode(signet_buf_slice(&standard), out, NULL))
        return signet_fail(
            err, SIGNET_E_DECODE, "not canonical base64url: its length or last bits are wrong");
    return true;
}

bool
input_hex(const char *option, const char *text, size_t size, uint8_t *ret_bytes, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};

    if (!sg_hex_decode(signet_slice_text(text), &bytes, NULL) || bytes.len != size)
        return signet_fail(err, SIGNET_E_USAGE, "%s must be %zu hex digits", option, 2 * size);
    memcpy(ret_bytes, bytes.data, size);
    return true;
}
