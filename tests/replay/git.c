/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transcripts of signet-git: each run of the program is done again with ours, with the key, the
 * clock and the files of the case.  Signatures of the reference are verified, our own are verified
 * too; status lines are compared with the table of docs/formats/signet-git.md, which differs from
 * the reference's on purpose (S-17).
 */
#include <stdlib.h>

#include "base/text.h"
#include "program.h"

enum { KEY_PATH_ROOM = 64 };

/** Where the master key of a case is, and how it is protected. */
#define KEY_FILE "home/.signet/master.key"

static replay_verdict
skip(signet_error *err, const char *why)
{
    signet_error_set(err, SIGNET_E_USAGE, "%s", why);
    return REPLAY_SKIP;
}

static void
note(signet_buf *differences, const char *what, const char *more)
{
    if (!signet_buf_printf(differences, NULL, " %s%s;", what, more))
        abort();
}

/** A text, or {"hex": ...}, or absent: empty. */
static signet_slice
bytes_of(const json_t *value)
{
    if (json_is_object(value))
        return replay_hex(value, "hex", NULL);
    return (signet_slice){(const uint8_t *)json_string_value(value), json_string_length(value)};
}

static const char *
text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/** The file of a master key with that seed, in hex. */
static signet_slice
key_file_of(const json_t *seed)
{
    SIGNET_AUTO(signet_buf_free) signet_buf raw = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf base64 = {0};
    char *file = (char *)replay_alloc(256);
    int len = 0;

    if (!sg_hex_decode(bytes_of(seed), &raw, NULL) ||
        !sg_base64_append(&base64, signet_buf_slice(&raw), 0, NULL))
        abort();
    len = snprintf(file, 256,
        "-----BEGIN ED25519 PRIVATE KEY-----\n%.*s\n-----END ED25519 PRIVATE KEY-----\n",
        (int)base64.len, base64.data);
    return (signet_slice){(const uint8_t *)file, (size_t)len};
}

/*
 * Whether the key file is missing or open to others stands nowhere in a case but in the reference's
 * own words.
 */
static unsigned
key_mode_said_by(const char *errors)
{
    static const struct {
        const char *words;
        unsigned mode;
    } said[] = {
        {"failed to stat key file", 0},
        {"permissions: -rw-r--r--", 0644},
        {"permissions: -rw-r-----", 0640},
        {"permissions: -rw-rw-r--", 0664},
        {"permissions: -rw-rw-rw-", 0666},
    };

    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        if (strstr(errors, said[i].words))
            return said[i].mode;
    return 0600;
}

static bool
lay_out_home(const scratch *where, const replay_case *one, const char *errors)
{
    const json_t *files = json_object_get(one->inputs, "files");
    const json_t *seed = json_object_get(one->inputs, "key_file_seed");
    const json_t *master = replay_key(one, "master");
    unsigned mode = key_mode_said_by(errors);
    const char *name = NULL;
    json_t *content = NULL;
    char path[512];

    if (mode == 0)
        return true;
    if (!json_object_get(files, "master.key") &&
        !scratch_write(where, KEY_FILE,
            seed ? key_file_of(seed) : key_file_of(json_object_get(master, "seed")), mode))
        return false;
    json_object_foreach((json_t *)(uintptr_t)files, name, content)
    {
        (void)snprintf(path, sizeof(path), "home/.signet/%s", name);
        if (!scratch_write(where, path, bytes_of(content), 0600))
            return false;
    }
    return true;
}

/*
 * Status lines.
 */

/** The lines of a status stream that we understand, in order. */
typedef struct {
    size_t new_signatures, exclusive, trust, valid, others;
    char keyword[16], fingerprint[65], name[512];
    char valid_line[1024], trust_word[32];
} status_summary;

static void
take_status_line(const char *line, status_summary *into)
{
    static const char *const exclusive[] = {
        "GOODSIG", "BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG"};
    char keyword[32] = "";

    if (sscanf(line, "[GNUPG:] %31s", keyword) != 1) {
        into->others++;
        return;
    }
    for (size_t i = 0; i < sizeof(exclusive) / sizeof(exclusive[0]); i++) {
        if (strcmp(keyword, exclusive[i]) == 0) {
            into->exclusive++;
            (void)sscanf(
                line, "[GNUPG:] %15s %64s %511[^\n]", into->keyword, into->fingerprint, into->name);
            return;
        }
    }
    if (strcmp(keyword, "NEWSIG") == 0) {
        into->new_signatures++;
        into->others += into->exclusive; /* it comes first */
    } else if (strncmp(keyword, "TRUST_", 6) == 0) {
        into->trust++;
        (void)snprintf(into->trust_word, sizeof(into->trust_word), "%s", keyword);
    } else if (strcmp(keyword, "VALIDSIG") == 0) {
        into->valid++;
        (void)snprintf(into->valid_line, sizeof(into->valid_line), "%s", line);
    } else {
        into->others++;
    }
}

