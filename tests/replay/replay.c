/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include <signet/pki.h>

#include "base/text.h"
#include "replay.h"

enum { DOCUMENT_MAX = 1 << 20 };

static const replay_group *const tables[] = {replay_cms, replay_x509, replay_chain, replay_keystore,
    replay_token, replay_cose, replay_epr, replay_ids, replay_git, replay_http, replay_http_request,
    replay_http_resource, replay_http_demo, replay_policy, replay_revocation};

const signet_algorithms replay_algorithms = signet_cose_algorithms;

/*
 * Where a binding verdict of the reference is one of its weaknesses, and ours is the other on
 * purpose.  docs/formats tells the reason of each.
 */
static const struct {
    const char *group, *name, *reason;
} deviations[] = {
    {"master_key_file", "symlink_to_0600", "S-24: a key file that is a link is refused"},
    {"key_commands", "export_key_id_open_mode", "S-24: a key file that others read is refused"},
    {"token_mutations", "mut_014", "W-10: an issuer with a control character is refused"},
    {"token_mutations", "mut_022", "W-10: an issuer with a control character is refused"},
    {"token_mutations", "mut_036", "W-10: an issuer with a control character is refused"},
    {"signet_git_direct", "version", "spec 4.1: --version is offered"},
    {"http_request", "valid_full_with_token_text", "H-12"},
    {"http_request", "path_encoded_slash_replayed_as_slash", "H-04"},
    {"http_request", "path_pipe_injection", "H-04"},
    {"http_request", "absolute_form_target", "H-04"},
    {"http_request", "timestamp_negative", "W-28"},
    {"http_request", "bad_signature_twice", "H-07"},
    {"http_request", "replay_with_spare_bits", "W-28"},
    {"http_request", "signature_65_bytes", "H-05"},
    {"http_request", "multi_issuer_unknown", "H-25"},
    {"http_request", "mldsa_ephemeral_valid", "H-21"},
    {"http_monotonic_helper", "equal", "H-27"},
    {"http_monotonic_helper", "decreasing", "H-27"},
    {"http_demo_server", "protected_query_not_covered", "H-28"},
    {"policy_compile", "remove_unknown_bumps_epoch", "P3"},
    {"revocation_check", "cap_ver_wins_lower", "R2"},
    {"revocation_check", "cap_ver_wins_higher", "R2"},
    {"revocation_check", "bundle_epoch_max", "R2"},
};

typedef struct {
    size_t passed, failed, skipped;
} tally;

/* The text that must name every case in which we differ from the reference; NULL: do not ask. */
static char *documents;

/* Memory of the case at work. */
static struct block {
    struct block *next;
    uint8_t bytes[];
} * blocks;

uint8_t *
replay_alloc(size_t size)
{
    struct block *block = calloc(1, sizeof(*block) + size + 1);

    if (!block)
        abort();
    block->next = blocks;
    blocks = block;
    return block->bytes;
}

static void
free_blocks(void)
{
    while (blocks) {
        struct block *next = blocks->next;

        free(blocks);
        blocks = next;
    }
}

const json_t *
replay_input(const replay_case *one, const char *name)
{
    const json_t *own = json_object_get(one->inputs, name);

    return own ? own : json_object_get(one->common, name);
}

signet_slice
replay_hex(const json_t *object, const char *name, bool *ret_is_there)
{
    const char *text = json_string_value(json_object_get(object, name));
    size_t len = text ? strlen(text) / 2 : 0;
    uint8_t *bytes = replay_alloc(len);

    if (ret_is_there)
        *ret_is_there = text != NULL;
    for (size_t i = 0; i < len; i++) {
        char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};

        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return (signet_slice){bytes, len};
}

signet_slice
replay_text(const json_t *object, const char *name, bool *ret_is_there)
{
    const json_t *text = json_object_get(object, name);

    if (json_is_object(text))
        return replay_hex(text, "hex", ret_is_there);
    if (ret_is_there)
        *ret_is_there = json_is_string(text);
    return (signet_slice){(const uint8_t *)json_string_value(text), json_string_length(text)};
}

signet_slice
replay_content(const replay_case *one, bool *ret_is_there)
{
    const json_t *pattern = replay_input(one, "content_pattern_len");
    size_t len = (size_t)json_integer_value(pattern);
    uint8_t *bytes = NULL;

    if (!pattern)
        return replay_hex(json_object_get(one->inputs, "content") ? one->inputs : one->common,
            "content", ret_is_there);
    bytes = replay_alloc(len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)((i * 7 + 3) % 251);
    *ret_is_there = true;
    return (signet_slice){bytes, len};
}

