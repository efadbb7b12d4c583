/* SPDX-License-Identifier: Apache-2.0 */
#include "cells.h"
#include "faults.h"
#include "json.h"

#define OWNER "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"
#define SIG   "5840" WIRE_CNF WIRE_EPH
#define NONE  "a201f602f6"

/* --- form --- */

/* clang-format off */
static const struct {
    const char *name, *wire;
    signet_code expected;
    const char *says;
} forms[] = {
    {"a cell",                     "81a7016172025820" OWNER "03f604" NONE "05" NONE "06" NONE "07" SIG,   SIGNET_OK, ""},
    {"an empty group",             "81a7016172025820" OWNER "034004" NONE "05" NONE "06" NONE "07" SIG,   SIGNET_OK, ""},
    {"empty lists",                "81a7016172025820" OWNER "03f604a20180028005" NONE "06" NONE "07" SIG, SIGNET_OK, ""},
    {"an empty resource",          "81a70160025820" OWNER "03f604" NONE "05" NONE "06" NONE "07" SIG,     SIGNET_OK, ""},
    {"nothing",                    "",                                                                    SIGNET_E_DECODE, "chain"},
    {"no cells",                   "80",                                                                  SIGNET_E_DECODE, "chain: has no cells"},
    {"null",                       "f6",                                                                  SIGNET_E_DECODE, "chain"},
    {"a map",                      "a0",                                                                  SIGNET_E_DECODE, "chain"},
    {"tokens.json, malformed",     "ffffffff",                                                            SIGNET_E_DECODE, "chain"},
    {"an array of no length",      "9fa7016172025820" OWNER "03f604" NONE "05" NONE "06" NONE "07" SIG "ff", SIGNET_E_DECODE, "chain"},
    {"a byte behind it",           "81a7016172025820" OWNER "03f604" NONE "05" NONE "06" NONE "07" SIG "00", SIGNET_E_DECODE, "chain: 1 bytes"},
    {"six keys",                   "81a6016172025820" OWNER "03f604" NONE "05" NONE "06" NONE,            SIGNET_E_DECODE, "chain: CBOR has not seven keys"},
    {"eight keys",                 "81a8016172025820" OWNER "03f604" NONE "05" NONE "06" NONE "07" SIG "08f6", SIGNET_E_DECODE, "chain: CBOR has not seven keys"},
    {"key 0 for key 1",            "81a7006172025820" OWNER "03f604" NONE "05" NONE "06" NONE "07" SIG,   SIGNET_E_DECODE, "chain: CBOR has keys"},
    {"key 8 for key 7",            "81a7016172025820" OWNER "03f604" NONE "05" NONE "06" NONE "08" SIG,   SIGNET_E_DECODE, "chain: CBOR has keys"},
    {"a resource in bytes",        "81a7014172025820" OWNER "03f604" NONE "05" NONE "06" NONE "07" SIG,   SIGNET_E_DECODE, "chain"},
    {"a resource not UTF-8",       "81a70161ff025820" OWNER "03f604" NONE "05" NONE "06" NONE "07" SIG,   SIGNET_E_DECODE, "chain"},
    {"a null resource",            "81a701f6025820" OWNER "03f604" NONE "05" NONE "06" NONE "07" SIG,     SIGNET_E_DECODE, "chain"},
    {"no owner",                   "81a70161720240" "03f604" NONE "05" NONE "06" NONE "07" SIG,           SIGNET_E_KEY, "cell 0"},
    {"an owner of a byte",         "81a7016172024101" "03f604" NONE "05" NONE "06" NONE "07" SIG,         SIGNET_E_KEY, "cell 0"},
    {"an owner of 33 bytes",       "81a7016172025821" OWNER "0003f604" NONE "05" NONE "06" NONE "07" SIG, SIGNET_E_KEY, "cell 0"},
    {"W-41 an owner of small order", "81a70161720258200100000000000000000000000000000000000000000000000000000000000000"
                                     "03f604" NONE "05" NONE "06" NONE "07" SIG,                          SIGNET_E_KEY, "cell 0"},
    {"a group in text",            "81a7016172025820" OWNER "036004" NONE "05" NONE "06" NONE "07" SIG,   SIGNET_E_DECODE, "chain"},
    {"a statement of one",         "81a7016172025820" OWNER "03f604a101f605" NONE "06" NONE "07" SIG,     SIGNET_E_DECODE, "chain: CBOR has a statement"},
    {"a statement of three",       "81a7016172025820" OWNER "03f604a301f602f603f605" NONE "06" NONE "07" SIG, SIGNET_E_DECODE, "chain: CBOR has a statement"},
    {"deny before allow",          "81a7016172025820" OWNER "03f604a202f601f605" NONE "06" NONE "07" SIG, SIGNET_E_DECODE, "chain: CBOR has keys"},
    {"a list with a number",       "81a7016172025820" OWNER "03f604a2018101" "02f605" NONE "06" NONE "07" SIG, SIGNET_E_DECODE, "chain"},
    {"a list that is text",        "81a7016172025820" OWNER "03f604a20160" "02f605" NONE "06" NONE "07" SIG, SIGNET_E_DECODE, "chain"},
    {"a null statement",           "81a7016172025820" OWNER "03f604f605" NONE "06" NONE "07" SIG,         SIGNET_E_DECODE, "chain"},
    {"a null signature",           "81a7016172025820" OWNER "03f604" NONE "05" NONE "06" NONE "07f6",     SIGNET_E_DECODE, "chain"},
    {"the second cell is none",    "82a7016172025820" OWNER "03f604" NONE "05" NONE "06" NONE "07" SIG "00", SIGNET_E_DECODE, "chain"},
};
/* clang-format on */

