/* SPDX-License-Identifier: Apache-2.0 */
/* What of a header the record of its token decides, and the helper for its time. */
#include "http/header.h"
#include "json.h"

#define JTI   "jti=MTIzNDU2Nzg5MDEyMzQ1Ng"
#define CAP   "cap=v1eo3xbHxPC0HLVhLURnLA"
#define NONCE "n=cmVxdWVzdC1ub25jZTEyMw"
#define TIME  "ts=1700000000"
#define S64   "MsHylIC3zZffLGbqBo7YgyGM3aNdzObdTgSfVyxwb5cN0sH3DF4p9RT6bYqaZVu-EcuzYQPJ-G-fy1zCmW_ECA"
#define B32   "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE"
#define BASE  "v1;m=compact;" JTI ";s=" S64 ";" NONCE ";" TIME
#define PLAIN "v1;m=compact;" JTI ";" CAP ";s=" S64 ";" NONCE ";" TIME

/* --- the admission stage --- */

#define EXT  PLAIN ";x=2;s2=" S64
#define EK   "ek=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define K    "k=Zmh6rfhivXdsj8GLjp-OIAiXFIVu4jOzkCpZHQ1fKSU" /* SHA-256 of 32 zeros */
#define REST JTI ";" CAP ";s=" S64 ";" NONCE ";" TIME ";x=2;s2=" S64
#define FULL "v1;m=full;" REST ";t=T;" EK ";p=" S64 ";pu=aHR0cA"

enum { IS_NOT = 0, PLAINLY, EXTENDED };

