/* SPDX-License-Identifier: Apache-2.0 */
/* usage: verify TRUSTED_SIGNERS FILE FILE.sig     says who signed FILE; exit status 0: good, 1: not
 */
#include <stdio.h>

#include <signet/signet.h>

static bool
read_small(const char *path, signet_buf *out, signet_error *err)
{
    uint8_t bytes[65536];
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(bytes, 1, sizeof(bytes), file) : 0;
    bool is_whole = file && feof(file);

    if (file)
        (void)fclose(file);
    return is_whole ? signet_buf_append(out, (signet_slice){bytes, len}, err)
                    : signet_fail(err, SIGNET_E_IO, "%s: cannot be read, or is too large", path);
}

static bool
hash(const char *path, uint8_t digest[SIGNET_SHA512_SIZE], signet_error *err)
{
    uint8_t bytes[65536];
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
    return is_whole ? true : signet_fail(err, SIGNET_E_IO, "%s: cannot be read", path);
}

int
main(int argc, char **argv)
{
    SIGNET_AUTO(signet_trust_free) signet_trust *trust = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf signers = {0}, armor = {0}, message = {0};
    uint8_t digest[SIGNET_SHA512_SIZE];
    signet_cms_content content = {.digest = {digest, sizeof(digest)}};
    signet_judge_rules rules = {0};
    signet_judgement found = {0};
    signet_error err = {SIGNET_E_USAGE, "usage: verify TRUSTED_SIGNERS FILE SIGNATURE"};

    if (argc == 4)
        trust = signet_trust_new(&err);
    if (!trust || !read_small(argv[1], &signers, &err) || !read_small(argv[3], &armor, &err) ||
        !signet_trust_parse(trust, signet_only_ed25519, signet_buf_slice(&signers), &err) ||
        !signet_cms_dearmor(signet_buf_slice(&armor), &message, &err) ||
        !hash(argv[2], digest, &err)) {
        fprintf(stderr, "verify: %s\n", err.message);
        return 1;
    }
    if (!signet_judge(
            trust, signet_only_ed25519, signet_buf_slice(&message), &content, &rules, &found)) {
        printf("%s: %s\n", signet_verdict_name(found.verdict), found.reason.message);
        return 1;
    }
    return printf("good: signed by %s\n", found.signer->name) > 0 ? 0 : 1;
}