const json_t *
replay_key(const replay_case *one, const char *name)
{
    const json_t *key = name ? json_object_get(one->keys, name) : NULL;

    return key ? key : json_object_get(one->common, name ? name : "");
}

int64_t
replay_number(const json_t *object, const char *name, int64_t absent)
{
    const json_t *value = json_object_get(object, name);

    if (json_is_integer(value))
        return json_integer_value(value);
    return json_is_string(value) ? strtoll(json_string_value(value), NULL, 10) : absent;
}

void
replay_compare(signet_buf *differences, const char *what, signet_slice is, signet_slice expected)
{
    if (signet_slice_is_equal(is, expected))
        return;
    if (!signet_buf_printf(differences, NULL, " %s is ", what) ||
        !sg_hex_append(differences, is, NULL) ||
        !signet_buf_printf(differences, NULL, ", expected ") ||
        !sg_hex_append(differences, expected, NULL))
        abort();
}

void
replay_compare_class(const replay_case *one, signet_buf *differences, const char *classes)
{
    const char *expected = json_string_value(json_object_get(one->whole, "error_class"));
    const char *strict = json_string_value(json_object_get(one->whole, "strict"));
    const char *found = expected ? strstr(classes, expected) : NULL;

    if (!expected || (strict && strcmp(strict, "class-may-differ") == 0))
        return;
    if (found && strchr(" ", found[strlen(expected)]))
        return;
    if (!signet_buf_printf(differences, NULL, " the class is %s, expected %s", classes, expected))
        abort();
}

void
replay_compare_number(signet_buf *differences, const char *what, int64_t is, int64_t expected)
{
    if (is != expected && !signet_buf_printf(differences, NULL, " %s is %lld, expected %lld", what,
                              (long long)is, (long long)expected))
        abort();
}

void
replay_compare_text(
    signet_buf *differences, const char *what, signet_slice is, const char *expected)
{
    if (signet_slice_is_equal(is, signet_slice_text(expected)))
        return;
    if (!signet_buf_printf(differences, NULL, " %s is %.*s, expected %s", what, (int)is.len,
            (const char *)is.ptr, expected))
        abort();
}

replay_verdict
replay_skip(signet_error *err, const char *why)
{
    signet_error_set(err, SIGNET_E_USAGE, "%s", why);
    return REPLAY_SKIP;
}

static const char *
deviation_of(const char *group, const char *name)
{
    for (size_t i = 0; i < sizeof(deviations) / sizeof(deviations[0]); i++) {
        if (strcmp(deviations[i].group, group) == 0 && strcmp(deviations[i].name, name) == 0)
            return deviations[i].reason;
    }
    return NULL;
}

/* How `strict` lets us differ from the reference. */
static bool
may_differ(const char *strict, bool reference_accepts)
{
    static const struct {
        const char *word;
        bool when_accepted;
    } rules[] = {
        {"may-reject", true},
        {"should-reject", true},
        {"may-refuse-to-encode", true},
        {"may-accept", false},
        {"should-accept", false},
    };

    for (size_t i = 0; strict && i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (strcmp(rules[i].word, strict) == 0)
            return rules[i].when_accepted == reference_accepts;
    }
    return false;
}

/* A "should" of the vectors is binding for us: the weakness must not be here. */
static bool
must_differ(const char *strict)
{
    return strict && strncmp(strict, "should-", 7) == 0;
}

/* Cases are named in backquotes. */
static bool
is_documented(const char *name)
{
    SIGNET_AUTO(signet_buf_free) signet_buf quoted = {0};

    if (!signet_buf_printf(&quoted, NULL, "`%s`", name))
        abort();
    return !documents || memmem(documents, strlen(documents), quoted.data, quoted.len) != NULL;
}

