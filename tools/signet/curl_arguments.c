/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curl reads its options in any order and takes short ones together.  The bytes of the body are
 * read here, once, and curl is given those and no others, so that what is sent is what was signed.
 */
#include <strings.h>

#include "curl_arguments.h"
#include "input.h"

/* The arguments that are not read yet. */
typedef struct {
    char **next;
    int left;
    bool are_options_over;
} cursor;

static bool
keep(curl_request *request, const char *argument)
{
    request->kept[request->kept_count++] = argument;
    return true;
}

static bool
append_without_line_ends(signet_slice bytes, signet_buf *out, signet_error *err)
{
    size_t from = 0;

    for (size_t i = 0; i <= bytes.len; i++) {
        if (i < bytes.len && bytes.ptr[i] != '\n' && bytes.ptr[i] != '\r' && bytes.ptr[i] != 0)
            continue;
        if (i > from && !signet_buf_append(out, (signet_slice){bytes.ptr + from, i - from}, err))
            return false;
        from = i + 1;
    }
    return true;
}

static bool
append_file(const char *path, bool is_text, signet_buf *out, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf bytes = {0};

    if (!input_read(path, SIGNET_BUF_MAX - 1, &bytes, err)) {
        signet_error_prefix(err, input_name(path));
        return false;
    }
    return is_text ? append_without_line_ends(signet_buf_slice(&bytes), out, err)
                   : signet_buf_append(out, signet_buf_slice(&bytes), err);
}

static bool
add_data(curl_request *request, const curl_option *option, const char *value, signet_error *err)
{
    bool is_json = option->action == CURL_JSON;
    bool is_file = *value == '@' && option->action != CURL_DATA_RAW;

    if (request->is_upload)
        return signet_fail(err, SIGNET_E_USAGE, "curl: --upload-file, and data besides");
    if (request->has_data && !is_json &&
        !signet_buf_append(&request->body, signet_slice_text("&"), err))
        return false;
    request->has_data = true;
    request->is_json = request->is_json || is_json;
    return is_file ? append_file(value + 1, option->action == CURL_DATA, &request->body, err)
                   : signet_buf_append(&request->body, signet_slice_text(value), err);
}

static bool
add_upload(curl_request *request, const char *path, signet_error *err)
{
    if (request->has_data || request->is_upload)
        return signet_fail(err, SIGNET_E_USAGE, "curl: one --upload-file, and no data besides");
    request->is_upload = true;
    return append_file(path, false, &request->body, err);
}

/* Fields that curl makes of what was signed, or that say where the request goes. */
static bool
check_header(const char *value, signet_error *err)
{
    static const char *const ours[] = {
        "host", "signet-proof", "content-length", "transfer-encoding", ":authority"};
    size_t len = strcspn(value, ":;");

    if (*value == '@')
        return signet_fail(err, SIGNET_E_USAGE, "curl: --header from a file is not seen here");
    if (*value == ':')
        return signet_fail(err, SIGNET_E_USAGE, "curl: --header without a name");
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        size_t end = len;

        while (end > 0 && (value[end - 1] == ' ' || value[end - 1] == '\t'))
            end--;
        if (end == strlen(ours[i]) && strncasecmp(value, ours[i], end) == 0)
            return signet_fail(
                err, SIGNET_E_USAGE, "curl: the field %s is not yours to set", ours[i]);
    }
    return true;
}

static bool
set_url(curl_request *request, const char *url, signet_error *err)
{
    if (request->url)
        return signet_fail(err, SIGNET_E_USAGE, "curl: a proof is for one URL");
    request->url = url;
    return true;
}

