/* SPDX-License-Identifier: Apache-2.0 */
/* usage: sign KEY FILE >FILE.sig     KEY is PEM, as `openssl genpkey -algorithm ed25519` writes it
 */
#include <stdio.h>
#include <time.h>

#include <signet/signet.h>

static signet_key *
read_key(const char *path, signet_error *err)
{
    uint8_t pem[4096];
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(pem, 1, sizeof(pem), file) : 0;

    if (file)
        (void)fclose(file);
    return signet_key_from_pem(signet_only_ed25519, (signet_slice){pem, len}, err);
}

static bool
sign(const signet_key *master, const char *path, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    signet_cms_signer signer = {.master = master};
    uint8_t bytes[65536], digest[SIGNET_SHA512_SIZE];
    FILE *file = fopen(path, "r");
    signet_sha512 state = {0};
    bool is_whole = false;

    signet_sha512_init(&state);
    for (size_t got = 1; file && got > 0;) {
        got = fread(bytes, 1, sizeof(bytes), file);
        signet_sha512_update(&state, (signet_slice){bytes, got});
    }
    signet_sha512_final(&state, digest);
    is_whole = file && feof(file);
    if (file)
        (void)fclose(file);
    if (!is_whole)
        return signet_fail(err, SIGNET_E_IO, "%s: cannot be read", path);
    return signet_cms_sign(
               &signer, 1, (signet_slice){digest, sizeof(digest)}, time(NULL), &message, err) &&
           signet_cms_armor(signet_buf_slice(&message), "CMS", out, err);
}

int
main(int argc, char **argv)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf armor = {0};
    signet_error err = {SIGNET_E_USAGE, "usage: sign KEY FILE"};

    if (argc == 3)
        master = read_key(argv[1], &err);
    if (!master || !sign(master, argv[2], &armor, &err)) {
        fprintf(stderr, "sign: %s\n", err.message);
        return 1;
    }
    return fwrite(armor.data, 1, armor.len, stdout) == armor.len ? 0 : 1;
}
