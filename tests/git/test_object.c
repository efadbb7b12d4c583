/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"
#include "object.h"

#define HEAD      "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
#define AUTHOR    "author A <a@b> 1 +0000\n"
#define COMMITTER "committer C <c@d> 1780000000 +0200\n"
#define SIG       "gpgsig -----BEGIN SIGNED MESSAGE-----\n AAAA\n -----END SIGNED MESSAGE-----\n"
#define UNFOLDED  "-----BEGIN SIGNED MESSAGE-----\nAAAA\n-----END SIGNED MESSAGE-----\n"
#define SIG256                                                                                     \
    "gpgsig-sha256 -----BEGIN SIGNED MESSAGE-----\n BBBB\n -----END SIGNED MESSAGE-----\n"
#define UNFOLDED256 "-----BEGIN SIGNED MESSAGE-----\nBBBB\n-----END SIGNED MESSAGE-----\n"

/* clang-format off */
static const struct {
    const char *name;
    const char *raw;
    bool is_sha256;
    const char *payload, *signature;
} commits[] = {
    {"unsigned", HEAD AUTHOR COMMITTER "\nm\n", false, HEAD AUTHOR COMMITTER "\nm\n", ""},
    {"signed", HEAD AUTHOR COMMITTER SIG "\nm\n", false, HEAD AUTHOR COMMITTER "\nm\n", UNFOLDED},
    {"signed, header in the middle", HEAD SIG COMMITTER "\nm\n", false, HEAD COMMITTER "\nm\n", UNFOLDED},
    {"no message", HEAD SIG, false, HEAD, UNFOLDED},
    {"empty message", HEAD SIG "\n", false, HEAD "\n", UNFOLDED},
    {"sha256", HEAD SIG256 "\nm\n", true, HEAD "\nm\n", UNFOLDED256},
    {"sha256's header in a sha1 commit", HEAD SIG256 "\nm\n", false, HEAD "\nm\n", ""},
    {"sha1's header in a sha256 commit", HEAD SIG "\nm\n", true, HEAD "\nm\n", ""},
    {"both headers, as sha1", HEAD SIG SIG256 "\nm\n", false, HEAD "\nm\n", UNFOLDED},
    {"both headers, as sha256", HEAD SIG SIG256 "\nm\n", true, HEAD "\nm\n", UNFOLDED256},
    {"a header that only begins so", HEAD "gpgsigx y\n z\n" COMMITTER "\nm\n", false, HEAD COMMITTER "\nm\n", ""},
    {"the header again: both count", HEAD SIG SIG "\nm\n", false, HEAD "\nm\n", UNFOLDED UNFOLDED},
    {"a signature in the message is no signature", HEAD "\n" SIG, false, HEAD "\n" SIG, ""},
    {"a folded header of others", HEAD "mergetag object\n gpgsig x\n" SIG "\nm\n", false, HEAD "mergetag object\n gpgsig x\n" "\nm\n", UNFOLDED},
    {"nothing", "", false, "", ""},
    {"a folded line without header", " x\n\nm", false, " x\n\nm", ""},
};

static const struct {
    const char *name;
    const char *raw;
    const char *payload, *signature;
} tags[] = {
    {"unsigned", "object x\ntag v1\n\nm\n", "object x\ntag v1\n\nm\n", ""},
    {"signed", "object x\ntag v1\n\nm\n" UNFOLDED, "object x\ntag v1\n\nm\n", UNFOLDED},
    {"the last armour counts", "object x\n\n" UNFOLDED UNFOLDED, "object x\n\n" UNFOLDED, UNFOLDED},
    {"not at the beginning of a line", "object x\n\nm -----BEGIN SIGNED MESSAGE-----\n", "object x\n\nm -----BEGIN SIGNED MESSAGE-----\n", ""},
    {"PGP", "object x\n\nm\n-----BEGIN PGP SIGNATURE-----\n\nx\n", "object x\n\nm\n", "-----BEGIN PGP SIGNATURE-----\n\nx\n"},
    {"a header for the other hash", "object x\n" SIG256 "\nm\n" UNFOLDED, "object x\n\nm\n", UNFOLDED},
    {"nothing", "", "", ""},
};

static const struct {
    const char *name;
    const char *signature;
    object_signature kind;
} signature_kinds[] = {
    {"none", "", OBJECT_UNSIGNED},
    {"ours", UNFOLDED, OBJECT_SIGNED_CMS},
    {"PGP", "-----BEGIN PGP SIGNATURE-----\n", OBJECT_SIGNED_OTHER},
    {"SSH", "-----BEGIN SSH SIGNATURE-----\n", OBJECT_SIGNED_OTHER},
    {"another label", "-----BEGIN SIGNED MASSAGE-----\n", OBJECT_SIGNED_OTHER},
    {"something before it", "\n" UNFOLDED, OBJECT_SIGNED_OTHER},
    {"cut short", "-----BEGIN SIGNED MESSA", OBJECT_SIGNED_OTHER},
};

