/* SPDX-License-Identifier: Apache-2.0 */
/* config.json: memory that runs out is said so, and never makes other settings of it. */
#include "common/home.h"
#include "faults.h"
#include "harness.h"
#include "scratch.h"
#include "user.h"

static const char config[] = "{\"issuer_did\": \"did:key:alice\", \"mcp_url\": "
                             "\"https://a\\u0026b\", \"future\": {\"a\": [1.5, 2]}}";
static const home_setting settings[] = {{"keystore", "file"}, {"MCP_url", NULL}};
static const char *path;

static void
restore(void)
{
    scratch_write(path, signet_slice_text(config), 0600);
}

static bool
open_home(signet_error *err)
{
    SIGNET_AUTO(home_free) home where = {0};

    if (!home_open(NULL, &where, err))
        return false;
    REQUIRE(strcmp(where.issuer_did, "did:key:alice") == 0);
    REQUIRE(strcmp(where.mcp_url, "https://a&b") == 0);
    return true;
}

static bool
save_home(signet_error *err)
{
    home where = {.path = (char *)(uintptr_t)scratch_path(getenv("HOME"), ".signet")};

    if (home_save(&where, settings, 2, err)) {
        CHECK_BYTES(harness_file(path),
            signet_slice_text("{\n  \"issuer_did\": \"did:key:alice\",\n"
                              "  \"future\": {\"a\": [1.5, 2]},\n  \"keystore\": \"file\"\n}\n"));
        restore();
        return true;
    }
    CHECK_BYTES(harness_file(path), signet_slice_text(config));
    return false;
}

static const faults_row rows[] = {
    {"read", open_home, 5},
    {"changed", save_home, 5},
};

TEST(survives_every_refused_allocation)
{
    const char *user = user_new();

    REQUIRE(mkdir(scratch_path(user, ".signet"), 0700) == 0);
    path = scratch_path(user, ".signet/config.json");
    restore();
    for (EACH(row, rows))
        faults_exhaust(row);
}

TESTS(TEST_OF(survives_every_refused_allocation))