static bool
act(curl_request *request, const curl_option *option, const char *value, signet_error *err)
{
    switch (option->action) {
    case CURL_REFUSED:
        return signet_fail(
            err, SIGNET_E_USAGE, "curl: %s cannot be signed: %s", option->name, option->why);
    case CURL_URL:
        return set_url(request, value, err);
    case CURL_DATA:
    case CURL_DATA_RAW:
    case CURL_DATA_BINARY:
    case CURL_JSON:
        return add_data(request, option, value, err);
    case CURL_UPLOAD:
        return add_upload(request, value, err);
    case CURL_METHOD:
        request->method = value;
        break;
    case CURL_HEAD:
        request->is_head = true;
        break;
    case CURL_HEADER:
        if (!check_header(value, err))
            return false;
        break;
    case CURL_KEPT:
        break;
    }
    (void)keep(request, option->name);
    return !option->has_value || keep(request, value);
}

static const char *
take(cursor *at)
{
    if (at->left == 0)
        return NULL;
    at->left--;
    return *at->next++;
}

static bool
read_long(cursor *at, const char *argument, curl_request *request, signet_error *err)
{
    const curl_option *option = curl_option_named(argument);
    const char *value = "";

    if (!option)
        return signet_fail(err, SIGNET_E_USAGE, "curl: %s is not understood here", argument);
    if (option->has_value)
        value = take(at);
    if (!value)
        return signet_fail(err, SIGNET_E_USAGE, "curl: %s needs an argument", argument);
    return act(request, option, value, err);
}

/* -sSXPUT: some that are alone, then perhaps one with its value, here or in the next argument. */
static bool
read_short(cursor *at, const char *letters, curl_request *request, signet_error *err)
{
    for (; *letters; letters++) {
        const curl_option *option = curl_option_of_letter(*letters);
        const char *value = NULL;

        if (!option)
            return signet_fail(err, SIGNET_E_USAGE, "curl: -%c is not understood here", *letters);
        if (!option->has_value) {
            if (!act(request, option, "", err))
                return false;
            continue;
        }
        value = letters[1] ? letters + 1 : take(at);
        if (!value)
            return signet_fail(err, SIGNET_E_USAGE, "curl: -%c needs an argument", *letters);
        return act(request, option, value, err);
    }
    return true;
}

static bool
read_one(cursor *at, curl_request *request, signet_error *err)
{
    const char *argument = take(at);

    if (at->are_options_over || argument[0] != '-' || !argument[1])
        return set_url(request, argument, err);
    if (strcmp(argument, "--") == 0) {
        at->are_options_over = true;
        return true;
    }
    return argument[1] == '-' ? read_long(at, argument, request, err)
                              : read_short(at, argument + 1, request, err);
}

static bool
check_whole(const curl_request *request, signet_error *err)
{
    if (!request->url)
        return signet_fail(err, SIGNET_E_USAGE, "curl: a URL is missing");
    if (request->is_head && (request->has_data || request->is_upload))
        return signet_fail(err, SIGNET_E_USAGE, "curl: --head, and content besides");
    if (request->is_upload && curl_url_has_no_file(request->url))
        return signet_fail(err, SIGNET_E_USAGE, "curl: --upload-file needs a URL with a file name");
    return true;
}

bool
curl_arguments_read(int count, char **arguments, curl_request *ret_request, signet_error *err)
{
    cursor at = {arguments, count, false};

    if (count > CURL_ARGUMENTS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "curl: more than %d arguments", CURL_ARGUMENTS_MAX);
    while (at.left > 0) {
        if (!read_one(&at, ret_request, err))
            return false;
    }
    return check_whole(ret_request, err);
}

const char *
curl_request_method(const curl_request *request)
{
    if (request->method)
        return request->method;
    if (request->is_head)
        return "HEAD";
    if (request->is_upload)
        return "PUT";
    return request->has_data ? "POST" : "GET";
}

bool
curl_url_has_no_file(const char *url)
{
    const char *authority = strstr(url, "://");
    const char *path = authority ? authority + 3 : url;
    size_t len = strcspn(path, "?#");

    return !memchr(path, '/', len) || path[len - 1] == '/';
}

void
curl_request_free(curl_request *request)
{
    signet_buf_free(&request->body);
}
