/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client that speaks all dialects, for the tests of the nginx module.
 *
 * usage: client [-m] -w                  write what the server must know into this folder
 *        client [-em] [-o NUMBER] [-n NONCE] [-c DER] DIALECTS METHOD TARGET [BODY]
 *
 * DIALECTS is a list like proof,message-signature,dpop,certificate,agent; printed are field lines.
 * -e: DPoP is of another client, whose key is ES256; -m, first: the ephemeral key is ML-DSA-44;
 * NUMBER is what is odd (dialects.h); DER a certificate.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <signet/pki.h>

#include "dialects.h"

static void
need(bool is_done, const char *what)
{
    if (is_done)
        return;
    (void)fprintf(stderr, "client: %s\n", what);
    exit(2);
}

static void
write_file(const char *name, signet_slice bytes)
{
    FILE *file = fopen(name, "wb");

    need(file && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len && fclose(file) == 0, name);
}

static void
write_all(const dialects *it)
{
    SIGNET_AUTO(signet_buf_free) signet_buf pem = {0};
    SIGNET_AUTO(signet_key_free) signet_key *public = NULL;

    public = signet_key_from_public(&signet_ed25519, signet_key_public(it->master), NULL);
    need(public && signet_key_write_pem(public, &pem, NULL), "no key");
    write_file("master.pem", signet_buf_slice(&pem));
    write_file("issuer.jwks", signet_buf_slice(&it->jwks));
    write_file("agents.jwks", signet_buf_slice(&it->agents));
    write_file("secret", dialects_bytes(dialects_secret, sizeof(dialects_secret)));
    write_file("record", signet_buf_slice(&it->record));
}

static void
read_certificate(const char *name, dialects *it)
{
    uint8_t der[8192];
    FILE *file = fopen(name, "rb");
    size_t len = file ? fread(der, 1, sizeof(der), file) : 0;

    need(len > 0 && fclose(file) == 0, name);
    sg_sha256(dialects_bytes(der, len), it->certificate);
}

static unsigned
read_dialects(const char *text)
{
    static const struct {
        const char *name;
        unsigned bit;
    } names[] = {{"proof", PROOF}, {"message-signature", SIGNED}, {"dpop", DPOP},
        {"certificate", CERTIFICATE}, {"agent", AGENT}};
    unsigned all = 0;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strstr(text, names[i].name))
            all |= names[i].bit;
    }
    return all;
}

static void
send_request(const dialects *it, const dialects_plan *plan)
{
    dialects_request request = {0};

    need(dialects_send(it, plan, &request), "cannot sign");
    for (size_t i = 0; i < request.count; i++) {
        const signet_http_field *field = &request.fields[i];

        (void)printf("%.*s: %.*s\n", (int)field->name.len, (const char *)field->name.ptr,
            (int)field->value.len, (const char *)field->value.ptr);
    }
    dialects_request_free(&request);
}

int
main(int argc, char **argv)
{
    dialects it = {0};
    dialects_plan plan = {"plan", 0, 0};

    dialects_now = (int64_t)time(NULL);
    need(dialects_make(&it), "no client");
    for (int option = 0; (option = getopt(argc, argv, "+c:emn:o:w")) != -1;) {
        switch (option) {
        case 'c':
            read_certificate(optarg, &it);
            break;
        case 'e':
            signet_key_free(it.other);
            it.other = signet_key_generate(&signet_es256, NULL);
            need(it.other, "no key");
            break;
        case 'm':
            dialects_free(&it);
            it = (dialects){0};
            need(dialects_make_of(&it, &signet_mldsa44), "no client");
            break;
        case 'n':
            plan.nonce = optarg;
            break;
        case 'o':
            plan.odd = (unsigned)strtoul(optarg, NULL, 0);
            break;
        case 'w':
            write_all(&it);
            dialects_free(&it);
            return 0;
        default:
            return 2;
        }
    }
    need(argc - optind >= 3, "DIALECTS METHOD TARGET [BODY]");
    plan.sends = read_dialects(argv[optind]);
    plan.method = argv[optind + 1];
    plan.target = argv[optind + 2];
    plan.body = argc - optind > 3 ? argv[optind + 3] : NULL;
    if (signet_key_algorithm(it.other) == &signet_es256)
        plan.odd |= OTHER_CLIENT;
    send_request(&it, &plan);
    dialects_free(&it);
    return 0;
}
