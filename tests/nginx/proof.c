/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proofs for the tests of the nginx module, one a line: what stands behind `Signet-Proof: `.
 *
 * usage: proof [-a] [-c] [-p] [-d] [-f] [-s] [-l SECONDS] [-n COUNT] [-u PURPOSE] [-i NUMBER]
 *              [-k NUMBER] [-t TIME] METHOD AUTHORITY TARGET [BODY]
 *        proof -m       the public master key, PEM
 *
 * -a: with a token that the issuer signed, for capabilities 1 and 7; -p: without x=2; -d: without
 * bd; -f: BODY names a file; -s: signed by somebody who stole the token; -l: made that many seconds
 * ago; -c: naming the token by its id alone, with x=2.  A token is the same again with the same -i
 * (each byte of its id), -k (of its key) and -t (when it was issued).  Keys are those of the
 * specification's examples.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <signet/proof.h>
#include <signet/token.h>

#include "crypto/digest.h"
#include "crypto/random.h"
#include "http/binding_text.h"
#include "http/header.h"
#include "http/target.h"

typedef struct {
    const char *method, *authority, *target, *purpose;
    bool is_attested, is_plain, is_compact, has_no_digest, has_file, is_thief;
    uint8_t digest[32];
    int64_t time, issued; /* of the proof, of the token */
    long id;              /* 0: random */
} wish;

typedef struct {
    signet_key *master, *ephemeral, *other;
    signet_buf token, sig1, binding;
    uint8_t token_id[16], capability_id[16], token_hash[32];
} presentation;

static void
need(bool is_done, const char *what)
{
    if (is_done)
        return;
    (void)fprintf(stderr, "proof: %s\n", what);
    exit(2);
}

static signet_key *
key_of(uint8_t first)
{
    uint8_t seed[32];
    signet_key *key = NULL;

    for (size_t i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)(first + i);
    key = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    need(key, "no key");
    return key;
}

static void
present(presentation *it, const wish *one)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    uint8_t confirmation[32], ephemeral_id[32];
    signet_claims claims = {
        .issuer = signet_slice_text("demo-server"),
        .subject = {ephemeral_id, 32},
        .expires = one->issued + 300,
        .not_before = one->issued,
        .issued = one->issued,
        .capability_id = {it->capability_id, 16},
        .confirmation = {confirmation, 32},
        .token_id = {it->token_id, 16},
        .ephemeral_id = {ephemeral_id, 32},
    };

    need(sg_random((uint8_t *)it->token_id, 16, NULL), "no random bytes");
    if (one->id != 0)
        memset(it->token_id, (int)one->id, 16);
    signet_key_confirmation(it->master, confirmation);
    signet_key_confirmation(it->ephemeral, ephemeral_id);
    if (one->is_attested) {
        claims.capabilities[0] = 1;
        claims.capabilities[1] = 7;
        claims.capability_count = 2;
    }
    need(one->is_attested ? signet_capability_id(claims.capabilities, 2, it->capability_id, NULL)
                          : signet_capability_id_of_keys(
                                claims.ephemeral_id, claims.confirmation, it->capability_id, NULL),
        "no capability id");
    need(signet_token_encode(&claims, &it->token, NULL) &&
             signet_sig1_encode_token(signet_buf_slice(&it->token),
                 one->is_attested ? it->master : it->ephemeral, &it->sig1, NULL) &&
             signet_binding_write(
                 it->ephemeral, claims.expires, signet_slice_text(one->purpose), &text, NULL) &&
             signet_key_sign(it->master, signet_buf_slice(&text), &it->binding, NULL),
        "no token");
    sg_sha256(signet_buf_slice(&it->token), it->token_hash);
}

static void
sign(const presentation *it, const wish *one, sg_proof_header *header, signet_buf signatures[2])
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0}, strong_text = {0};
    const signet_key *key = one->is_thief ? it->other : it->ephemeral;
    const sg_target_rules lax = {.allow_ambiguous = true};
    sg_target target = {0};
    signet_slice method = signet_slice_text(one->method);
    const sg_request_text plain = {method, &target, one->time, header->nonce};
    sg_binding_text strong = {
        .method = method,
        .authority = signet_slice_text(one->authority),
        .digest = header->digest,
        .token_id = header->token_id,
        .nonce = header->nonce,
        .time = one->time,
        .token_hash = {it->token_hash, 32},
    };

    need(sg_target_read(signet_slice_text(one->target), &lax, &target, NULL), "no target");
    strong.target = target.raw;
    need(sg_request_text_write(&plain, &text, NULL) &&
             sg_binding_text_write(&strong, &strong_text, NULL) &&
             signet_key_sign(key, signet_buf_slice(&text), &signatures[0], NULL) &&
             signet_key_sign(key, signet_buf_slice(&strong_text), &signatures[1], NULL),
        "cannot sign");
    header->signature = signet_buf_slice(&signatures[0]);
    if (!one->is_plain)
        header->strong_signature = signet_buf_slice(&signatures[1]);
}

