/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Authorization cells, tokens.md 7.2.  Cells are read in their one encoding, with the signature
 * last; so the signed bytes are those received, up to the signature, and an empty one.
 */
#include <stdio.h>

#include <signet/identity.h>

#include "codec/cbor.h"
#include "identity/cell.h"

static const char separator[] = "sigid-cell-v1:";

enum { SIGNATURE_KEY = 7, PAIRS = 7 };

/* An array of texts, or null. */
static signet_slice
read_list(sg_cbor_reader *in, bool *ret_is_there)
{
    const uint8_t *start = in->left.ptr;
    size_t count = 0;

    *ret_is_there = !sg_cbor_read_null(in);
    if (!*ret_is_there)
        return (signet_slice){NULL, 0};
    count = sg_cbor_read_array(in);
    if (count > SIGNET_CELL_ACTIONS_MAX)
        sg_cbor_refuse(in, "has too many permissions");
    for (; count > 0 && !in->problem; count--)
        (void)sg_cbor_read_text(in);
    return in->problem ? (signet_slice){NULL, 0}
                       : (signet_slice){start, (size_t)(in->left.ptr - start)};
}

static void
expect_key(sg_cbor_reader *in, int64_t key)
{
    if (sg_cbor_read_int(in) != key)
        sg_cbor_refuse(in, "has keys that are missing, unknown or not in order");
}

static void
read_permissions(sg_cbor_reader *in, int64_t key, signet_permissions *permissions)
{
    expect_key(in, key);
    if (sg_cbor_read_map(in) != 2)
        sg_cbor_refuse(in, "has a statement that is not of two");
    expect_key(in, 1);
    permissions->allow = read_list(in, &permissions->has_allow);
    expect_key(in, 2);
    permissions->deny = read_list(in, &permissions->has_deny);
}

static void
read_cell(sg_cbor_reader *in, signet_cell *cell)
{
    const uint8_t *start = in->left.ptr;

    if (sg_cbor_read_map(in) != PAIRS)
        sg_cbor_refuse(in, "has not seven keys");
    expect_key(in, 1);
    cell->resource = sg_cbor_read_text(in);
    expect_key(in, 2);
    cell->owner = sg_cbor_read_bytes(in);
    expect_key(in, 3);
    cell->has_group = !sg_cbor_read_null(in);
    if (cell->has_group)
        cell->group = sg_cbor_read_bytes(in);
    read_permissions(in, 4, &cell->owner_permissions);
    read_permissions(in, 5, &cell->group_permissions);
    read_permissions(in, 6, &cell->other_permissions);
    expect_key(in, SIGNATURE_KEY);
    if (in->problem)
        return;
    cell->before_signature = (signet_slice){start, (size_t)(in->left.ptr - start)};
    cell->signature = sg_cbor_read_bytes(in);
    if (!in->problem && (size_t)(in->left.ptr - start) > SIGNET_CELL_MAX)
        sg_cbor_refuse(in, "is too large");
}

bool
signet_chain_read(signet_slice cbor, signet_cell ret_cells[SIGNET_CELLS_MAX], size_t *ret_count,
    signet_error *err)
{
    sg_cbor_reader in = sg_cbor_reader_of(cbor);
    size_t count = sg_cbor_read_array(&in);
    char name[16];

    if (!in.problem && count == 0)
        return signet_fail(err, SIGNET_E_DECODE, "chain: has no cells");
    if (count > SIGNET_CELLS_MAX)
        return signet_fail(
            err, SIGNET_E_DECODE, "chain: %zu cells, at most %d", count, SIGNET_CELLS_MAX);
    for (size_t i = 0; i < count && !in.problem; i++) {
        ret_cells[i] = (signet_cell){0};
        read_cell(&in, &ret_cells[i]);
        if (in.problem)
            break;
        if (!signet_ed25519.check_public(ret_cells[i].owner, err)) {
            (void)snprintf(name, sizeof(name), "cell %zu", i);
            signet_error_prefix(err, name);
            return false;
        }
    }
    if (!sg_cbor_read_end(&in, "chain", err))
        return false;
    *ret_count = count;
    return true;
}

