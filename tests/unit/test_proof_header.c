/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "faults.h"
#include "http/header.h"
#include "json.h"
#include "wire.h"

#define JTI   "jti=MTIzNDU2Nzg5MDEyMzQ1Ng"
#define CAP   "cap=v1eo3xbHxPC0HLVhLURnLA"
#define NONCE "n=cmVxdWVzdC1ub25jZTEyMw"
#define TIME  "ts=1700000000"
#define S64   "MsHylIC3zZffLGbqBo7YgyGM3aNdzObdTgSfVyxwb5cN0sH3DF4p9RT6bYqaZVu-EcuzYQPJ-G-fy1zCmW_ECA"
#define S63   "MsHylIC3zZffLGbqBo7YgyGM3aNdzObdTgSfVyxwb5cN0sH3DF4p9RT6bYqaZVu-EcuzYQPJ-G-fy1zCmW_E"
#define B32   "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE"
#define B31   "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBA"
#define BASE  "v1;m=compact;" JTI ";s=" S64 ";" NONCE ";" TIME
#define BARE  "v1;" JTI ";s=" S64 ";" TIME
#define PLAIN "v1;m=compact;" JTI ";" CAP ";s=" S64 ";" NONCE ";" TIME

/* --- the parse stage --- */

/* clang-format off */
static const struct {
    const char *name, *value;
    const char *refusal; /* how the message begins; NULL: accepted */
} values[] = {
    /* spec 1.8 */
    {"the base",                       BASE, NULL},
    {"version v2",                     "v2;" JTI ";s=" S64 ";" TIME, NULL},
    {"version V1",                     "V1;" JTI ";s=" S64 ";" TIME, NULL},
    {"version v=1",                    "v=1;" JTI ";s=" S64 ";" TIME, "version"},
    {"no version",                     ";" JTI ";s=" S64 ";" TIME, "version"},
    {"jti as the version",             JTI ";" JTI ";s=" S64 ";" TIME, "version"},
    {"only v1",                        "v1", "jti: missing"},
    {"a semicolon at the end",         BASE ";", "parameter 6"},
    {"two semicolons",                 "v1;;" JTI ";s=" S64 ";" TIME, "parameter 1"},
    {"a lone semicolon",               ";", "version"},
    {"v1 and a semicolon",             "v1;", "parameter 1"},
    {"a blank behind a semicolon",     "v1; " JTI ";s=" S64 ";" TIME, "parameter 1"},
    {"a tab behind a semicolon",       "v1;\t" JTI ";s=" S64 ";" TIME, "parameter 1"},
    {"a blank before the equals sign", "v1;jti =MTIzNDU2Nzg5MDEyMzQ1Ng;s=" S64 ";" TIME, "parameter 1"},
    {"a blank at the end",             BASE " ", "parameter 5"},
    {"JTI in capitals",                "v1;JTI=MTIzNDU2Nzg5MDEyMzQ1Ng;s=" S64 ";" TIME, "parameter 1"},
    {"an unknown name",                BASE ";z=1", NULL},
    {"an unknown name twice",          BASE ";z=1;z=2", "parameter 7"},
    {"a known and unknown one alike",  BASE ";jti1=1", NULL},
    {"no equals sign",                 BASE ";z", "parameter 6"},
    {"an empty name",                  BASE ";=1", "parameter 6"},
    {"no cap",                         BASE, NULL},
    {"an empty cap",                   BASE ";cap=", NULL},
    {"a cap of 100 bytes",             BASE ";cap=" B31 B31 B31, NULL},
    {"a bad cap",                      BASE ";cap=!!", "cap"},
    {"no nonce",                       BARE, NULL},
    {"an empty nonce",                 BARE ";n=", "n: 0 bytes"},
    {"a nonce of 15",                  BARE ";n=cmVxdWVzdC1ub25jZTEy", "n: 15 bytes"},
    {"a nonce of 17",                  BARE ";n=cmVxdWVzdC1ub25jZTEyMzQ", "n: 17 bytes"},
    {"padding",                        "v1;" JTI "==;s=" S64 ";" TIME, "jti"},
    {"quotes",                         "v1;jti=\"MTIzNDU2Nzg5MDEyMzQ1Ng\";s=" S64 ";" TIME, "jti"},
    {"a plus",                         "v1;jti=+TIzNDU2Nzg5MDEyMzQ1Ng;s=" S64 ";" TIME, "jti"},
    {"a slash",                        "v1;jti=/TIzNDU2Nzg5MDEyMzQ1Ng;s=" S64 ";" TIME, "jti"},
    {"stray bits",                     "v1;jti=MTIzNDU2Nzg5MDEyMzQ1Nh;s=" S64 ";" TIME, "jti"},
    {"an empty jti",                   "v1;jti=;s=" S64 ";" TIME, "jti: 0 bytes"},
    {"a jti of 15",                    "v1;jti=MTIzNDU2Nzg5MDEyMzQ1;s=" S64 ";" TIME, "jti: 15 bytes"},
    {"a jti of 17",                    "v1;jti=MTIzNDU2Nzg5MDEyMzQ1Njc;s=" S64 ";" TIME, "jti: 17 bytes"},
    {"no s",                           "v1;" JTI ";" TIME, "s: missing"},
    {"s of 63",                        "v1;" JTI ";s=" S63 ";" TIME, "s: 63 bytes"},
    {"s of 127",                       "v1;" JTI ";s=" S63 S64 ";" TIME, NULL},
    {"t with equals signs",            BASE ";t=a=b=c", NULL},
    {"t with quotes",                  BASE ";t=\"", NULL},
    {"t not ASCII",                    BASE ";t=\xc3\xa9", "parameter 6"},
    {"an empty t",                     BASE ";t=", NULL},
    {"two headers and a blank",        BASE ", " BASE, "parameter 5"},
    {"two headers",                    BASE "," BASE, "m: twice"},
    {"two headers behind an unknown",  BARE ";z=1," BARE, "jti: twice"},
    {"m twice",                        "v1;m=compact;" "m=compact;" JTI ";s=" S64 ";" TIME, "m: twice"},
    {"an empty m",                     "v1;m=;" JTI ";s=" S64 ";" TIME, NULL},
    {"m in capitals",                  "v1;m=ANY;" JTI ";s=" S64 ";" TIME, NULL},
    {"m with a blank",                 "v1;m=ANY thing;" JTI ";s=" S64 ";" TIME, "parameter 1"},
    {"the syntax of the documents",    "v=1; ts=1700000000; nonce=abc", "version"},
    {"nothing",                        "", "header: empty"},
    {"a zero byte's neighbour",        BASE ";z=\x01", "parameter 6"},
    {"DEL",                            BASE ";z=\x7f", "parameter 6"},
    {"an underscore in a name",        BASE ";z_=1", "parameter 6"},
    {"the last name",                  BASE ";z9=~", NULL},
    /* spec 1.6 */
    {"no ts",                          "v1;" JTI ";s=" S64, "ts: missing"},
    {"an empty ts",                    "v1;" JTI ";s=" S64 ";ts=", "ts"},
    {"ts 0",                           "v1;" JTI ";s=" S64 ";ts=0", "ts"},
    {"ts 00",                          "v1;" JTI ";s=" S64 ";ts=00", "ts"},
    {"ts 1",                           "v1;" JTI ";s=" S64 ";ts=1", NULL},
    {"ts with a plus",                 "v1;" JTI ";s=" S64 ";ts=+1", "ts"},
    {"ts with a minus",                "v1;" JTI ";s=" S64 ";ts=-1", "ts"},
    {"ts with a zero before",          "v1;" JTI ";s=" S64 ";ts=01", "ts"},
    {"ts in hex",                      "v1;" JTI ";s=" S64 ";ts=0x1", "ts"},
    {"ts with an underscore",          "v1;" JTI ";s=" S64 ";ts=1_0", "ts"},
    {"ts with an exponent",            "v1;" JTI ";s=" S64 ";ts=1e9", "ts"},
    {"ts with a point",                "v1;" JTI ";s=" S64 ";ts=1.0", "ts"},
    {"the largest ts",                 "v1;" JTI ";s=" S64 ";ts=9223372036854775807", NULL},
    {"one more",                       "v1;" JTI ";s=" S64 ";ts=9223372036854775808", "ts: beyond"},
    {"the most digits",                "v1;" JTI ";s=" S64 ";ts=9999999999999999999", "ts: beyond"},
    {"a digit more",                   "v1;" JTI ";s=" S64 ";ts=10000000000000000000", "ts"},
    /* spec 10 */
    {"x=1",                            BASE ";x=1;bd=!;s2=!", NULL},
    {"x empty",                        BASE ";x=;bd=!", NULL},
    {"x=2 alone",                      BASE ";x=2", NULL},
    {"x=2 whole",                      BASE ";x=2;bd=" B32 ";s2=" S64, NULL},
    {"x=2 at the end",                 BASE ";bd=" B32 ";s2=" S64 ";x=2", NULL},
    {"bd of 31",                       BASE ";x=2;bd=" B31, "bd: 31 bytes"},
    {"bd of 31 and x later",           BASE ";bd=" B31 ";x=2", "bd: 31 bytes"},
    {"bd empty",                       BASE ";x=2;bd=", "bd: 0 bytes"},
    {"s2 of 63",                       BASE ";x=2;s2=" S63, "s2: 63 bytes"},
    {"x twice",                        BASE ";x=2;x=2", "x: twice"},
    {"p and k in compact mode",        BASE ";p=!;k=!", NULL},
    {"p and k of the demo client",     "v1;m=compact;" JTI ";" CAP ";p=" S64 ";k=" B32 ";" TIME ";" NONCE ";s=" S64, NULL},
    {"full",                           "v1;m=full;" JTI ";s=" S64 ";" TIME ";t=T;ek=" B32 ";p=" S64 ";pu=aHR0cA;k=" B32, NULL},
    {"full and p of 63",               "v1;m=full;" JTI ";s=" S64 ";" TIME ";p=" S63, "p: 63 bytes"},
    {"full and an empty ek",           "v1;m=full;" JTI ";s=" S64 ";" TIME ";ek=", "ek: 0 bytes"},
    {"full and an empty pu",           "v1;m=full;" JTI ";s=" S64 ";" TIME ";pu=", "pu: 0 bytes"},
    {"full and k of 31",               "v1;m=full;" JTI ";s=" S64 ";" TIME ";k=" B31, "k: 31 bytes"},
    {"full told last",                 "v1;k=" B31 ";" JTI ";s=" S64 ";" TIME ";m=full", "k: 31 bytes"},
    {"a bd twice",                     BASE ";bd=1;bd=2", "bd: twice"},
};
/* clang-format on */

