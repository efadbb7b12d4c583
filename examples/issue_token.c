/* SPDX-License-Identifier: Apache-2.0 */
/* usage: issue_token KEY ISSUER AUDIENCE     prints a token that is valid for five minutes */
#include <stdio.h>
#include <time.h>

#include <signet/signet.h>

static bool
issue(
    signet_slice pem, const char *issuer, const char *audience, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    signet_token_bytes bytes;
    signet_claims claims;
    uint8_t id[32];
    signet_token_request request = {.issuer = signet_slice_text(issuer),
        .confirmation = {id, sizeof(id)},
        .ephemeral_id = {id, sizeof(id)},
        .now = time(NULL),
        .validity_ms = 300000};

    key = signet_key_from_pem(signet_only_ed25519, pem, err);
    if (!key)
        return false;
    signet_key_confirmation(key, id); /* the issuer is the master, and holds its own token */
    if (!signet_token_new(&request, &bytes, &claims, err))
        return false;
    claims.audience = signet_slice_text(audience);
    return signet_sig1_encode(&claims, key, out, err);
}

int
main(int argc, char **argv)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_error err = {SIGNET_E_USAGE, "usage: issue_token KEY ISSUER AUDIENCE"};
    FILE *file = argc == 4 ? fopen(argv[1], "r") : NULL;
    uint8_t pem[4096];
    size_t len = file ? fread(pem, 1, sizeof(pem), file) : 0;

    if (file)
        (void)fclose(file);
    if (argc != 4 || !issue((signet_slice){pem, len}, argv[2], argv[3], &text, &err)) {
        fprintf(stderr, "issue_token: %s\n", err.message);
        return 1;
    }
    return printf("%.*s\n", (int)text.len, (const char *)text.data) > 0 ? 0 : 1;
}