static void
write_list(sg_cbor_writer *to, bool is_there, signet_slice list)
{
    if (is_there)
        sg_cbor_write_raw(to, list);
    else
        sg_cbor_write_null(to);
}

static void
write_permissions(sg_cbor_writer *to, uint64_t key, const signet_permissions *permissions)
{
    sg_cbor_write_uint(to, key);
    sg_cbor_write_map(to, 2);
    sg_cbor_write_uint(to, 1);
    write_list(to, permissions->has_allow, permissions->allow);
    sg_cbor_write_uint(to, 2);
    write_list(to, permissions->has_deny, permissions->deny);
}

/* The cell up to the value of the signature. */
static bool
write_before_signature(const signet_cell *cell, signet_buf *out, signet_error *err)
{
    sg_cbor_writer to = sg_cbor_writer_to(out);

    sg_cbor_write_map(&to, PAIRS);
    sg_cbor_write_uint(&to, 1);
    sg_cbor_write_text(&to, cell->resource);
    sg_cbor_write_uint(&to, 2);
    sg_cbor_write_bytes(&to, cell->owner);
    sg_cbor_write_uint(&to, 3);
    if (cell->has_group)
        sg_cbor_write_bytes(&to, cell->group);
    else
        sg_cbor_write_null(&to);
    write_permissions(&to, 4, &cell->owner_permissions);
    write_permissions(&to, 5, &cell->group_permissions);
    write_permissions(&to, 6, &cell->other_permissions);
    sg_cbor_write_uint(&to, SIGNATURE_KEY);
    return sg_cbor_write_end(&to, err);
}

static bool
write_signed_bytes(signet_slice before_signature, signet_buf *out, signet_error *err)
{
    sg_cbor_writer to = {0};

    if (!signet_buf_append(out, signet_slice_text(separator), err) ||
        !signet_buf_append(out, before_signature, err))
        return false;
    to = sg_cbor_writer_to(out);
    sg_cbor_write_bytes(&to, (signet_slice){NULL, 0});
    return sg_cbor_write_end(&to, err);
}

bool
signet_cell_write_list(
    const signet_slice *patterns, size_t count, signet_buf *out, signet_error *err)
{
    sg_cbor_writer to = sg_cbor_writer_to(out);

    if (count > SIGNET_CELL_ACTIONS_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "permissions: %zu, at most %d", count, SIGNET_CELL_ACTIONS_MAX);
    sg_cbor_write_array(&to, count);
    for (size_t i = 0; i < count; i++)
        sg_cbor_write_text(&to, patterns[i]);
    return sg_cbor_write_end(&to, err);
}

/* Only what would be read back may be written: the lists are the caller's own CBOR (W-13). */
static bool
check_written(signet_slice bytes, signet_error *err)
{
    sg_cbor_reader in = sg_cbor_reader_of(bytes);
    signet_cell cell = {0};

    read_cell(&in, &cell);
    return sg_cbor_read_end(&in, "cell", err);
}

bool
signet_cell_sign(
    const signet_cell *cell, const signet_key *signer, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0}, before = {0}, signature = {0};
    sg_cbor_writer to = sg_cbor_writer_to(out);

    if (signet_key_algorithm(signer)->cose != signet_ed25519.cose)
        return signet_fail(err, SIGNET_E_ALGORITHM, "a cell is signed with Ed25519");
    if (!signet_ed25519.check_public(cell->owner, err) ||
        !write_before_signature(cell, &before, err) ||
        !write_signed_bytes(signet_buf_slice(&before), &bytes, err) ||
        !signet_key_sign(signer, signet_buf_slice(&bytes), &signature, err))
        return false;
    sg_cbor_write_raw(&to, signet_buf_slice(&before));
    sg_cbor_write_bytes(&to, signet_buf_slice(&signature));
    if (!sg_cbor_write_end(&to, err))
        return false;
    if (check_written((signet_slice){out->data + to.before, out->len - to.before}, err))
        return true;
    out->len = to.before;
    return false;
}

bool
sg_cell_check_signature(const signet_cell *cell, signet_slice signer, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};

    return write_signed_bytes(cell->before_signature, &bytes, err) &&
           signet_ed25519.verify(signer, signet_buf_slice(&bytes), cell->signature, err);
}
