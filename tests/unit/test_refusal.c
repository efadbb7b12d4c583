/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"
#include "http/refusal.h"

/* http-pop.md 3.2 and 3.3, and what is new: written out again, so that a slip is seen. */
/* clang-format off */
static const struct {
    const char *name;
    sg_refusal refusal;
    int status, retry_after;
    const char *text, *message, *label, *stage, *challenge;
} rows[] = {
    {"MISSING_PROOF", SG_REFUSAL_MISSING, 401, 0, "missing Signet-Proof header",
     "Authentication required. Please provide a Signet-Proof header.", "missing_header", "header_missing", NULL},
    {"INVALID_PROOF", SG_REFUSAL_SYNTAX, 400, 0, "invalid proof format",
     "The provided proof format is invalid.", "invalid_format", "proof_parsing", "invalid_proof"},
    {"INVALID_REQUEST", SG_REFUSAL_TARGET, 400, 0, "invalid request target",
     "The method or target of the request is not acceptable.", "invalid_format", "canonical_request", NULL},
    {"REQUEST_TOO_LARGE", SG_REFUSAL_SIZE, 413, 0, "request too large",
     "The request payload exceeds the maximum allowed size.", "request_too_large", "request_size", NULL},
    {"TOKEN_NOT_FOUND", SG_REFUSAL_UNKNOWN, 401, 0, "token not found",
     "The token is not recognized or has been revoked.", "token_not_found", "token_lookup", "invalid_token"},
    {"TOKEN_REVOKED", SG_REFUSAL_REVOKED, 401, 0, "token revoked",
     "The token has been revoked.", "token_revoked", "token_revoked", "revoked_token"},
    {"TOKEN_EXPIRED", SG_REFUSAL_EXPIRED, 401, 0, "token expired",
     "The token has expired. Please obtain a new token.", "token_invalid_time", "token_time", "expired_token"},
    {"TOKEN_NOT_YET_VALID", SG_REFUSAL_EARLY, 401, 0, "token not yet valid",
     "The token is not yet valid. Please check your system time.", "token_invalid_time", "token_time", "invalid_token"},
    {"CLOCK_SKEW", SG_REFUSAL_TOO_OLD, 401, 0, "clock skew detected: request too old",
     "Request timestamp is outside acceptable bounds. Please sync your clock.", "clock_skew", "clock_skew", "clock_skew"},
    {"CLOCK_SKEW", SG_REFUSAL_TOO_NEW, 401, 0, "clock skew detected: request from future",
     "Request timestamp is outside acceptable bounds. Please sync your clock.", "clock_skew", "clock_skew", "clock_skew"},
    {"REPLAY_DETECTED", SG_REFUSAL_REPLAY, 401, 0, "replay attack detected",
     "This request has already been processed.", "replay_detected", "replay_check", "replayed"},
    {"INVALID_SIGNATURE", SG_REFUSAL_KEY, 401, 0, "invalid signature",
     "The cryptographic signature could not be verified.", "invalid_signature", "signature_verification", "invalid_token"},
    {"INVALID_SIGNATURE", SG_REFUSAL_FORGED, 401, 0, "invalid signature",
     "The cryptographic signature could not be verified.", "invalid_signature", "signature_verification", "invalid_signature"},
    {"INVALID_SIGNATURE", SG_REFUSAL_DIGEST, 401, 0, "invalid signature",
     "The cryptographic signature could not be verified.", "digest_mismatch", "signature_verification", "invalid_signature"},
    {"BINDING_REQUIRED", SG_REFUSAL_UNBOUND, 401, 0, "request binding required",
     "The proof must bind the whole request.", "binding_required", "signature_verification", "binding_required"},
    {"PURPOSE_MISMATCH", SG_REFUSAL_PURPOSE, 403, 0, "token purpose mismatch",
     "The token is not authorized for this operation.", "purpose_mismatch", "purpose_check", "insufficient_purpose"},
    {"POLICY_MISMATCH", SG_REFUSAL_POLICY, 403, 0, "token not authorized",
     "The token is not authorized for this operation.", "purpose_mismatch", "purpose_check", "insufficient_purpose"},
    {"KEY_NOT_FOUND", SG_REFUSAL_NO_KEY, 500, 0, "master key not found",
     "Unable to verify the issuer's identity.", "key_provider_error", "key_provider", NULL},
    {"INTERNAL_ERROR", SG_REFUSAL_KEYS, 500, 0, "internal server error",
     "An internal error occurred. Please try again later.", "key_provider_error", "key_provider", NULL},
    {"INTERNAL_ERROR", SG_REFUSAL_CHECKER, 500, 0, "internal server error",
     "An internal error occurred. Please try again later.", "revocation_error", "revocation_check", NULL},
    {"STORE_UNAVAILABLE", SG_REFUSAL_OUTDATED, 503, 1, "store unavailable",
     "The service is temporarily unavailable.", "revocation_error", "revocation_check", NULL},
    {"INTERNAL_ERROR", SG_REFUSAL_BUILDER, 500, 0, "internal server error",
     "An internal error occurred. Please try again later.", "canonical_error", "canonical_request", NULL},
    {"STORE_UNAVAILABLE", SG_REFUSAL_TOKENS, 503, 1, "store unavailable",
     "The service is temporarily unavailable.", "store_unavailable", "token_lookup", NULL},
    {"STORE_UNAVAILABLE", SG_REFUSAL_REPLAYS, 503, 1, "store unavailable",
     "The service is temporarily unavailable.", "store_unavailable", "replay_check", NULL},
    {"MISSING_PROOF", SG_REFUSAL_NO_PROOF, 401, 0, "missing proof of possession",
     "Authentication required. Please provide a proof of possession.", "missing_header", "header_missing", NULL},
    {"INVALID_DPOP_PROOF", SG_REFUSAL_DPOP, 401, 0, "invalid DPoP proof",
     "The DPoP proof could not be verified.", "invalid_signature", "signature_verification", NULL},
    {"USE_DPOP_NONCE", SG_REFUSAL_NONCE, 401, 0, "DPoP nonce required",
     "The DPoP proof must hold the nonce of this answer.", "nonce_required", "signature_verification", NULL},
    {"INVALID_TOKEN", SG_REFUSAL_ACCESS, 401, 0, "invalid access token",
     "The access token is not acceptable, or not bound to who presents it.", "invalid_token", "token_lookup", NULL},
    {"INSUFFICIENT_SCOPE", SG_REFUSAL_SCOPE, 403, 0, "insufficient scope",
     "The token is not authorized for this operation.", "purpose_mismatch", "purpose_check", NULL},
    {"PROOFS_DIFFER", SG_REFUSAL_MIXED, 401, 0, "proofs of different keys",
     "The proofs of this request are not of one key.", "invalid_signature", "signature_verification", "invalid_signature"},
    {"INTERNAL_ERROR", SG_REFUSAL_INTERNAL, 500, 0, "internal server error",
     "An internal error occurred. Please try again later.", "canonical_error", "canonical_request", NULL},
};
/* clang-format on */

