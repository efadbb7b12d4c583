/* SPDX-License-Identifier: Apache-2.0 */
/* Identities out of tokens and certificates, whether they may be used, pseudonyms, SPIFFE ids. */
#include "cells.h"
#include "json.h"

#define FRONT T_ISS T_SUB T_EXP T_NBF T_IAT T_CAP T_CNF T_JTI
static const char secret_text[] = "sixteen bytes it is";
static const signet_ppid_rules strict = {
    .secret = {(const uint8_t *)secret_text, 16}, .audience = {(const uint8_t *)"lib", 3}};
static const signet_ppid_rules plain = {.as_reference = true};

static signet_claims
claims_of(const char *wire)
{
    signet_claims claims = {0};

    REQUIRE(signet_token_decode(unhex(wire), &claims, NULL));
    return claims;
}

/* --- pseudonyms --- */

/* clang-format off */
static const struct {
    const char *name;
    size_t secret_len;
    bool as_reference;
    const char *issuer, *identity; /* issuer NULL: of an owner */
    const char *expected; /* computed by another program; NULL: refused */
} ppids[] = {
    {"ours, of text",                16, false, "cany", "mie", "2ad6247822159536a12f9d4953a4dc7ce39b2b6096e86e8e72c9e0310fe09e01"},
    {"ours, of an owner",            16, false, NULL,   "mie", "3aeab4029eb6cba27a8edb5e5b57ab2afbf6aa23c5fb659733a3afef725c6bd8"},
    {"W-76 ours without a secret",   0,  false, "cany", "mie", NULL},
    {"W-76 ours, 15 bytes",          15, false, "cany", "mie", NULL},
    {"ours of an owner, 15 bytes",   15, false, NULL,   "mie", NULL},
    {"the reference's HMAC",         16, true,  "cany", "mie", "44c8b8b0aad2af1f434b71816c1bf4e7182334b73910dce82ac7aed9a0b479e8"},
    {"the reference's hash",         0,  true,  "cany", "mie", "521fdad5c12b8e265ad22089ebd345418797b4d8091cd584530139dfcb0adefa"},
    {"W-76 its ambiguous join",      0,  true,  "can",  "y:mie", "9aac232f2aa569b84298eeba991bef5bc3a332c2dde24e1fe055b6476169f489"},
    {"its HMAC of an owner",         16, true,  NULL,   "mie", "f276b3691ace6c250fba3583c62f0abe236614e9431101543ec184de85292b69"},
    {"its hash of an owner",         0,  true,  NULL,   "mie", "298cf30c31d3d1bd262550cb58fc0ca5a6f8e1fbeb6ca6f6cca15744bbd6bd0a"},
};
/* clang-format on */

TEST(makes_pseudonyms_by_the_named_formula)
{
    for (EACH(row, ppids)) {
        signet_ppid_rules rules = strict;
        char ppid[65] = "";
        signet_error err = {0};
        bool done = false;

        rules.secret.len = row->secret_len;
        rules.as_reference = row->as_reference;
        done = row->issuer
                   ? signet_ppid_of_text(&rules, signet_slice_text(row->issuer),
                         signet_slice_text(row->identity), ppid, &err)
                   : signet_ppid_of_owner(&rules, signet_slice_text(row->identity), ppid, &err);
        CHECK_INT(done, row->expected != NULL);
        CHECK_INT(err.code, row->expected ? SIGNET_OK : SIGNET_E_USAGE);
        CHECK_TEXT(ppid, row->expected ? row->expected : "");
    }
}

/* --- the basic provider --- */

