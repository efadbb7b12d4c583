/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cli.h"
#include "object.h"
#include "revisions.h"

enum { HOOK_INPUT_MAX = 16 << 20 };

static bool
add_all(process_words *words, const char *const *more, signet_error *err)
{
    for (; *more; more++)
        if (!process_words_add(words, *more, err))
            return false;
    return true;
}

bool
revisions_start(const revisions *wanted, process *ret_process, signet_error *err)
{
    static const char *const start[] = {"git", "rev-list", NULL};
    static const char *const only_new[] = {"--not", "--all", NULL};
    static const char *const end[] = {"--end-of-options", NULL};
    SIGNET_AUTO(process_words_free) process_words words = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf max_count = {0};

    if (!add_all(&words, start, err) ||
        (wanted->no_walk && !process_words_add(&words, "--no-walk=unsorted", err)))
        return false;
    if (wanted->max_count) {
        if (!signet_buf_printf(&max_count, err, "--max-count=%s%c", wanted->max_count, 0) ||
            !process_words_add(&words, (const char *)max_count.data, err))
            return false;
    }
    if (wanted->only_new) /* the names are hex digits, and --not is for what follows */
        return add_all(&words, wanted->names.word, err) && add_all(&words, only_new, err) &&
               process_words_add(&words, "--", err) &&
               process_start(&words, PROCESS_READS_NOTHING, ret_process, err);
    return add_all(&words, end, err) && add_all(&words, wanted->names.word, err) &&
           process_words_add(&words, "--", err) &&
           process_start(&words, PROCESS_READS_NOTHING, ret_process, err);
}

bool
revisions_fd_of(signet_slice bytes, int *ret_fd, signet_error *err)
{
    char reason[64];
    FILE *file = tmpfile(); /* not a pipe: nobody reads yet, and a pipe takes only so much */
    int fd = -1;

    if (!file)
        return signet_fail(err, SIGNET_E_IO, "cannot make a temporary file: %s",
            strerror_r(errno, reason, sizeof(reason)));
    if (fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len && fflush(file) == 0 &&
        lseek(fileno(file), 0, SEEK_SET) == 0)
        fd = dup(fileno(file));
    (void)fclose(file);
    if (fd < 0)
        return signet_fail(err, SIGNET_E_IO, "cannot write a temporary file");
    *ret_fd = fd;
    return true;
}

static bool
write_names(const process_words *names, signet_buf *out, signet_error *err)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strchr(names->word[i], '\n'))
            return signet_fail(err, SIGNET_E_USAGE, "a revision has no line breaks");
        if (!signet_buf_printf(out, err, "%s\n", names->word[i]))
            return false;
    }
    return true;
}

static bool
start_check(int names_fd, process *ret_process, signet_error *err)
{
    static const char *const check[] = {"git", "cat-file", "--batch-check", NULL};
    SIGNET_AUTO(process_words_free) process_words words = {0};

    return add_all(&words, check, err) && process_start(&words, names_fd, ret_process, err);
}

/** Answers are "NAME TYPE SIZE"; whatever is none (a range, nonsense) is rev-list's to judge. */
static bool
read_tags(FILE *answers, signet_buf *ret_names, signet_error *err)
{
    char *line = NULL;
    size_t capacity = 0;
    bool is_good = true;

    while (is_good && getline(&line, &capacity, answers) > 0) {
        object_head head = {0};

        if (object_read_head(line, &head) && strcmp(head.type, "tag") == 0)
            is_good = signet_buf_printf(ret_names, err, "%s\n", head.name);
    }
    free(line);
    return is_good;
}

bool
revisions_tags(const revisions *wanted, signet_buf *ret_names, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf names = {0};
    SIGNET_AUTO(process_free) process check = {0, -1, -1};
    FILE *answers = NULL;
    int names_fd = -1;
    bool is_good = false;

    if (!write_names(&wanted->names, &names, err) ||
        !revisions_fd_of(signet_buf_slice(&names), &names_fd, err))
        return false;
    is_good = start_check(names_fd, &check, err);
    close(names_fd);
    if (!is_good)
        return false;
    answers = fdopen(check.out, "r");
    if (!answers)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a stream");
    check.out = -1;
    is_good = read_tags(answers, ret_names, err);
    (void)fclose(answers);
    return is_good && process_finish(&check, "git cat-file", err);
}

/** "OLD NEW REF": the length of NEW at `*ret_name`, 0 when this is not such a line. */
static size_t
find_new_name(const char *line, const char **ret_name)
{
    static const char digits[] = "0123456789abcdef";
    size_t old_len = strspn(line, digits);
    size_t new_len = line[old_len] == ' ' ? strspn(line + old_len + 1, digits) : 0;

    *ret_name = line + old_len + 1;
    if ((old_len != 40 && old_len != 64) || new_len != old_len || (*ret_name)[new_len] != ' ' ||
        (*ret_name)[new_len + 1] == 0)
        return 0;
    return new_len;
}

static bool
take_hook_line(char *line, size_t number, revisions *ret_wanted, signet_error *err)
{
    const char *name = NULL;
    size_t len = find_new_name(line, &name);

    if (len == 0)
        return signet_fail(
            err, SIGNET_E_USAGE, "line %zu of standard input is not \"OLD NEW REF\"", number);
    if (strspn(name, "0") >= len)
        return true; /* the ref is deleted */
    line[(size_t)(name - line) + len] = 0;
    return process_words_add(&ret_wanted->names, name, err);
}

static bool
read_hook_text(FILE *lines, signet_buf *ret_text, signet_error *err)
{
    if (!cli_read_stream(lines, "standard input", HOOK_INPUT_MAX, ret_text, err))
        return false;
    if (ret_text->len > 0 && memchr(ret_text->data, 0, ret_text->len))
        return signet_fail(err, SIGNET_E_USAGE, "standard input is not text");
    return signet_buf_append(ret_text, (signet_slice){(const uint8_t *)"", 1}, err);
}

bool
revisions_read_hook(FILE *lines, signet_buf *ret_text, revisions *ret_wanted, signet_error *err)
{
    size_t number = 0;
    char *line = NULL;

    if (!read_hook_text(lines, ret_text, err))
        return false;
    line = (char *)ret_text->data;
    while (*line) {
        char *end = strchr(line, '\n');

        if (end)
            *end = 0;
        if (!take_hook_line(line, ++number, ret_wanted, err))
            return false;
        line = end ? end + 1 : line + strlen(line);
    }
    return true;
}

void
revisions_free(revisions *wanted)
{
    process_words_free(&wanted->names);
}
