/* SPDX-License-Identifier: Apache-2.0 */
#include "change.h"
#include "http/binding_text.h"
#include "http/header.h"
#include "http/target.h"

enum { ROOM = 8192 + 64 };

static const char good_header[] =
    "v1;m=full;jti=MTIzNDU2Nzg5MDEyMzQ1Ng;cap=v1eo3xbHxPC0HLVhLURnLA;s=MsHylIC3zZffLGbqBo7YgyGM3aN"
    "dzObdTgSfVyxwb5cN0sH3DF4p9RT6bYqaZVu-EcuzYQPJ-G-fy1zCmW_ECA;n=cmVxdWVzdC1ub25jZTEyMw;ts=17000"
    "00000;x=2;bd=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE;s2=MsHylIC3zZffLGbqBo7YgyGM3aNdzObdTg"
    "SfVyxwb5cN0sH3DF4p9RT6bYqaZVu-EcuzYQPJ-G-fy1zCmW_ECA;t=SIG1.x.y;ek=X48E9qOokqqrvdts8nOJRJN3OWD"
    "UoyWxBf7kbu9DBPE;p=MsHylIC3zZffLGbqBo7YgyGM3aNdzObdTgSfVyxwb5cN0sH3DF4p9RT6bYqaZVu-EcuzYQPJ-G-"
    "fy1zCmW_ECA;pu=aHR0cA";
static const char good_target[] = "/a%2Fb/c%20d/%2e./..;x//%5c|%00?x=%7C";
static const char good_authority[] = "[2001:DB8::1]:8443";

static bool
is_alike(signet_slice a, signet_slice b)
{
    return signet_slice_is_equal(a, b) && !a.ptr == !b.ptr;
}

static void
check_same(const sg_proof_header *a, const sg_proof_header *b)
{
    PROPERTY(a->time == b->time);
    PROPERTY(is_alike(a->version, b->version) && is_alike(a->mode, b->mode) &&
             is_alike(a->token_id, b->token_id) && is_alike(a->capability_id, b->capability_id) &&
             is_alike(a->signature, b->signature) && is_alike(a->nonce, b->nonce));
    PROPERTY(is_alike(a->extension, b->extension) && is_alike(a->digest, b->digest) &&
             is_alike(a->strong_signature, b->strong_signature));
    PROPERTY(is_alike(a->token, b->token) && is_alike(a->ephemeral_key, b->ephemeral_key) &&
             is_alike(a->binding, b->binding) && is_alike(a->purpose, b->purpose) &&
             is_alike(a->key_hash, b->key_hash));
}

/* Whatever the record says, what is admitted obeys it, and more switches admit no less. */
static void
check_admission(const sg_proof_header *header)
{
    sg_proof_admission admission = {.signature_size = 64, .capability_id = header->capability_id};
    bool is_extended = false;
    signet_error err = {0};

    if (sg_proof_header_admit(header, &admission, &is_extended, &err)) {
        PROPERTY(is_extended && header->signature.len == 64 && header->strong_signature.len == 64);
        PROPERTY(header->nonce.len == 16 && header->capability_id.len == 16);
        PROPERTY(header->time <= SG_PROOF_TIME_MAX && !sg_proof_header_is_full(header));
        admission.allow_full = admission.allow_missing_nonce = true;
        PROPERTY(sg_proof_header_admit(header, &admission, &is_extended, &err) && is_extended);
        return;
    }
    PROPERTY(err.code == SIGNET_E_DECODE || err.code == SIGNET_E_EPR);
    admission = (sg_proof_admission){
        .signature_size = 64, .binding = SG_BINDING_IF_PRESENT, .allow_full = true};
    if (sg_proof_header_admit(header, &admission, &is_extended, &err))
        PROPERTY(!is_extended && !header->capability_id.ptr && !sg_proof_header_is_full(header));
}

/* What parses is within its value and room, is written, and reads back as the same. */
static void
check_header(signet_slice value)
{
    SIGNET_AUTO(signet_buf_free) signet_buf once = {0}, twice = {0};
    static uint8_t room[SG_PROOF_HEADER_ROOM], other_room[SG_PROOF_HEADER_ROOM];
    signet_slice whole = {room, sizeof(room)};
    sg_proof_header header = {0}, again = {0};
    signet_error err = {0};

    if (!sg_proof_header_parse(value, room, &header, &err)) {
        PROPERTY(err.code == SIGNET_E_DECODE && header.time == 0 && !header.token_id.ptr);
        return;
    }
    PROPERTY(header.token_id.len == 16 && header.signature.len >= 64 && header.time > 0);
    PROPERTY(!header.nonce.ptr || header.nonce.len == 16);
    PROPERTY(fuzz_is_within(header.version, value) && fuzz_is_within(header.mode, value) &&
             fuzz_is_within(header.token, value) && fuzz_is_within(header.extension, value));
    PROPERTY(fuzz_is_within(header.token_id, whole) && fuzz_is_within(header.signature, whole) &&
             fuzz_is_within(header.capability_id, whole) && fuzz_is_within(header.binding, whole));
    PROPERTY(sg_proof_header_write(&header, &once, NULL));
    PROPERTY(once.len <= value.len);
    PROPERTY(sg_proof_header_parse(signet_buf_slice(&once), other_room, &again, NULL));
    check_same(&header, &again);
    PROPERTY(sg_proof_header_write(&again, &twice, NULL));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&once), signet_buf_slice(&twice)));
    check_admission(&header);
}