/* clang-format off */
static const struct {
    const char *name, *wire;
    const signet_ppid_rules *rules;
    signet_code expected;
    bool has_delegator;
} basics[] = {
    {"no actor: the subject",        T_MINIMAL,                                                   &strict, SIGNET_OK, false},
    {"no actor, no secret",          T_MINIMAL,                                                   &plain,  SIGNET_OK, false},
    {"an actor",                     "a9" FRONT T_ACT,                                            &strict, SIGNET_OK, false},
    {"an actor and a delegator",     "aa" FRONT T_ACT T_DEL,                                      &strict, SIGNET_OK, true},
    {"the reference's",              "aa" FRONT T_ACT T_DEL,                                      &plain,  SIGNET_OK, true},
    {"a delegator alone",            "a9" FRONT T_DEL,                                            &strict, SIGNET_OK, true},
    {"an id behind other keys",      "a9" FRONT "0ea2616101626964626d65",                         &strict, SIGNET_OK, false},
    {"an actor without id",          "a9" FRONT "0ea1626978626d65",                               &strict, SIGNET_E_TOKEN, false},
    {"an actor without id, reference", "a9" FRONT "0ea1626978626d65",                             &plain,  SIGNET_E_TOKEN, false},
    {"an id that is no text",        "a9" FRONT "0ea162696401",                                   &strict, SIGNET_E_TOKEN, false},
    {"an id in bytes",               "a9" FRONT "0ea1626964426d65",                               &strict, SIGNET_E_TOKEN, false},
    {"W-83 a delegator without id",  "aa" FRONT T_ACT "0fa1626978626d65",                         &strict, SIGNET_E_TOKEN, false},
    {"W-83 the same, reference",     "aa" FRONT T_ACT "0fa1626978626d65",                         &plain,  SIGNET_OK, false},
};
/* clang-format on */