/* Parse without an allocation; `refusal` as in the table. */
static bool
parses(signet_slice value, const char *refusal, uint8_t *room, sg_proof_header *ret_header)
{
    signet_error err = {0};
    sg_proof_header before = *ret_header;
    faults_count count = {0};
    bool done = false;

    faults_count_begin();
    done = sg_proof_header_parse(value, room, ret_header, &err);
    count = faults_count_end();
    CHECK_INT(count.bytes, 0);
    CHECK_INT(done, refusal == NULL);
    CHECK_INT(err.code, refusal ? SIGNET_E_DECODE : SIGNET_OK);
    if (!refusal)
        return true;
    CHECK(memcmp(&before, ret_header, sizeof(before)) == 0);
    if (strncmp(err.message, refusal, strlen(refusal)) != 0)
        harness_fail(__FILE__, __LINE__, "%s, expected %s", err.message, refusal);
    return false;
}

/* What was parsed is written, and the text parses to the same and is written as itself. */
static void
check_round_trip(const sg_proof_header *header)
{
    SIGNET_AUTO(signet_buf_free) signet_buf once = {0}, twice = {0};
    uint8_t room[SG_PROOF_HEADER_ROOM];
    sg_proof_header again = {0};

    REQUIRE(sg_proof_header_write(header, &once, NULL));
    REQUIRE(sg_proof_header_parse(signet_buf_slice(&once), room, &again, NULL));
    CHECK_INT(again.time, header->time);
    CHECK_BYTES(again.signature, header->signature);
    CHECK_BYTES(again.capability_id, header->capability_id);
    CHECK_INT(again.capability_id.ptr == NULL, header->capability_id.ptr == NULL);
    REQUIRE(sg_proof_header_write(&again, &twice, NULL));
    CHECK_BYTES(signet_buf_slice(&twice), signet_buf_slice(&once));
}

