/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cli.h"
#include "input.h"
#include "master_key.h"
#include "proof_dialect.h"

enum { ACCESS_TOKEN_MAX = 16 << 10 };

typedef struct {
    const dialect_terms *terms;
    const proof_terms *with;
    const signet_sign_order *order;
} asked;

static signet_buf *
add(dialect_made *made, const char *name)
{
    made->fields[made->count].name = name;
    return &made->fields[made->count++].value;
}

static bool
make_proof(const asked *it, dialect_made *made, signet_error *err)
{
    proof_made proof = {0};
    bool is_made = proof_make(it->with, it->order, &proof, err);

    *add(made, "Signet-Proof") = proof.value;
    return is_made;
}

/*
 * A service finds the key by the id of the token.  Without a session it has no record of that, so
 * the token is presented beside, in a Signet-Proof that the signature covers.
 */
static bool
make_message(const asked *it, dialect_made *made, signet_error *err)
{
    SIGNET_AUTO(signet_credential_free) signet_credential *credential = NULL;
    SIGNET_AUTO(signet_message_fields_free) signet_message_fields fields = {0};
    signet_sign_order order = *it->order;
    signet_http_field presented = {.name = signet_slice_text("signet-proof")};
    bool is_known = false;

    credential = proof_credential(it->with, &is_known, err);
    if (!credential)
        return false;
    if (!is_known) {
        signet_buf *proof = add(made, "Signet-Proof");

        if (!signet_credential_sign(credential, &order, proof_now(it->with), proof, err))
            return false;
        presented.value = signet_buf_slice(proof);
        order.request.fields = &presented;
        order.request.field_count = 1;
    }
    if (!signet_credential_sign_message(credential, &order, proof_now(it->with), &fields, err))
        return false;
    if (fields.digest.len > 0)
        *add(made, "Content-Digest") = fields.digest;
    *add(made, "Signature-Input") = fields.input;
    *add(made, "Signature") = fields.signature;
    fields = (signet_message_fields){0}; /* they are the caller's; an empty one holds nothing */
    return true;
}

static bool
read_access_token(const char *path, signet_buf *out, signet_error *err)
{
    if (!input_read(path, ACCESS_TOKEN_MAX, out, err))
        return false;
    out->len = input_line(signet_buf_slice(out)).len;
    if (out->len > 0 && memchr(out->data, 0, out->len))
        return signet_fail(err, SIGNET_E_DECODE, "%s: not a token", input_name(path));
    return signet_buf_append(out, (signet_slice){(const uint8_t *)"", 1}, err);
}

static bool
make_dpop(const asked *it, dialect_made *made, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf token = {0};
    signet_dpop_request request = {
        .algorithms = it->terms->algorithms ? it->terms->algorithms : "EdDSA ES256",
        .nonce = it->terms->nonce,
        .method = it->order->request.method,
        .url = it->order->url,
        .covers_request = it->terms->covers_request,
        .body_kind = it->order->body_kind,
        .body = it->order->body,
    };

    if (!read_access_token(it->terms->access_token, &token, err))
        return false;
    key = master_key_load(it->with->key, it->with->algorithm, it->with->home, err);
    request.key = key;
    request.access_token = (const char *)token.data;
    request.now = proof_now(it->with);
    return key && signet_dpop_proof_new(&request, add(made, "DPoP"), err) &&
           signet_buf_printf(add(made, "Authorization"), err, "DPoP %s", request.access_token);
}

static const struct row {
    const char *name;
    bool (*make)(const asked *it, dialect_made *made, signet_error *err);
    bool is_dpop;
} rows[] = {
    {"proof", make_proof, false},
    {"message-signature", make_message, false},
    {"dpop", make_dpop, true},
};

static const struct row *
find(const char *name)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, name ? name : rows[0].name) == 0)
            return &rows[i];
    }
    return NULL;
}

bool
dialect_check(const dialect_terms *terms, signet_error *err)
{
    const struct row *row = find(terms->dialect);

    if (!row)
        return signet_fail(err, SIGNET_E_USAGE,
            "--dialect must be proof, message-signature or dpop, not %s", terms->dialect);
    if (row->is_dpop)
        return terms->access_token ||
               signet_fail(err, SIGNET_E_USAGE, "--dialect dpop needs --access-token");
    return !(terms->access_token || terms->nonce || terms->algorithms || terms->covers_request) ||
           signet_fail(err, SIGNET_E_USAGE,
               "--access-token, --nonce, --algs and --cover-request are of --dialect dpop");
}

bool
dialect_make(const dialect_terms *terms, const proof_terms *with, const signet_sign_order *order,
    dialect_made *ret_made, signet_error *err)
{
    const asked it = {terms, with, order};
    const struct row *row = find(terms->dialect);
    dialect_made made = {0};

    if (row && row->make(&it, &made, err)) {
        *ret_made = made;
        return true;
    }
    dialect_made_free(&made);
    return false;
}

void
dialect_made_free(dialect_made *made)
{
    for (size_t i = 0; i < made->count; i++)
        signet_buf_free(&made->fields[i].value);
    made->count = 0;
}
