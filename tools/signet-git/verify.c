/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git's --verify.  The answer is a row of the table below: one line of git's exclusive group,
 * VALIDSIG when there is something valid to say, a TRUST line always (git before 2.41 aborts
 * without one), NEWSIG before everything.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "base/file.h"
#include "base/time.h"
#include "commands.h"
#include "repository.h"
#include "status.h"

enum { CHUNK = 4 << 10 };

typedef enum {
    NAMED,      /* KEYWORD fingerprint name */
    NO_KEY,     /* ERRSIG ... 9: genuine, but the key is not known */
    UNREADABLE, /* ERRSIG ... 4: unsupported */
} line_form;

typedef struct {
    const char *keyword;
    line_form form;
    const char *trust;
    const char *said; /* on stderr, before the name */
} verdict_lines;

static const verdict_lines table[] = {
    [SIGNET_VERDICT_GOOD] = {"GOODSIG", NAMED, "TRUST_FULLY 0 shell", "good signature by"},
    [SIGNET_VERDICT_UNKNOWN] = {"ERRSIG", NO_KEY, "TRUST_UNDEFINED 0 shell",
        "signature by somebody who is not trusted:"},
    [SIGNET_VERDICT_EXPIRED] = {"EXPKEYSIG", NAMED, "TRUST_UNDEFINED 0 shell",
        "signature outside its time by"},
    [SIGNET_VERDICT_REVOKED] = {"REVKEYSIG", NAMED, "TRUST_NEVER 0",
        "signature after revocation by"},
    [SIGNET_VERDICT_BAD] = {"BADSIG", NAMED, "TRUST_NEVER 0", "bad signature, claiming to be by"},
    [SIGNET_VERDICT_BROKEN] = {"ERRSIG", UNREADABLE, "TRUST_UNDEFINED 0 shell",
        "unreadable signature"},
};

static const char *
shown_name(const answer *given)
{
    return given->name[0] ? given->name : "Signet";
}

static bool
add_verdict(git_status *status, const answer *given, signet_error *err)
{
    const verdict_lines *row = &table[given->verdict];
    long long signed_at = given->has_time ? (long long)given->signed_at : 0;

    switch (row->form) {
    case NAMED:
        return git_status_add_named(
            status, row->keyword, given->fingerprint, signet_slice_text(shown_name(given)), err);
    case NO_KEY:
        return git_status_add(status, err, "%s %s %d %d 00 %lld 9", row->keyword,
            given->fingerprint, given->public_key_number, given->hash_number, signed_at);
    case UNREADABLE:
        return git_status_add(status, err, "%s %s 0 0 00 0 4", row->keyword, given->fingerprint);
    }
    return signet_fail(err, SIGNET_E_USAGE, "no such verdict");
}

static bool
add_valid(git_status *status, const answer *given, signet_error *err)
{
    sg_civil_time date = {0};

    if (given->verdict != SIGNET_VERDICT_GOOD)
        return true;
    if (!given->has_time || !sg_civil_from_seconds(given->signed_at, &date))
        return git_status_add(status, err, "VALIDSIG %s 0 0 0 0 0 %d %d 00", given->fingerprint,
            given->public_key_number, given->hash_number);
    return git_status_add(status, err, "VALIDSIG %s %04d-%02d-%02d %lld %lld 0 0 %d %d 00",
        given->fingerprint, date.year, date.month, date.day, (long long)given->signed_at,
        (long long)given->not_after, given->public_key_number, given->hash_number);
}

static bool
report_status(git_status *status, const answer *given, signet_error *err)
{
    return git_status_add(status, err, "NEWSIG") && add_verdict(status, given, err) &&
           add_valid(status, given, err) &&
           git_status_add(status, err, "%s", table[given->verdict].trust) &&
           git_status_write(status, err);
}

static void
warn_of_dates(const answer *given)
{
    char since[32], signed_at[32], git_date[32];

    if (given->is_revoked_later) {
        signet_time_format(given->revoked_since, since);
        cli_warning("this signer was revoked since, from %s on", since);
    }
    if (answer_has_odd_date(given)) {
        signet_time_format(given->git_date, git_date);
        signet_time_format(given->signed_at, signed_at);
        cli_warning("git's date is %s, but it was signed at %s", git_date, signed_at);
    }
}

