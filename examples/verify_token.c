/* SPDX-License-Identifier: Apache-2.0 */
/* usage: verify_token KEY ISSUER AUDIENCE <TOKEN     KEY is the issuer's public key, PEM */
#include <stdio.h>
#include <time.h>

#include <signet/signet.h>

static bool
verify(signet_slice pem, signet_slice text, const signet_sig1_expectations *expected,
    signet_sig1 *ret_sig1, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;

    key = signet_key_from_pem(signet_only_ed25519, pem, err);
    return key && signet_sig1_verify_by_issuer(
                      signet_only_ed25519, text, key, true, expected, ret_sig1, err);
}

int
main(int argc, char **argv)
{
    signet_error err = {SIGNET_E_USAGE, "usage: verify_token KEY ISSUER AUDIENCE <TOKEN"};
    signet_sig1_expectations expected = {.now = time(NULL)};
    signet_sig1 sig1;
    FILE *file = argc == 4 ? fopen(argv[1], "r") : NULL;
    char text[SIGNET_SIG1_MAX + 2] = "";
    uint8_t pem[4096];
    size_t len = file ? fread(pem, 1, sizeof(pem), file) : 0;

    if (file)
        (void)fclose(file);
    if (argc == 4) {
        expected.issuer = signet_slice_text(argv[2]);
        expected.audience = signet_slice_text(argv[3]);
        text[fread(text, 1, sizeof(text) - 1, stdin)] = '\0';
        text[strcspn(text, "\n")] = '\0';
    }
    if (argc != 4 ||
        !verify((signet_slice){pem, len}, signet_slice_text(text), &expected, &sig1, &err)) {
        fprintf(stderr, "verify_token: %s\n", err.message);
        return 1;
    }
    printf("good: until %lld\n", (long long)sig1.claims.expires);
    return 0;
}