static void
print(const presentation *it, const wish *one)
{
    SIGNET_AUTO(signet_buf_free) signet_buf plain = {0}, strong = {0}, value = {0};
    signet_buf signatures[2] = {{0}, {0}};
    uint8_t nonce[16];
    sg_proof_header header = {
        .mode = signet_slice_text(one->is_plain || one->is_compact ? "compact" : "full"),
        .token_id = {it->token_id, 16},
        .capability_id = {it->capability_id, 16},
        .time = one->time,
        .nonce = {nonce, sizeof(nonce)},
    };

    need(sg_random(nonce, sizeof(nonce), NULL), "no random bytes");
    if (!one->is_plain) {
        header.extension = signet_slice_text("2");
        if (!one->has_no_digest)
            header.digest = (signet_slice){one->digest, sizeof(one->digest)};
    }
    if (!one->is_plain && !one->is_compact) {
        header.token = signet_buf_slice(&it->sig1);
        header.ephemeral_key = signet_key_public(it->ephemeral);
        header.binding = signet_buf_slice(&it->binding);
        header.purpose = signet_slice_text(one->purpose);
    }
    sign(it, one, &header, signatures);
    plain = signatures[0];
    strong = signatures[1];
    need(sg_proof_header_write(&header, &value, NULL), "no header");
    (void)printf("%.*s\n", (int)value.len, (const char *)value.data);
}

static void
print_master(void)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL, *public = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    master = key_of(0);
    public = signet_key_from_public(&signet_ed25519, signet_key_public(master), NULL);
    need(public && signet_key_write_pem(public, &text, NULL), "no key");
    (void)printf("%.*s", (int)text.len, (const char *)text.data);
}

static void
hash_file(const char *path, uint8_t ret_digest[32])
{
    uint8_t piece[65536];
    size_t len = 0;
    signet_sha256 hash;
    FILE *file = fopen(path, "rb");

    need(file, "no such file");
    signet_sha256_init(&hash);
    while ((len = fread(piece, 1, sizeof(piece), file)) > 0)
        signet_sha256_update(&hash, (signet_slice){piece, len});
    signet_sha256_final(&hash, ret_digest);
    (void)fclose(file);
}

int
main(int argc, char **argv)
{
    wish one = {.purpose = "api", .time = (int64_t)time(NULL)};
    presentation it = {.master = key_of(0), .ephemeral = key_of(0x20), .other = key_of(0x40)};
    long count = 1;

    for (int option = 0; (option = getopt(argc, argv, "+acdfi:k:l:mn:pst:u:")) != -1;) {
        switch (option) {
        case 'a':
            one.is_attested = true;
            break;
        case 'c':
            one.is_compact = true;
            break;
        case 'i':
            one.id = strtol(optarg, NULL, 10);
            break;
        case 'k':
            signet_key_free(it.ephemeral);
            it.ephemeral = key_of((uint8_t)strtol(optarg, NULL, 10));
            break;
        case 't':
            one.issued = strtol(optarg, NULL, 10);
            break;
        case 'd':
            one.has_no_digest = true;
            break;
        case 'f':
            one.has_file = true;
            break;
        case 'l':
            one.time -= strtol(optarg, NULL, 10);
            break;
        case 'm':
            print_master();
            return 0;
        case 'n':
            count = strtol(optarg, NULL, 10);
            break;
        case 'p':
            one.is_plain = true;
            break;
        case 's':
            one.is_thief = true;
            break;
        case 'u':
            one.purpose = optarg;
            break;
        default:
            return 2;
        }
    }
    need(argc - optind >= 3, "METHOD AUTHORITY TARGET [BODY]");
    if (one.issued == 0)
        one.issued = one.time;
    one.method = argv[optind];
    one.authority = argv[optind + 1];
    one.target = argv[optind + 2];
    if (one.has_file && argc - optind > 3)
        hash_file(argv[optind + 3], one.digest);
    else
        sg_sha256(signet_slice_text(argc - optind > 3 ? argv[optind + 3] : ""), one.digest);
    present(&it, &one);
    for (long i = 0; i < count; i++)
        print(&it, &one);
    signet_buf_free(&it.token);
    signet_buf_free(&it.sig1);
    signet_buf_free(&it.binding);
    signet_key_free(it.master);
    signet_key_free(it.ephemeral);
    signet_key_free(it.other);
    return 0;
}
