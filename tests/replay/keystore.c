/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys at rest.  The transcripts of key_commands are of programs; what the library says about the
 * files in them is compared here, and what only a program can show is skipped, saying so.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <signet/pki.h>

#include "crypto/digest.h"
#include "replay.h"

typedef struct {
    char path[64];
} directory;

static int
remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

static void
directory_free_auto(directory *made)
{
    if (made->path[0])
        (void)nftw(made->path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

#define IN_DIRECTORY __attribute__((cleanup(directory_free_auto))) directory

static void
make_directory(directory *ret_made)
{
    (void)snprintf(ret_made->path, sizeof(ret_made->path), "/tmp/signet-replay-XXXXXX");
    if (!mkdtemp(ret_made->path))
        abort();
}

static void
write_file(const directory *where, const char *name, signet_slice content, mode_t mode)
{
    char path[128];
    int fd = -1;

    (void)snprintf(path, sizeof(path), "%s/%s", where->path, name);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, content.ptr, content.len) != (ssize_t)content.len ||
        fchmod(fd, mode) != 0 || close(fd) != 0)
        abort();
}

/* "0644", "0644 through a symbolic link", "directory 0700", "0600 in a directory of mode 0777" */
static void
lay_out(const directory *where, signet_slice content, const char *mode)
{
    mode_t bits = (mode_t)strtoul(mode, NULL, 8);
    char path[128], target[128];

    (void)snprintf(path, sizeof(path), "%s/master.key", where->path);
    (void)snprintf(target, sizeof(target), "%s/target", where->path);
    if (strncmp(mode, "directory", 9) == 0) {
        if (mkdir(path, 0700) != 0)
            abort();
        return;
    }
    write_file(where, strstr(mode, "link") ? "target" : "master.key", content, bits);
    if (strstr(mode, "link") && symlink(target, path) != 0)
        abort();
    if (strstr(mode, "directory of mode 0777") && chmod(where->path, 0777) != 0)
        abort();
}

static replay_verdict
load(
    const directory *where, const char *expected_public, signet_buf *differences, signet_error *err)
{
    const signet_keystore_options options = {
        .directory = where->path, .accepted = replay_algorithms, .cache_seconds = -1};
    SIGNET_AUTO(signet_keystore_free) signet_keystore *store = NULL;
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf id = {0};

    store = signet_keystore_open(&options, err);
    key = store ? signet_keystore_load(store, &signet_ed25519, err) : NULL;
    if (!key)
        return REPLAY_REJECT;
    if (expected_public) {
        if (!signet_key_write_id(key, &id, err))
            return REPLAY_REJECT;
        replay_compare_text(differences, "public", signet_buf_slice(&id), expected_public);
    }
    return REPLAY_ACCEPT;
}

static replay_verdict
run_master_key_file(const replay_case *one, signet_buf *differences, signet_error *err)
{
    bool is_there = false;
    signet_slice content = replay_text(one->inputs, "content", &is_there);
    const char *mode = json_string_value(replay_input(one, "mode"));
    IN_DIRECTORY where = {0};

    make_directory(&where);
    if (is_there || strncmp(mode, "directory", 9) == 0)
        lay_out(&where, content, mode);
    return load(
        &where, json_string_value(json_object_get(one->outputs, "public")), differences, err);
}

static replay_verdict
run_keyring_value(const replay_case *one, signet_buf *differences, signet_error *err)
{
    const char *ed25519_only = json_string_value(json_object_get(one->outputs, "ed25519_only"));
    const char *public_hex = json_string_value(json_object_get(one->outputs, "public"));
    signet_slice value = replay_text(one->inputs, "value", NULL);
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL, *narrow = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf id = {0};

    narrow = signet_key_from_keyring_value(signet_only_ed25519, value, NULL);
    key = signet_key_from_keyring_value(replay_algorithms, value, err);
    if (!key)
        return REPLAY_REJECT;
    replay_compare_text(differences, "ed25519_only",
        signet_slice_text(narrow ? "accept" : "reject"), ed25519_only ? ed25519_only : "");
    if (!signet_key_write_id(key, &id, err))
        return REPLAY_REJECT;
    replay_compare_text(differences, "public", signet_buf_slice(&id), public_hex ? public_hex : "");
    return REPLAY_ACCEPT;
}

/* A file of a transcript whose path ends so, or NULL. */
static const json_t *
file_named(const json_t *files, const char *end)
{
    const json_t *file = NULL;
    size_t i = 0;

    json_array_foreach(files, i, file)
    {
        const char *path = json_string_value(json_object_get(file, "path"));

        if (strlen(path) >= strlen(end) && strcmp(path + strlen(path) - strlen(end), end) == 0)
            return file;
    }
    return NULL;
}

/* export-key-id of a file: what the key store says of the same file, mode and all. */
static replay_verdict
export_key_id(const replay_case *one, signet_buf *differences, signet_error *err)
{
    const json_t *file = file_named(replay_input(one, "files_before"), "master.key");
    const char *stdout_text = json_string_value(json_object_get(one->outputs, "stdout"));
    const char *keyring = json_string_value(replay_input(one, "keyring"));
    IN_DIRECTORY where = {0};
    char id[2 * SIGNET_ED25519_PUBLIC_SIZE + 1] = "";

    if (stdout_text && strlen(stdout_text) >= sizeof(id) - 1)
        memcpy(id, stdout_text, sizeof(id) - 1);
    if (keyring && strcmp(keyring, "none") != 0) {
        SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
        SIGNET_AUTO(signet_key_free)
        signet_key *key =
            signet_key_from_keyring_value(replay_algorithms, signet_slice_text(keyring), err);

        if (!key || !signet_key_write_id(key, &text, err))
            return REPLAY_REJECT;
        replay_compare_text(differences, "stdout", signet_buf_slice(&text), id);
        return REPLAY_ACCEPT;
    }
    make_directory(&where);
    if (file)
        lay_out(&where, replay_text(file, "content", NULL),
            json_string_value(json_object_get(file, "mode")));
    return load(&where, id, differences, err);
}

