/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three sources of trust, the stronger first: the home's file, one's own keys, and the file of a
 * repository, which is used only when somebody whom the first two trust signed it.  What the
 * stronger says about a key, the weaker cannot change: a key that was revoked at home stays so.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "common/cli.h"
#include "common/identity_own.h"

static const char file_name[] = "trusted_signers";
static const char lock_name[] = ".lock";
static const char repository_name[] = ".signet/trusted_signers";

void
identity_own_name(const home *config, const char *email, char ret_name[IDENTITY_NAME_SIZE])
{
    const char *user = getenv("USER");
    char host[65] = "localhost"; /* POSIX: 64 at most on Linux */

    if (gethostname(host, sizeof(host) - 1) != 0)
        (void)snprintf(host, sizeof(host), "localhost");
    if (email || config->issuer_did)
        (void)snprintf(ret_name, IDENTITY_NAME_SIZE, "%s", email ? email : config->issuer_did);
    else if (user && *user)
        (void)snprintf(ret_name, IDENTITY_NAME_SIZE, "%s@%s", user, host);
    else
        (void)snprintf(ret_name, IDENTITY_NAME_SIZE, "uid%lu@%s", (unsigned long)geteuid(), host);
    if (!signet_trust_name_check(ret_name, NULL))
        (void)snprintf(ret_name, IDENTITY_NAME_SIZE, "self");
}

bool
identity_own_line(
    const char *name, signet_key *const *keys, size_t count, signet_buf *out, signet_error *err)
{
    signet_trusted_signer signer = {.key_count = count,
        .valid_after = SIGNET_TIME_MIN,
        .valid_before = SIGNET_TIME_MAX,
        .revoked_since = SIGNET_TIME_MAX};

    (void)snprintf(signer.name, sizeof(signer.name), "%s", name);
    for (size_t i = 0; i < count; i++)
        signer.keys[i] = keys[i];
    return signet_trust_write(&signer, out, err);
}

static bool
knows_any(const signet_trust *trust, signet_key *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (signet_trust_find(trust, keys[i]))
            return true;
    }
    return false;
}

/* The algorithms of a trust file; keys that cannot be read count as keys, so nothing gets weaker.
 */
static signet_algorithms
algorithms_of(signet_slice text)
{
    signet_algorithms algorithms = pki_algorithms_for(text, NULL);

    return algorithms ? algorithms : signet_only_ed25519;
}

/* A trust file's text; nothing when there is no such file. */
static bool
read_text(const char *path, signet_buf *out, signet_error *err)
{
    signet_error problem = {0};

    if (sg_file_read(path, SIGNET_TRUST_FILE_MAX, SG_FILE_REGULAR, out, &problem) ||
        problem.code == SIGNET_E_NOT_FOUND)
        return true;
    if (err)
        *err = problem;
    return false;
}

/* The home's file: its text (NULL: not wanted) and its signers. */
static bool
add_home(const home *config, signet_trust *trust, signet_buf *ret_text, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};

    if (!home_file(config, file_name, &path, err) ||
        !read_text((const char *)path.data, ret_text, err))
        return false;
    if (signet_trust_parse(
            trust, algorithms_of(signet_buf_slice(ret_text)), signet_buf_slice(ret_text), err))
        return true;
    signet_error_prefix(err, (const char *)path.data);
    return false;
}

static bool
append_own(
    const home *config, const char *email, signet_key *const *keys, size_t count, signet_error *err)
{
    static const sg_file_write_rules rules = {.mode = 0600};
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0}, text = {0};
    char name[IDENTITY_NAME_SIZE];

    trust = signet_trust_new(err);
    if (!trust || !home_file(config, file_name, &path, err) || !add_home(config, trust, &text, err))
        return false;
    if (knows_any(trust, keys, count))
        return true;
    if (text.len > 0 && text.data[text.len - 1] != '\n' && !signet_buf_printf(&text, err, "\n"))
        return false;
    identity_own_name(config, email, name);
    return identity_own_line(name, keys, count, &text, err) &&
           sg_file_write((const char *)path.data, signet_buf_slice(&text), &rules, err);
}

bool
identity_trust_own(
    const home *config, const char *email, signet_key *const *keys, size_t count, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf lock = {0};
    bool is_done = false;
    int fd = -1;

    if (!home_file(config, lock_name, &lock, err) || !sg_directory_make(config->path, err) ||
        !sg_file_lock((const char *)lock.data, &fd, err))
        return false;
    is_done = append_own(config, email, keys, count, err);
    sg_file_unlock(fd);
    return is_done;
}

static void
free_keys(signet_key *(*keys)[2])
{
    signet_key_free((*keys)[0]);
    signet_key_free((*keys)[1]);
}

