/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "common/pki_loader.h"
#include "trust_file.h"

signet_trust *
trust_file_parse(signet_slice text, signet_error *err)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = signet_trust_new(err);
    signet_algorithms accepted = pki_algorithms_for(text, NULL);

    /* without libsignet-pki its keys stay text, and lines are kept all the same */
    if (!trust || !signet_trust_parse(trust, accepted ? accepted : signet_only_ed25519, text, err))
        return NULL;
    return SIGNET_TAKE(trust);
}

static bool
parse(trust_file *file, signet_error *err)
{
    signet_trust_free(file->trust);
    file->trust = trust_file_parse(signet_buf_slice(&file->text), err);
    if (!file->trust)
        signet_error_prefix(err, (const char *)file->path.data);
    return file->trust != NULL;
}

static bool
lock(const home *config, trust_file *file, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};

    return sg_directory_make(config->path, err) && sg_directory_check(config->path, err) &&
           home_file(config, ".lock", &path, err) &&
           sg_file_lock((const char *)path.data, &file->lock, err);
}

bool
trust_file_open(const home *config, bool to_edit, trust_file *ret_file, signet_error *err)
{
    SIGNET_AUTO(trust_file_close) trust_file file = {.lock = -1};
    signet_error reason = {0};

    if ((to_edit && !lock(config, &file, err)) ||
        !home_file(config, "trusted_signers", &file.path, err))
        return false;
    if (!sg_file_read((const char *)file.path.data, SIGNET_TRUST_FILE_MAX, SG_FILE_ANY, &file.text,
            &reason) &&
        reason.code != SIGNET_E_NOT_FOUND)
        return signet_fail(err, reason.code, "%s", reason.message);
    if (!parse(&file, err))
        return false;
    *ret_file = file;
    file = (trust_file){.lock = -1};
    return true;
}

bool
trust_file_append(trust_file *file, signet_slice lines, signet_error *err)
{
    if (file->text.len > 0 && file->text.data[file->text.len - 1] != '\n' &&
        !signet_buf_printf(&file->text, err, "\n"))
        return false;
    return signet_buf_append(&file->text, lines, err) && parse(file, err);
}

/* The next line of `rest`, with its newline. */
static signet_slice
next_line(signet_slice *rest)
{
    const uint8_t *end = memchr(rest->ptr, '\n', rest->len);
    signet_slice line = {rest->ptr, end ? (size_t)(end - rest->ptr) + 1 : rest->len};

    rest->ptr += line.len;
    rest->len -= line.len;
    return line;
}

static bool
is_line_of(const trust_file *file, size_t number, const char *name)
{
    for (size_t i = 0; i < signet_trust_count(file->trust); i++) {
        const signet_trusted_signer *signer = signet_trust_at(file->trust, i);

        if (signer->line == number && strcmp(signer->name, name) == 0)
            return true;
    }
    return false;
}

/* The line number `number` for a signer, as it shall be; appends nothing to drop it. */
typedef bool (*rewrite_line)(
    signet_slice line, const void *context, signet_buf *out, signet_error *err);

static bool
rewrite(trust_file *file, const char *name, rewrite_line change, const void *context,
    size_t *ret_count, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_slice rest = signet_buf_slice(&file->text);
    size_t count = 0;

    for (size_t number = 1; rest.len > 0; number++) {
        signet_slice line = next_line(&rest);
        bool is_meant = is_line_of(file, number, name);

        count += is_meant;
        if (is_meant ? !change(line, context, &text, err) : !signet_buf_append(&text, line, err))
            return false;
    }
    if (count == 0)
        return signet_fail(err, SIGNET_E_NOT_FOUND, "%s: nobody is called %s",
            (const char *)file->path.data, name);
    signet_buf_free(&file->text);
    file->text = text;
    text = (signet_buf){0};
    *ret_count = count;
    return parse(file, err);
}

static bool
drop(signet_slice line, const void *context, signet_buf *out, signet_error *err)
{
    (void)line;
    (void)context;
    (void)out;
    (void)err;
    return true;
}

bool
trust_file_remove(trust_file *file, const char *name, size_t *ret_count, signet_error *err)
{
    return rewrite(file, name, drop, NULL, ret_count, err);
}

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Bytes of the word at `at`; the first word may be a text in quotes. */
static size_t
word_size(signet_slice line, size_t at)
{
    size_t end = at;

    if (line.ptr[at] == '"') {
        for (end = at + 1; end < line.len && line.ptr[end] != '"'; end++)
            end += line.ptr[end] == '\\';
        return end < line.len ? end + 1 - at : line.len - at;
    }
    while (end < line.len && !is_blank(line.ptr[end]))
        end++;
    return end - at;
}

static bool
set_revocation(signet_slice line, const void *context, signet_buf *out, signet_error *err)
{
    static const char member[] = "revoked-since=";
    const size_t member_size = sizeof(member) - 1;
    const char *time = context;
    size_t len = line.len, at = 0;

    while (len > 0 && is_blank(line.ptr[len - 1]))
        len--;
    while (at < len) {
        size_t size = is_blank(line.ptr[at]) ? 1 : word_size((signet_slice){line.ptr, len}, at);

        if (size > member_size && memcmp(line.ptr + at, member, member_size) == 0)
            return signet_buf_append(out, (signet_slice){line.ptr, at + member_size}, err) &&
                   signet_buf_append(out, signet_slice_text(time), err) &&
                   signet_buf_append(
                       out, (signet_slice){line.ptr + at + size, line.len - at - size}, err);
        at += size;
    }
    return signet_buf_append(out, (signet_slice){line.ptr, len}, err) &&
           signet_buf_printf(out, err, " %s%s", member, time) &&
           signet_buf_append(out, (signet_slice){line.ptr + len, line.len - len}, err);
}

bool
trust_file_revoke(
    trust_file *file, const char *name, int64_t since, size_t *ret_count, signet_error *err)
{
    char time[32];

    signet_time_format(since, time);
    if (!rewrite(file, name, set_revocation, time, ret_count, err))
        return false;
    for (size_t i = 0; i < signet_trust_count(file->trust); i++) {
        const signet_trusted_signer *signer = signet_trust_at(file->trust, i);

        if (strcmp(signer->name, name) == 0 && signer->revoked_since != since)
            return signet_fail(err, SIGNET_E_DECODE, "%s: line %zu cannot be edited; do it by hand",
                (const char *)file->path.data, signer->line);
    }
    return true;
}

bool
trust_file_save(trust_file *file, signet_error *err)
{
    const sg_file_write_rules rules = {.mode = 0600};

    return sg_file_write((const char *)file->path.data, signet_buf_slice(&file->text), &rules, err);
}

void
trust_file_close(trust_file *file)
{
    signet_buf_free(&file->path);
    signet_buf_free(&file->text);
    signet_trust_free(file->trust);
    sg_file_unlock(file->lock);
    *file = (trust_file){.lock = -1};
}