TEST(reads_cells_in_their_one_encoding)
{
    for (EACH(row, forms)) {
        signet_cell cells[SIGNET_CELLS_MAX];
        signet_error err = {0};
        size_t count = 9;
        bool done = false;

        faults_count_begin();
        done = signet_chain_read(unhex(row->wire), cells, &count, &err);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(done, row->expected == SIGNET_OK);
        CHECK_INT(count, done ? 1 : 9);
        CHECK(faults_count_end().bytes < 1024);
        if (strncmp(err.message, row->says, strlen(row->says)) != 0)
            harness_fail(__FILE__, __LINE__, "says %s", err.message);
    }
}

/* The example of tokens.md 7.2, with an owner that is a key. */
TEST(signs_the_bytes_of_the_specification)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    const signet_key *key = wire_key(&signet_ed25519, 1);
    signet_slice allow = unhex("81612a"), deny = unhex("80"), signature = {0};
    signet_cell cell = {.resource = signet_slice_text("r"),
        .owner = signet_key_public(key),
        .owner_permissions = {true, true, allow, deny}};
    /* "sigid-cell-v1:", then the cell with an empty signature */
    static const char signed_bytes[] =
        "73696769642d63656c6c2d76313a"
        "a7016172025820" OWNER "03f604a20181612a028005" NONE "06" NONE "0740";

    REQUIRE(signet_cell_sign(&cell, key, &out, NULL));
    signature = (signet_slice){out.data + out.len - 64, 64};
    CHECK_BYTES(((signet_slice){out.data, out.len - 66}),
        unhex("a7016172025820" OWNER "03f604a20181612a028005" NONE "06" NONE "07"));
    CHECK(signet_key_verify(key, unhex(signed_bytes), signature, NULL));
}

/* What a caller may hand over, and what is no cell. */
static const struct {
    const char *name, *allow, *group, *owner;
    signet_code expected;
} writings[] = {
    {"a list",
        "8161"
        "61",
        "", OWNER, SIGNET_OK},
    {"a list that is none", "a0", "", OWNER, SIGNET_E_DECODE},
    {"a list of numbers", "8101", "", OWNER, SIGNET_E_DECODE},
    {"a list and more", "8000", "", OWNER, SIGNET_E_DECODE},
    {"nothing for a list", "", "", OWNER, SIGNET_E_DECODE},
    {"a list in a long head", "9800", "", OWNER, SIGNET_E_DECODE},
    {"an owner of 31 bytes", "80", "",
        "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f", SIGNET_E_KEY},
};