/* clang-format off */
static const struct {
    const char *name, *value;
    sg_binding_policy binding;
    bool allow_missing_nonce, allow_full;
    int expected;
    signet_code code;
    const char *refusal;
} admissions[] = {
    {"plain",                    PLAIN, SG_BINDING_IF_PRESENT, false, false, PLAINLY, SIGNET_OK, NULL},
    {"plain, binding off",       PLAIN, SG_BINDING_OFF, false, false, PLAINLY, SIGNET_OK, NULL},
    {"plain, binding required",  PLAIN, SG_BINDING_REQUIRED, false, false, IS_NOT, SIGNET_E_EPR, "x: missing"},
    {"m absent, no cap",         "v1;" JTI ";s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, false, PLAINLY, SIGNET_OK, NULL},
    {"m empty",                  "v1;m=;" JTI ";s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, true, IS_NOT, SIGNET_E_DECODE, "m: unknown"},
    {"m other",                  "v1;m=zip;" JTI ";s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, true, IS_NOT, SIGNET_E_DECODE, "m: unknown"},
    {"m in capitals",            "v1;m=COMPACT;" JTI ";s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, true, IS_NOT, SIGNET_E_DECODE, "m: unknown"},
    {"version v2",               "v2;" JTI ";s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, false, IS_NOT, SIGNET_E_DECODE, "version"},
    {"version V1",               "V1;" JTI ";s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, false, IS_NOT, SIGNET_E_DECODE, "version"},
    {"version v1.",              "v1.;" JTI ";s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, false, IS_NOT, SIGNET_E_DECODE, "version"},
    {"the year 9999",            "v1;" JTI ";s=" S64 ";" NONCE ";ts=253402300799", SG_BINDING_OFF, false, false, PLAINLY, SIGNET_OK, NULL},
    {"the year 10000",           "v1;" JTI ";s=" S64 ";" NONCE ";ts=253402300800", SG_BINDING_OFF, false, false, IS_NOT, SIGNET_E_DECODE, "ts"},
    {"H-06 no nonce",            "v1;" JTI ";s=" S64 ";" TIME, SG_BINDING_OFF, false, false, IS_NOT, SIGNET_E_DECODE, "n: missing"},
    {"no nonce, allowed",        "v1;" JTI ";s=" S64 ";" TIME, SG_BINDING_OFF, true, false, PLAINLY, SIGNET_OK, NULL},
    {"s of 65",                  "v1;" JTI ";s=" S64 "A;" NONCE ";" TIME, SG_BINDING_OFF, false, false, IS_NOT, SIGNET_E_DECODE, "s: 65 bytes"},
    {"an empty cap",             "v1;" JTI ";cap=;s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, false, IS_NOT, SIGNET_E_DECODE, "cap: 0 bytes"},
    {"cap of 15",                "v1;" JTI ";cap=v1eo3xbHxPC0HLVhLURn;s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, false, IS_NOT, SIGNET_E_DECODE, "cap: 15 bytes"},
    {"cap of 17",                "v1;" JTI ";cap=v1eo3xbHxPC0HLVhLURnLAA;s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, false, IS_NOT, SIGNET_E_DECODE, "cap: 17 bytes"},
    {"H-03 another's cap",       "v1;" JTI ";cap=v1eo3xbHxPC0HLVhLURnLQ;s=" S64 ";" NONCE ";" TIME, SG_BINDING_OFF, false, false, IS_NOT, SIGNET_E_SIGNATURE, "cap"},
    {"x=2 required",             EXT, SG_BINDING_REQUIRED, false, false, EXTENDED, SIGNET_OK, NULL},
    {"x=2 if present",           EXT, SG_BINDING_IF_PRESENT, false, false, EXTENDED, SIGNET_OK, NULL},
    {"x=2 off",                  EXT, SG_BINDING_OFF, false, false, PLAINLY, SIGNET_OK, NULL},
    {"x=3 required",             PLAIN ";x=3", SG_BINDING_REQUIRED, false, false, IS_NOT, SIGNET_E_DECODE, "x: must be 2"},
    {"x=02 required",            PLAIN ";x=02", SG_BINDING_REQUIRED, false, false, IS_NOT, SIGNET_E_DECODE, "x: must be 2"},
    {"x empty required",         PLAIN ";x=", SG_BINDING_REQUIRED, false, false, IS_NOT, SIGNET_E_DECODE, "x: must be 2"},
    {"x=3 if present",           PLAIN ";x=3", SG_BINDING_IF_PRESENT, false, false, PLAINLY, SIGNET_OK, NULL},
    {"x=2 without s2",           PLAIN ";x=2", SG_BINDING_IF_PRESENT, false, false, IS_NOT, SIGNET_E_DECODE, "s2: missing"},
    {"x=2 without s2, off",      PLAIN ";x=2", SG_BINDING_OFF, false, false, PLAINLY, SIGNET_OK, NULL},
    {"x=2 without cap",          BASE ";x=2;s2=" S64, SG_BINDING_IF_PRESENT, false, false, IS_NOT, SIGNET_E_DECODE, "cap: missing"},
    {"x=2 without nonce",        "v1;" JTI ";" CAP ";s=" S64 ";" TIME ";x=2;s2=" S64, SG_BINDING_IF_PRESENT, true, false, IS_NOT, SIGNET_E_DECODE, "n: missing"},
    {"s2 of 65",                 EXT "A", SG_BINDING_IF_PRESENT, false, false, IS_NOT, SIGNET_E_DECODE, "s2: 65 bytes"},
    {"x=2 and another's cap",    "v1;" JTI ";cap=v1eo3xbHxPC0HLVhLURnLQ;s=" S64 ";" NONCE ";" TIME ";x=2;s2=" S64, SG_BINDING_REQUIRED, false, false, IS_NOT, SIGNET_E_SIGNATURE, "cap"},
    {"full",                     FULL, SG_BINDING_REQUIRED, false, true, EXTENDED, SIGNET_OK, NULL},
    {"full and k",               FULL ";" K, SG_BINDING_REQUIRED, false, true, EXTENDED, SIGNET_OK, NULL},
    {"full, binding off",        FULL, SG_BINDING_OFF, false, true, EXTENDED, SIGNET_OK, NULL},
    {"full not enabled",         FULL, SG_BINDING_REQUIRED, false, false, IS_NOT, SIGNET_E_DECODE, "m: full"},
    {"full and another k",       FULL ";k=" B32, SG_BINDING_REQUIRED, false, true, IS_NOT, SIGNET_E_DECODE, "k"},
    {"full without x",           "v1;m=full;" JTI ";" CAP ";s=" S64 ";" NONCE ";" TIME ";t=T;" EK ";p=" S64 ";pu=aHR0cA", SG_BINDING_OFF, false, true, IS_NOT, SIGNET_E_DECODE, "x: must be 2"},
    {"full without t",           "v1;m=full;" REST ";" EK ";p=" S64 ";pu=aHR0cA", SG_BINDING_REQUIRED, false, true, IS_NOT, SIGNET_E_DECODE, "t: missing"},
    {"full without ek",          "v1;m=full;" REST ";t=T;p=" S64 ";pu=aHR0cA", SG_BINDING_REQUIRED, false, true, IS_NOT, SIGNET_E_DECODE, "ek: missing"},
    {"full without p",           "v1;m=full;" REST ";t=T;" EK ";pu=aHR0cA", SG_BINDING_REQUIRED, false, true, IS_NOT, SIGNET_E_DECODE, "p: missing"},
    {"full without pu",          "v1;m=full;" REST ";t=T;" EK ";p=" S64, SG_BINDING_REQUIRED, false, true, IS_NOT, SIGNET_E_DECODE, "pu: missing"},
    {"full and pu not UTF-8",    "v1;m=full;" REST ";t=T;" EK ";p=" S64 ";pu=_w", SG_BINDING_REQUIRED, false, true, IS_NOT, SIGNET_E_DECODE, "pu: not UTF-8"},
};
/* clang-format on */

TEST(admits_what_fits_the_record)
{
    for (EACH(row, admissions)) {
        uint8_t room[SG_PROOF_HEADER_ROOM];
        sg_proof_header header = {0};
        sg_proof_admission admission = {
            .signature_size = 64,
            .capability_id = unhex("bf57a8df16c7c4f0b41cb5612d44672c"),
            .binding = row->binding,
            .allow_missing_nonce = row->allow_missing_nonce,
            .allow_full = row->allow_full,
        };
        signet_error err = {0};
        bool is_extended = true;

        REQUIRE(sg_proof_header_parse(signet_slice_text(row->value), room, &header, NULL));
        CHECK_INT(sg_proof_header_admit(&header, &admission, &is_extended, &err),
            row->expected != IS_NOT);
        CHECK_INT(err.code, row->code);
        if (row->refusal)
            CHECK(strncmp(err.message, row->refusal, strlen(row->refusal)) == 0);
        else
            CHECK_INT(is_extended, row->expected == EXTENDED);
    }
}

TEST(fails_closed_without_a_capability_id)
{
    uint8_t room[SG_PROOF_HEADER_ROOM];
    sg_proof_header header = {0};
    sg_proof_admission admission = {.signature_size = 64, .binding = SG_BINDING_OFF};
    signet_error err = {0};
    bool is_extended = false;

    REQUIRE(sg_proof_header_parse(signet_slice_text(PLAIN), room, &header, NULL));
    CHECK(!sg_proof_header_admit(&header, &admission, &is_extended, &err));
    CHECK_INT(err.code, SIGNET_E_SIGNATURE);
    harness_row = "a size of nothing";
    admission.signature_size = 0;
    CHECK(!sg_proof_header_admit(&header, &admission, &is_extended, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
}

/* --- the clock --- */

static const struct {
    const char *name;
    int64_t time, now, skew, cap;
    bool is_within;
} windows[] = {
    {"now", 1000, 1000, 0, 0, true},
    {"a second, none allowed", 1001, 1000, 0, 0, false},
    {"at the skew", 1030, 1000, 30, 0, true},
    {"past the skew", 1031, 1000, 30, 0, false},
    {"at the skew, behind", 970, 1000, 30, 0, true},
    {"past the skew, behind", 969, 1000, 30, 0, false},
    {"at 60", 1060, 1000, 300, 0, true},
    {"at 61", 1061, 1000, 300, 0, false},
    {"a lower cap", 1005, 1000, 30, 5, true},
    {"past a lower cap", 1006, 1000, 30, 5, false},
    {"a higher cap", 1031, 1000, 30, 40, false},
    {"a negative cap says nothing", 1030, 1000, 30, -1, true},
    {"a negative skew", 1000, 1000, -1, 0, false},
    {"the least skew", 1000, 1000, INT64_MIN, 0, false},
    {"2^63 before", INT64_MIN, 0, 60, 0, false},
    {"beyond all time", INT64_MAX, -1, 60, 0, false},
    {"across all time", INT64_MIN, INT64_MAX, 60, 0, false},
    {"at the end of time", INT64_MAX, INT64_MAX - 60, 60, 0, true},
};

TEST(keeps_the_window)
{
    for (EACH(row, windows)) {
        signet_error err = {0};

        CHECK_INT(
            sg_proof_check_window(row->time, row->now, row->skew, row->cap, &err), row->is_within);
        CHECK_INT(err.code, row->is_within ? SIGNET_OK : SIGNET_E_TIME);
    }
}

TEST(agrees_with_the_vectors)
{
    json_t *root = json_of(VECTORS "/http-header.json"), *group = NULL, *one = NULL;
    size_t i = 0;

    group = json_object_get(root, "timestamp_window");
    json_array_foreach(json_object_get(group, "cases"), i, one)
    {
        harness_row = json_text(one, "name");
        CHECK_INT(sg_proof_check_window(1700000000 + json_integer_value(json_object_get(
                                                         one, "timestamp_minus_now_s")),
                      1700000000, json_integer_value(json_object_get(group, "max_skew_s")),
                      json_integer_value(json_object_get(group, "cap_argument_s")), NULL),
            strcmp(json_text(one, "expect"), "accept") == 0);
    }
    CHECK_INT(i, 6);
    json_decref(root);
}

TESTS(TEST_OF(admits_what_fits_the_record), TEST_OF(fails_closed_without_a_capability_id),
    TEST_OF(keeps_the_window), TEST_OF(agrees_with_the_vectors))
