/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"
#include "harness.h"
#include "http/record.h"
#include "serve/redis.h"

static const uint8_t bytes[64] = {7};
static const char id[] = "07000000000000000000000000000000";
static sg_record_rules rules = {.mac_key = {bytes, 32}, .accepted = signet_only_ed25519};
static sg_record made;
static signet_slice values[2];

static bool
write_value(signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    return sg_record_write(&made, &rules, &out, err);
}

static bool
read_value(signet_error *err)
{
    SIGNET_AUTO(sg_record_free) sg_record read = {0};

    return sg_record_read(values[rules.format], (signet_slice){bytes, 16}, &rules, &read, err);
}

static bool
keep_in_memory(signet_error *err)
{
    SIGNET_AUTO(sg_store_free) sg_store store = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};

    return sg_store_memory_new(2, &store, err) &&
           store.put(store.context, id, values[0], 1, 0, err) &&
           store.get(store.context, id, 0, &out, err);
}

static bool
parse_options(signet_error *err)
{
    sg_redis_options options = {.url = "redis://me:secret@cache/1"};
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = NULL;

    redis = sg_redis_new(&options, err);
    return redis != NULL;
}

static void
prepare(void)
{
    static const uint8_t custom[] = {0xa1, 0x61, 'a', 0x82, 0x20, 0x61, '<'};
    SIGNET_AUTO(signet_buf_free) signet_buf token = {0};
    signet_claims claims = {.issuer = signet_slice_text("issuer"),
        .subject = {bytes, 32},
        .expires = 1700000300,
        .not_before = 1700000000,
        .issued = 1700000000,
        .capability_id = {bytes, 16},
        .confirmation = {bytes, 32},
        .custom = {custom, sizeof(custom)},
        .token_id = {bytes, 16}};

    REQUIRE(signet_token_encode(&claims, &token, NULL));
    made = (sg_record){.token = harness_keep(signet_buf_slice(&token)),
        .binding = {bytes, 64},
        .purpose = signet_slice_text("purpose"),
        .metadata = {{signet_slice_text("pop_min"), signet_slice_text("x2")}},
        .metadata_count = 1};
    made.master = signet_key_from_seed(&signet_ed25519, (signet_slice){bytes, 32}, NULL);
    made.ephemeral = made.master;
    REQUIRE(made.master);
}

TEST(running_out_of_memory_is_said_and_leaks_nothing)
{
    static const faults_row rows[] = {
        {"writing a record", write_value, 2},
        {"reading a record", read_value, 3},
        {"a record in memory", keep_in_memory, 3},
        {"an address of Redis", parse_options, 3},
    };

    prepare();
    for (rules.format = SG_RECORD_V2; rules.format <= SG_RECORD_REFERENCE; rules.format++) {
        SIGNET_AUTO(signet_buf_free) signet_buf value = {0};

        REQUIRE(sg_record_write(&made, &rules, &value, NULL));
        values[rules.format] = harness_keep(signet_buf_slice(&value));
        for (EACH(row, rows))
            faults_exhaust(row);
    }
    signet_key_free(made.master);
}

TESTS(TEST_OF(running_out_of_memory_is_said_and_leaks_nothing))
