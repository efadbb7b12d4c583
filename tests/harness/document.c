/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

/* The first line behind the one that opens the block. */
static const char *
find_block(const char *path, const char *kind, const char *name)
{
    signet_slice text = harness_file(path);
    char opening[64];
    const char *line = NULL;

    (void)snprintf(opening, sizeof(opening), "```%s %s\n", kind, name);
    line = strstr((const char *)text.ptr, opening);
    if (!line)
        harness_fail(__FILE__, __LINE__, "%s: no block %s", path, name);
    return line + strlen(opening);
}

signet_slice
document_hex(const char *path, const char *name, signet_slice leaf)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};
    const char *line = find_block(path, "hex", name), *end = NULL;

    for (; strncmp(line, "```", 3) != 0; line = end + 1) {
        char digits[128];
        size_t len = 0;

        line += strspn(line, " ");
        end = strchr(line, '\n');
        len = strcspn(line, " \n");
        REQUIRE(end && len < sizeof(digits));
        memcpy(digits, line, len);
        digits[len] = '\0';
        REQUIRE(
            signet_buf_append(&bytes, strcmp(digits, "LEAF") == 0 ? leaf : unhex(digits), NULL));
    }
    return harness_keep(signet_buf_slice(&bytes));
}

signet_slice
document_text(const char *path, const char *name)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};
    const char *line = find_block(path, "text", name);

    for (; strncmp(line, "```", 3) != 0; line += strcspn(line, "\n") + 1)
        REQUIRE(signet_buf_append(
            &bytes, (signet_slice){(const uint8_t *)line, strcspn(line, "\n")}, NULL));
    return harness_keep(signet_buf_slice(&bytes));
}