TEST(writes_no_cell_that_it_would_refuse)
{
    for (EACH(row, writings)) {
        SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
        signet_cell cell = {.resource = signet_slice_text("r"),
            .owner = unhex(row->owner),
            .owner_permissions = {true, false, unhex(row->allow), {NULL, 0}}};
        signet_error err = {0};

        CHECK_INT(signet_cell_sign(&cell, wire_key(&signet_ed25519, 1), &out, &err),
            row->expected == SIGNET_OK);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(out.len > 0, row->expected == SIGNET_OK);
    }
}

TEST(holds_the_limits_of_cells)
{
    static char resource[SIGNET_CELL_MAX + 1];
    cell_row rows[9], large = {resource, 1, 1, NULL, NULL};
    signet_cell cells[SIGNET_CELLS_MAX];
    SIGNET_AUTO(signet_buf_free) signet_buf list = {0};
    signet_slice patterns[SIGNET_CELL_ACTIONS_MAX + 1];
    signet_error err = {0};
    size_t count = 0, around = cells_cell(&(cell_row){"", 1, 1, NULL, NULL}).len + 2;

    for (size_t i = 0; i < 9; i++)
        rows[i] = (cell_row){"r", 1, 1, "*", NULL};
    harness_row = "8 cells";
    CHECK(signet_chain_read(cells_chain(rows, 8), cells, &count, NULL));
    CHECK_INT(count, 8);
    harness_row = "9 cells";
    CHECK(!signet_chain_read(cells_chain(rows, 9), cells, &count, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    harness_row = "a cell of 4096 bytes";
    memset(resource, 'r', SIGNET_CELL_MAX - around);
    CHECK_INT(cells_cell(&large).len, SIGNET_CELL_MAX);
    CHECK(signet_chain_read(cells_chain(&large, 1), cells, &count, NULL));
    harness_row = "a cell of 4097 bytes";
    resource[SIGNET_CELL_MAX - around] = 'r';
    signet_cell cell = {.resource = signet_slice_text(resource), .owner = unhex(OWNER)};

    CHECK(!signet_cell_sign(&cell, wire_key(&signet_ed25519, 1), &list, &err));
    CHECK_INT(err.code, SIGNET_E_DECODE);
    CHECK_INT(list.len, 0);
    for (size_t i = 0; i <= SIGNET_CELL_ACTIONS_MAX; i++)
        patterns[i] = signet_slice_text("a");
    harness_row = "64 permissions";
    CHECK(signet_cell_write_list(patterns, SIGNET_CELL_ACTIONS_MAX, &list, NULL));
    harness_row = "65 permissions";
    CHECK(!signet_cell_write_list(patterns, SIGNET_CELL_ACTIONS_MAX + 1, &list, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
}

/* --- patterns --- */

/* clang-format off */
static const struct {
    const char *name, *pattern, *action;
    bool matches;
} patterns[] = {
    {"equal",                     "storage:read", "storage:read",  true},
    {"another",                   "storage:read", "storage:write", false},
    {"everything",                "*",            "storage:read",  true},
    {"everything, nothing",       "*",            "",              true},
    {"below",                     "storage:*",    "storage:read",  true},
    {"below, deep",               "storage:*",    "storage:a:b",   true},
    {"below, empty",              "storage:*",    "storage:",      true},
    {"itself is not below",       "storage:*",    "storage",       false},
    {"a name that begins so",     "storage:*",    "storages:read", false},
    {"a star inside",             "storage:*:a",  "storage:b:a",   false},
    {"a star without a colon",    "storage*",     "storage:read",  false},
    {"longer than the pattern",   "storage",      "storage:read",  false},
    {"a colon and a star",        ":*",           ":read",         true},
    {"a colon and a star, bare",  ":*",           "read",          false},
    {"nothing, nothing",          "",             "",              true},
    {"nothing, something",        "",             "read",          false},
    {"other case",                "Storage:*",    "storage:read",  false},
};

static const struct {
    const char *name, *allow, *deny, *action;
    bool is_allowed;
} evaluations[] = {
    {"allowed",              "a:*",   NULL,  "a:x", true},
    {"denied too",           "a:*",   "a:x", "a:x", false},
    {"denied by a wildcard", "a:x",   "*",   "a:x", false},
    {"another denied",       "a:*",   "a:y", "a:x", true},
    {"not allowed",          "b:*",   NULL,  "a:x", false},
    {"an empty list",        "",      "",    "a:x", false},
    {"no list",              NULL,    NULL,  "a:x", false},
    {"no list, denied",      NULL,    "a:x", "a:x", false},
    {"the second of two",    "b a:x", "",    "a:x", true},
};
/* clang-format on */

TEST(matches_actions)
{
    for (EACH(row, patterns))
        CHECK_INT(
            signet_action_matches(signet_slice_text(row->pattern), signet_slice_text(row->action)),
            row->matches);
    for (EACH(row, evaluations)) {
        cell_row one = {"r", 1, 1, row->allow, row->deny};
        signet_cell cells[SIGNET_CELLS_MAX];
        size_t count = 0;

        REQUIRE(signet_chain_read(cells_chain(&one, 1), cells, &count, NULL));
        CHECK_INT(
            signet_permissions_allow(&cells[0].owner_permissions, signet_slice_text(row->action)),
            row->is_allowed);
        CHECK_INT(
            signet_cells_allow(cells, count, signet_slice_text(row->action)), row->is_allowed);
    }
    harness_row = "no cells";
    CHECK(!signet_cells_allow(NULL, 0, signet_slice_text("a")));
}

/* --- chains --- */

/* clang-format off */
static const struct {
    const char *name;
    cell_row cells[3]; /* those with a resource */
    signet_code expected;
    const char *says;
} chains[] = {
    {"a root alone",                   {{"a", 1, 1, "*", NULL}}, SIGNET_OK, ""},
    {"a child",                        {{"a", 1, 1, "*", NULL}, {"a:b", 2, 1, "x", NULL}}, SIGNET_OK, ""},
    {"a grandchild",                   {{"a", 1, 1, "*", NULL}, {"a:b", 2, 1, "x:*", NULL}, {"a:b:c", 3, 2, "x:y", NULL}}, SIGNET_OK, ""},
    {"the same resource",              {{"a", 1, 1, "*", NULL}, {"a", 2, 1, "*", NULL}}, SIGNET_OK, ""},
    {"W-70 a root that nobody trusts", {{"a", 3, 3, "*", NULL}}, SIGNET_E_TRUST, "cell 0: the owner is not a root"},
    {"a root twice",                   {{"a", 1, 1, "*", NULL}, {"a", 1, 1, "*", NULL}}, SIGNET_E_TRUST, "cell 1: the cell is the one before"},
    {"a root, and itself with less",   {{"a", 1, 1, "*", NULL}, {"a", 1, 1, "x", NULL}}, SIGNET_OK, ""},
    {"a root signed by another",       {{"a", 1, 2, "*", NULL}}, SIGNET_E_SIGNATURE, "cell 0"},
    {"a child signed by a stranger",   {{"a", 1, 1, "*", NULL}, {"a:b", 2, 3, "x", NULL}}, SIGNET_E_SIGNATURE, "cell 1"},
    {"a child signed by itself",       {{"a", 1, 1, "*", NULL}, {"a:b", 2, 2, "x", NULL}}, SIGNET_E_SIGNATURE, "cell 1"},
    {"a grandchild signed by the root", {{"a", 1, 1, "*", NULL}, {"a:b", 2, 1, "x", NULL}, {"a:b", 3, 1, "x", NULL}}, SIGNET_E_SIGNATURE, "cell 2"},
    {"W-71 another resource",          {{"a", 1, 1, "*", NULL}, {"b", 2, 1, "x", NULL}}, SIGNET_E_TRUST, "cell 1: the resource"},
    {"W-71 a resource that begins so", {{"a", 1, 1, "*", NULL}, {"ab", 2, 1, "x", NULL}}, SIGNET_E_TRUST, "cell 1: the resource"},
    {"W-71 the resource above",        {{"a:b", 1, 1, "*", NULL}, {"a", 2, 1, "x", NULL}}, SIGNET_E_TRUST, "cell 1: the resource"},
    {"W-71 more than the parent",      {{"a", 1, 1, "x", NULL}, {"a", 2, 1, "x y", NULL}}, SIGNET_E_TRUST, "cell 1: the permissions"},
    {"W-71 a wider wildcard",          {{"a", 1, 1, "x:*", NULL}, {"a", 2, 1, "*", NULL}}, SIGNET_E_TRUST, "cell 1: the permissions"},
    {"W-71 a wildcard for a name",     {{"a", 1, 1, "x:y", NULL}, {"a", 2, 1, "x:*", NULL}}, SIGNET_E_TRUST, "cell 1: the permissions"},
    {"W-71 something of nothing",      {{"a", 1, 1, NULL, NULL}, {"a", 2, 1, "x", NULL}}, SIGNET_E_TRUST, "cell 1: the permissions"},
    {"nothing of nothing",             {{"a", 1, 1, NULL, NULL}, {"a", 2, 1, NULL, NULL}}, SIGNET_OK, ""},
    {"an empty list of nothing",       {{"a", 1, 1, NULL, NULL}, {"a", 2, 1, "", NULL}}, SIGNET_OK, ""},
    {"W-71 a denial forgotten",        {{"a", 1, 1, "*", "x"}, {"a", 2, 1, "*", NULL}}, SIGNET_E_TRUST, "cell 1: the permissions"},
    {"W-71 a denial narrowed",         {{"a", 1, 1, "*", "x:*"}, {"a", 2, 1, "*", "x:y"}}, SIGNET_E_TRUST, "cell 1: the permissions"},
    {"a denial kept",                  {{"a", 1, 1, "*", "x"}, {"a", 2, 1, "*", "x y"}}, SIGNET_OK, ""},
    {"a denial widened",               {{"a", 1, 1, "*", "x:y"}, {"a", 2, 1, "*", "x:*"}}, SIGNET_OK, ""},
    {"W-71 widened again below",       {{"a", 1, 1, "*", NULL}, {"a", 2, 1, "x", NULL}, {"a", 3, 2, "*", NULL}}, SIGNET_E_TRUST, "cell 2: the permissions"},
};
/* clang-format on */

static const signet_key *roots[1];

static signet_code
verdict(signet_slice chain, const signet_chain_anchors *anchors, signet_error *err)
{
    signet_cell cells[SIGNET_CELLS_MAX];
    size_t count = 0;
    bool done = false;
    faults_count taken = {0};

    faults_count_begin();
    done = signet_chain_read(chain, cells, &count, err) &&
           signet_cell_chain_check(cells, count, anchors, err);
    taken = faults_count_end();
    CHECK(taken.bytes <= 64 << 10);
    CHECK_INT(done, err->code == SIGNET_OK);
    return err->code;
}

TEST(lets_a_chain_only_shrink)
{
    signet_chain_anchors anchors = {.roots = roots, .root_count = 1}, none = {0};

    roots[0] = wire_key(&signet_ed25519, 1);
    for (EACH(row, chains)) {
        signet_error err = {0}, other = {0};
        size_t count = 0;

        while (count < 3 && row->cells[count].resource)
            count++;
        CHECK_INT(verdict(cells_chain(row->cells, count), &anchors, &err), row->expected);
        if (strncmp(err.message, row->says, strlen(row->says)) != 0)
            harness_fail(__FILE__, __LINE__, "says %s", err.message);
        CHECK(verdict(cells_chain(row->cells, count), &none, &other) != SIGNET_OK); /* W-70 */
    }
    harness_row = "no cells";
    CHECK(!signet_cell_chain_check(NULL, 0, &anchors, NULL));
}

TEST(ends_at_the_holder) /* W-72 */
{
    static const cell_row rows[] = {{"a", 1, 1, "*", NULL}, {"a:b", 2, 1, "x", NULL}};
    static const struct {
        const char *name, *ephemeral, *confirmation;
        signet_code expected;
    } holders[] = {
        {"not asked", "", "", SIGNET_OK},
        {"the ephemeral key", WIRE_EPH, "", SIGNET_OK},
        {"the confirmation instead", WIRE_CNF, WIRE_EPH, SIGNET_OK},
        {"the owner above", WIRE_CNF, "", SIGNET_E_TRUST},
        {"the owner above, as confirmation", "", WIRE_CNF, SIGNET_E_TRUST},
        {"half of an id", WIRE_B16, "", SIGNET_E_TRUST},
    };

    for (EACH(row, holders)) {
        signet_chain_anchors anchors = {roots, 1, unhex(row->ephemeral), unhex(row->confirmation)};
        signet_error err = {0};

        CHECK_INT(verdict(cells_chain(rows, 2), &anchors, &err), row->expected);
    }
}

/* --- every small change --- */

static void
check_mutant(void *context, const wire_mutant *mutant)
{
    signet_error err = {0};
    signet_code code = verdict(mutant->bytes, context, &err);

    if (mutant->kind != WIRE_BIT && mutant->kind != WIRE_RETYPED && mutant->kind != WIRE_REMOVED &&
        mutant->kind != WIRE_DOUBLED && mutant->kind != WIRE_MOVED)
        CHECK_INT(code, SIGNET_E_DECODE);
    CHECK(code == SIGNET_E_DECODE || code == SIGNET_E_KEY || code == SIGNET_E_SIGNATURE ||
          code == SIGNET_E_TRUST);
}

TEST(refuses_every_changed_chain)
{
    static const cell_row rows[] = {{"a", 1, 1, "*", NULL}, {"a:b", 2, 1, "x y:*", "z"}};
    signet_slice chain = cells_chain(rows, 2);
    size_t first = cells_cell(&rows[0]).len;
    signet_chain_anchors anchors = {roots, 1, unhex(WIRE_EPH), {NULL, 0}};
    signet_error err = {0};

    CHECK_INT(verdict(chain, &anchors, &err), SIGNET_OK);
    /* with the holder named, even a chain without its last cell is refused */
    wire_each_change(chain, 0, check_mutant, &anchors);
    wire_each_element(chain, 1, check_mutant, &anchors);
    wire_each_element(chain, 1 + first, check_mutant, &anchors);
}

/* --- tokens.json --- */

TEST(refuses_the_chains_of_the_reference)
{
    json_t *root = json_of(VECTORS "/tokens.json"), *one = NULL;
    signet_cell cells[SIGNET_CELLS_MAX];
    signet_claims claims;
    size_t i = 0, count = 0;

    json_array_foreach(json_object_get(root, "sigid_chain_bytes"), i, one)
    {
        harness_row = json_text(one, "name");
        if (json_text(one, "token_hex"))
            CHECK(!signet_token_decode(json_hex(one, "token_hex"), &claims, NULL));
        else
            CHECK(!signet_chain_read(
                json_text(one, "chain_hex") ? json_hex(one, "chain_hex") : unhex("80"), cells,
                &count, NULL));
    }
    json_decref(root);
    harness_row = "all";
    CHECK_INT(i, 3);
}

TESTS(TEST_OF(reads_cells_in_their_one_encoding), TEST_OF(signs_the_bytes_of_the_specification),
    TEST_OF(writes_no_cell_that_it_would_refuse), TEST_OF(holds_the_limits_of_cells),
    TEST_OF(matches_actions), TEST_OF(lets_a_chain_only_shrink), TEST_OF(ends_at_the_holder),
    TEST_OF(refuses_every_changed_chain), TEST_OF(refuses_the_chains_of_the_reference))
