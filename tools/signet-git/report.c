/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "common/cli.h"
#include "report.h"

enum {
    SHORT_NAME = 12,   /* digits of an object's name in the table */
    NAME_COLUMNS = 24, /* of a signer in the table, at least */
};

static const struct {
    const char *word;
    cli_style style;
    const char *sign;
    bool is_failure, is_failure_when_all_are_required;
} kinds[REPORT_KINDS] = {
    [REPORT_GOOD] = {"good", CLI_SUCCESS, "✓", false, false},
    [REPORT_UNKNOWN] = {"unknown", CLI_ERROR, "✗", true, true},
    [REPORT_EXPIRED] = {"expired", CLI_ERROR, "✗", true, true},
    [REPORT_REVOKED] = {"revoked", CLI_ERROR, "✗", true, true},
    [REPORT_BAD] = {"bad", CLI_ERROR, "✗", true, true},
    [REPORT_BROKEN] = {"broken", CLI_ERROR, "✗", true, true},
    [REPORT_UNSIGNED] = {"unsigned", CLI_WARNING, "⚠", false, true},
    [REPORT_OTHER] = {"other", CLI_WARNING, "⚠", false, true},
};

static const report_kind kind_of_verdict[] = {
    [SIGNET_VERDICT_GOOD] = REPORT_GOOD,
    [SIGNET_VERDICT_UNKNOWN] = REPORT_UNKNOWN,
    [SIGNET_VERDICT_EXPIRED] = REPORT_EXPIRED,
    [SIGNET_VERDICT_REVOKED] = REPORT_REVOKED,
    [SIGNET_VERDICT_BAD] = REPORT_BAD,
    [SIGNET_VERDICT_BROKEN] = REPORT_BROKEN,
};

static report_kind
kind_of(const history_result *result)
{
    if (result->signature == OBJECT_UNSIGNED)
        return REPORT_UNSIGNED;
    if (result->signature == OBJECT_SIGNED_OTHER)
        return REPORT_OTHER;
    return kind_of_verdict[result->given.verdict];
}

static bool
is_failure(const report *about, size_t kind)
{
    return about->require_all ? kinds[kind].is_failure_when_all_are_required
                              : kinds[kind].is_failure;
}

/** Characters, not bytes: continuation bytes of UTF-8 do not count. */
static int
columns_of(const char *text)
{
    int columns = 0;

    for (; *text; text++)
        if (((unsigned char)*text & 0xc0) != 0x80)
            columns++;
    return columns;
}

static void
print_name_and_subject(const history_result *result)
{
    const char *name = result->given.name[0] ? result->given.name : "-";
    int columns = columns_of(name);
    int padding = columns < NAME_COLUMNS ? NAME_COLUMNS - columns : 0;

    cli_print_plain(stdout, "%s%*s  ", name, padding, "");
    if (result->is_tag)
        cli_print_plain(stdout, "tag %.*s: ", (int)result->tag_name.len,
            result->tag_name.len > 0 ? (const char *)result->tag_name.ptr : "");
    cli_print_plain(stdout, "%.*s\n", (int)result->subject.len,
        result->subject.len > 0 ? (const char *)result->subject.ptr : "");
}

static void
print_remarks(const history_result *result, report_kind kind)
{
    const answer *given = &result->given;
    char date[32];

    if (kind != REPORT_GOOD && given->reason.code != SIGNET_OK)
        cli_print_plain(stdout, "    %s\n", given->reason.message);
    if (given->is_revoked_later) {
        signet_time_format(given->revoked_since, date);
        cli_print_plain(stdout, "    the signer was revoked since, from %s on\n", date);
    }
    if (answer_has_odd_date(given)) {
        signet_time_format(given->git_date, date);
        cli_print_plain(stdout, "    git's date is %s, far from the signing time\n", date);
    }
}

static void
print_row(const history_result *result, report_kind kind)
{
    char date[32] = "-";

    if (result->given.has_time)
        signet_time_format(result->given.signed_at, date);
    cli_print(stdout, kinds[kind].style, "%s", kinds[kind].sign);
    cli_print_plain(stdout, " %.*s  ", SHORT_NAME, result->object);
    cli_print(stdout, kinds[kind].style, "%-8s", kinds[kind].word);
    cli_print_plain(stdout, "  %-20s  ", date);
    print_name_and_subject(result);
    print_remarks(result, kind);
}