static status_summary
summarise(signet_slice lines)
{
    status_summary into = {0};
    char line[1024];

    while (lines.len > 0) {
        const uint8_t *end = memchr(lines.ptr, '\n', lines.len);
        size_t len = end ? (size_t)(end - lines.ptr) : lines.len;

        (void)snprintf(line, sizeof(line), "%.*s", (int)len, lines.ptr);
        take_status_line(line, &into);
        len += end ? 1 : 0;
        lines.ptr += len;
        lines.len -= len;
    }
    return into;
}

static void
check_good_lines(const status_summary *ours, signet_slice reference, signet_buf *differences)
{
    status_summary theirs = summarise(reference);
    long long signed_at = 0, not_after = 0;
    char after = 0;

    if (strcmp(ours->keyword, "GOODSIG") != 0 || strcmp(ours->trust_word, "TRUST_FULLY") != 0)
        note(differences, "status is ", ours->keyword);
    if (theirs.exclusive > 0 && strcmp(ours->fingerprint, theirs.fingerprint) != 0)
        note(differences, "fingerprint is ", ours->fingerprint);
    if (!ours->name[0] || ours->name[0] == '"') /* the trust's name, not the certificate's */
        note(differences, "name is ", ours->name);
    if (ours->valid != 1 ||
        sscanf(ours->valid_line,
            "[GNUPG:] VALIDSIG %*40[0-9a-f] %*10[0-9-] %lld %lld 0 0 22 10 0%c", &signed_at,
            &not_after, &after) != 3 ||
        after != '0' || not_after < signed_at)
        note(differences, "VALIDSIG is ", ours->valid_line);
}

/** Our table: NEWSIG first, one line of the exclusive group, a TRUST line, nothing unknown. */
static void
check_status_of_verifying(
    bool is_good, signet_slice lines, signet_slice reference, signet_buf *differences)
{
    status_summary ours = summarise(lines);

    if (ours.new_signatures != 1 || ours.exclusive != 1 || ours.trust != 1 || ours.others != 0)
        note(differences, "status lines are ", (const char *)lines.ptr);
    else if (is_good)
        check_good_lines(&ours, reference, differences);
    else if (strcmp(ours.keyword, "GOODSIG") == 0 || ours.valid != 0)
        note(differences, "status of a refusal is ", ours.keyword);
}

/** "BEGIN_SIGNING", then "SIG_CREATED D 22 10 00 NOW FINGERPRINT". */
static void
check_status_of_signing(signet_slice lines, int64_t now, signet_buf *differences)
{
    char expected[128];
    int len = snprintf(expected, sizeof(expected),
        "[GNUPG:] BEGIN_SIGNING\n[GNUPG:] SIG_CREATED D 22 10 00 %lld ", (long long)now);

    if (lines.len != (size_t)len + 41 || memcmp(lines.ptr, expected, (size_t)len) != 0)
        note(differences, "status lines are ", (const char *)lines.ptr);
}

/** Only lines of the status protocol: people's lines share a stream with them. */
static signet_slice
only_status(signet_slice lines)
{
    uint8_t *kept = replay_alloc(lines.len);
    size_t len = 0;

    while (lines.len > 0) {
        const uint8_t *end = memchr(lines.ptr, '\n', lines.len);
        size_t line = end ? (size_t)(end - lines.ptr) + 1 : lines.len;

        if (line > 9 && memcmp(lines.ptr, "[GNUPG:] ", 9) == 0) {
            memcpy(kept + len, lines.ptr, line);
            len += line;
        }
        lines.ptr += line;
        lines.len -= line;
    }
    return (signet_slice){kept, len};
}

/*
 * Runs.
 */

typedef struct {
    const replay_case *one;
    scratch where;
    const json_t *env;
    int64_t now;
} session;