TEST(each_class_has_the_row_of_the_specification)
{
    CHECK_INT(sizeof(rows) / sizeof(rows[0]), SG_REFUSALS);
    for (EACH(row, rows)) {
        const signet_refusal *is = sg_refusal_find(row->refusal);

        CHECK_INT(row->refusal, row - rows); /* none is told twice, none is missing */
        CHECK_INT(is->status, row->status);
        CHECK_INT(is->retry_after, row->retry_after);
        CHECK_TEXT(is->code, row->name);
        CHECK_TEXT(is->text, row->text);
        CHECK_TEXT(is->message, row->message);
        CHECK_TEXT(is->label, row->label);
        CHECK_TEXT(is->stage, row->stage);
        CHECK_TEXT(is->challenge ? is->challenge : "", row->challenge ? row->challenge : "");
        CHECK_INT(
            sg_refusal_has_challenge(row->refusal), row->status == 401 || row->challenge != NULL);
    }
}

TEST(a_number_that_is_no_class_is_an_internal_error)
{
    CHECK_INT(sg_refusal_find(SG_REFUSALS)->status, 500);
    CHECK_INT(sg_refusal_find((sg_refusal)-1)->status, 500);
    CHECK(!sg_refusal_has_challenge((sg_refusal)1000));
}

TEST(bodies_are_the_text_or_compact_json_with_a_line_feed)
{
    for (EACH(row, rows)) {
        SIGNET_AUTO(signet_buf_free) signet_buf text = {0}, json = {0};
        char expected[256];

        REQUIRE(sg_refusal_write(row->refusal, SG_REFUSAL_AS_TEXT, &text, NULL));
        (void)snprintf(expected, sizeof(expected), "%s\n", row->text);
        CHECK_BYTES(signet_buf_slice(&text), signet_slice_text(expected));
        REQUIRE(sg_refusal_write(row->refusal, SG_REFUSAL_AS_JSON, &json, NULL));
        (void)snprintf(expected, sizeof(expected),
            "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}\n", row->name, row->message);
        CHECK_BYTES(signet_buf_slice(&json), signet_slice_text(expected));
    }
}