static bool
add_text_member(signet_buf *out, const char *name, signet_slice text, signet_error *err)
{
    return signet_buf_printf(out, err, ",\"%s\":", name) && cli_json_string(out, text, err);
}

static bool
add_time_member(signet_buf *out, const char *name, int64_t seconds, signet_error *err)
{
    char date[32];

    signet_time_format(seconds, date);
    return signet_buf_printf(out, err, ",\"%s\":\"%s\"", name, date);
}

static bool
add_signature_members(signet_buf *out, const answer *given, signet_error *err)
{
    if (!add_text_member(out, "signer", signet_slice_text(given->name), err) ||
        !signet_buf_printf(out, err, ",\"fingerprint\":\"%s\",\"issuer_key\":\"%s\"",
            given->fingerprint, given->issuer) ||
        !signet_buf_printf(out, err, ",\"hybrid\":%s,\"revoked_later\":%s,\"odd_date\":%s",
            given->is_hybrid ? "true" : "false", given->is_revoked_later ? "true" : "false",
            answer_has_odd_date(given) ? "true" : "false"))
        return false;
    if (given->has_time && !add_time_member(out, "signed_at", given->signed_at, err))
        return false;
    if (given->has_git_date && !add_time_member(out, "git_date", given->git_date, err))
        return false;
    return given->verdict == SIGNET_VERDICT_GOOD ||
           add_text_member(out, "reason", signet_slice_text(given->reason.message), err);
}

static bool
write_json(const history_result *result, report_kind kind, signet_buf *out, signet_error *err)
{
    if (!signet_buf_printf(out, err, "{\"object\":\"%s\",\"type\":\"%s\",\"verdict\":\"%s\"",
            result->object, result->is_tag ? "tag" : "commit", kinds[kind].word))
        return false;
    if (result->is_tag && (!add_text_member(out, "tag", result->tag_name, err) ||
                              !add_text_member(out, "target", result->target, err)))
        return false;
    if (!add_text_member(out, "subject", result->subject, err))
        return false;
    if (result->signature == OBJECT_SIGNED_CMS && !add_signature_members(out, &result->given, err))
        return false;
    return signet_buf_append(out, signet_slice_text("}"), err);
}

bool
report_result(void *context, const history_result *result, signet_error *err)
{
    report *about = context;
    report_kind kind = kind_of(result);

    about->counts[kind]++;
    if (about->is_quiet && kind == REPORT_GOOD)
        return true;
    about->shown++;
    if (!about->is_json) {
        print_row(result, kind);
    } else {
        about->text.len = 0;
        if (!signet_buf_append(
                &about->text, signet_slice_text(about->shown == 1 ? "" : ",\n"), err) ||
            !write_json(result, kind, &about->text, err))
            return false;
        (void)fwrite(about->text.data, 1, about->text.len, stdout);
    }
    return !ferror(stdout) || signet_fail(err, SIGNET_E_IO, "cannot write to standard output");
}

void
report_begin(const report *about)
{
    if (about->is_json)
        (void)fputs("[\n", stdout);
}

static void
print_summary(const report *about, size_t total)
{
    char text[256] = "";
    size_t len = 0;

    for (size_t kind = 0; kind < REPORT_KINDS; kind++)
        if (about->counts[kind] > 0)
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%zu %s", len > 0 ? ", " : "",
                about->counts[kind], kinds[kind].word);
    if (report_is_good(about))
        cli_success(stderr, "%s of %zu", text, total);
    else
        cli_error("%s of %zu", text, total);
}

void
report_end(const report *about)
{
    size_t total = 0;

    for (size_t kind = 0; kind < REPORT_KINDS; kind++)
        total += about->counts[kind];
    if (about->is_json)
        (void)fputs(about->shown > 0 ? "\n]\n" : "]\n", stdout);
    (void)fflush(stdout); /* so that the last line is the last */
    if (total > 0)
        print_summary(about, total);
    else
        cli_hint("there is nothing to judge");
}

bool
report_is_good(const report *about)
{
    for (size_t kind = 0; kind < REPORT_KINDS; kind++)
        if (about->counts[kind] > 0 && is_failure(about, kind))
            return false;
    return true;
}

void
report_free(report *about)
{
    signet_buf_free(&about->text);
}
