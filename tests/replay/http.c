/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a proof of possession, and the reference's helper for its time. */
#include "http/header.h"
#include "replay.h"

/* The version is looked at when the record is known; of that stage nothing else can be judged here.
 */
static bool
has_version(const sg_proof_header *header, signet_error *err)
{
    sg_proof_admission nothing = {0};
    bool is_extended = false;

    return sg_proof_header_admit(header, &nothing, &is_extended, err) ||
           strncmp(err->message, "version", strlen("version")) != 0;
}

static void
compare_header(const json_t *expected, const sg_proof_header *header, signet_buf *differences)
{
    const struct {
        const char *name;
        signet_slice is;
    } bytes[] = {
        {"jti", header->token_id},
        {"cap", header->capability_id},
        {"signature", header->signature},
        {"nonce", header->nonce},
    };

    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        bool is_there = false;

        replay_compare(differences, bytes[i].name, bytes[i].is,
            replay_hex(expected, bytes[i].name, &is_there));
        replay_compare_number(differences, bytes[i].name, bytes[i].is.ptr != NULL, is_there);
    }
    replay_compare(differences, "version", header->version, replay_text(expected, "version", NULL));
    replay_compare(differences, "mode", header->mode, replay_text(expected, "mode", NULL));
    replay_compare(differences, "token", header->token, replay_text(expected, "token", NULL));
    replay_compare_number(
        differences, "timestamp", header->time, replay_number(expected, "timestamp", 0));
}

static replay_verdict
run_header(const replay_case *one, signet_buf *differences, signet_error *err)
{
    uint8_t *room = replay_alloc(SG_PROOF_HEADER_ROOM);
    signet_error later = {0};
    sg_proof_header header = {0};

    if (!sg_proof_header_parse(replay_text(one->inputs, "header", NULL), room, &header, err))
        return REPLAY_REJECT;
    if (!has_version(&header, &later)) {
        *err = later;
        return REPLAY_REJECT;
    }
    compare_header(one->outputs, &header, differences);
    return REPLAY_ACCEPT;
}

static replay_verdict
run_window(const replay_case *one, signet_buf *differences, signet_error *err)
{
    (void)differences;
    return sg_proof_check_window(replay_number(one->inputs, "timestamp", 0),
               replay_number(one->inputs, "now", 0), replay_number(one->inputs, "max_skew_s", 0),
               replay_number(one->inputs, "min_skew_s", 0), err)
               ? REPLAY_ACCEPT
               : REPLAY_REJECT;
}

/* Every one of them reads; that their times increase is not asked for (H-27), proofs are used once.
 */
static replay_verdict
run_monotonic(const replay_case *one, signet_buf *differences, signet_error *err)
{
    uint8_t *room = replay_alloc(SG_PROOF_HEADER_ROOM);
    const json_t *headers = json_object_get(one->inputs, "headers");
    sg_proof_header header = {0};

    (void)differences;
    for (size_t i = 0; i < json_array_size(headers); i++)
        if (!sg_proof_header_parse(signet_slice_text(json_string_value(json_array_get(headers, i))),
                room, &header, err))
            return REPLAY_REJECT;
    return REPLAY_ACCEPT;
}

const replay_group replay_http[] = {
    {"http_header_parse", run_header},
    {"http_timestamp_helper", run_window},
    {"http_monotonic_helper", run_monotonic},
    {NULL, NULL},
};