TEST(parses_what_the_table_of_the_specification_says)
{
    uint8_t room[SG_PROOF_HEADER_ROOM];

    for (EACH(row, values)) {
        sg_proof_header header = {.time = 7};

        if (parses(signet_slice_text(row->value), row->refusal, room, &header))
            check_round_trip(&header);
    }
}

/* The base, and `name`= with so many of one character behind it. */
static signet_slice
padded(const char *base, const char *name, size_t count)
{
    size_t before = strlen(base) + 1 + strlen(name) + 1;
    char *text = malloc(before + count + 1);
    signet_slice kept = {0};

    REQUIRE(text);
    (void)snprintf(text, before + 1, "%s;%s=", base, name);
    memset(text + before, 'A', count);
    kept = harness_keep((signet_slice){(const uint8_t *)text, before + count});
    free(text);
    return kept;
}

TEST(holds_the_limits)
{
    static const struct {
        const char *name, *base, *parameter;
        size_t total, count; /* of the value, or of the characters */
        const char *refusal;
    } rows[] = {
        {"a value of 8192", BASE, "z", 8192, 0, NULL},
        {"a value of 8193", BASE, "z", 8193, 0, "header: 8193 bytes"},
        {"t of 4096", BASE, "t", 0, 4096, NULL},
        {"t of 4097", BASE, "t", 0, 4097, "t: 4097 bytes"},
        {"s of 2420", "v1;" JTI ";" TIME, "s", 0, 3227, NULL},
        {"s that fills the value", "v1;" JTI ";" TIME, "s", 8192, 0, NULL},
        {"cap that fills the value", BASE, "cap", 8192, 0, NULL},
        {"pu of 256", "v1;m=full;" JTI ";s=" S64 ";" TIME, "pu", 0, 342, NULL},
        {"pu of 257", "v1;m=full;" JTI ";s=" S64 ";" TIME, "pu", 0, 343, "pu: 257 bytes"},
        {"a long name", BASE, "z", 5000, 0, NULL},
    };
    uint8_t room[SG_PROOF_HEADER_ROOM];

    for (EACH(row, rows)) {
        size_t before = strlen(row->base) + 1 + strlen(row->parameter) + 1;
        sg_proof_header header = {0};
        signet_slice value =
            padded(row->base, row->parameter, row->total > 0 ? row->total - before : row->count);

        if (parses(value, row->refusal, room, &header))
            check_round_trip(&header);
    }
}

