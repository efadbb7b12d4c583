/* SPDX-License-Identifier: Apache-2.0 */
/* config.json: memory that runs out is said so, and never makes other settings of it. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/home.h"
#include "faults.h"
#include "harness.h"
#include "scratch.h"
#include "user.h"

static const char config[] = "{\"issuer_did\": \"did:key:alice\", \"mcp_url\": "
                             "\"https://a\\u0026b\", \"future\": {\"a\": [1.5, 2]}}";
static const home_setting settings[] = {{"keystore", "file"}, {"MCP_url", NULL}};
static home where_to_save;
static const char *path;

static void
restore(void)
{
    scratch_write(path, signet_slice_text(config), 0600);
}

/* Without memory that the harness would miss afterwards. */
static void
check_file(const char *expected)
{
    static uint8_t bytes[512];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = read(fd, bytes, sizeof(bytes));

    REQUIRE(len >= 0 && close(fd) == 0);
    CHECK_BYTES(((signet_slice){bytes, (size_t)len}), signet_slice_text(expected));
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
    if (!home_save(&where_to_save, settings, 2, err)) {
        check_file(config);
        return false;
    }
    check_file("{\n  \"issuer_did\": \"did:key:alice\",\n  \"future\": {\"a\": [1.5, 2]},\n"
               "  \"keystore\": \"file\"\n}\n");
    restore();
    return true;
}

static const faults_row rows[] = {
    {"read", open_home, 4},
    {"changed", save_home, 5},
};

TEST(survives_every_refused_allocation)
{
    const char *user = user_new();

    REQUIRE(mkdir(scratch_path(user, ".signet"), 0700) == 0);
    path = scratch_path(user, ".signet/config.json");
    restore();
    REQUIRE(home_open(NULL, &where_to_save, NULL));
    for (EACH(row, rows))
        faults_exhaust(row);
    home_free(&where_to_save);
}

TESTS(TEST_OF(survives_every_refused_allocation))
