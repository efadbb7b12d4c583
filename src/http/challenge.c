/* SPDX-License-Identifier: Apache-2.0 */
#include "http/challenge.h"

bool
sg_challenge_quote(signet_slice text, signet_buf *out, signet_error *err)
{
    static const uint8_t quote = '"', escape = '\\';
    size_t before = out->len;
    bool is_fine = sg_answer_is_value(text);

    if (!is_fine)
        return signet_fail(err, SIGNET_E_USAGE, "a challenge cannot hold control characters");
    is_fine = signet_buf_append(out, (signet_slice){&quote, 1}, err);
    for (size_t i = 0; is_fine && i < text.len; i++) {
        if (text.ptr[i] == quote || text.ptr[i] == escape)
            is_fine = signet_buf_append(out, (signet_slice){&escape, 1}, err);
        is_fine = is_fine && signet_buf_append(out, (signet_slice){text.ptr + i, 1}, err);
    }
    is_fine = is_fine && signet_buf_append(out, (signet_slice){&quote, 1}, err);
    if (!is_fine)
        out->len = before;
    return is_fine;
}

static bool
write_parameter(const char *before, signet_slice value, signet_buf *out, signet_error *err)
{
    return signet_buf_append(out, signet_slice_text(before), err) &&
           sg_challenge_quote(value, out, err);
}

static signet_slice
or_else(signet_slice text, const char *otherwise)
{
    return text.len > 0 ? text : signet_slice_text(otherwise);
}

static bool
write_error(const char *error, signet_buf *out, signet_error *err)
{
    return !error || write_parameter(", error=", signet_slice_text(error), out, err);
}

bool
sg_challenge_write_bearer(const sg_challenge_rules *rules, signet_buf *out, signet_error *err)
{
    size_t before = out->len;
    bool has_metadata = rules->metadata.len > 0;

    if (rules->bearer.len > 0) {
        if (signet_buf_append(out, rules->bearer, err) &&
            write_error(rules->bearer_error, out, err))
            return true;
        out->len = before;
        return false;
    }
    if (write_parameter(has_metadata ? "Bearer resource_metadata=" : "Bearer realm=",
            has_metadata ? rules->metadata : or_else(rules->realm, "signet"), out, err) &&
        (rules->scope.len == 0 || rules->as_reference ||
            write_parameter(", scope=", rules->scope, out, err)) &&
        write_error(rules->bearer_error, out, err))
        return true;
    out->len = before;
    return false;
}

bool
sg_challenge_write_dpop(const sg_challenge_rules *rules, signet_buf *out, signet_error *err)
{
    const char *error = rules->dpop_error;
    size_t before = out->len;

    if (error ? write_parameter("DPoP error=", signet_slice_text(error), out, err) &&
                    write_parameter(", algs=", rules->dpop, out, err)
              : write_parameter("DPoP algs=", rules->dpop, out, err))
        return true;
    out->len = before;
    return false;
}

static bool
is_about_time(sg_refusal refusal)
{
    return refusal == SG_REFUSAL_TOO_OLD || refusal == SG_REFUSAL_TOO_NEW;
}

bool
sg_challenge_write_signet(const sg_challenge_rules *rules, sg_refusal refusal, int64_t now,
    signet_buf *out, signet_error *err)
{
    const char *error = sg_refusal_find(refusal)->challenge;
    size_t before = out->len;

    if (rules->max_skew < 0)
        return signet_fail(err, SIGNET_E_USAGE, "a skew cannot be negative");
    if (write_parameter("Signet realm=", or_else(rules->realm, "signet"), out, err) &&
        (!error || write_parameter(", error=", signet_slice_text(error), out, err)) &&
        signet_buf_printf(out, err, ", max_skew=%lld", (long long)rules->max_skew) &&
        write_parameter(", versions=", or_else(rules->versions, "v1"), out, err) &&
        (!is_about_time(refusal) ||
            signet_buf_printf(out, err, ", server_time=%lld", (long long)now)))
        return true;
    out->len = before;
    return false;
}

static bool
add_line(const signet_buf *line, sg_answer *answer, signet_error *err)
{
    return sg_answer_add(answer, "WWW-Authenticate", signet_buf_slice(line), err);
}

/* For all who have no token yet, or a bad one; a wrong purpose or form is not cured by another. */
static bool
add_oauth(const sg_challenge_rules *rules, sg_answer *answer, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bearer = {0}, dpop = {0};

    if ((rules->metadata.len > 0 || rules->bearer.len > 0 || rules->has_bearer) &&
        (!sg_challenge_write_bearer(rules, &bearer, err) || !add_line(&bearer, answer, err)))
        return false;
    return rules->dpop.len == 0 || rules->as_reference ||
           (sg_challenge_write_dpop(rules, &dpop, err) && add_line(&dpop, answer, err));
}

static bool
add_lines(const sg_challenge_rules *rules, sg_refusal refusal, int64_t now, sg_answer *answer,
    signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf line = {0};
    bool is_401 = sg_refusal_find(refusal)->status == 401;

    if ((is_401 || rules->bearer_error || rules->dpop_error) && !add_oauth(rules, answer, err))
        return false;
    if (rules->as_reference || rules->is_signet_silent || !sg_refusal_has_challenge(refusal))
        return true;
    if (!sg_challenge_write_signet(rules, refusal, now, &line, err) ||
        !add_line(&line, answer, err))
        return false;
    return !is_401 || !rules->has_cors ||
           sg_answer_add(answer, "Access-Control-Expose-Headers",
               signet_slice_text("WWW-Authenticate, Date"), err);
}

bool
sg_challenge_add(const sg_challenge_rules *rules, sg_refusal refusal, int64_t now,
    sg_answer *answer, signet_error *err)
{
    size_t fields = answer->field_count, len = answer->values.len;

    if (add_lines(rules, refusal, now, answer, err))
        return true;
    answer->field_count = fields;
    answer->values.len = len;
    return false;
}
