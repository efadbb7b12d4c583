/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "commands.h"
#include "session_file.h"

enum { NAME_BYTES = 12 };

static const char *
environment(const char *name)
{
    const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe): there is one thread */

    return value && *value ? value : NULL;
}

/* The folder, and a file in it whose name is the hex of some bytes. */
static bool
write_path(
    const char *given_home, const uint8_t name[NAME_BYTES], signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(home_free) home where = {0};
    const char *runtime = environment("XDG_RUNTIME_DIR");
    char text[2 * NAME_BYTES + 1];

    sg_hex(text, (signet_slice){name, NAME_BYTES});
    if (runtime && runtime[0] == '/')
        return signet_buf_printf(out, err, "%s/signet/%s.session%c", runtime, text, '\0');
    return command_home(given_home, &where, err) &&
           signet_buf_printf(out, err, "%s/sessions/%s.session%c", where.path, text, '\0');
}

static void
hash_text(signet_sha256 *hash, const char *text)
{
    signet_sha256_update(hash, signet_slice_text(text ? text : ""));
    signet_sha256_update(hash, (signet_slice){(const uint8_t *)"", 1});
}

bool
session_path(const session_terms *terms, signet_buf *out, signet_error *err)
{
    uint8_t name[SIGNET_SHA256_SIZE];
    signet_sha256 hash;

    signet_sha256_init(&hash);
    hash_text(&hash, terms->issuer);
    hash_text(&hash, terms->purpose);
    hash_text(&hash, terms->audience);
    signet_sha256_final(&hash, name);
    return write_path(terms->home, name, out, err);
}

bool
session_path_new(const session_terms *terms, signet_buf *out, signet_error *err)
{
    uint8_t name[NAME_BYTES];

    if (getrandom(name, sizeof(name), 0) != (ssize_t)sizeof(name))
        return signet_fail(err, SIGNET_E_CRYPTO, "the system gives no random bytes");
    return write_path(terms->home, name, out, err);
}

/* No answer is not a no: whoever has no session may make one. */
static bool
fail_to_load(const char *path, signet_error *err)
{
    if (!err)
        return false;
    signet_error_prefix(err, path);
    if (err->code != SIGNET_E_NOMEM && err->code != SIGNET_E_NOT_FOUND)
        err->code = SIGNET_E_IO;
    return false;
}

bool
session_load(const char *path, int64_t now, session *ret_session, signet_error *err)
{
    SIGNET_AUTO(session_free) session it = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_credential_facts facts = {0};

    if (!sg_file_read(path, SESSION_FILE_MAX, SG_FILE_PRIVATE, &text, err)) {
        if (err && err->code == SIGNET_E_NOT_FOUND)
            return signet_fail(
                err, SIGNET_E_NOT_FOUND, "%s: there is no such session; see signet session", path);
        return false;
    }
    if (!session_parse(signet_buf_slice(&text), &it, err))
        return fail_to_load(path, err);
    facts = signet_credential_describe(it.credential);
    if (now > facts.expires)
        return signet_fail(err, SIGNET_E_NOT_FOUND,
            "%s: the session expired %lld seconds ago; see signet session", path,
            (long long)(now - facts.expires));
    *ret_session = it;
    it = (session){0};
    return true;
}

static bool
prepare_folder(const char *path, signet_error *err)
{
    const char *slash = strrchr(path, '/');
    char *folder = NULL;
    bool is_fine = false;

    if (!slash || slash == path)
        return true;
    folder = strndup(path, (size_t)(slash - path));
    if (!folder)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a path");
    is_fine = sg_directory_make(folder, err) && sg_directory_check(folder, err);
    free(folder);
    return is_fine;
}

bool
session_save(const char *path, const session *it, signet_error *err)
{
    static const sg_file_write_rules rules = {.mode = 0600};
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    return prepare_folder(path, err) && session_write(it, &text, err) &&
           sg_file_write(path, signet_buf_slice(&text), &rules, err);
}

void
session_remove(const char *path)
{
    static const uint8_t nothing[SESSION_FILE_MAX];
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat about = {0};

    if (fd < 0)
        return;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
        about.st_size <= SESSION_FILE_MAX)
        (void)!write(fd, nothing, (size_t)about.st_size);
    (void)fsync(fd);
    (void)close(fd);
    (void)unlink(path);
}

const char *
session_meant(const char *given)
{
    return given ? given : environment("SIGNET_SESSION");
}