static const struct {
    const char *name;
    const char *payload;
    bool has_date;
    int64_t seconds;
} dates[] = {
    {"committer", HEAD AUTHOR COMMITTER "\nm\n", true, 1780000000},
    {"tagger", "object x\ntagger T <t@u> 5 +0000\n\n", true, 5},
    {"pusher", "certificate version 0.1\npusher x <y> 1780000001 -0100\n\n", true, 1780000001},
    {"an author is not asked", HEAD AUTHOR "\n", false, 0},
    {"in the message", HEAD "\n" COMMITTER, false, 0},
    {"no number", "committer C <c@d> x\n\n", false, 0},
    {"no mail", "committer C 17 +0000\n\n", false, 0},
    {"negative", "committer C <c> -5 +0000\n\n", false, 0},
    {"ends at the mail", "committer C <c>\n\n", false, 0},
    {"a number too large", "committer C <c> 1234567890123456789 +0000\n\n", false, 0},
    {"a name with marks", "committer C > <c> 7 +0000\n\n", true, 7},
    {"an empty value", "committer \n\n", false, 0},
};

static const struct {
    const char *name;
    const char *payload, *subject;
} subjects[] = {
    {"a line", HEAD "\nsubject\n\nbody\n", "subject"},
    {"no newline", HEAD "\nsubject", "subject"},
    {"blank lines first", HEAD "\n\n\nsubject\n", "subject"},
    {"none", HEAD "\n", ""},
    {"no message", HEAD, ""},
    {"nothing", "", ""},
};

static const struct {
    const char *name;
    const char *line;
    bool is_head;
    const char *type;
    size_t size;
} heads[] = {
    {"a commit", "4b825dc642cb6eb9a060e54bf8d69288fbee4904 commit 17\n", true, "commit", 17},
    {"a tag", "00 tag 0\n", true, "tag", 0},
    {"missing", "4b825dc642cb6eb9a060e54bf8d69288fbee4904 missing\n", false, NULL, 0},
    {"a revision that is missing", "HEAD~7 missing\n", false, NULL, 0},
    {"a revision with blanks", ":/commit 17\n missing\n", false, NULL, 0},
    {"no newline", "00 commit 17", false, NULL, 0},
    {"something behind it", "00 commit 17\nx", false, NULL, 0},
    {"a number too long", "00 commit 1234567890123456789\n", false, NULL, 0},
    {"a name too long", "0000000000000000000000000000000000000000000000000000000000000000" "0 commit 1\n", false, NULL, 0},
    {"a type too long", "00 commitcommitcommit 1\n", false, NULL, 0},
    {"a negative number", "00 commit -1\n", false, NULL, 0},
    {"nothing", "", false, NULL, 0},
};
/* clang-format on */

TEST(reads_what_cat_file_says)
{
    for (EACH(row, heads)) {
        object_head head = {0};

        CHECK_INT(object_read_head(row->line, &head), row->is_head);
        if (row->is_head) {
            CHECK_TEXT(head.type, row->type);
            CHECK_INT(head.size, row->size);
        }
    }
}

TEST(splits_commits_as_git_does)
{
    for (EACH(row, commits)) {
        SIGNET_AUTO(signet_buf_free) signet_buf payload = {0}, signature = {0};

        REQUIRE(object_split_commit(
            signet_slice_text(row->raw), row->is_sha256, &payload, &signature, NULL));
        CHECK_BYTES(signet_buf_slice(&payload), signet_slice_text(row->payload));
        CHECK_BYTES(signet_buf_slice(&signature), signet_slice_text(row->signature));
    }
}

TEST(splits_tags_as_git_does)
{
    for (EACH(row, tags)) {
        SIGNET_AUTO(signet_buf_free) signet_buf payload = {0}, signature = {0};

        REQUIRE(object_split_tag(signet_slice_text(row->raw), &payload, &signature, NULL));
        CHECK_BYTES(signet_buf_slice(&payload), signet_slice_text(row->payload));
        CHECK_BYTES(signet_buf_slice(&signature), signet_slice_text(row->signature));
    }
}

TEST(tells_kinds_by_the_first_line)
{
    for (EACH(row, signature_kinds))
        CHECK_INT(object_signature_kind(signet_slice_text(row->signature)), row->kind);
}

TEST(reads_the_date_of_who_made_it)
{
    for (EACH(row, dates)) {
        int64_t seconds = 0;

        CHECK_INT(object_date(signet_slice_text(row->payload), &seconds), row->has_date);
        if (row->has_date)
            CHECK_INT(seconds, row->seconds);
    }
}

TEST(finds_the_subject)
{
    for (EACH(row, subjects))
        CHECK_BYTES(
            object_subject(signet_slice_text(row->payload)), signet_slice_text(row->subject));
}

TESTS(TEST_OF(reads_what_cat_file_says), TEST_OF(splits_commits_as_git_does),
    TEST_OF(splits_tags_as_git_does), TEST_OF(tells_kinds_by_the_first_line),
    TEST_OF(reads_the_date_of_who_made_it), TEST_OF(finds_the_subject))