static signet_key *
master_of(const replay_case *one, const char *files, signet_error *err)
{
    const char *keyring = json_string_value(replay_input(one, "keyring"));
    const json_t *file =
        file_named(strcmp(files, "files_after") == 0 ? json_object_get(one->outputs, files)
                                                     : replay_input(one, files),
            "master.key");

    if (file)
        return signet_key_from_pem(replay_algorithms, replay_text(file, "content", NULL), err);
    return signet_key_from_keyring_value(
        replay_algorithms, signet_slice_text(keyring ? keyring : ""), err);
}

/* What `signet sign` left is genuine under the master key. */
static replay_verdict
sign_file(const replay_case *one, signet_buf *differences, signet_error *err)
{
    const json_t *after = json_object_get(one->outputs, "files_after");
    signet_slice content = replay_text(file_named(after, "doc.txt"), "content", NULL);
    signet_slice signature = replay_text(file_named(after, ".sig"), "content", NULL);
    SIGNET_AUTO(signet_key_free) signet_key *master = master_of(one, "files_before", err);
    uint8_t digest[SIGNET_SHA512_SIZE];
    signet_cms_content what = {{digest, sizeof(digest)}, true, content};
    signet_cms cms = {0};

    if (!master)
        return REPLAY_REJECT;
    if (signature.len == signet_key_algorithm(master)->signature_size) {
        SIGNET_AUTO(signet_buf_free) signet_buf own = {0};

        if (!signet_key_verify(master, content, signature, err) ||
            !signet_key_sign(master, content, &own, err))
            return REPLAY_REJECT;
        replay_compare(differences, "signature", signet_buf_slice(&own), signature);
        return REPLAY_ACCEPT;
    }
    sg_sha512(content, digest);
    return signet_cms_read(replay_algorithms, signature, &cms, err) &&
                   signet_cms_check_signature(&cms, 0, &what, err) &&
                   signet_cms_check_chain(
                       &cms, 0, master, replay_number(one->inputs, "now", 0), NULL, NULL, err)
               ? REPLAY_ACCEPT
               : REPLAY_REJECT;
}

/* The bridge that `init --email` left is the one that we would make of the same keys. */
static replay_verdict
init_email(const replay_case *one, signet_buf *differences, signet_error *err)
{
    const json_t *after = json_object_get(one->outputs, "files_after");
    signet_slice pem = replay_text(file_named(after, "bridge-cert.pem"), "content", NULL);
    signet_slice key_pem = replay_text(file_named(after, "bridge-key.pem"), "content", NULL);
    SIGNET_AUTO(signet_key_free) signet_key *master = master_of(one, "files_after", err);
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0}, own = {0}, spki = {0};
    signet_cert bridge = {0};
    signet_cert_template wanted = {.kind = SIGNET_CERT_BRIDGE,
        .issuer = master,
        .now = replay_number(one->inputs, "now", 0),
        .validity = (int64_t)365 * 86400,
        .email = "dev@example.com"};

    key = signet_key_from_pem(replay_algorithms, key_pem, err);
    if (!master || !key || !signet_key_write_spki(key, &spki, err) ||
        !signet_cert_from_pem(pem, &der, err) ||
        !signet_cert_read(signet_buf_slice(&der), &bridge, err))
        return REPLAY_REJECT;
    wanted.subject_spki = signet_buf_slice(&spki);
    wanted.serial = bridge.serial;
    if (!signet_cert_issue(&wanted, &own, err))
        return REPLAY_REJECT;
    replay_compare(differences, "bridge-cert.pem", signet_buf_slice(&own), bridge.der);
    return REPLAY_ACCEPT;
}

static replay_verdict
run_key_commands(const replay_case *one, signet_buf *differences, signet_error *err)
{
    static const struct {
        const char *start;
        replay_function run;
    } drivers[] = {
        {"export_key_id", export_key_id},
        {"signet_sign_cms", sign_file},
        {"signet_sign_raw", sign_file},
        {"init_email", init_email},
    };
    const char *keyring = json_string_value(replay_input(one, "keyring"));
    bool is_signed = file_named(json_object_get(one->outputs, "files_after"), ".sig") != NULL;

    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        if (strcmp(one->name, drivers[i].start) == 0 ||
            (i == 0 && strncmp(one->name, drivers[i].start, strlen(drivers[i].start)) == 0))
            return drivers[i].run(one, differences, err);
    }
    if (is_signed && keyring && strncmp(keyring, "ml-dsa-44:", 10) == 0)
        return sign_file(one, differences, err);
    return replay_skip(err, "only the program can show this");
}

const replay_group replay_keystore[] = {
    {"master_key_file", run_master_key_file},
    {"keyring_value", run_keyring_value},
    {"key_commands", run_key_commands},
    {NULL, NULL},
};
