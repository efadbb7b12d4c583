/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What git waits for at each commit.  This path opens nothing and asks for nothing that it does not
 * need: the payload is digested as it arrives, Ed25519 needs no OpenSSL, and the few lines git
 * reads are written at once.
 *
 * Order matters: git before 2.36 wants a line before SIG_CREATED, and SIG_CREATED is a promise, so
 * it comes after the signature has reached standard output.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "key_choice.h"
#include "status.h"

enum { CHUNK = 4 << 10 }; /* a commit fits; more pages of stack would cost more than one read */

/* OpenPGP's numbers, which gpg prints: EdDSA, SHA-512; docs/formats/signet-git.md. */
#define EDDSA_SHA512 "22 10"

/** libgpg-error's numbers, for FAILURE. */
static const struct {
    signet_code code;
    int number;
} failure_numbers[] = {
    {SIGNET_E_NOT_FOUND, 17}, /* no secret key */
    {SIGNET_E_LOCKED, 11},    /* bad passphrase */
    {SIGNET_E_KEY, 54},       /* unusable secret key */
    {SIGNET_E_ALGORITHM, 84}, /* unsupported algorithm */
    {SIGNET_E_USAGE, 55},     /* invalid value */
    {SIGNET_E_NOMEM, 32854},  /* ENOMEM */
    {SIGNET_E_IO, 32805},     /* EIO */
};

static int
failure_number(signet_code code)
{
    for (size_t i = 0; i < sizeof(failure_numbers) / sizeof(failure_numbers[0]); i++)
        if (failure_numbers[i].code == code)
            return failure_numbers[i].number;
    return 1; /* general error */
}

static bool
digest_stdin(uint8_t ret_digest[SIGNET_SHA512_SIZE], signet_error *err)
{
    signet_sha512 digest;
    uint8_t chunk[CHUNK];
    char reason[64];
    ssize_t count = 0;

    signet_sha512_init(&digest);
    for (;;) {
        count = read(STDIN_FILENO, chunk, sizeof(chunk));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        signet_sha512_update(&digest, (signet_slice){chunk, (size_t)count});
    }
    if (count < 0)
        return signet_fail(
            err, SIGNET_E_IO, "standard input: %s", strerror_r(errno, reason, sizeof(reason)));
    signet_sha512_final(&digest, ret_digest);
    return true;
}

static bool
choose_algorithm(const home *config, identity_algorithm *ret_algorithm, signet_error *err)
{
    *ret_algorithm = IDENTITY_ED25519;
    if (config->algorithm && !identity_algorithm_parse(config->algorithm, ret_algorithm, err))
        return false;
    if (*ret_algorithm == IDENTITY_MLDSA44)
        return signet_fail(err, SIGNET_E_ALGORITHM,
            "git signing requires Ed25519; configured algorithm \"%s\" is not supported for git "
            "commits (ed25519 and hybrid are)",
            config->algorithm);
    return true;
}

static bool
check_choice(const identity *who, const char *wanted, signet_error *err)
{
    key_choice choice = KEY_CHOICE_OURS;

    if (!key_choice_of(who, wanted, &choice, err))
        return false;
    if (choice == KEY_CHOICE_FOREIGN)
        return signet_fail(err, SIGNET_E_KEY,
            "key %.64s is not yours; set user.signingKey to what signet-git export-key-id prints",
            wanted);
    if (choice == KEY_CHOICE_UNKNOWN)
        cli_warning("key \"%.64s\" is no id or address of yours; your Signet key signs", wanted);
    return true;
}

static bool
make_signature(const git_options *options, signet_slice digest, int64_t now,
    signet_buf *ret_message, signet_error *err)
{
    SIGNET_AUTO(home_free) home config = {0};
    SIGNET_AUTO(identity_free) identity who = {0};
    identity_algorithm algorithm = IDENTITY_ED25519;

    return home_open(options->home, &config, err) && choose_algorithm(&config, &algorithm, err) &&
           identity_load(&config, algorithm, true, now, &who, err) &&
           check_choice(&who, options->local_user, err) &&
           signet_cms_sign(who.signers, who.signer_count, digest, now, ret_message, err);
}

/** The first certificate of our own message. */
static bool
fingerprint_of(signet_slice message, char ret_fingerprint[41], signet_error *err)
{
    signet_algorithms accepted = pki_algorithms_for(message, err);
    signet_cms cms;

    if (!accepted || !signet_cms_read(accepted, message, &cms, err))
        return false;
    signet_cert_sha1(cms.signers[0].leaf.der, ret_fingerprint);
    return true;
}

static bool
sign(const git_options *options, git_status *status, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf armored = {0};
    uint8_t digest[SIGNET_SHA512_SIZE];
    char fingerprint[41];
    int64_t now = 0;

    if (!git_status_add(status, err, "BEGIN_SIGNING") || !git_status_write(status, err) ||
        !digest_stdin(digest, err))
        return false;
    now = cli_now();
    return make_signature(options, (signet_slice){digest, sizeof(digest)}, now, &message, err) &&
           fingerprint_of(signet_buf_slice(&message), fingerprint, err) &&
           signet_cms_armor(signet_buf_slice(&message), "SIGNED MESSAGE", &armored, err) &&
           cli_write_fd(STDOUT_FILENO, signet_buf_slice(&armored), err) &&
           git_status_add(status, err, "SIG_CREATED D " EDDSA_SHA512 " 00 %lld %s", (long long)now,
               fingerprint) &&
           git_status_write(status, err);
}

int
git_sign(const git_options *options)
{
    SIGNET_AUTO(git_status_free) git_status status = {0};
    signet_error err = {0};

    status.fd = git_status_fd_for_signing(options->status_fd);
    if (options->word_count > 0)
        cli_warning("%s is not read; what is signed is standard input", options->data);
    if (sign(options, &status, &err))
        return CLI_OK;
    status.lines.len = 0;
    if (!git_status_add(&status, NULL, "FAILURE sign %d", failure_number(err.code)) ||
        !git_status_write(&status, NULL))
        cli_warning("the failure could not be reported to --status-fd");
    cli_failed(NULL, &err);
    return CLI_REFUSED;
}