TEST(counts_the_parameters)
{
    char value[1024] = BARE; /* three of them */
    uint8_t room[SG_PROOF_HEADER_ROOM];
    sg_proof_header header = {0};
    size_t len = strlen(value);

    harness_row = "32 parameters";
    for (int i = 3; i < SG_PROOF_PARAMETERS_MAX; i++)
        len += (size_t)snprintf(value + len, sizeof(value) - len, ";z%d=", i);
    CHECK(parses(signet_slice_text(value), NULL, room, &header));
    harness_row = "33 parameters";
    (void)snprintf(value + len, sizeof(value) - len, ";z33=");
    CHECK(!parses(signet_slice_text(value), "parameter 33", room, &header));
    harness_row = "the last of 32 is the first again";
    (void)snprintf(value + len - 5, 5, ";z3=");
    CHECK(
        !parses(signet_slice_text(value), "parameter 32: the name of parameter 4", room, &header));
}

TEST(gives_out_each_parameter)
{
    uint8_t room[SG_PROOF_HEADER_ROOM];
    sg_proof_header header = {0};

    REQUIRE(sg_proof_header_parse(
        signet_slice_text("v1;k=" B32 ";pu=aHR0cA;p=" S64 ";ek=" B32 ";t=SIG1.x.y;s2=" S64
                          ";bd=" B32 ";x=2;" TIME ";" NONCE ";s=" S64 ";" CAP ";" JTI ";m=full"),
        room, &header, NULL));
    CHECK_BYTES(header.version, signet_slice_text("v1"));
    CHECK_BYTES(header.mode, signet_slice_text("full"));
    CHECK_BYTES(header.token_id, signet_slice_text("1234567890123456"));
    CHECK_BYTES(header.capability_id, unhex("bf57a8df16c7c4f0b41cb5612d44672c"));
    CHECK_BYTES(header.nonce, signet_slice_text("request-nonce123"));
    CHECK_INT(header.time, 1700000000);
    CHECK_BYTES(header.extension, signet_slice_text("2"));
    CHECK_BYTES(
        header.digest, unhex("5f8f04f6a3a892aaabbddb6cf273894493773960d4a325b105fee46eef4304f1"));
    CHECK_BYTES(header.key_hash, header.digest);
    CHECK_BYTES(header.ephemeral_key, header.digest);
    CHECK_INT(header.signature.len, 64);
    CHECK_BYTES(header.strong_signature, header.signature);
    CHECK_BYTES(header.binding, header.signature);
    CHECK_BYTES(header.purpose, signet_slice_text("http"));
    CHECK_BYTES(header.token, signet_slice_text("SIG1.x.y"));
    check_round_trip(&header);
}

