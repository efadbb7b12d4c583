/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chains of cells, tokens.md 7.5 with what the reference leaves out: an anchor (W-70), shrinking
 * (W-71), and a holder (W-72).
 */
#include <stdio.h>

#include "base/secret.h"
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "identity/cell.h"

bool
signet_action_matches(signet_slice pattern, signet_slice action)
{
    static const char everything_below[] = ":*";
    size_t tail = sizeof(everything_below) - 1;

    if (signet_slice_is_equal(pattern, action) || (pattern.len == 1 && pattern.ptr[0] == '*'))
        return true;
    return pattern.len >= tail &&
           memcmp(pattern.ptr + pattern.len - tail, everything_below, tail) == 0 &&
           action.len >= pattern.len - 1 && memcmp(pattern.ptr, action.ptr, pattern.len - 1) == 0;
}

static bool
any_matches(bool is_there, signet_slice list, signet_slice action)
{
    sg_cbor_reader in = sg_cbor_reader_of(list);

    if (!is_there)
        return false;
    for (size_t count = sg_cbor_read_array(&in); count > 0 && !in.problem; count--) {
        signet_slice pattern = sg_cbor_read_text(&in);

        if (!in.problem && signet_action_matches(pattern, action))
            return true;
    }
    return false;
}

bool
signet_permissions_allow(const signet_permissions *permissions, signet_slice action)
{
    return !any_matches(permissions->has_deny, permissions->deny, action) &&
           any_matches(permissions->has_allow, permissions->allow, action);
}

bool
signet_cells_allow(const signet_cell *cells, size_t count, signet_slice action)
{
    for (size_t i = 0; i < count; i++) {
        if (!signet_permissions_allow(&cells[i].owner_permissions, action))
            return false;
    }
    return count > 0;
}

/* Whether every action that `inner` matches is matched by `outer` too: patterns are like actions
 * here. */
static bool
covers(signet_slice outer, signet_slice inner)
{
    if (inner.len == 1 && inner.ptr[0] == '*')
        return outer.len == 1 && outer.ptr[0] == '*';
    return signet_action_matches(outer, inner);
}

static bool
any_covers(bool is_there, signet_slice list, signet_slice pattern)
{
    sg_cbor_reader in = sg_cbor_reader_of(list);

    if (!is_there)
        return false;
    for (size_t count = sg_cbor_read_array(&in); count > 0 && !in.problem; count--) {
        signet_slice outer = sg_cbor_read_text(&in);

        if (!in.problem && covers(outer, pattern))
            return true;
    }
    return false;
}

/* Every pattern of `inner` is covered by one of `outer`. */
static bool
is_within(bool has_inner, signet_slice inner, bool has_outer, signet_slice outer)
{
    sg_cbor_reader in = sg_cbor_reader_of(inner);

    if (!has_inner)
        return true;
    for (size_t count = sg_cbor_read_array(&in); count > 0 && !in.problem; count--) {
        signet_slice pattern = sg_cbor_read_text(&in);

        if (!in.problem && !any_covers(has_outer, outer, pattern))
            return false;
    }
    return true;
}

/*
 * A child may allow only what its parent allows, and must deny all that its parent denies.
 * Evaluation also takes every cell of a chain into account; this rule makes a chain that claims
 * more be refused instead of silently cut down.
 */
static bool
is_narrower(const signet_permissions *child, const signet_permissions *parent)
{
    return is_within(child->has_allow, child->allow, parent->has_allow, parent->allow) &&
           is_within(parent->has_deny, parent->deny, child->has_deny, child->deny);
}

static bool
lies_under(signet_slice child, signet_slice parent)
{
    return signet_slice_is_equal(child, parent) ||
           (child.len > parent.len && child.ptr[parent.len] == ':' &&
               memcmp(child.ptr, parent.ptr, parent.len) == 0);
}

static bool
is_root(const signet_cell *cell, const signet_chain_anchors *anchors)
{
    for (size_t i = 0; i < anchors->root_count; i++) {
        if (signet_slice_is_equal(signet_key_public(anchors->roots[i]), cell->owner))
            return true;
    }
    return false;
}

static bool
check_cell(const signet_cell *cell, const signet_cell *parent, const signet_chain_anchors *anchors,
    signet_error *err)
{
    if (!parent && !is_root(cell, anchors))
        return signet_fail(err, SIGNET_E_TRUST, "the owner is not a root that is trusted");
    if (!sg_cell_check_signature(cell, parent ? parent->owner : cell->owner, err))
        return false;
    if (!parent)
        return true;
    /* a root signs itself, so anybody could put it twice */
    if (signet_slice_is_equal(cell->before_signature, parent->before_signature))
        return signet_fail(err, SIGNET_E_TRUST, "the cell is the one before, again");
    if (!lies_under(cell->resource, parent->resource))
        return signet_fail(
            err, SIGNET_E_TRUST, "the resource is not under that of the cell before");
    if (!is_narrower(&cell->owner_permissions, &parent->owner_permissions) ||
        !is_narrower(&cell->group_permissions, &parent->group_permissions) ||
        !is_narrower(&cell->other_permissions, &parent->other_permissions))
        return signet_fail(err, SIGNET_E_TRUST, "the permissions are wider than those before");
    return true;
}

static bool
check_holder(const signet_cell *last, const signet_chain_anchors *anchors, signet_error *err)
{
    uint8_t id[32];
    signet_slice owner_id = {id, sizeof(id)};

    if (anchors->holder_ephemeral.len == 0 && anchors->holder_confirmation.len == 0)
        return true;
    sg_sha256(last->owner, id);
    if (sg_equal(owner_id, anchors->holder_ephemeral) ||
        sg_equal(owner_id, anchors->holder_confirmation))
        return true;
    return signet_fail(err, SIGNET_E_TRUST, "chain: its last owner is not the token's holder");
}

bool
signet_cell_chain_check(
    const signet_cell *cells, size_t count, const signet_chain_anchors *anchors, signet_error *err)
{
    if (count == 0 || count > SIGNET_CELLS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "chain: %zu cells", count);
    for (size_t i = 0; i < count; i++) {
        if (!check_cell(&cells[i], i > 0 ? &cells[i - 1] : NULL, anchors, err)) {
            char name[32];

            (void)snprintf(name, sizeof(name), "cell %zu", i);
            signet_error_prefix(err, name);
            return false;
        }
    }
    return check_holder(&cells[count - 1], anchors, err);
}