static bool
has_byte(signet_slice text, uint8_t byte)
{
    return text.len > 0 && memchr(text.ptr, byte, text.len);
}

/* A strict target signs a path without the bytes that confuse; so the text can be taken apart. */
static void
check_strict(const sg_target *target)
{
    static const uint8_t refused[] = {'\0', '|', '?', '#', '\r', '\n'};
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0}, text = {0};
    sg_request_text what = {signet_slice_text("GET"), target, 1, {NULL, 0}};
    const uint8_t *mark = NULL;

    PROPERTY(sg_target_write_path(target, &path, NULL));
    PROPERTY(path.len > 0 && path.data[0] == '/');
    for (size_t i = 0; i < sizeof(refused); i++)
        PROPERTY(!has_byte(signet_buf_slice(&path), refused[i]));
    PROPERTY(sg_request_text_write(&what, &text, NULL));
    PROPERTY(memcmp(text.data, "GET|/", 5) == 0);
    PROPERTY(memcmp(text.data + text.len - 3, "|1|", 3) == 0);
    mark = memchr(text.data, '?', text.len);
    PROPERTY((mark != NULL) == (target->query.len > 0));
    PROPERTY((mark ? (size_t)(mark - text.data) : text.len - 3) == 4 + path.len);
    PROPERTY(!mark || memcmp(mark + 1, target->query.ptr, target->query.len) == 0);
}

/* A clean target is the same to any server that removes dots and doubled slashes. */
static void
check_clean(const sg_target *target)
{
    static const sg_skip_path skip = {"/a", false}, exact = {"/a", true};
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    bool is_skipped = sg_target_is_skipped(target, &skip, 1);

    PROPERTY(sg_target_write_path(target, &path, NULL));
    PROPERTY(signet_buf_append(&path, (signet_slice){(const uint8_t *)"/", 2}, NULL));
    PROPERTY(!memmem(path.data, path.len - 2, "//", 2));
    PROPERTY(!strstr((char *)path.data, "/../") && !strstr((char *)path.data, "/./"));
    PROPERTY(!strchr((char *)path.data, '\\'));
    PROPERTY(is_skipped == (strncmp((char *)path.data, "/a/", 3) == 0));
    PROPERTY(is_skipped || !sg_target_is_skipped(target, &exact, 1));
}

static void
check_target(signet_slice raw)
{
    static const sg_target_rules strict = {0}, loose = {.allow_ambiguous = true},
                                 clean = {.must_be_clean = true};
    sg_target target = {0};

    if (!sg_target_read(raw, &loose, &target, NULL)) {
        PROPERTY(!sg_target_read(raw, &strict, &target, NULL));
        return;
    }
    PROPERTY(fuzz_is_within(target.path, raw) && fuzz_is_within(target.query, raw));
    if (sg_target_read(raw, &strict, &target, NULL))
        check_strict(&target);
    else
        PROPERTY(!sg_target_read(raw, &clean, &target, NULL));
    if (sg_target_read(raw, &clean, &target, NULL))
        check_clean(&target);
}

/* What is normal stays as it is, and never has the default port. */
static void
check_authority(signet_slice authority)
{
    SIGNET_AUTO(signet_buf_free) signet_buf once = {0}, twice = {0};

    if (!sg_authority_normalise(authority, 443, &once, NULL)) {
        PROPERTY(once.len == 0);
        return;
    }
    PROPERTY(once.len > 0 && once.len <= authority.len);
    PROPERTY(sg_authority_normalise(signet_buf_slice(&once), 443, &twice, NULL));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&once), signet_buf_slice(&twice)));
    for (size_t i = 0; i < once.len; i++)
        PROPERTY(once.data[i] > 0x20 && once.data[i] < 0x7f &&
                 !(once.data[i] >= 'A' && once.data[i] <= 'Z') && !strchr("/?#@%,", once.data[i]));
}

/* Any bytes as each of the three, and a good one of each, changed as the bytes say. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[ROOM];
    signet_slice given = {data, size};

    check_header(given);
    check_target(given);
    check_authority(given);
    check_header(fuzz_change(signet_slice_text(good_header), data, size, bytes, sizeof(bytes)));
    check_target(fuzz_change(signet_slice_text(good_target), data, size, bytes, sizeof(bytes)));
    check_authority(
        fuzz_change(signet_slice_text(good_authority), data, size, bytes, sizeof(bytes)));
    return 0;
}