/* The public keys of the store, without unlocking it. */
static bool
own_keys(const home *config, signet_key *ret_keys[2], size_t *ret_count, signet_error *err)
{
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    signet_keystore_options options = identity_keystore(config, signet_only_ed25519);
    const pki_functions *pki = NULL;

    store = signet_keystore_open(&options, err);
    if (!store)
        return false;
    if (signet_keystore_has(store, "ml-dsa-44")) {
        pki = pki_load(err);
        if (!pki)
            return false;
        signet_keystore_free(store);
        options.accepted = pki->algorithms;
        store = signet_keystore_open(&options, err);
        if (!store)
            return false;
    }
    for (size_t i = 0; options.accepted[i]; i++) {
        if (!signet_keystore_has(store, options.accepted[i]->name))
            continue;
        ret_keys[*ret_count] = signet_keystore_public(store, options.accepted[i], err);
        if (!ret_keys[*ret_count])
            return false;
        ++*ret_count;
    }
    return true;
}

/* A store in bad order does not keep others' signatures from being verified. */
static bool
add_own(const home *config, signet_trust *trust, signet_error *err)
{
    __attribute__((cleanup(free_keys))) signet_key *keys[2] = {NULL, NULL};
    SIGNET_AUTO(signet_buf_free) signet_buf line = {0};
    signet_error problem = {0};
    char name[IDENTITY_NAME_SIZE];
    size_t count = 0;

    if (!own_keys(config, keys, &count, &problem)) {
        cli_warning("one's own key is not trusted: %s", problem.message);
        return true;
    }
    if (count == 0 || knows_any(trust, keys, count))
        return true;
    identity_own_name(config, NULL, name);
    return identity_own_line(name, keys, count, &line, err) &&
           signet_trust_parse(
               trust, algorithms_of(signet_buf_slice(&line)), signet_buf_slice(&line), err);
}

/* Whether the trust so far has the signature of a file as good. */
static bool
is_signed(const signet_trust *trust, signet_slice text, const char *path, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf name = {0}, armored = {0}, message = {0};
    uint8_t digest[SIGNET_SHA512_SIZE];
    signet_cms_content content = {{digest, sizeof(digest)}, true, text};
    signet_algorithms accepted = NULL;
    signet_judgement judgement;
    signet_sha512 hash;

    if (!signet_buf_printf(&name, err, "%s.sig%c", path, '\0') ||
        !sg_file_read(
            (const char *)name.data, (size_t)2 * SIGNET_CMS_MAX, SG_FILE_REGULAR, &armored, err) ||
        !signet_cms_dearmor(signet_buf_slice(&armored), &message, err))
        return false;
    accepted = pki_algorithms_for(signet_buf_slice(&message), err);
    if (!accepted)
        return false;
    signet_sha512_init(&hash);
    signet_sha512_update(&hash, text);
    signet_sha512_final(&hash, digest);
    if (signet_judge(trust, accepted, signet_buf_slice(&message), &content, NULL, &judgement))
        return true;
    return signet_fail(err, SIGNET_E_TRUST, "its signature is %s: %s",
        signet_verdict_name(judgement.verdict), judgement.reason.message);
}

/* Add those signers of a text whose keys nobody has yet. */
static bool
add_unknown(signet_trust *trust, signet_slice text, signet_error *err)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *more = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf lines = {0};
    signet_algorithms accepted = algorithms_of(text);

    more = signet_trust_new(err);
    if (!more || !signet_trust_parse(more, accepted, text, err))
        return false;
    for (size_t i = 0; i < signet_trust_count(more); i++) {
        const signet_trusted_signer *signer = signet_trust_at(more, i);

        if (!knows_any(trust, signer->keys, signer->key_count) &&
            !signet_trust_write(signer, &lines, err))
            return false;
    }
    return signet_trust_parse(trust, accepted, signet_buf_slice(&lines), err);
}

/* A repository in the user's own directory has the home's file where its own would be. */
static bool
is_home_file(const home *config, const char *path)
{
    SIGNET_AUTO(signet_buf_free) signet_buf mine = {0};
    struct stat a, b;

    return home_file(config, file_name, &mine, NULL) && stat(path, &a) == 0 &&
           stat((const char *)mine.data, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* A repository is somebody else's: what is wrong with its file is said, and the file not used. */
static bool
add_repository(const home *config, const char *repository, signet_trust *trust, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0}, text = {0};
    signet_error problem = {0};
    const char *name = NULL;

    if (!signet_buf_printf(&path, err, "%s/%s%c", repository, repository_name, '\0'))
        return false;
    name = (const char *)path.data;
    if (is_home_file(config, name))
        return true;
    if (read_text(name, &text, &problem) &&
        (text.len == 0 || (is_signed(trust, signet_buf_slice(&text), name, &problem) &&
                              add_unknown(trust, signet_buf_slice(&text), &problem))))
        return true;
    cli_warning("%s is not used: %s", name, problem.message);
    return true;
}

signet_trust *
identity_trust(const home *config, const char *repository, signet_error *err)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    trust = signet_trust_new(err);
    if (!trust || !add_home(config, trust, &text, err) || !add_own(config, trust, err) ||
        (repository && !add_repository(config, repository, trust, err)))
        return NULL;
    return SIGNET_TAKE(trust);
}