/* --- writing --- */

#define ID                                                                                         \
    {                                                                                              \
        (const uint8_t *)"1234567890123456", 16                                                    \
    }
#define SIG                                                                                        \
    {                                                                                              \
        (const uint8_t *)S64, 64                                                                   \
    }

static const struct {
    const char *name;
    sg_proof_header header;
    const char *refusal;
} writings[] = {
    {"the least", {.token_id = ID, .signature = SIG, .time = 1}, NULL},
    {"no jti", {.signature = SIG, .time = 1}, "jti: missing"},
    {"no s", {.token_id = ID, .time = 1}, "s: missing"},
    {"no ts", {.token_id = ID, .signature = SIG}, "ts"},
    {"a negative ts", {.token_id = ID, .signature = SIG, .time = -1}, "ts"},
    {"a short jti", {.token_id = {(const uint8_t *)S64, 15}, .signature = SIG, .time = 1}, "jti"},
    {"a short s", {.token_id = ID, .signature = {(const uint8_t *)S64, 63}, .time = 1}, "s"},
    {"a long nonce",
        {.token_id = ID, .signature = SIG, .time = 1, .nonce = {(const uint8_t *)S64, 17}}, "n"},
    {"a semicolon in t",
        {.token_id = ID, .signature = SIG, .time = 1, .token = {(const uint8_t *)"a;z=1", 5}}, "t"},
    {"a line feed in m",
        {.token_id = ID, .signature = SIG, .time = 1, .mode = {(const uint8_t *)"a\n", 2}}, "m"},
    {"a version that is none",
        {.token_id = ID, .signature = SIG, .time = 1, .version = {(const uint8_t *)"v=", 2}},
        "version"},
    {"s2 without x=2", {.token_id = ID, .signature = SIG, .time = 1, .strong_signature = SIG},
        "s2: needs x=2"},
    {"p without m=full", {.token_id = ID, .signature = SIG, .time = 1, .binding = SIG},
        "p: needs m=full"},
};

TEST(writes_only_what_can_be_read_back)
{
    for (EACH(row, writings)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_error err = {0};

        REQUIRE(signet_buf_append(&out, signet_slice_text("Signet-Proof: "), NULL));
        CHECK_INT(sg_proof_header_write(&row->header, &out, &err), row->refusal == NULL);
        CHECK_INT(err.code, row->refusal ? SIGNET_E_USAGE : SIGNET_OK);
        if (!row->refusal) {
            check_round_trip(&row->header);
            continue;
        }
        CHECK_INT(out.len, 14);
        CHECK(strncmp(err.message, row->refusal, strlen(row->refusal)) == 0);
    }
    harness_row = "too long together";
    static const uint8_t zeros[4096];
    sg_proof_header header = {.token_id = ID,
        .time = 1,
        .signature = {zeros, sizeof(zeros)},
        .capability_id = {zeros, sizeof(zeros)}};
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    CHECK(!sg_proof_header_write(&header, &out, NULL));
    CHECK_INT(out.len, 0);
    harness_row = "longer than any";
    header.signature = padded("", "", 9000);
    CHECK(!sg_proof_header_write(&header, &out, NULL));
}

TEST(writes_the_headers_of_the_specification)
{
    static const struct {
        const char *name, *value;
    } rows[] = {
        {"E1", PLAIN},
        {"10.5",
            "v1;m=compact;" JTI ";" CAP
            ";s=mezOQn5GjPFtlaHWhNEP4Y6DElEvlg8jxlUcA4zQaMScKEWLkryI9v1NcZWJwYO0x_4g1hjtYZbFi6x_"
            "36x7Aw;" NONCE ";" TIME ";x=2;bd=" B32
            ";s2=bapLO6_ux2pGw2YIh6v9WQ6YABhjwdPOr3OYTiJCN09P1dCUiHWR9UHrUv0KG5a-RkyxquibYlWrjFU-"
            "wNAJAg"},
        {"full", "v1;m=full;" JTI ";" CAP ";s=" S64 ";" NONCE ";" TIME ";x=2;bd=" B32 ";s2=" S64
                 ";t=SIG1.x.y;ek=" B32 ";p=" S64 ";pu=aHR0cA;k=" B32},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        uint8_t room[SG_PROOF_HEADER_ROOM];
        sg_proof_header header = {0};

        REQUIRE(sg_proof_header_parse(signet_slice_text(row->value), room, &header, NULL));
        header.version = (signet_slice){NULL, 0};
        REQUIRE(sg_proof_header_write(&header, &out, NULL));
        CHECK_BYTES(signet_buf_slice(&out), signet_slice_text(row->value));
    }
}

