/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: judge_proof PUBLIC-KEY ISSUER NOW METHOD ORIGIN TARGET [BODY [AUDIENCE]]
 *
 * What a service would say to the value of Signet-Proof on standard input: "accepted PURPOSE
 * ISSUER", or "refused CODE" and status 1.  An empty ISSUER is any, a BODY of "unsigned" says that
 * there is one and that it need not be signed.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include <signet/signet.h>

static signet_slice
read_all(FILE *file, uint8_t *bytes, size_t size)
{
    size_t len = file ? fread(bytes, 1, size, file) : 0;

    if (file && file != stdin)
        (void)fclose(file);
    return (signet_slice){bytes, len};
}

static signet_verification_state_kind
answer(signet_verification *it, signet_slice body)
{
    uint8_t digest[32];

    if (signet_verification_state(it) == SIGNET_VERIFICATION_NEEDS_FRESH)
        signet_verification_give_fresh(it, SIGNET_REPLAY_FRESH);
    if (signet_verification_state(it) == SIGNET_VERIFICATION_NEEDS_BODY) {
        (void)crypto_hash_sha256(digest, body.ptr, body.len);
        signet_verification_give_body(it, digest, body.len);
    }
    return signet_verification_state(it);
}

static int
say(signet_verification *it)
{
    signet_http_identity who = signet_verification_identity(it);
    const signet_refusal *refusal = signet_verification_refusal(it);

    if (refusal) {
        printf("refused %s: %s\n", refusal->code, signet_verification_reason(it)->message);
        return 1;
    }
    printf("accepted %.*s %.*s\n", (int)who.purpose.len, (const char *)who.purpose.ptr,
        (int)who.issuer.len, (const char *)who.issuer.ptr);
    return 0;
}

int
main(int argc, char **argv)
{
    static uint8_t pem[8192], value[16384], content[1 << 20];
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_verifier_free) signet_verifier *verifier = NULL;
    SIGNET_AUTO(signet_verification_free) signet_verification *it = NULL;
    signet_verifier_key master = {0};
    signet_verifier_options options = {.keys = &master, .key_count = 1};
    signet_verifier_policy policy = {.allow_full = true};
    signet_http_field field = {.name = signet_slice_text("signet-proof")};
    signet_http_facts facts = {.request = {.fields = &field, .field_count = 1}};
    signet_slice body = {content, 0};
    const char *origins[2] = {NULL};

    if (argc < 7 || !strstr(argv[5], "://"))
        return 2;
    policy.allow_unsigned_body = argc > 7 && strcmp(argv[7], "unsigned") == 0;
    if (policy.allow_unsigned_body)
        content[body.len++] = 'x';
    else if (argc > 7 && *argv[7])
        body = read_all(fopen(argv[7], "rb"), content, sizeof(content));
    policy.audience = argc > 8 ? argv[8] : NULL;
    key = signet_key_from_pem(
        signet_only_ed25519, read_all(fopen(argv[1], "rb"), pem, sizeof(pem)), NULL);
    master = (signet_verifier_key){.issuer = *argv[2] ? argv[2] : NULL, .key = key};
    origins[0] = argv[5];
    options.origins = origins;
    verifier = key ? signet_verifier_new(&options, NULL) : NULL;
    field.value = read_all(stdin, value, sizeof(value));
    while (field.value.len > 0 && value[field.value.len - 1] == '\n')
        field.value.len--;
    facts.request.method = signet_slice_text(argv[4]);
    facts.request.scheme =
        (signet_slice){(const uint8_t *)argv[5], (size_t)(strstr(argv[5], "://") - argv[5])};
    facts.request.authority = signet_slice_text(strstr(argv[5], "://") + 3);
    facts.request.target = signet_slice_text(argv[6]);
    facts.content_length = (int64_t)body.len;
    if (verifier)
        it = signet_verification_new(
            verifier, NULL, &policy, &facts, strtoll(argv[3], NULL, 10), NULL);
    if (!it)
        return 2;
    (void)answer(it, body);
    return say(it);
}