/* The field at `index` is "name: value". */
static void
check_field(const sg_answer *answer, size_t index, const char *name, const char *value)
{
    REQUIRE(index < answer->field_count);
    CHECK_TEXT(answer->fields[index].name, name);
    CHECK_BYTES(sg_answer_value(answer, index), signet_slice_text(value));
}

TEST(answers_have_the_fields_of_their_form)
{
    static const struct {
        const char *name;
        sg_refusal refusal;
        sg_refusal_form form;
        bool is_head;
        size_t fields, body;
    } forms[] = {
        {"text", SG_REFUSAL_UNKNOWN, SG_REFUSAL_AS_TEXT, false, 2, 16},
        {"text, HEAD", SG_REFUSAL_UNKNOWN, SG_REFUSAL_AS_TEXT, true, 2, 0},
        {"JSON", SG_REFUSAL_REVOKED, SG_REFUSAL_AS_JSON, false, 1, 75},
        {"JSON, HEAD", SG_REFUSAL_REVOKED, SG_REFUSAL_AS_JSON, true, 1, 0},
        {"text, later", SG_REFUSAL_REPLAYS, SG_REFUSAL_AS_TEXT, false, 3, 18},
        {"JSON, later", SG_REFUSAL_TOKENS, SG_REFUSAL_AS_JSON, false, 2, 91},
    };

    for (EACH(row, forms)) {
        SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};
        bool is_text = row->form == SG_REFUSAL_AS_TEXT;

        REQUIRE(sg_refusal_answer(row->refusal, row->form, row->is_head, &answer, NULL));
        CHECK_INT(answer.status, sg_refusal_find(row->refusal)->status);
        CHECK_INT(answer.field_count, row->fields);
        CHECK_INT(answer.body.len, row->body);
        check_field(
            &answer, 0, "Content-Type", is_text ? "text/plain; charset=utf-8" : "application/json");
        if (is_text)
            check_field(&answer, 1, "X-Content-Type-Options", "nosniff");
        if (answer.status == 503)
            check_field(&answer, row->fields - 1, "Retry-After", "1");
    }
}

TEST(no_value_ends_its_line)
{
    static const struct {
        const char *name, *value; /* hex */
        bool is_taken;
    } values[] = {
        {"text", "61", true},
        {"nothing", "", true},
        {"UTF-8", "c3a9", true},
        {"a carriage return", "610d", false},
        {"a line feed", "0a61", false},
        {"a zero", "00", false},
        {"a tab", "09", false},
        {"escape", "1b", false},
        {"delete", "7f", false},
        {"not UTF-8", "ff", false},
        {"cut inside", "c3", false},
    };

    for (EACH(row, values)) {
        SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};
        signet_error err = {0};

        CHECK_INT(sg_answer_add(&answer, "X", unhex(row->value), &err), row->is_taken);
        CHECK_INT(answer.field_count, row->is_taken);
        CHECK_INT(err.code, row->is_taken ? SIGNET_OK : SIGNET_E_USAGE);
        CHECK_INT(sg_answer_is_value(unhex(row->value)), row->is_taken);
    }
}

TEST(an_answer_holds_so_many_fields_and_no_more)
{
    SIGNET_AUTO(sg_answer_free) sg_answer answer = {0};
    signet_error err = {0};

    for (int i = 0; i < SG_ANSWER_FIELDS_MAX; i++)
        REQUIRE(sg_answer_add(&answer, "X", signet_slice_text(i % 2 ? "odd" : ""), NULL));
    CHECK(!sg_answer_add(&answer, "X", signet_slice_text("a"), &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
    CHECK_BYTES(sg_answer_value(&answer, 3), signet_slice_text("odd"));
    CHECK_INT(sg_answer_value(&answer, 2).len, 0);
    CHECK_INT(sg_answer_value(&answer, SG_ANSWER_FIELDS_MAX).len, 0);
}

TESTS(TEST_OF(each_class_has_the_row_of_the_specification),
    TEST_OF(a_number_that_is_no_class_is_an_internal_error),
    TEST_OF(bodies_are_the_text_or_compact_json_with_a_line_feed),
    TEST_OF(answers_have_the_fields_of_their_form), TEST_OF(no_value_ends_its_line),
    TEST_OF(an_answer_holds_so_many_fields_and_no_more))