/* spec 1.2 */
TEST(writes_headers_of_the_lengths_of_the_specification)
{
    static const uint8_t zeros[SIGNET_MLDSA44_SIGNATURE_SIZE];
    static const struct {
        const char *name;
        size_t signature_size;
        bool is_short;
        size_t expected;
    } rows[] = {
        {"Ed25519", SIGNET_ED25519_SIGNATURE_SIZE, false, 194},
        {"ML-DSA-44", SIGNET_MLDSA44_SIGNATURE_SIZE, false, 3335},
        {"ML-DSA-44 without m and cap", SIGNET_MLDSA44_SIGNATURE_SIZE, true, 3298},
    };

    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        sg_proof_header header = {.token_id = {zeros, 16},
            .nonce = {zeros, 16},
            .signature = {zeros, row->signature_size},
            .time = 1700000000};

        if (!row->is_short) {
            header.mode = signet_slice_text("compact");
            header.capability_id = (signet_slice){zeros, 16};
        }
        REQUIRE(sg_proof_header_write(&header, &out, NULL));
        CHECK_INT(out.len, row->expected);
    }
}

static bool
write_header(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_proof_header header = {.token_id = ID, .signature = SIG, .time = 1};
    bool done = sg_proof_header_write(&header, &out, err);

    CHECK_INT(out.len > 0, done);
    return done;
}

TEST(survives_without_memory)
{
    static const faults_row row = {"a header", write_header, 1};

    faults_exhaust(&row);
}

/* --- the vectors --- */

static void
check_parsed(const json_t *parsed, const sg_proof_header *header)
{
    CHECK_BYTES(header->token_id, json_hex(parsed, "jti_hex"));
    CHECK_BYTES(header->capability_id, json_hex(parsed, "cap_hex"));
    CHECK_BYTES(header->signature, json_hex(parsed, "s_hex"));
    CHECK_BYTES(header->nonce, json_hex(parsed, "n_hex"));
    CHECK_INT(header->time, json_integer_value(json_object_get(parsed, "ts")));
}

/* The value of a vector, or what its template stands for. */
static signet_slice
value_of(const json_t *one)
{
    const json_t *build = json_object_get(one, "header_build");
    static uint8_t built[9013];
    const char *prefix = json_text(build, "prefix");

    if (!build)
        return signet_slice_text(json_text(one, "header"));
    REQUIRE(strlen(prefix) + 9000 == sizeof(built));
    memcpy(built, prefix, strlen(prefix));
    return (signet_slice){built, sizeof(built)};
}

TEST(agrees_with_the_vectors)
{
    json_t *root = json_of(VECTORS "/http-header.json"), *one = NULL;
    size_t i = 0, accepted = 0;

    json_array_foreach(json_object_get(root, "header_parse"), i, one)
    {
        uint8_t room[SG_PROOF_HEADER_ROOM];
        sg_proof_header header = {0};
        bool expected = strcmp(json_text(one, "expect"), "accept") == 0;

        harness_row = json_text(one, "name");
        CHECK_INT(sg_proof_header_parse(value_of(one), room, &header, NULL), expected);
        if (!expected)
            continue;
        accepted++;
        check_parsed(json_object_get(one, "parsed"), &header);
    }
    CHECK_INT(i, 20);
    CHECK_INT(accepted, 3);
    json_decref(root);
}

TESTS(TEST_OF(parses_what_the_table_of_the_specification_says), TEST_OF(holds_the_limits),
    TEST_OF(counts_the_parameters), TEST_OF(gives_out_each_parameter),
    TEST_OF(writes_only_what_can_be_read_back), TEST_OF(writes_the_headers_of_the_specification),
    TEST_OF(writes_headers_of_the_lengths_of_the_specification), TEST_OF(survives_without_memory),
    TEST_OF(agrees_with_the_vectors))