static void
run_case(const char *group, replay_function run, const replay_case *one, tally *counts)
{
    const char *verdict = json_string_value(json_object_get(one->whole, "verdict"));
    const char *strict = json_string_value(json_object_get(one->whole, "strict"));
    bool reference_accepts = verdict && strcmp(verdict, "accept") == 0;
    SIGNET_AUTO(signet_buf_free) signet_buf differences = {0};
    signet_error err = {0};
    replay_verdict ours = run(one, &differences, &err);
    bool is_same = (ours == REPLAY_ACCEPT) == reference_accepts;
    const char *deviation = deviation_of(group, one->name);

    free_blocks();
    if (ours == REPLAY_SKIP) {
        printf("skip %s/%s: %s\n", group, one->name, err.message);
        counts->skipped++;
    } else if (deviation && (!is_same || differences.len > 0 || must_differ(strict)) &&
               is_documented(one->name)) {
        printf("differs %s/%s: %s\n", group, one->name, deviation);
        counts->passed++;
    } else if (is_same ? must_differ(strict) : !may_differ(strict, reference_accepts)) {
        printf("FAIL %s/%s: %s here, %s%s%s by the reference%s%s\n", group, one->name,
            ours == REPLAY_ACCEPT ? "accepted" : "refused", verdict ? verdict : "nothing",
            strict ? ", " : "", strict ? strict : "", err.code ? ": " : "", err.message);
        counts->failed++;
    } else if (is_same && differences.len > 0) {
        printf("FAIL %s/%s:%.*s\n", group, one->name, (int)differences.len, differences.data);
        counts->failed++;
    } else if (!is_same && !is_documented(one->name)) {
        printf("FAIL %s/%s: differs by right (%s), but no document tells\n", group, one->name,
            strict ? strict : "?");
        counts->failed++;
    } else {
        counts->passed++;
    }
}

static replay_function
function_of(const char *group)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (const replay_group *row = tables[i]; row->group; row++) {
            if (strcmp(row->group, group) == 0)
                return row->run;
        }
    }
    return NULL;
}

static void
run_group(const json_t *file, const json_t *group, tally *counts)
{
    const char *id = json_string_value(json_object_get(group, "id"));
    const json_t *cases = json_object_get(group, "cases");
    replay_function run = id ? function_of(id) : NULL;
    json_t *whole = NULL;
    size_t i = 0;

    if (!run) {
        printf("skip %s: %zu cases of a group that is not known here\n", id ? id : "?",
            json_array_size(cases));
        counts->skipped += json_array_size(cases);
        return;
    }
    json_array_foreach(cases, i, whole)
    {
        const char *name = json_string_value(json_object_get(whole, "name"));
        replay_case one = {
            .name = name ? name : "?",
            .keys = json_object_get(file, "keys"),
            .common = json_object_get(group, "common"),
            .inputs = json_object_get(whole, "inputs"),
            .outputs = json_object_get(whole, "outputs"),
            .whole = whole,
            .group = group,
        };

        run_case(id, run, &one, counts);
    }
}

static bool
run_file(const char *path, tally *counts)
{
    json_error_t problem;
    json_t *file = json_load_file(path, JSON_ALLOW_NUL, &problem);
    json_t *groups = json_object_get(file, "groups"), *group = NULL;
    size_t i = 0;

    if (!json_is_array(groups)) {
        fprintf(stderr, "replay: %s: %s\n", path, file ? "no groups in it" : problem.text);
        json_decref(file);
        return false;
    }
    json_array_foreach(groups, i, group) run_group(file, group, counts);
    json_decref(file);
    return true;
}

/* Append a whole file to `documents`. */
static void
read_document(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t len = documents ? strlen(documents) : 0, got = 0;
    char *longer = realloc(documents, len + DOCUMENT_MAX + 1);

    if (!longer || !file)
        abort();
    documents = longer;
    got = fread(documents + len, 1, DOCUMENT_MAX, file);
    documents[len + got] = '\0';
    (void)fclose(file);
}

/*
 * usage: replay [--passes N] [--documented FILE]... VECTORS...
 *
 * --passes: fail also when not exactly N cases pass, so that no case can be lost silently.
 * --documented: fail also when a case in which we differ from the reference is not named there.
 */
int
main(int argc, char **argv)
{
    tally counts = {0};
    const char *passes = NULL;
    bool is_readable = true;
    int at = 1;

    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
        if (strcmp(argv[at], "--passes") == 0)
            passes = argv[at + 1];
        else
            read_document(argv[at + 1]);
    }
    if (at >= argc)
        return 2;
    for (int i = at; i < argc; i++)
        is_readable = run_file(argv[i], &counts) && is_readable;
    free(documents);
    printf("%zu passed, %zu failed, %zu skipped\n", counts.passed, counts.failed, counts.skipped);
    if (!is_readable)
        return 2;
    if (passes && strtoul(passes, NULL, 10) != counts.passed) {
        fprintf(stderr, "replay: %s cases were expected to pass\n", passes);
        return 1;
    }
    return counts.failed > 0;
}
