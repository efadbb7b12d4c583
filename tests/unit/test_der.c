/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/der.h"
#include "harness.h"

/* clang-format off */
static const struct {
    const char *name;
    const char *der;
    bool is_good;
} elements[] = {
    {"an empty string",               "0400",                 true},
    {"one byte",                      "0401aa",               true},
    {"nothing",                       "",                     false},
    {"a tag alone",                   "04",                   false},
    {"content cut short",             "0402aa",               false},
    {"something behind",              "0401aabb",             false},
    {"another tag",                   "0501aa",               false},
    {"the constructed form",          "2403040100",           false},
    {"a tag of two bytes",            "1f0400",               false},
    {"indefinite",                    "0480aa0000",           false},
    {"long form for a short length",  "048101aa",             false},
    {"a leading zero in the length",  "04820001aa",           false},
    {"five length octets",            "04850000000001aa",     false},
    {"a length that lies",            "0484ffffffff",         false},
    {"length octets cut short",       "048201",               false},
};

static const struct {
    const char *name;
    const char *der;
    int64_t seconds; /* -1: refused */
} times[] = {
    {"UTCTime",                        "170d3236303532383230323634305a",     1780000000},
    {"the last UTCTime",               "170d3439313233313233353935395a",     2524607999},
    {"the first GeneralizedTime",      "180f32303530303130313030303030305a", 2524608000},
    {"1950",                           "180f31393439313233313233353935395a", -631152001},
    {"GeneralizedTime before 2050",    "180f32303236303532383230323634305a", -1},
    {"no Z",                           "170d3236303532383230323634302b",     -1},
    {"no seconds",                     "170b323630353238323032365a",         -1},
    {"a fraction",                     "181132303530303130313030303030302e355a", -1},
    {"month 13",                       "170d3236313332383230323634305a",     -1},
    {"30 February",                    "170d3236303233303230323634305a",     -1},
    {"hour 24",                        "170d3236303532383234323634305a",     -1},
    {"second 60",                      "170d3236303532383230323636305a",     -1},
    {"a letter",                       "170d3236303532383230323634415a",     -1},
    {"an empty one",                   "1700",                               -1},
};

static const struct {
    const char *name;
    const char *der;
    int64_t value; /* -1: refused */
} numbers[] = {
    {"0",                "020100",         0},
    {"127",              "02017f",         127},
    {"128",              "02020080",       128},
    {"2^31 - 1",         "02047fffffff",   2147483647},
    {"negative",         "020180",         -1},
    {"empty",            "0200",           -1},
    {"a leading zero",   "02020001",       -1},
    {"too large",        "02050100000000", -1},
};

static const struct {
    const char *name;
    size_t len;
    const char *header;
} lengths[] = {
    {"0", 0, "0400"}, {"127", 127, "047f"}, {"128", 128, "048180"}, {"255", 255, "0481ff"},
    {"256", 256, "04820100"}, {"65535", 65535, "0482ffff"}, {"65536", 65536, "0483010000"},
    {"2^24 - 1", 16777215, "0483ffffff"}, {"2^24", 16777216, "048401000000"},
};
/* clang-format on */

TEST(reads_one_encoding_only)
{
    for (EACH(row, elements)) {
        signet_error err = {0};
        sg_der_reader in = sg_der_reader_of(unhex(row->der));

        (void)sg_der_read(&in, SG_DER_OCTET_STRING, "thing");
        CHECK_INT(sg_der_read_end(&in, "thing", &err), row->is_good);
        CHECK_INT(err.code, row->is_good ? SIGNET_OK : SIGNET_E_DECODE);
        CHECK(row->is_good || strncmp(err.message, "thing", 5) == 0);
    }
}

TEST(reads_times_as_rfc_5280_writes_them)
{
    for (EACH(row, times)) {
        sg_der_reader in = sg_der_reader_of(unhex(row->der));
        int64_t seconds = sg_der_read_time(&in, "time");

        if (row->seconds == -1)
            CHECK(in.problem != NULL);
        else
            CHECK_INT(in.problem ? -1 : seconds, row->seconds);
    }
}

TEST(reads_small_numbers)
{
    for (EACH(row, numbers)) {
        sg_der_reader in = sg_der_reader_of(unhex(row->der));
        uint32_t value = sg_der_read_small(&in, "number");

        CHECK_INT(in.problem ? -1 : (int64_t)value, row->value);
    }
}

TEST(keeps_its_first_problem)
{
    sg_der_reader in = sg_der_reader_of(unhex("30030201ff0401aa"));
    sg_der_reader inner = sg_der_enter(&in, SG_DER_SEQUENCE, "outer");
    signet_error err = {0};

    (void)sg_der_read_small(&inner, "first");
    (void)sg_der_read(&inner, SG_DER_OID, "second");
    sg_der_leave(&in, &inner, "outer");
    CHECK_INT(sg_der_read(&in, SG_DER_OCTET_STRING, "third").len, 0);
    CHECK(!sg_der_has_more(&in));
    CHECK(!sg_der_read_end(&in, "outer", &err));
    CHECK_TEXT(err.message, "first is not a small number");
}

TEST(writes_the_shortest_length)
{
    for (EACH(row, lengths)) {
        SIGNET_AUTO(signet_buf_free) signet_buf content = {0}, whole = {0}, wrapped = {0};
        signet_slice header = unhex(row->header);
        sg_der_writer to = sg_der_writer_to(&whole);

        content.data = calloc(1, row->len + 1);
        REQUIRE(content.data);
        content.len = row->len;
        content.capacity = row->len + 1;
        sg_der_write(&to, SG_DER_OCTET_STRING, signet_buf_slice(&content));
        REQUIRE(sg_der_write_end(&to, NULL));
        CHECK_INT(whole.len, header.len + row->len);
        CHECK_BYTES(((signet_slice){whole.data, header.len}), header);

        to = sg_der_writer_to(&wrapped);
        sg_der_begin(&to, SG_DER_OCTET_STRING);
        sg_der_write_raw(&to, signet_buf_slice(&content));
        sg_der_end(&to);
        REQUIRE(sg_der_write_end(&to, NULL));
        CHECK(signet_slice_is_equal(signet_buf_slice(&wrapped), signet_buf_slice(&whole)));
    }
}

TEST(writes_nothing_when_it_fails)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_der_writer to = {0};
    signet_error err = {0};

    REQUIRE(signet_buf_printf(&out, NULL, "kept"));
    to = sg_der_writer_to(&out);
    sg_der_begin(&to, SG_DER_SEQUENCE);
    sg_der_write_time(&to, INT64_MAX);
    sg_der_end(&to);
    CHECK(!sg_der_write_end(&to, &err));
    CHECK_INT(err.code, SIGNET_E_TIME);
    CHECK_BYTES(signet_buf_slice(&out), signet_slice_text("kept"));
}

TESTS(TEST_OF(reads_one_encoding_only), TEST_OF(reads_times_as_rfc_5280_writes_them),
    TEST_OF(reads_small_numbers), TEST_OF(keeps_its_first_problem),
    TEST_OF(writes_the_shortest_length), TEST_OF(writes_nothing_when_it_fails))
