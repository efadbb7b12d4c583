/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <signet/pki.h>

#include "harness.h"
#include "json.h"

enum { LISTED_MAX = 4 };

/* Certificates in hex; "common.ca" is the one that the group shares. */
static size_t
certificates(const json_t *list, signet_slice ca, signet_slice *ret_ders)
{
    json_t *value = NULL;
    size_t i = 0;

    REQUIRE(json_array_size(list) <= LISTED_MAX);
    json_array_foreach(list, i, value)
    {
        const char *text = json_string_value(value);

        ret_ders[i] = strcmp(text, "common.ca") == 0 ? ca : unhex(text);
    }
    return json_array_size(list);
}

static unsigned
purpose_of(const char *usage)
{
    if (strcmp(usage, "codeSigning") == 0)
        return SIGNET_PURPOSE_CODE_SIGNING;
    return strcmp(usage, "clientAuth") == 0 ? SIGNET_PURPOSE_CLIENT_AUTH : SIGNET_PURPOSE_ANY;
}

/* The reference's classes; where they name a broken rule, several codes of ours may. */
static const struct {
    const char *name;
    signet_code code;
} classes[] = {
    {"EXPIRED", SIGNET_E_TIME},
    {"UNKNOWN_AUTHORITY", SIGNET_E_TRUST},
    {"PARSE", SIGNET_E_DECODE},
    {"INCOMPATIBLE_USAGE", SIGNET_E_CERT},
    {"UNHANDLED_CRITICAL_EXTENSION", SIGNET_E_CERT},
    {"TOO_MANY_INTERMEDIATES", SIGNET_E_CERT},
    {"NAME_CONSTRAINT", SIGNET_E_CERT},
};

static signet_code
code_of(const json_t *row)
{
    const char *class = json_text(row, "error_class");

    for (size_t i = 0; class && i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (strcmp(classes[i].name, class) == 0)
            return classes[i].code;
    }
    return SIGNET_OK;
}

TEST(judges_chains_as_the_reference_does)
{
    json_t *root = json_of(VECTORS "/interop/x509.json");
    json_t *row = NULL;
    size_t i = 0, accepted = 0, refused = 0;
    json_t *group = json_group(root, "x509_verify");
    signet_slice ca = json_hex(json_object_get(group, "common"), "ca");

    json_array_foreach(json_object_get(group, "cases"), i, row)
    {
        json_t *inputs = json_object_get(row, "inputs");
        signet_slice anchors[LISTED_MAX], intermediates[LISTED_MAX];
        signet_error err = {0};
        const signet_chain_rules rules = {
            .anchors = anchors,
            .anchor_count = certificates(json_object_get(inputs, "roots"), ca, anchors),
            .intermediates = intermediates,
            .intermediate_count =
                certificates(json_object_get(inputs, "intermediates"), ca, intermediates),
            .purpose = purpose_of(json_text(inputs, "key_usage")),
            .at = json_integer_value(json_object_get(inputs, "time")),
        };
        bool expected = strcmp(json_text(row, "verdict"), "accept") == 0;
        bool verdict = signet_chain_verify(json_hex(inputs, "leaf"), &rules, &err);

        harness_row = json_text(row, "name");
        if (getenv("SHOW")) printf("%s: %d %s %s\n", harness_row, verdict, signet_code_name(err.code), err.message);
        CHECK_INT(verdict, expected);
        CHECK_INT(err.code, code_of(row));
        accepted += verdict;
        refused += !verdict;
    }
    CHECK_INT(accepted, 22);
    CHECK_INT(refused, 39);
    json_decref(root);
}

TESTS(TEST_OF(judges_chains_as_the_reference_does))
