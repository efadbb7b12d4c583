/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /v1/pop/token with a token that is presented whole: the proof itself is the master key's
 * word, fresh, bound to the admin listener and good once.  From then on the token is named by id.
 */
#include <strings.h>

#include <signet/signet.h>

#include "common/cli.h"
#include "http_call.h"
#include "session_enrol.h"
#include "session_file.h"

static const char enrol_path[] = "/v1/pop/token";

/* What stands between "//" and the path, or the port. */
static bool
is_this_machine(const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t len = strlen(names[i]);

        if (strncasecmp(host, names[i], len) == 0 && strchr(":/", host[len]))
            return true;
    }
    return false;
}

bool
session_check_admin(const char *url, signet_error *err)
{
    if (strpbrk(url, "?# "))
        return signet_fail(err, SIGNET_E_USAGE, "--admin: must be a URL without query");
    if (strncasecmp(url, "https://", 8) == 0 && url[8] != '\0')
        return true;
    if (strncasecmp(url, "http://", 7) != 0)
        return signet_fail(err, SIGNET_E_USAGE, "--admin: must begin with https://");
    return is_this_machine(url + 7) ||
           signet_fail(err, SIGNET_E_USAGE, "--admin: http is for this machine only; use https");
}

static bool
write_url(const char *admin, signet_buf *out, signet_error *err)
{
    size_t len = strlen(admin);

    while (len > 0 && admin[len - 1] == '/')
        len--;
    return signet_buf_printf(out, err, "%.*s%s%c", (int)len, admin, enrol_path, '\0');
}

static bool
write_wish(const session_order *order, signet_buf *out, signet_error *err)
{
    if (!signet_buf_printf(out, err, "{"))
        return false;
    if (order->audience && (!signet_buf_printf(out, err, "\"audience\":") ||
                               !cli_json_string(out, signet_slice_text(order->audience), err) ||
                               !signet_buf_printf(out, err, ",")))
        return false;
    return signet_buf_printf(out, err, "\"purpose\":") &&
           cli_json_string(out, signet_slice_text(order->purpose), err) &&
           signet_buf_printf(out, err, "}");
}

/* What the service said, in its own words if they are few. */
static bool
fail_for(const http_answer *answer, signet_error *err)
{
    enum { SHOWN_MAX = 100 };
    int shown = answer->content.len < SHOWN_MAX ? (int)answer->content.len : SHOWN_MAX;
    bool is_later = answer->status >= 500 || answer->status == 429;

    while (shown > 0 && answer->content.data[shown - 1] == '\n')
        shown--;
    return signet_fail(err, is_later ? SIGNET_E_NETWORK : SIGNET_E_TRUST,
        "the service answered %lld: %.*s", (long long)answer->status, shown,
        (const char *)answer->content.data);
}

static bool
call(const signet_credential *credential, const http_call *wanted, bool is_compact,
    http_answer *ret_answer, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf proof = {0};
    http_call request = *wanted;
    const signet_sign_order order = {
        .url = wanted->url,
        .request.method = signet_slice_text(wanted->method),
        .body_kind = wanted->content.ptr ? SIGNET_BODY_BYTES : SIGNET_BODY_NONE,
        .body = wanted->content,
        .is_compact = is_compact,
    };

    if (!signet_credential_sign(credential, &order, cli_now(), &proof, err))
        return false;
    request.proof = signet_buf_slice(&proof);
    return http_call_run(&request, ret_answer, err);
}

static bool
enrol(const session_order *order, const session *it, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf url = {0}, wish = {0};
    SIGNET_AUTO(http_answer_free) http_answer answer = {0};
    http_call request = {.method = "POST", .ca_file = order->ca_file};

    if (!write_url(order->admin, &url, err) || !write_wish(order, &wish, err))
        return false;
    request.url = (const char *)url.data;
    request.content = signet_buf_slice(&wish);
    if (!call(it->credential, &request, false, &answer, err))
        return false;
    if (answer.status != 201)
        return fail_for(&answer, err);
    return session_check_answer(
        signet_buf_slice(&answer.content), it->credential, order->master, err);
}

bool
session_enrol(const session_order *order, session *ret_session, signet_error *err)
{
    SIGNET_AUTO(session_free) session it = {0};
    const signet_credential_request request = {
        .master = order->master,
        .issuer = order->issuer,
        .audience = order->audience,
        .purpose = order->purpose,
        .now = cli_now(),
        .validity = order->validity,
    };

    if (!session_set(it.admin, "--admin", order->admin, err) ||
        !session_set(it.issuer, "--issuer", order->issuer, err) ||
        !session_set(it.purpose, "--purpose", order->purpose, err) ||
        !session_set(it.audience, "--audience", order->audience ? order->audience : "", err))
        return false;
    it.credential = signet_credential_new(&request, err);
    if (!it.credential || !enrol(order, &it, err) || !session_save(order->path, &it, err))
        return false;
    *ret_session = it;
    it = (session){0};
    return true;
}

bool
session_revoke(const session *it, const char *ca_file, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf url = {0};
    SIGNET_AUTO(http_answer_free) http_answer answer = {0};
    http_call request = {.method = "DELETE", .ca_file = ca_file};

    if (!write_url(it->admin, &url, err))
        return false;
    request.url = (const char *)url.data;
    if (!call(it->credential, &request, true, &answer, err))
        return false;
    return answer.status == 204 || fail_for(&answer, err);
}