/** {"same_as": "steps[0].program_runs[0].stdout"} */
static signet_slice
signature_of(const session *at, const json_t *value)
{
    const char *place = text_of(value, "same_as");
    size_t step = 0, run = 0;

    if (json_is_string(value))
        return bytes_of(value);
    if (sscanf(place, "steps[%zu].program_runs[%zu].stdout", &step, &run) != 2)
        abort();
    return bytes_of(json_object_get(
        json_array_get(
            json_object_get(
                json_array_get(json_object_get(at->one->inputs, "steps"), step), "program_runs"),
            run),
        "stdout"));
}

static program_call
call_of(const session *at, const json_t *argv, signet_slice input)
{
    program_call call = {.program = SIGNET_GIT, .input = input, .env = at->env, .now = at->now};
    size_t count = json_array_size(argv);

    if (count > PROGRAM_WORDS_MAX)
        abort();
    for (size_t i = 0; i < count; i++) {
        const char *word = json_string_value(json_array_get(argv, i));

        call.argv[i] = strcmp(word, "{SIGFILE}") == 0 ? "signature" : word;
    }
    return call;
}

static bool
has_word(const json_t *argv, const char *word)
{
    const json_t *at = NULL;
    size_t i = 0;

    json_array_foreach((json_t *)(uintptr_t)argv, i, at)
    {
        if (strncmp(json_string_value(at), word, strlen(word)) == 0)
            return true;
    }
    return false;
}

/** What stands from the first line of an armour to its last: status lines may share its stream. */
static bool
cut_armour(signet_slice *text)
{
    static const char first[] = "-----BEGIN SIGNED MESSAGE-----\n";
    static const char last[] = "-----END SIGNED MESSAGE-----\n";
    const uint8_t *begin = memmem(text->ptr, text->len, first, sizeof(first) - 1);
    const uint8_t *end = memmem(text->ptr, text->len, last, sizeof(last) - 1);

    if (!begin || !end || end < begin)
        return false;
    *text = (signet_slice){begin, (size_t)(end - begin) + sizeof(last) - 1};
    return true;
}

/** Our own signature over the same input, for the same home. */
static void
verify_our_own(
    const session *at, signet_slice signature, signet_slice input, signet_buf *differences)
{
    const program_call call = {.program = SIGNET_GIT,
        .argv = {"signet-git", "--status-fd=1", "--verify", "signature", "-"},
        .input = input,
        .env = at->env,
        .now = at->now};
    program_result result = {0};

    if (!cut_armour(&signature)) {
        note(differences, "there is no armour", "");
        return;
    }
    if (!scratch_write(&at->where, "work/signature", signature, 0600) ||
        !program_run(&at->where, &call, &result))
        abort();
    if (result.status != 0)
        note(differences, "our own signature is refused: ", (const char *)result.errors.ptr);
}

/** Whether our program did what git wants to see. */
static bool
replay_run(session *at, const json_t *run, signet_buf *differences)
{
    const json_t *argv = json_object_get(run, "argv");
    const json_t *signature = json_object_get(run, "signature_file");
    program_call call = call_of(at, argv, bytes_of(json_object_get(run, "stdin")));
    program_result result = {0};
    bool is_good = false;

    if ((signature &&
            !scratch_write(&at->where, "work/signature", signature_of(at, signature), 0600)) ||
        !program_run(&at->where, &call, &result))
        abort();
    is_good = result.status == 0;
    if (signature)
        check_status_of_verifying(
            is_good, result.output, bytes_of(json_object_get(run, "stdout")), differences);
    else if (is_good) {
        check_status_of_signing(only_status(result.errors), at->now, differences);
        verify_our_own(at, result.output, call.input, differences);
    }
    if (is_good != (json_integer_value(json_object_get(run, "exit_code")) == 0))
        note(differences, "a run ended differently: ", (const char *)result.errors.ptr);
    return is_good;
}

/** Whether all runs of a step were good. */
static bool
replay_step(session *at, const json_t *step, signet_buf *differences)
{
    const json_t *run = NULL;
    bool is_good = true;
    size_t i = 0;

    at->env = json_object_get(step, "env");
    if (!at->env)
        at->env = json_object_get(at->one->inputs, "env");
    at->now = replay_number(step, "now", replay_number(at->one->inputs, "now", 0));
    json_array_foreach(json_object_get(step, "program_runs"), i, run)
    {
        is_good = replay_run(at, run, differences) && is_good;
    }
    return is_good;
}