TEST(takes_the_basic_identity_out_of_claims)
{
    for (EACH(row, basics)) {
        signet_claims claims = claims_of(row->wire);
        signet_identity identity = {.extracted = 9};
        signet_error err = {0};

        CHECK_INT(signet_identity_basic(&claims, row->rules, 1000, &identity, &err),
            row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(identity.extracted, row->expected == SIGNET_OK ? 1000 : 9);
        if (row->expected != SIGNET_OK)
            continue;
        CHECK_INT(identity.expires, WIRE_EXPIRES);
        CHECK_BYTES(identity.issuer, signet_slice_text("cany"));
        CHECK_INT(strlen(identity.actor), 64);
        CHECK_INT(strlen(identity.delegator), row->has_delegator ? 64 : 0);
        CHECK(strcmp(identity.actor, identity.delegator) != 0);
        if (claims.actor.len == 0)
            CHECK_TEXT(identity.actor, WIRE_EPH);
    }
}

/* --- the cell provider --- */

static const cell_row rows[] = {{"a", 1, 1, "*", NULL}, {"a:b", 2, 1, "x", NULL}};

/* clang-format off */
static const struct {
    const char *name;
    size_t cells; /* of `rows` */
    const char *environment, *boundary; /* hex */
    uint8_t root;
    const char *holder;
    const signet_ppid_rules *rules;
    signet_code expected;
} celled[] = {
    {"two cells",                     2, "", "", 1, WIRE_EPH, &strict, SIGNET_OK},
    {"one cell",                      1, "", "", 1, WIRE_CNF, &strict, SIGNET_OK},
    {"the reference's pseudonyms",    2, "", "", 1, WIRE_EPH, &plain,  SIGNET_OK},
    {"no chain",                      0, "", "", 1, WIRE_EPH, &strict, SIGNET_E_TOKEN},
    {"W-70 another root",             2, "", "", 3, WIRE_EPH, &strict, SIGNET_E_TRUST},
    {"W-72 another holder",           2, "", "", 1, WIRE_CNF, &strict, SIGNET_E_TRUST},
    {"an environment",                2, "a369436c7573746572494461636b496d616765446967657374616" "46c4174746573746174696f6e73f6", "", 1, WIRE_EPH, &strict, SIGNET_OK},
    {"attestations",                  2, "a369436c7573746572494461636b496d616765446967657374616" "46c4174746573746174696f6e7382a001", "", 1, WIRE_EPH, &strict, SIGNET_OK},
    {"an empty environment",          2, "a0", "", 1, WIRE_EPH, &strict, SIGNET_E_DECODE},
    {"a key of the environment in lower case", 2, "a369636c7573746572494461636b496d616765446967657374616" "46c4174746573746174696f6e73f6", "", 1, WIRE_EPH, &strict, SIGNET_E_DECODE},
    {"a boundary, tokens.md 7.3",     2, "", "a363565043617666446f6d61696e616466526567696f6e6172", 1, WIRE_EPH, &strict, SIGNET_OK},
    {"a boundary with a null",        2, "", "a3635650436176" "66446f6d61696ef666526567696f6e6172", 1, WIRE_EPH, &strict, SIGNET_E_DECODE},
    {"a boundary of two keys",        2, "", "a263565043617666446f6d61696e6164", 1, WIRE_EPH, &strict, SIGNET_E_DECODE},
    {"a boundary that is an array",   2, "", "80", 1, WIRE_EPH, &strict, SIGNET_E_DECODE},
};
/* clang-format on */

TEST(takes_the_cell_identity_out_of_claims)
{
    for (EACH(row, celled)) {
        const signet_key *const roots[] = {wire_key(&signet_ed25519, row->root)};
        signet_chain_anchors anchors = {roots, 1, unhex(row->holder), {NULL, 0}};
        signet_claims claims = claims_of(T_MINIMAL);
        signet_identity identity = {.extracted = 9};
        signet_error err = {0};
        char owner[65];

        claims.chain = row->cells ? cells_chain(rows, row->cells) : (signet_slice){NULL, 0};
        claims.environment = unhex(row->environment);
        claims.boundary = unhex(row->boundary);
        CHECK_INT(signet_identity_cell(&claims, row->rules, &anchors, 1000, &identity, &err),
            row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(identity.extracted, row->expected == SIGNET_OK ? 1000 : 9);
        if (row->expected != SIGNET_OK)
            continue;
        REQUIRE(signet_ppid_of_owner(row->rules,
            signet_key_public(wire_key(&signet_ed25519, (uint8_t)row->cells)), owner, NULL));
        CHECK_TEXT(identity.actor, owner);
        CHECK_INT(identity.chain_count, row->cells);
        CHECK_INT(strlen(identity.delegator), row->cells > 1 ? 64 : 0);
        CHECK_BYTES(identity.issuer, signet_slice_text("cany")); /* W-75 */
        CHECK_BYTES(identity.resource, signet_slice_text(row->cells > 1 ? "a:b" : "a"));
        CHECK_INT(identity.has_environment, claims.environment.len > 0);
        CHECK_INT(identity.has_boundary, claims.boundary.len > 0);
        if (identity.has_boundary)
            CHECK_BYTES(identity.domain, signet_slice_text("d"));
    }
}

/* --- the certificate provider --- */

/* clang-format off */
static const struct {
    const char *name, *subject, *issued; /* hex */
    signet_code expected;
    const char *owner;      /* when accepted */
    int64_t issued_at;
    bool reference_accepts; /* then the owner is the common name, or the time that of the certificate */
} certs[] = {
    {"no extension",               "",             "", SIGNET_OK, "cn", 5, true},
    {"raw bytes",                  "6d6965",       "", SIGNET_OK, "mie", 5, true},
    {"UTF8String",                 "0c036d6965",   "", SIGNET_OK, "mie", 5, true},
    {"PrintableString",            "13036d6965",   "", SIGNET_OK, "mie", 5, true},
    {"W-80 not UTF-8",             "0c01ff",       "", SIGNET_E_CERT, "\xff", 5, true},
    {"in UTC",                     "", "323032362d30312d30315430303a30303a30305a",             SIGNET_OK, "cn", 1767225600, true},
    {"in UTC, DER",                "", "1314323032362d30312d30315430303a30303a30305a",         SIGNET_OK, "cn", 1767225600, true},
    {"with an offset",             "", "323032362d30312d30315430303a30303a30302b30323a3030",   SIGNET_OK, "cn", 1767225600 - 7200, true},
    {"with a fraction",            "", "323032362d30312d30315430303a30303a30302e355a",         SIGNET_OK, "cn", 1767225600, true},
    {"a fraction of no digits",    "", "323032362d30312d30315430303a30303a30302e5a",           SIGNET_E_CERT, "cn", 5, true},
    {"an offset of 24 hours",      "", "323032362d30312d30315430303a30303a30302b32343a3030",   SIGNET_E_CERT, "cn", 5, true},
    {"an offset of 60 minutes",    "", "323032362d30312d30315430303a30303a30302b30303a3630",   SIGNET_E_CERT, "cn", 5, true},
    {"no zone",                    "", "323032362d30312d30315430303a30303a3030",               SIGNET_E_CERT, "cn", 5, true},
    {"W-80 no time",               "", "7965737465726461790a",                                 SIGNET_E_CERT, "cn", 5, true},
    {"the 30th of February",       "", "323032362d30322d33305430303a30303a30305a",             SIGNET_E_CERT, "cn", 5, true},
};
/* clang-format on */

static signet_cert
certificate(void)
{
    return (signet_cert){
        .issuer = unhex("3011310f300d06035504030c06497373756572"),
        .spki = unhex("302a300506032b6570032100" WIRE_CNF),
        .common_name = signet_slice_text("cn"),
        .not_before = 5,
        .not_after = 500,
    };
}

TEST(takes_the_identity_out_of_a_certificate)
{
    for (EACH(row, certs)) {
        signet_cert cert = certificate();
        signet_identity identity = {0};
        signet_error err = {0};

        cert.subject_text = unhex(row->subject);
        cert.issued_text = unhex(row->issued);
        CHECK_INT(
            signet_identity_cert(&cert, false, 10, &identity, &err), row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(signet_identity_cert(&cert, true, 10, &identity, NULL), row->reference_accepts);
        CHECK_BYTES(identity.owner, signet_slice_text(row->owner));
        CHECK_INT(identity.issued, row->issued_at);
        CHECK_INT(identity.expires, 500);
        CHECK_BYTES(identity.issuer, signet_slice_text("Issuer"));
        CHECK_INT(strlen(identity.machine), 64);
        CHECK(identity.actor[0] == '\0');
    }
}

TEST(refuses_extensions_of_more_than_512_bytes) /* W-80 */
{
    static uint8_t text[513];
    signet_cert cert = certificate();
    signet_identity identity = {0};
    signet_error err = {0};
    signet_slice *const places[] = {&cert.subject_text, &cert.agent_text, &cert.scope_text};

    memset(text, 'a', sizeof(text));
    for (size_t i = 0; i < 3; i++) {
        harness_row = "512 bytes";
        *places[i] = (signet_slice){text, 512};
        CHECK(signet_identity_cert(&cert, false, 10, &identity, NULL));
        harness_row = "513 bytes";
        *places[i] = (signet_slice){text, 513};
        CHECK(!signet_identity_cert(&cert, false, 10, &identity, &err));
        CHECK_INT(err.code, SIGNET_E_CERT);
        CHECK(signet_identity_cert(&cert, true, 10, &identity, NULL));
        CHECK_BYTES(identity.owner, signet_slice_text("cn")); /* absent, as it was there */
        *places[i] = (signet_slice){NULL, 0};
    }
    harness_row = "a person acts for an agent";
    cert.agent_text = signet_slice_text("robot");
    CHECK(signet_identity_cert(&cert, false, 10, &identity, NULL));
    CHECK_BYTES(identity.agent, signet_slice_text("robot"));
}

/* --- use --- */

/* clang-format off */
static const struct {
    const char *name;
    int64_t age, left; /* seconds since it was taken out, and to the end of its token */
    signet_code expected, as_reference;
} ages[] = {
    {"at once",                 0,         100,  SIGNET_OK, SIGNET_OK},
    {"after 300 seconds",       300,       100,  SIGNET_OK, SIGNET_OK},
    {"after 301 seconds",       301,       1000, SIGNET_E_TIME, SIGNET_E_TIME},
    {"W-79 of the future",      -1,        100,  SIGNET_E_TIME, SIGNET_OK},
    {"W-79 its last second",    0,         0,    SIGNET_OK, SIGNET_OK},
    {"W-79 a second later",     0,         -1,   SIGNET_E_TIME, SIGNET_OK},
    {"older than time",         INT64_MAX, 100,  SIGNET_E_TIME, SIGNET_E_TIME},
};

static const struct {
    const char *name, *vpc, *region, *domain; /* of the boundary */
    const char *host, *address, *here;        /* of the request; host NULL: none */
    signet_code expected, as_reference;
} uses[] = {
    {"an empty boundary",          "", "", "",  NULL, "", "",                               SIGNET_OK, SIGNET_OK},
    {"W-77 no request",            "", "", "d", NULL, "", "",                               SIGNET_E_TRUST, SIGNET_OK},
    {"the domain",                 "", "", "example.com", "example.com", "", "",            SIGNET_OK, SIGNET_OK},
    {"with a port",                "", "", "example.com", "example.com:443", "", "",        SIGNET_OK, SIGNET_OK},
    {"another case",               "", "", "example.com", "EXAMPLE.com", "", "",            SIGNET_OK, SIGNET_OK},
    {"K is not the kelvin sign",   "", "", "k.com", "\xe2\x84\xaa.com", "", "",             SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"a trailing dot",             "", "", "example.com", "example.com.", "", "",           SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"a name below",               "", "", "example.com", "a.example.com", "", "",          SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"no host",                    "", "", "example.com", "", "", "",                       SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"an IPv6 host",               "", "", "::1", "[::1]:80", "", "",                       SIGNET_OK, SIGNET_OK},
    {"an IPv6 host keeps brackets", "", "", "[::1]", "[::1]", "", "",                       SIGNET_OK, SIGNET_OK},
    {"inside the block",           "10.0.0.0/16", "", "", "", "10.0.1.2:80", "",            SIGNET_OK, SIGNET_OK},
    {"outside",                    "10.0.0.0/16", "", "", "", "10.1.0.1:80", "",            SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"host bits",                  "10.0.5.5/16", "", "", "", "10.0.1.2:80", "",            SIGNET_OK, SIGNET_OK},
    {"everything",                 "0.0.0.0/0", "", "", "", "8.8.8.8:80", "",               SIGNET_OK, SIGNET_OK},
    {"one address",                "10.0.0.1/32", "", "", "", "10.0.0.1:80", "",            SIGNET_OK, SIGNET_OK},
    {"the one beside",             "10.0.0.1/32", "", "", "", "10.0.0.0:80", "",            SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"33 bits",                    "10.0.0.0/33", "", "", "", "10.0.0.1:80", "",            SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"no prefix",                  "10.0.0.0", "", "", "", "10.0.0.1:80", "",               SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"an empty prefix",            "10.0.0.0/", "", "", "", "10.0.0.1:80", "",              SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"a signed prefix",            "10.0.0.0/+8", "", "", "", "10.0.0.1:80", "",            SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"a name for a block",         "vpc-12345", "", "", "", "10.0.0.1:80", "",              SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"IPv4 mapped into IPv6",      "10.0.0.0/16", "", "", "", "[::ffff:10.0.1.2]:80", "",   SIGNET_OK, SIGNET_OK},
    {"IPv6",                       "fd00::/8", "", "", "", "[fd12::1]:80", "",              SIGNET_OK, SIGNET_OK},
    {"IPv6 outside",               "fd00::/8", "", "", "", "[fe80::1]:80", "",              SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"IPv6 with a zone",           "fe80::/10", "", "", "", "[fe80::1%eth0]:80", "",        SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"an address without port",    "10.0.0.0/16", "", "", "", "10.0.1.2", "",               SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"no address",                 "10.0.0.0/16", "", "", "", "", "",                       SIGNET_E_TRUST, SIGNET_E_TRUST},
    {"the region",                 "", "eu", "", "", "", "eu",                              SIGNET_OK, SIGNET_OK},
    {"W-77 another region",        "", "eu", "", "", "", "us",                              SIGNET_E_TRUST, SIGNET_OK},
    {"W-77 a region not known",    "", "eu", "", "", "", "",                                SIGNET_E_TRUST, SIGNET_OK},
};
/* clang-format on */

static signet_code
check(const signet_identity *identity, const signet_identity_request *request, bool as_reference,
    int64_t now)
{
    signet_error err = {0};
    bool done = signet_identity_check(identity, request, as_reference, now, &err);

    CHECK_INT(done, err.code == SIGNET_OK);
    return err.code;
}

TEST(lets_an_identity_be_used_here_and_now_only)
{
    for (EACH(row, ages)) {
        signet_identity identity = {.extracted = 100000 - row->age, .expires = 100000 + row->left};

        if (row->age == INT64_MAX)
            identity.extracted = INT64_MIN;
        CHECK_INT(check(&identity, NULL, false, 100000), row->expected);
        CHECK_INT(check(&identity, NULL, true, 100000), row->as_reference);
    }
    for (EACH(row, uses)) {
        signet_identity identity = {
            .expires = 100,
            .has_boundary = true,
            .vpc = signet_slice_text(row->vpc),
            .region = signet_slice_text(row->region),
            .domain = signet_slice_text(row->domain),
        };
        signet_identity_request request = {signet_slice_text(row->host ? row->host : ""),
            signet_slice_text(row->address), signet_slice_text(row->here)};

        CHECK_INT(check(&identity, row->host ? &request : NULL, false, 1), row->expected);
        CHECK_INT(check(&identity, row->host ? &request : NULL, true, 1), row->as_reference);
    }
}

/* --- SPIFFE --- */

/* clang-format off */
static const struct {
    const char *name, *domain, *path, *expected; /* NULL: refused */
} spiffe[] = {
    {"an id",                    "art.local", "workload/foo",  "spiffe://art.local/workload/foo"},
    {"leading slashes",          "art.local", "//workload",    "spiffe://art.local/workload"},
    {"no trust domain",          "",          "workload",      ""},
    {"no path",                  "art.local", "",              NULL},
    {"slashes alone",            "art.local", "//",            NULL},
    {"W-92 upper case",          "Art.local", "workload",      NULL},
    {"W-92 a port",              "art.local:80", "workload",   NULL},
    {"W-92 dots",                "art.local", "a/../b",        NULL},
    {"W-92 an empty segment",    "art.local", "a//b",          NULL},
    {"W-92 a trailing slash",    "art.local", "a/",            NULL},
    {"W-92 an escape",           "art.local", "a%20b",         NULL},
    {"W-92 a blank",             "art.local", "a b",           NULL},
    {"W-92 a question mark",     "art.local", "a?",            NULL},
    {"a slash in the domain",    "art/local", "a",             "spiffe://art/local/a"},
};
/* clang-format on */

TEST(builds_spiffe_ids)
{
    for (EACH(row, spiffe)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

        REQUIRE(signet_buf_append(&out, signet_slice_text(">"), NULL));
        CHECK_INT(signet_spiffe_build(row->domain, row->path, &out, NULL), row->expected != NULL);
        CHECK_BYTES(((signet_slice){out.data + 1, out.len - 1}),
            signet_slice_text(row->expected ? row->expected : ""));
    }
}

/* --- tokens.json --- */

static signet_slice
member(const json_t *object, const char *name)
{
    const char *text = json_text(object, name);

    return signet_slice_text(text ? text : "");
}

TEST(keeps_what_the_reference_pins)
{
    json_t *root = json_of(VECTORS "/tokens.json"), *one = NULL;
    size_t i = 0;

    json_array_foreach(json_object_get(root, "sigid_boundary"), i, one)
    {
        const json_t *boundary = json_object_get(one, "boundary");
        signet_identity identity = {.expires = 100,
            .has_boundary = json_is_object(boundary),
            .vpc = member(boundary, "VPC"),
            .domain = member(boundary, "Domain")};
        signet_identity_request request = {
            .host = member(one, "request_host"), .address = member(one, "remote_addr")};

        harness_row = json_text(one, "name");
        CHECK_INT(check(&identity, &request, false, 1) == SIGNET_OK,
            strcmp(json_text(one, "expect"), "accept") == 0);
    }
    CHECK_INT(i, 10);
    json_array_foreach(json_object_get(root, "sigid_context_age"), i, one)
    {
        int64_t age = json_integer_value(json_object_get(one, "age_seconds"));
        signet_identity identity = {.extracted = 1000 - age, .expires = 2000};

        harness_row = json_text(one, "name");
        if (json_object_get(one, "age_seconds")) /* the third is a null context */
            CHECK_INT(check(&identity, NULL, false, 1000) == SIGNET_OK, age == 0);
    }
    CHECK_INT(i, 3);
    json_array_foreach(json_object_get(root, "spiffe_id"), i, one)
    {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

        harness_row = json_text(one, "name");
        CHECK_INT(signet_spiffe_build(
                      json_text(one, "trust_domain"), json_text(one, "workload_path"), &out, NULL),
            strcmp(json_text(one, "expect"), "accept") == 0);
        CHECK_BYTES(signet_buf_slice(&out), member(one, "result"));
    }
    CHECK_INT(i, 6);
    json_decref(root);
    harness_row = "all";
}

TEST(keeps_the_key_ids_of_the_reference)
{
    json_t *root = json_of(VECTORS "/tokens.json");
    const json_t *ids = json_object_get(root, "key_id"), *one = json_array_get(ids, 0);
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0};
    char kid[SIGNET_KID_SIZE + 1], fingerprint[SIGNET_FINGERPRINT_SIZE + 1];

    key = signet_key_from_public(&signet_ed25519, json_hex(one, "public_key_raw_hex"), NULL);
    REQUIRE(
        key && signet_key_kid(key, kid, NULL) && signet_key_fingerprint(key, fingerprint, NULL));
    REQUIRE(signet_key_write_spki(key, &spki, NULL));
    CHECK_TEXT(kid, json_text(one, "canonical_kid"));
    CHECK_TEXT(fingerprint, json_text(one, "machine_fingerprint"));
    CHECK_BYTES(signet_buf_slice(&spki), json_hex(one, "spki_der_hex"));
    CHECK(!signet_key_from_spki(
        signet_only_ed25519, json_hex(json_array_get(ids, 1), "spki_der_hex"), NULL));
    CHECK(signet_kid_is_valid(signet_slice_text(kid)));
    CHECK(!signet_kid_is_valid(signet_slice_text(fingerprint)));
    CHECK(!signet_kid_is_valid(signet_slice_text("9408457AEFD071CEC127C1F985399308")));
    CHECK(!signet_kid_is_valid(signet_slice_text(json_text(one, "legacy_kid64"))));
    CHECK_INT(json_array_size(ids), 3);
    json_decref(root);
}

/* Every member of tokens.json has a test, or a reason to have none. */
TEST(leaves_out_no_member_of_the_reference)
{
    static const char *const members[] = {"about", "error_classes", "token_decode", "sig1",
        "capability_id_relations", "capability_id_validation", "newtoken_cap_id_relations",
        "key_id", "epr_binding_message",
        /* W-36: a bound that is not half the order, of a rule that is none; not offered */
        "epr_s_bound_constant_le_hex", "epr_s_bound_note", "epr_s_bound_signatures",
        "epr_s_bound_scalars", "epr_make_canonical", "epr_compare_signatures", "algorithm_names",
        "public_key_unmarshal", "cose_constructor", "cose_sign_verify",
        "error_strings", /* texts of the reference's own; ours are codes */
        "spiffe_id", "sigid_chain_bytes", "sigid_boundary", "sigid_context_age",
        "pkcs11_option_strings", /* of the PKCS#11 module, which is another issue */
        "not_pinned_anywhere"};
    json_t *root = json_of(VECTORS "/tokens.json");

    CHECK_INT(json_object_size(root), sizeof(members) / sizeof(members[0]));
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        harness_row = members[i];
        CHECK(json_object_get(root, members[i]));
    }
    json_decref(root);
}

TESTS(TEST_OF(makes_pseudonyms_by_the_named_formula),
    TEST_OF(takes_the_basic_identity_out_of_claims), TEST_OF(takes_the_cell_identity_out_of_claims),
    TEST_OF(takes_the_identity_out_of_a_certificate),
    TEST_OF(refuses_extensions_of_more_than_512_bytes),
    TEST_OF(lets_an_identity_be_used_here_and_now_only), TEST_OF(builds_spiffe_ids),
    TEST_OF(keeps_what_the_reference_pins), TEST_OF(keeps_the_key_ids_of_the_reference),
    TEST_OF(leaves_out_no_member_of_the_reference))