static void
report_to_people(const answer *given)
{
    const verdict_lines *row = &table[given->verdict];
    char when[32] = "at an unknown time";

    if (given->has_time)
        signet_time_format(given->signed_at, when);
    if (given->verdict == SIGNET_VERDICT_GOOD)
        cli_success(stderr, "%s %s, signed %s", row->said, shown_name(given), when);
    else if (given->verdict == SIGNET_VERDICT_BROKEN)
        cli_error("%s: %s", row->said, given->reason.message);
    else
        cli_error(
            "%s %s, signed %s: %s", row->said, shown_name(given), when, given->reason.message);
    warn_of_dates(given);
    if (given->verdict == SIGNET_VERDICT_UNKNOWN && given->issuer[0])
        cli_hint("the key that vouches has the identifier %s; signet trust add makes it known",
            given->issuer);
}

/** What was signed, while it is read. */
typedef struct {
    signet_buf bytes;
    bool is_whole; /* all of it is in `bytes` */
    uint8_t digest[SIGNET_SHA512_SIZE];
} payload_reader;

static void
payload_free_auto(payload_reader *payload)
{
    signet_buf_free(&payload->bytes);
}

static bool
read_payload_fd(int fd, payload_reader *ret_payload, signet_error *err)
{
    signet_sha512 digest;
    uint8_t chunk[CHUNK];
    char reason[64];
    ssize_t count = 0;

    ret_payload->is_whole = true;
    signet_sha512_init(&digest);
    for (;;) {
        signet_slice bytes = {chunk, 0};

        count = read(fd, chunk, sizeof(chunk));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        bytes.len = (size_t)count;
        signet_sha512_update(&digest, bytes);
        if (ret_payload->is_whole && !signet_buf_append(&ret_payload->bytes, bytes, NULL))
            ret_payload->is_whole = false;
    }
    if (count < 0)
        return signet_fail(
            err, SIGNET_E_IO, "cannot read: %s", strerror_r(errno, reason, sizeof(reason)));
    signet_sha512_final(&digest, ret_payload->digest);
    return true;
}

static bool
read_payload(const char *path, payload_reader *ret_payload, signet_error *err)
{
    char reason[64];
    bool is_read = false;
    int fd = STDIN_FILENO;

    if (path && strcmp(path, "-") != 0)
        fd = open(path, O_RDONLY | O_CLOEXEC);
    else
        path = "standard input";
    if (fd < 0)
        return signet_fail(
            err, SIGNET_E_IO, "%s: %s", path, strerror_r(errno, reason, sizeof(reason)));
    is_read = read_payload_fd(fd, ret_payload, err);
    if (!is_read)
        signet_error_prefix(err, path);
    if (fd != STDIN_FILENO)
        close(fd);
    return is_read;
}

static bool
open_judge(const git_options *options, answer_judge *ret_judge, signet_error *err)
{
    SIGNET_AUTO(home_free) home config = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf repository = {0};
    bool has_repository = repository_find(&repository);

    return home_open(options->home, &config, err) &&
           answer_judge_open(
               &config, has_repository ? (const char *)repository.data : NULL, ret_judge, err);
}

/** The payload first: git wants to be rid of it even when nothing can be judged. */
static bool
verify(const git_options *options, answer *ret_answer, signet_error *err)
{
    SIGNET_AUTO(payload_free) payload_reader payload = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf signature = {0};
    SIGNET_AUTO(answer_judge_close) answer_judge judge = {0};
    answer_payload given = {0};

    if (!read_payload(options->data, &payload, err) ||
        !sg_file_read(options->verify, ANSWER_SIGNATURE_MAX, SG_FILE_ANY, &signature, err) ||
        !open_judge(options, &judge, err))
        return false;
    given = (answer_payload){.digest = {payload.digest, sizeof(payload.digest)},
        .has_bytes = payload.is_whole,
        .bytes = signet_buf_slice(&payload.bytes)};
    answer_of(&judge, signet_buf_slice(&signature), &given, ret_answer);
    return true;
}

int
git_verify(const git_options *options)
{
    SIGNET_AUTO(git_status_free) git_status status = {0};
    answer given = {.verdict = SIGNET_VERDICT_BROKEN};
    signet_error err = {0};
    bool was_judged = false;

    status.fd = git_status_fd_for_verifying(options->status_fd);
    memset(given.fingerprint, '0', sizeof(given.fingerprint) - 1);
    was_judged = verify(options, &given, &err);
    if (!was_judged)
        cli_failed(NULL, &err);
    else
        report_to_people(&given);
    if (!report_status(&status, &given, &err)) {
        cli_failed(NULL, &err);
        return CLI_REFUSED;
    }
    return given.verdict == SIGNET_VERDICT_GOOD ? CLI_OK : CLI_REFUSED;
}