/** The last step in which git ran the program, or NULL. */
static const json_t *
last_step(const json_t *steps)
{
    for (size_t i = json_array_size(steps); i-- > 0;) {
        const json_t *step = json_array_get(steps, i);

        if (json_array_size(json_object_get(step, "program_runs")) > 0)
            return step;
    }
    return NULL;
}

/** What the reference said on its standard error in that step. */
static const char *
errors_of(const json_t *step)
{
    return text_of(json_array_get(json_object_get(step, "program_runs"), 0), "stderr");
}

static replay_verdict
git_session(const replay_case *one, signet_buf *differences, signet_error *err)
{
    const json_t *steps = json_object_get(one->inputs, "steps");
    const json_t *last = last_step(steps), *step = NULL;
    session at = {.one = one};
    bool is_good = false;
    size_t i = 0;

    if (!last)
        return skip(err, "git decides this without asking the program");
    if (!scratch_make(&at.where) || !lay_out_home(&at.where, one, errors_of(last)))
        abort();
    json_array_foreach(steps, i, step)
    {
        bool is_step_good = replay_step(&at, step, differences);

        if (step == last)
            is_good = is_step_good;
    }
    scratch_remove(&at.where);
    if (!is_good)
        signet_error_set(err, SIGNET_E_SIGNATURE, "%.*s", (int)differences->len,
            (const char *)differences->data);
    return is_good ? REPLAY_ACCEPT : REPLAY_REJECT;
}

static bool
lay_out_files(const scratch *where, const replay_case *one)
{
    const char *name = NULL;
    json_t *content = NULL;
    char path[512];

    json_object_foreach(json_object_get(one->inputs, "files"), name, content)
    {
        (void)snprintf(path, sizeof(path), "work/%s", name);
        if (!scratch_write(where, path, bytes_of(content), 0600))
            return false;
    }
    return true;
}

/** Whose stream the status lines of a direct run are on, as --status-fd says. */
static signet_slice
status_of(const json_t *argv, const program_result *result, bool is_verifying)
{
    if (has_word(argv, "--status-fd=3"))
        return result->third;
    if (has_word(argv, "--status-fd=1"))
        return result->output;
    if (has_word(argv, "--status-fd") || is_verifying)
        return result->errors;
    return (signet_slice){0};
}

static void
check_direct(const session *at, const program_call *call, const program_result *result,
    signet_buf *differences)
{
    const json_t *argv = json_object_get(at->one->inputs, "argv");
    bool is_verifying = has_word(argv, "--verify");
    bool is_signing = !is_verifying && json_array_size(argv) > 1 && !has_word(argv, "--help") &&
                      !has_word(argv, "--version");
    signet_slice status = only_status(status_of(argv, result, is_verifying));
    bool is_good = result->status == 0;

    if (is_verifying && (is_good || result->status == 1)) {
        const char *stream = has_word(argv, "--status-fd=3")   ? "fd3"
                             : has_word(argv, "--status-fd=1") ? "stdout"
                                                               : "stderr";

        check_status_of_verifying(is_good, status,
            only_status(bytes_of(json_object_get(at->one->outputs, stream))), differences);
    }
    if (is_signing && is_good) {
        if (status.len > 0)
            check_status_of_signing(status, at->now, differences);
        verify_our_own(at, result->output, call->input, differences);
    }
}

static replay_verdict
signet_git_direct(const replay_case *one, signet_buf *differences, signet_error *err)
{
    const json_t *argv = json_object_get(one->inputs, "argv");
    session at = {.one = one, .now = replay_number(one->inputs, "now", 0)};
    program_call call = {0};
    program_result result = {0};

    at.env = json_object_get(one->inputs, "env");
    call = call_of(&at, argv, bytes_of(json_object_get(one->inputs, "stdin")));
    if (!scratch_make(&at.where) ||
        !scratch_write(&at.where, KEY_FILE,
            key_file_of(json_object_get(replay_key(one, "master"), "seed")), 0600) ||
        !lay_out_files(&at.where, one) || !program_run(&at.where, &call, &result))
        abort();
    check_direct(&at, &call, &result, differences);
    scratch_remove(&at.where);
    if (result.status == 0)
        return REPLAY_ACCEPT;
    signet_error_set(err, SIGNET_E_SIGNATURE, "%.200s", (const char *)result.errors.ptr);
    return REPLAY_REJECT;
}

const replay_group replay_git[] = {
    {"git_session", git_session},
    {"signet_git_direct", signet_git_direct},
    {NULL, NULL},
};
