/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generated rejections: good messages changed in every small way there is.  What may change and
 * still be accepted is written down; everything else must be refused, with a reason.
 */
#include <ctype.h>

#include "codec/der.h"
#include "crypto/digest.h"
#include "message.h"

typedef struct {
    const char *name;
    signet_slice message;
} good_message;

enum { GOOD = 3 };

static const good_message *
good_messages(void)
{
    static good_message all[GOOD];
    message_parts parts = message_good();
    signet_slice bridge = message_bridge();
    signet_cms_leaf under_bridge = {message_leaf_under_bridge(), LEAF_KEY, &bridge, 1};
    signet_buf l1 = {0};
    uint8_t digest[SIGNET_SHA512_SIZE];

    if (all[0].name)
        return all;
    sg_sha512(parts.content, digest);
    all[0] = (good_message){"form A", message_build(&parts)};
    parts.attributes.len = 0;
    all[1] = (good_message){"form P", message_build(&parts)};
    REQUIRE(signet_cms_encode(
        &under_bridge, 1, (signet_slice){digest, sizeof(digest)}, MESSAGE_NOW, &l1, NULL));
    all[2] = (good_message){"L1", harness_keep(signet_buf_slice(&l1))};
    signet_buf_free(&l1);
    return all;
}

/* A refusal says what is wrong in one line that begins with the name of a field. */
static void
check_reason(const signet_error *err)
{
    static const signet_code sane[] = {SIGNET_E_DECODE, SIGNET_E_CERT, SIGNET_E_ALGORITHM,
        SIGNET_E_KEY, SIGNET_E_SIGNATURE, SIGNET_E_TRUST, SIGNET_E_TIME};
    bool is_sane = false;

    for (size_t i = 0; i < sizeof(sane) / sizeof(sane[0]); i++)
        is_sane = is_sane || err->code == sane[i];
    if (!is_sane || strlen(err->message) < 10 || !isalpha((unsigned char)err->message[0]) ||
        strchr(err->message, '\n') || err->message[strlen(err->message) - 1] == '.')
        harness_fail(__FILE__, __LINE__, "code %s, message \"%s\"", signet_code_name(err->code),
            err->message);
}

/* In memory of its own, not a byte more, so that a sanitizer sees an overread. */
static bool
is_accepted(signet_slice message)
{
    uint8_t *exact = malloc(message.len + (message.len == 0));
    signet_error err = {0};
    bool accepted = false;

    REQUIRE(exact);
    if (message.len > 0)
        memcpy(exact, message.ptr, message.len);
    accepted = message_is_accepted(
        (signet_slice){exact, message.len}, signet_slice_text("content"), MASTER_KEY, &err);
    if (!accepted)
        check_reason(&err);
    free(exact);
    return accepted;
}

static void
refuse(signet_slice message, const char *change, size_t place)
{
    if (is_accepted(message))
        harness_fail(__FILE__, __LINE__, "accepted with %s at %zu", change, place);
}

TEST(the_unchanged_messages_are_accepted)
{
    for (size_t i = 0; i < GOOD; i++) {
        harness_row = good_messages()[i].name;
        CHECK(is_accepted(good_messages()[i].message));
        CHECK(signet_cms_is_signet(good_messages()[i].message));
    }
}

TEST(no_bit_may_flip)
{
    for (size_t i = 0; i < GOOD; i++) {
        signet_slice good = good_messages()[i].message;
        uint8_t *copy = malloc(good.len);

        harness_row = good_messages()[i].name;
        REQUIRE(copy);
        memcpy(copy, good.ptr, good.len);
        for (size_t bit = 0; bit < 8 * good.len; bit++) {
            copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
            refuse((signet_slice){copy, good.len}, "a flipped bit", bit);
            copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        free(copy);
    }
}

TEST(no_byte_may_be_set_to_an_edge_value)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};

    for (size_t i = 0; i < GOOD; i++) {
        signet_slice good = good_messages()[i].message;
        uint8_t *copy = malloc(good.len);

        harness_row = good_messages()[i].name;
        REQUIRE(copy);
        memcpy(copy, good.ptr, good.len);
        for (size_t at = 0; at < good.len; at++) {
            for (size_t j = 0; j < sizeof(values); j++) {
                copy[at] = values[j];
                if (values[j] != good.ptr[at])
                    refuse((signet_slice){copy, good.len}, "another byte", at);
            }
            copy[at] = good.ptr[at];
        }
        free(copy);
    }
}

