/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP Message Signatures: the good request, changed in one place, and what is said about it. */
#include <signet/pki.h>

#include "signed_request.h"

static signet_code
verdict(const message *one, const signet_key *key, const char *ret_message[1])
{
    static signet_error err;
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
    signet_http_field fields[FIELDS_MAX];
    signet_http_request request = request_of(one, fields);

    err = (signet_error){0};
    ret_message[0] = err.message;
    if (!sg_message_signature_read(&request, &sg_signature_pop, NOW, SKEW, &read, &err)) {
        CHECK(!read.base.data);
        return err.code;
    }
    return sg_message_signature_verify(&read, key, &err) ? SIGNET_OK : err.code;
}

/* --- what is refused, and what is not --- */

/* clang-format off */
static const struct {
    const char *name, *input;
    signet_code code;
    const char *says;
} inputs[] = {
    {"the good one",               GOOD_INPUT, SIGNET_OK, ""},
    {"another label",              "x" COVERED, SIGNET_E_DECODE, "signature-input: "},
    {"differing labels",           "sig=" COVERED ";" TIMES REST, SIGNET_E_DECODE, "not in signature"},
    {"a label more",               GOOD_INPUT ", a=()", SIGNET_E_DECODE, "not in signature"},
    {"a label twice",              GOOD_INPUT ", " GOOD_INPUT, SIGNET_E_DECODE, "twice"},
    {"garbage behind it",          GOOD_INPUT "x", SIGNET_E_DECODE, "signature-input: "},
    {"a comma behind it",          GOOD_INPUT ",", SIGNET_E_DECODE, "comma"},
    {"no value",                   "signet", SIGNET_E_DECODE, "inner list"},
    {"an item",                    "signet=1;tag=\"signet-pop\"", SIGNET_E_DECODE, "inner list"},
    {"another tag",                "signet=" COVERED ";" TIMES ";tag=\"x\"", SIGNET_E_NOT_FOUND, "0 signatures"},
    {"a tag that is a token",      "signet=" COVERED ";" TIMES ";tag=signet-pop", SIGNET_E_NOT_FOUND, "0 signatures"},
    {"no tag",                     "signet=" COVERED ";" TIMES, SIGNET_E_NOT_FOUND, "0 signatures"},
    {"a tag twice",                GOOD_INPUT ";tag=\"signet-pop\"", SIGNET_E_DECODE, "twice"},
    {"not canonical, two blanks",  "signet=(\"@method\"  \"@target-uri\" \"content-digest\");" TIMES REST, SIGNET_E_DECODE, "canonical"},
    {"not canonical, a zero",      "signet=" COVERED ";created=01700000000;expires=1700000030" REST, SIGNET_E_DECODE, "canonical"},
    {"not canonical, ; blank",     "signet=" COVERED "; " TIMES REST, SIGNET_E_DECODE, "canonical"},
    {"a component twice",          "signet=(\"@method\" \"@target-uri\" \"content-digest\" \"@method\");" TIMES REST, SIGNET_E_DECODE, "twice"},
    {"a field twice",              "signet=(\"@method\" \"content-digest\" \"@target-uri\" \"content-digest\");" TIMES REST, SIGNET_E_DECODE, "twice"},
    {"an unknown @ name",          "signet=(\"@method\" \"@target-uri\" \"content-digest\" \"@body\");" TIMES REST, SIGNET_E_DECODE, "\"@body\" is not known"},
    {"@request-target",            "signet=(\"@method\" \"@request-target\" \"content-digest\");" TIMES REST, SIGNET_E_DECODE, "\"@request-target\""},
    {"@status of a request",       "signet=(\"@status\");" TIMES REST, SIGNET_E_DECODE, "\"@status\""},
    {"@signature-params",          "signet=(\"@signature-params\");" TIMES REST, SIGNET_E_DECODE, "\"@signature-params\""},
    {"@ alone",                    "signet=(\"@\");" TIMES REST, SIGNET_E_DECODE, "\"@\""},
    {"a field in capitals",        "signet=(\"@method\" \"@target-uri\" \"Content-Digest\");" TIMES REST, SIGNET_E_DECODE, "lower-case"},
    {"an empty name",              "signet=(\"\");" TIMES REST, SIGNET_E_DECODE, "lower-case"},
    {"an escape in a name",        "signet=(\"a\\\"b\");" TIMES REST, SIGNET_E_DECODE, "lower-case"},
    {"a component that is a token", "signet=(content-digest);" TIMES REST, SIGNET_E_DECODE, "no string"},
    {"a field that is not there",  "signet=(\"@method\" \"@target-uri\" \"content-digest\" \"x\");" TIMES REST, SIGNET_E_NOT_FOUND, "no field x"},
    {"req of a request",           "signet=(\"@method\";req \"@target-uri\" \"content-digest\");" TIMES REST, SIGNET_E_DECODE, "parameter req"},
    {"sf",                         "signet=(\"@method\" \"@target-uri\" \"content-digest\";sf);" TIMES REST, SIGNET_E_DECODE, "parameter sf"},
    {"bs",                         "signet=(\"@method\" \"@target-uri\" \"content-digest\";bs);" TIMES REST, SIGNET_E_DECODE, "parameter bs"},
    {"tr",                         "signet=(\"@method\" \"@target-uri\" \"content-digest\";tr);" TIMES REST, SIGNET_E_DECODE, "parameter tr"},
    {"an unknown parameter",       "signet=(\"@method\";x \"@target-uri\" \"content-digest\");" TIMES REST, SIGNET_E_DECODE, "parameter x"},
    {"a parameter twice",          "signet=(\"@method\" \"@target-uri\" \"content-digest\";key=\"a\";key=\"b\");" TIMES REST, SIGNET_E_DECODE, "twice"},
    {"two parameters",             "signet=(\"@method\" \"@target-uri\" \"content-digest\";key=\"a\";sf);" TIMES REST, SIGNET_E_DECODE, "two parameters"},
    {"key of a derived one",       "signet=(\"@method\";key=\"a\");" TIMES REST, SIGNET_E_DECODE, "parameter key"},
    {"key that is a token",        "signet=(\"content-digest\";key=sha-256);" TIMES REST, SIGNET_E_DECODE, "parameter key"},
    {"key that is not there",      "signet=(\"content-digest\";key=\"md5\");" TIMES REST, SIGNET_E_NOT_FOUND, "key"},
    {"one key is not the field",   "signet=(\"@method\" \"@target-uri\" \"content-digest\";key=\"sha-256\");" TIMES REST, SIGNET_E_EPR, "content-digest is not covered"},
    {"name of a field",            "signet=(\"content-digest\";name=\"a\");" TIMES REST, SIGNET_E_DECODE, "parameter name"},
    {"@query-param, no name",      "signet=(\"@query-param\");" TIMES REST, SIGNET_E_DECODE, "\"@query-param\""},
    {"@query-param, not there",    "signet=(\"@query-param\";name=\"y\");" TIMES REST, SIGNET_E_NOT_FOUND, "0 of that name"},
    {"no @method",                 "signet=(\"@target-uri\" \"content-digest\");" TIMES REST, SIGNET_E_EPR, "@method"},
    {"no target",                  "signet=(\"@method\" \"content-digest\");" TIMES REST, SIGNET_E_EPR, "@target-uri"},
    {"no @query",                  "signet=(\"@method\" \"@authority\" \"@path\" \"content-digest\");" TIMES REST, SIGNET_E_EPR, "@target-uri"},
    {"no @path",                   "signet=(\"@method\" \"@authority\" \"@query\" \"content-digest\");" TIMES REST, SIGNET_E_EPR, "@target-uri"},
    {"no @authority",              "signet=(\"@method\" \"@path\" \"@query\" \"content-digest\");" TIMES REST, SIGNET_E_EPR, "@target-uri"},
    {"the three instead",          "signet=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\");" TIMES REST, SIGNET_E_SIGNATURE, ""},
    {"no content-digest in a POST", "signet=(\"@method\" \"@target-uri\");" TIMES REST, SIGNET_E_EPR, "content-digest"},
    {"nothing covered",            "signet=();" TIMES REST, SIGNET_E_EPR, "@method"},
    {"another order",              "signet=(\"@target-uri\" \"@method\" \"content-digest\");" TIMES REST, SIGNET_E_SIGNATURE, ""},
    {"no created",                 "signet=" COVERED ";expires=1700000030" REST, SIGNET_E_EPR, "created or expires"},
    {"no expires",                 "signet=" COVERED ";created=1700000000" REST, SIGNET_E_EPR, "created or expires"},
    {"created is a string",        "signet=" COVERED ";created=\"1700000000\";expires=1700000030" REST, SIGNET_E_DECODE, "created"},
    {"created is a decimal",       "signet=" COVERED ";created=1700000000.0;expires=1700000030" REST, SIGNET_E_DECODE, "created"},
    {"created is a date",          "signet=" COVERED ";created=@1700000000;expires=1700000030" REST, SIGNET_E_DECODE, "created"},
    {"created is negative",        "signet=" COVERED ";created=-1;expires=1" REST, SIGNET_E_DECODE, "created"},
    {"expires when created",       "signet=" COVERED ";created=1700000000;expires=1700000000" REST, SIGNET_E_EPR, "not after"},
    {"expires before created",     "signet=" COVERED ";created=1700000000;expires=1699999999" REST, SIGNET_E_EPR, "not after"},
    {"60 seconds",                 "signet=" COVERED ";created=1700000000;expires=1700000060" REST, SIGNET_E_SIGNATURE, ""},
    {"61 seconds",                 "signet=" COVERED ";created=1700000000;expires=1700000061" REST, SIGNET_E_EPR, "more than 60"},
    {"created in the skew",        "signet=" COVERED ";created=1699999970;expires=1700000001" REST, SIGNET_E_SIGNATURE, ""},
    {"created a second earlier",   "signet=" COVERED ";created=1699999969;expires=1700000001" REST, SIGNET_E_TIME, "31 seconds ago"},
    {"expired this second",        "signet=" COVERED ";created=1699999990;expires=1700000000" REST, SIGNET_E_TIME, "expired"},
    {"created ahead in the skew",  "signet=" COVERED ";created=1700000030;expires=1700000060" REST, SIGNET_E_SIGNATURE, ""},
    {"created further ahead",      "signet=" COVERED ";created=1700000031;expires=1700000060" REST, SIGNET_E_TIME, "31 seconds ahead"},
    {"at the end of time",         "signet=" COVERED ";created=999999999999998;expires=999999999999999" REST, SIGNET_E_TIME, "ahead"},
    {"no nonce",                   "signet=" COVERED ";" TIMES ";keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_EPR, "nonce"},
    {"a nonce of 15 bytes",        "signet=" COVERED ";" TIMES ";nonce=\"cmVxdWVzdC1ub25jZTEy\";keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_EPR, "15 bytes"},
    {"a nonce without padding",    "signet=" COVERED ";" TIMES ";nonce=\"cmVxdWVzdC1ub25jZTEyMw\";keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_EPR, "canonical base64"},
    {"a nonce with stray bits",    "signet=" COVERED ";" TIMES ";nonce=\"cmVxdWVzdC1ub25jZTEyMx==\";keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_EPR, "canonical base64"},
    {"a nonce as a byte sequence", "signet=" COVERED ";" TIMES ";nonce=:" NONCE ":;keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_DECODE, "nonce"},
    {"an empty nonce",             "signet=" COVERED ";" TIMES ";nonce=\"\";keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_DECODE, "nonce"},
    {"no keyid",                   "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";tag=\"signet-pop\"", SIGNET_E_EPR, "keyid"},
    {"a keyid in capitals",        "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";keyid=\"AB323334353637383930313233343536\";tag=\"signet-pop\"", SIGNET_E_EPR, "keyid"},
    {"a keyid of 31 digits",       "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";keyid=\"1323334353637383930313233343536\";tag=\"signet-pop\"", SIGNET_E_EPR, "keyid"},
    {"a keyid with an escape",     "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";keyid=\"\\\\\";tag=\"signet-pop\"", SIGNET_E_DECODE, "keyid"},
    {"a thumbprint",               "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";keyid=\"AkXIZFzonb59ZmGwyKgi3H3BwMi6amevqdKQiLZhdtc\";tag=\"signet-pop\"", SIGNET_E_SIGNATURE, ""},
    {"a thumbprint, stray bits",   "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";keyid=\"AkXIZFzonb59ZmGwyKgi3H3BwMi6amevqdKQiLZhdtd\";tag=\"signet-pop\"", SIGNET_E_EPR, "keyid"},
    {"another alg of the profile", "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";alg=\"ecdsa-p256-sha256\";keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_ALGORITHM, "the key is of"},
    {"an alg behind the switch",   "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";alg=\"ml-dsa-44\";keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_ALGORITHM, "not accepted"},
    {"hmac",                       "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";alg=\"hmac-sha256\";keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_ALGORITHM, "not accepted"},
    {"alg in capitals",            "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";alg=\"Ed25519\";keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_ALGORITHM, "not accepted"},
    {"no alg",                     "signet=" COVERED ";" TIMES ";nonce=\"" NONCE "\";keyid=\"" KEYID "\";tag=\"signet-pop\"", SIGNET_E_SIGNATURE, ""},
    {"another parameter, signed",  GOOD_INPUT ";x=1", SIGNET_E_SIGNATURE, ""},
    {"non-ASCII",                  "signet=" COVERED ";" TIMES REST ";x=\"\xc3\xbc\"", SIGNET_E_DECODE, "byte c3"},
};

static const struct {
    const char *name, *signature;
    signet_code code;
} signatures[] = {
    {"none",               NULL,                          SIGNET_E_NOT_FOUND},
    {"empty",              "",                            SIGNET_E_DECODE},
    {"no bytes",           "signet=::",                   SIGNET_E_SIGNATURE},
    {"short",              "signet=:AAAA:",               SIGNET_E_SIGNATURE},
    {"a string",           "signet=\"AAAA\"",             SIGNET_E_DECODE},
    {"a list",             "signet=(:AAAA:)",             SIGNET_E_DECODE},
    {"a label more",       GOOD_SIGNATURE ", a=:AAAA:",   SIGNET_E_DECODE},
    {"a parameter",        GOOD_SIGNATURE ";a",           SIGNET_E_DECODE},
    {"twice",              GOOD_SIGNATURE ", " GOOD_SIGNATURE, SIGNET_E_DECODE},
    {"garbage behind it",  GOOD_SIGNATURE "x",            SIGNET_E_DECODE},
    {"without colons",     "signet=AAAA",                 SIGNET_E_DECODE},
};

/* The good one, but for one part of the request. */
static const struct {
    const char *name;
    message one;
    signet_code code;
} requests[] = {
    {"in capitals, default port",  {"POST", "HTTPS", "API.Example.com:443", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"content-DIGEST", " " HELLO_DIGEST "\t"}}, SIGNET_OK},
    {"another method",             {"PUT", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_SIGNATURE},
    {"a method in lower case",     {"post", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_SIGNATURE},
    {"no method",                  {"", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"a blank in the method",      {"PO ST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"another scheme",             {"POST", "http", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_SIGNATURE},
    {"an unknown scheme",          {"POST", "ftp", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"the port of the other one",  {"POST", "https", "api.example.com:80", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_SIGNATURE},
    {"another authority",          {"POST", "https", "api.example.org", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_SIGNATURE},
    {"no authority",               {"POST", "https", "", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"a user in the authority",    {"POST", "https", "a@api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"a path in the authority",    {"POST", "https", "api.example.com/a%2Fb", "/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"a decoded path",             {"POST", "https", "api.example.com", "/a/b/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_SIGNATURE},
    {"a blank in the path",        {"POST", "https", "api.example.com", "/a%2Fb/c d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"a fragment",                 {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C#a", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"no target",                  {"POST", "https", "api.example.com", "", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"an absolute target",         {"POST", "https", "api.example.com", "https://api.example.com/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"an asterisk",                {"OPTIONS", "https", "api.example.com", "*", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_DECODE},
    {"another query",              {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=|", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_SIGNATURE},
    {"no query",                   {"POST", "https", "api.example.com", "/a%2Fb/c%20d", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_SIGNATURE},
    {"no digest",                  {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {NULL}}, SIGNET_E_NOT_FOUND},
    {"another digest",             {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"}}, SIGNET_E_SIGNATURE},
    {"a digest more",              {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST, "Content-Digest", "x=1"}}, SIGNET_E_SIGNATURE},
    {"only a deprecated digest",   {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", "md5=:AAAA:"}}, SIGNET_E_ALGORITHM},
    {"a line end in the digest",   {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST "\n"}}, SIGNET_E_DECODE},
    {"authorization not covered",  {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST, "authorization", "x"}}, SIGNET_E_EPR},
    {"dpop not covered",           {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST, "DPoP", "x"}}, SIGNET_E_EPR},
    {"signet-proof not covered",   {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST, "Signet-Proof", "x"}}, SIGNET_E_EPR},
    {"other fields",               {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST, "Accept", "\xff"}}, SIGNET_OK},
    {"two signature-input lines",  {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST, "signature-input", GOOD_INPUT}}, SIGNET_E_DECODE},
    {"another signature beside",   {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST, "signature-input", "a=()", "signature", "a=:AAAA:"}}, SIGNET_OK},
    {"two candidates",             {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", GOOD_INPUT, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST, "signature-input", "a=();tag=\"signet-pop\"", "signature", "a=:AAAA:"}}, SIGNET_E_DECODE},
    {"no signature-input",         {"POST", "https", "api.example.com", "/a%2Fb/c%20d?x=%7C", NULL, GOOD_SIGNATURE, {"Content-Digest", HELLO_DIGEST}}, SIGNET_E_NOT_FOUND},
};
/* clang-format on */

TEST(judges_signature_input)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = ephemeral();

    for (EACH(row, inputs)) {
        const char *says[1];
        message one = good;
        signet_code code = SIGNET_OK;

        one.input = row->input;
        code = verdict(&one, key, says);
        if (code != row->code || !strstr(says[0], row->says))
            harness_fail(__FILE__, __LINE__, "%s: %s", signet_code_name(code), says[0]);
    }
}

TEST(judges_signature)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = ephemeral();

    for (EACH(row, signatures)) {
        const char *says[1];
        message one = good;

        one.signature = row->signature;
        CHECK_INT(verdict(&one, key, says), row->code);
    }
}

TEST(judges_the_rest_of_the_request)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = ephemeral();

    for (EACH(row, requests)) {
        const char *says[1];
        signet_code code = verdict(&row->one, key, says);

        if (code != row->code)
            harness_fail(__FILE__, __LINE__, "%s: %s", signet_code_name(code), says[0]);
    }
}

TEST(accepts_no_other_key)
{
    static const struct {
        const char *name;
        const signet_algorithm *algorithm;
        signet_code code;
    } keys[] = {
        {"another key", &signet_ed25519, SIGNET_E_SIGNATURE},
        {"a key of P-256", &signet_es256, SIGNET_E_ALGORITHM},
        {"a key of ML-DSA-44", &signet_mldsa44, SIGNET_E_ALGORITHM},
    };
    const char *says[1];

    for (EACH(row, keys)) {
        SIGNET_AUTO(signet_key_free) signet_key *key = signet_key_generate(row->algorithm, NULL);

        CHECK_INT(verdict(&good, key, says), row->code);
    }
    harness_row = "no key";
    CHECK_INT(verdict(&good, NULL, says), SIGNET_E_ALGORITHM);
}

/* --- limits --- */

TEST(refuses_floods)
{
    static uint8_t large[1 << 20];
    SIGNET_AUTO(signet_buf_free) signet_buf many = {0};
    SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
    signet_http_field fields[FIELDS_MAX];
    signet_http_request request = request_of(&good, fields);
    signet_error err = {0};

    memset(large, 'a', sizeof(large));
    for (size_t i = 0; i < 3; i++) {
        signet_slice kept = fields[i].value;

        harness_row = "1 MB in a field";
        fields[i].value = (signet_slice){large, sizeof(large)};
        CHECK(!sg_message_signature_read(&request, &sg_signature_pop, NOW, SKEW, &read, &err));
        CHECK_INT(err.code, SIGNET_E_DECODE);
        fields[i].value = kept;
    }
    harness_row = "1 MB of target";
    request.target = (signet_slice){large, sizeof(large)};
    CHECK(!sg_message_signature_read(&request, &sg_signature_pop, NOW, SKEW, &read, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    request.target = signet_slice_text(good.target);
    harness_row = "33 components";
    REQUIRE(signet_buf_printf(&many, NULL, "signet=("));
    for (int i = 0; i < 33; i++)
        REQUIRE(signet_buf_printf(&many, NULL, "%s\"@query-param\";name=\"x%d\"", i ? " " : "", i));
    REQUIRE(signet_buf_printf(&many, NULL, ");tag=\"signet-pop\""));
    request.target = signet_slice_text(
        "/?x0&x1&x2&x3&x4&x5&x6&x7&x8&x9&x10&x11&x12&x13&x14&x15&x16&x17&x18&x19&x20&x21&x22&x23"
        "&x24&x25&x26&x27&x28&x29&x30&x31&x32");
    fields[1].value = signet_buf_slice(&many);
    CHECK(!sg_message_signature_read(&request, &sg_signature_pop, NOW, SKEW, &read, &err));
    CHECK(strstr(err.message, "more than 32 components"));
}

TEST(reads_times_that_make_no_sense)
{
    static const struct {
        const char *name;
        int64_t now, skew;
    } clocks[] = {
        {"a negative skew", NOW, -1},
        {"before all time", INT64_MIN, SKEW},
        {"at the end of time", INT64_MAX, SKEW},
        {"at the end, any skew", INT64_MAX, INT64_MAX},
        {"a second late", NOW + 31, INT64_MAX},
        {"this second", NOW + 30, INT64_MAX},
    };

    for (EACH(row, clocks)) {
        SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
        signet_http_field fields[FIELDS_MAX];
        signet_http_request request = request_of(&good, fields);
        signet_error err = {0};

        CHECK(!sg_message_signature_read(
            &request, &sg_signature_pop, row->now, row->skew, &read, &err));
        CHECK_INT(err.code, SIGNET_E_TIME);
    }
}

TESTS(TEST_OF(judges_signature_input), TEST_OF(judges_signature),
    TEST_OF(judges_the_rest_of_the_request), TEST_OF(accepts_no_other_key), TEST_OF(refuses_floods),
    TEST_OF(reads_times_that_make_no_sense))
