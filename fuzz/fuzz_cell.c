/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/identity.h>

#include "change.h"

enum { ROOM = 2048, NOW = 1700000000 };

static signet_key *keys[2]; /* the root, and the owner below */
static signet_buf good;     /* a chain of two */

static void
append_cell(const char *resource, const signet_key *owner, const char *pattern)
{
    SIGNET_AUTO(signet_buf_free) signet_buf allow = {0};
    signet_slice patterns[] = {signet_slice_text(pattern)};
    signet_cell cell = {.resource = signet_slice_text(resource), .owner = signet_key_public(owner)};

    PROPERTY(signet_cell_write_list(patterns, 1, &allow, NULL));
    cell.owner_permissions = (signet_permissions){true, false, signet_buf_slice(&allow), {NULL, 0}};
    PROPERTY(signet_cell_sign(&cell, keys[0], &good, NULL));
}

static void
prepare(void)
{
    static const uint8_t seeds[2][SIGNET_SEED_SIZE] = {{5}, {6}}, head = 0x82;

    if (keys[0])
        return;
    for (int i = 0; i < 2; i++)
        keys[i] = signet_key_from_seed(&signet_ed25519, (signet_slice){seeds[i], 32}, NULL);
    PROPERTY(keys[0] && keys[1] && signet_buf_append(&good, (signet_slice){&head, 1}, NULL));
    append_cell("a", keys[0], "*");
    append_cell("a:b", keys[1], "x:*");
}

/* A cell that was read is written as the very same bytes, but for the signature. */
static void
check_cell(const signet_cell *cell)
{
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice action = signet_slice_text("x:y");

    PROPERTY(signet_cell_sign(cell, keys[0], &out, NULL) || cell->signature.len != 64);
    if (out.len > 0)
        PROPERTY(
            signet_slice_is_equal(cell->before_signature, (signet_slice){out.data, out.len - 66}));
    if (signet_permissions_allow(&cell->owner_permissions, action))
        PROPERTY(cell->owner_permissions.has_allow);
}

/* Whether bytes are a chain under the root, down to the owner that is named. */
static bool
is_genuine(signet_slice bytes)
{
    const signet_key *const roots[] = {keys[0]};
    uint8_t id[32];
    signet_chain_anchors anchors = {roots, 1, {id, sizeof(id)}, {NULL, 0}}, none = {0};
    signet_cell cells[SIGNET_CELLS_MAX];
    size_t count = 0;
    signet_error err = {0};

    signet_key_confirmation(keys[1], id);
    if (!signet_chain_read(bytes, cells, &count, &err)) {
        PROPERTY(err.code == SIGNET_E_DECODE || err.code == SIGNET_E_KEY);
        return false;
    }
    PROPERTY(count > 0 && count <= SIGNET_CELLS_MAX);
    for (size_t i = 0; i < count; i++)
        check_cell(&cells[i]);
    PROPERTY(!signet_cell_chain_check(cells, count, &none, NULL));
    if (signet_cell_chain_check(cells, count, &anchors, &err))
        return true;
    PROPERTY(err.code == SIGNET_E_SIGNATURE || err.code == SIGNET_E_TRUST);
    return false;
}

/* As environment, then as boundary, of a token with the good chain. */
static void
check_extensions(signet_slice bytes)
{
    static const signet_ppid_rules rules = {.as_reference = true};
    const signet_key *const roots[] = {keys[0]};
    signet_chain_anchors anchors = {roots, 1, {NULL, 0}, {NULL, 0}};
    signet_claims claims = {.issuer = signet_slice_text("i"), .chain = signet_buf_slice(&good)};
    signet_slice *const places[] = {&claims.environment, &claims.boundary};

    for (size_t i = 0; i < 2; i++) {
        signet_identity identity;

        *places[i] = bytes;
        if (signet_identity_cell(&claims, &rules, &anchors, NOW, &identity, NULL))
            PROPERTY(identity.chain_count == 2 && strlen(identity.actor) == 64);
        *places[i] = (signet_slice){NULL, 0};
    }
}

/* Any bytes; as environment and boundary of a token too; and a good chain changed as they say. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    signet_slice input = {data, size}, changed = {0};
    uint8_t bytes[ROOM];

    prepare();
    PROPERTY(is_genuine(input) == signet_slice_is_equal(input, signet_buf_slice(&good)));
    changed = fuzz_change(signet_buf_slice(&good), data, size, bytes, sizeof(bytes));
    PROPERTY(is_genuine(changed) == signet_slice_is_equal(changed, signet_buf_slice(&good)));
    if (size > 0 && (data[0] == 0xa3 || data[0] == 0xa0)) /* each costs two verifications */
        check_extensions(input);
    return 0;
}