TEST(no_part_is_a_whole)
{
    for (size_t i = 0; i < GOOD; i++) {
        signet_slice good = good_messages()[i].message;

        harness_row = good_messages()[i].name;
        for (size_t len = 0; len < good.len; len++) {
            refuse((signet_slice){good.ptr, len}, "the end cut off", len);
            refuse((signet_slice){good.ptr + good.len - len, len}, "the start cut off", len);
        }
    }
}

TEST(no_byte_may_be_missing_or_new)
{
    static const uint8_t values[] = {0x00, 0x30, 0xff};

    for (size_t i = 0; i < GOOD; i++) {
        signet_slice good = good_messages()[i].message;
        uint8_t *copy = malloc(good.len + 1);

        harness_row = good_messages()[i].name;
        REQUIRE(copy);
        for (size_t at = 0; at < good.len; at++) {
            memcpy(copy, good.ptr, at);
            memcpy(copy + at, good.ptr + at + 1, good.len - at - 1);
            refuse((signet_slice){copy, good.len - 1}, "a byte missing", at);
        }
        for (size_t at = 0; at <= good.len; at++) {
            for (size_t j = 0; j < sizeof(values); j++) {
                memcpy(copy, good.ptr, at);
                copy[at] = values[j];
                memcpy(copy + at + 1, good.ptr + at, good.len - at);
                refuse((signet_slice){copy, good.len + 1}, "a byte more", at);
            }
        }
        free(copy);
    }
}

TEST(nothing_may_follow)
{
    static const struct {
        const char *name, *hex;
    } tails[] = {{"a zero", "00"}, {"end of contents", "0000"}, {"a newline", "0a"},
        {"a NULL", "0500"}, {"an empty sequence", "3000"}, {"four ff", "ffffffff"}};

    for (size_t i = 0; i < GOOD; i++) {
        signet_slice good = good_messages()[i].message;

        for (EACH(row, tails))
            refuse(CONCAT(good, unhex(row->hex)), "something behind it", i);
        for (size_t j = 0; j < GOOD; j++)
            refuse(CONCAT(good, good_messages()[j].message), "a second message", j);
    }
}

/*
 * Changes of structure: the elements of a message form a tree, and every one of them is taken out,
 * doubled, swapped with the next, emptied, wrapped, or given another tag, with all lengths around
 * it made right again.
 */
typedef enum { REMOVE, DOUBLE, SWAP, EMPTY, WRAP, RETAG, CHANGES } change;

static const char *const change_names[] = {
    "removed", "doubled", "swapped with the next", "emptied", "wrapped", "of another type"};

typedef struct {
    change kind;
    uint8_t tag;     /* for RETAG */
    size_t target;   /* which element, in the order of their first bytes */
    size_t passed;   /* elements seen so far */
    bool is_changed; /* whether the target was there and the change made a difference */
    signet_slice touched;
} surgery;

static void
write_changed(
    signet_slice whole, signet_slice content, sg_der_reader *rest, surgery *plan, sg_der_writer *to)
{
    signet_slice next = {0};

    plan->is_changed = true;
    plan->touched = whole;
    switch (plan->kind) {
    case REMOVE:
        return;
    case DOUBLE:
        sg_der_write_raw(to, whole);
        break;
    case SWAP:
        if (sg_der_has_more(rest))
            next = sg_der_read_any(rest, "next");
        plan->is_changed = next.len > 0 && !signet_slice_is_equal(next, whole);
        sg_der_write_raw(to, next);
        break;
    case EMPTY:
        plan->is_changed = content.len > 0;
        sg_der_write(to, whole.ptr[0], (signet_slice){0});
        return;
    case WRAP:
        sg_der_begin(to, SG_DER_SEQUENCE);
        sg_der_write_raw(to, whole);
        sg_der_end(to);
        return;
    case RETAG:
        plan->is_changed = whole.ptr[0] != plan->tag;
        sg_der_write(to, plan->tag, content);
        return;
    case CHANGES:
        break;
    }
    sg_der_write_raw(to, whole);
}

static void
copy_elements(signet_slice bytes, surgery *plan, sg_der_writer *to)
{
    sg_der_reader in = sg_der_reader_of(bytes);

    while (sg_der_has_more(&in)) {
        sg_der_reader ahead = in;
        signet_slice content = sg_der_read(&ahead, in.left.ptr[0], "element");
        signet_slice whole = sg_der_read_any(&in, "element");

        REQUIRE(!in.problem);
        if (plan->passed++ == plan->target) {
            write_changed(whole, content, &in, plan, to);
        } else if (whole.ptr[0] & 0x20) {
            sg_der_begin(to, whole.ptr[0]);
            copy_elements(content, plan, to);
            sg_der_end(to);
        } else {
            sg_der_write_raw(to, whole);
        }
    }
}

/* Certificates may stand in any order and more than once; nothing else may change. */
static bool
may_survive(const surgery *plan)
{
    signet_cert cert = {0};

    return signet_cert_read(plan->touched, &cert, NULL) &&
           (plan->kind == DOUBLE || plan->kind == SWAP);
}

static size_t
count_elements(signet_slice message)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_der_writer to = sg_der_writer_to(&out);
    surgery none = {.target = SIZE_MAX};

    copy_elements(message, &none, &to);
    REQUIRE(sg_der_write_end(&to, NULL));
    CHECK_BYTES(signet_buf_slice(&out), message);
    return none.passed;
}

/* Change one element; whether the result is accepted, and, if so, by right. */
static bool
survives(signet_slice good, surgery *plan)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    sg_der_writer to = sg_der_writer_to(&out);

    copy_elements(good, plan, &to);
    REQUIRE(sg_der_write_end(&to, NULL));
    if (!plan->is_changed || !is_accepted(signet_buf_slice(&out)))
        return false;
    if (!may_survive(plan))
        harness_fail(__FILE__, __LINE__, "accepted with element %zu %s (tag %02x)", plan->target,
            change_names[plan->kind], (unsigned)plan->tag);
    return true;
}

TEST(every_element_must_be_where_it_is)
{
    static const uint8_t tags[] = {
        0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x17, 0x24, 0x30, 0x31, 0x80, 0x81, 0xa0, 0xa1, 0xa2};
    size_t survivors = 0, tried = 0;

    for (size_t i = 0; i < GOOD; i++) {
        signet_slice good = good_messages()[i].message;
        size_t count = count_elements(good);

        harness_row = good_messages()[i].name;
        for (size_t step = 0; step < RETAG + sizeof(tags); step++) {
            for (size_t target = 0; target < count; target++) {
                surgery plan = {.kind = step < RETAG ? (change)step : RETAG,
                    .tag = step < RETAG ? 0 : tags[step - RETAG],
                    .target = target};

                survivors += survives(good, &plan);
                tried += plan.is_changed;
            }
        }
    }
    CHECK(tried > 3000);
    CHECK_INT(survivors, 5); /* a certificate twice (1 + 1 + 2), leaf and bridge swapped (1) */
}

/* A message of one content is none of another, and a leaf of one key none of another's. */
TEST(content_and_anchor_must_be_right)
{
    static const struct {
        const char *name, *content;
    } others[] = {
        {"empty", ""}, {"shorter", "conten"}, {"longer", "content\n"}, {"another case", "Content"}};

    for (size_t i = 0; i < GOOD; i++) {
        signet_slice good = good_messages()[i].message;
        signet_error err = {0};

        for (EACH(row, others)) {
            CHECK(!message_is_accepted(good, signet_slice_text(row->content), MASTER_KEY, &err));
            CHECK_INT(err.code, SIGNET_E_SIGNATURE);
        }
        harness_row = good_messages()[i].name;
        CHECK(!message_is_accepted(good, signet_slice_text("content"), OTHER_KEY, &err));
        CHECK_INT(err.code, SIGNET_E_TRUST);
        CHECK(!message_is_accepted(good, signet_slice_text("content"), LEAF_KEY, &err));
        CHECK_INT(err.code, SIGNET_E_TRUST);
    }
}

TESTS(TEST_OF(the_unchanged_messages_are_accepted), TEST_OF(no_bit_may_flip),
    TEST_OF(no_byte_may_be_set_to_an_edge_value), TEST_OF(no_part_is_a_whole),
    TEST_OF(no_byte_may_be_missing_or_new), TEST_OF(nothing_may_follow),
    TEST_OF(every_element_must_be_where_it_is), TEST_OF(content_and_anchor_must_be_right))
