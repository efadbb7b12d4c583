/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration of nginx.  What it must do is in docs/man/signet-proxy.1; in one line: health
 * answered, unclean paths refused, the proof judged, the rules of its purpose looked up, fields
 * stripped and then set, the very target that was verified sent upstream.
 *
 * A purpose without a rule goes to a server that says 403, so that nothing is forwarded by default.
 */
#include <inttypes.h>
#include <stdio.h>

#include "accept.h"
#include "config.h"
#include "config_store.h"
#include "config_words.h"
#include "log.h"

typedef struct {
    config_writer to;
    const proxy_settings *settings;
    const proxy_secrets *secrets;
    const proxy_place *place;
} writing;

/* What nginx itself answers, as texts. */
static const struct {
    int code;
    const char *text;
} texts[] = {
    /* clang-format off */
    {400, "Bad Request"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
    {408, "Request Timeout"}, {413, "Request Entity Too Large"}, {414, "URI Too Long"},
    {429, "Too Many Requests"}, {494, "Request Header Fields Too Large"},
    {495, "Bad Client Certificate"}, {496, "Client Certificate Required"},
    {497, "This Port Speaks HTTPS"}, {500, "Internal Server Error"}, {502, "Bad Gateway"},
    {503, "Service Unavailable"}, {504, "Gateway Timeout"},
    /* clang-format on */
};

/* Fields that an upstream might believe, or that are of one connection. */
static const char *const stripped[] = {"Signet-*", "Authorization", "DPoP", "Forwarded",
    "X-Forwarded-*", "X-Real-IP", "X-Request-Id", "X-Internal-*", "X-Edge-*", "Client-Cert*",
    "Cf-Client-Cert-*", "Proxy-*", "Keep-Alive", "TE", "Trailer", "HTTP2-Settings"};

static void
write_main(writing *it)
{
    char workers[24] = "auto";

    if (it->settings->workers > 0)
        (void)snprintf(workers, sizeof(workers), "%" PRId64, it->settings->workers);
    config_put(&it->to, "# written by signet-proxy; it holds a credential\n");
    CONFIG(&it->to, "load_module", it->place->module);
    if (it->place->user)
        CONFIG(&it->to, "user", it->place->user);
    config_put(&it->to,
        "daemon off;\n"
        "worker_processes %s;\n"
        "worker_shutdown_timeout %" PRId64 "ms;\n"
        "pid nginx.pid;\n"
        "error_log stderr %s;\n"
        "events { worker_connections %" PRId64 "; }\n",
        workers, it->settings->flags.drain_timeout, proxy_log_is_on(PROXY_DEBUG) ? "info" : "warn",
        it->place->connections);
}

/* Lines of bounded size, so that those of several workers do not mix in the pipe. */
static void
write_log_format(writing *it)
{
    config_put(&it->to,
        "map $request_uri $signet_log_path { default -; \"~^(?<cut>[^?]{0,1024})\" $cut; }\n"
        "map $signet_issuer $signet_log_issuer { default -; \"~^(?<cut>.{0,128})\" $cut; }\n"
        "map $signet_purpose $signet_log_purpose { default -; \"~^(?<cut>.{0,128})\" $cut; }\n"
        "map $request_method $signet_log_method { default -; \"~^(?<cut>.{0,32})\" $cut; }\n"
        "map $status $signet_log_status { default 0; \"~^(?<cut>[1-9][0-9]{2})$\" $cut; }\n"
        "log_format signet escape=json '{\"time\":\"$time_iso8601\",\"level\":\"INFO\","
        "\"msg\":\"request\",\"status\":$signet_log_status,\"verdict\":\"$signet_verdict\","
        "\"request_id\":\"$request_id\",\"peer\":\"$remote_addr\",\"method\":\"$signet_log_"
        "method\","
        "\"path\":\"$signet_log_path\",\"issuer\":\"$signet_log_issuer\","
        "\"purpose\":\"$signet_log_purpose\",\"token_id\":\"$signet_token_id\","
        "\"key\":\"$signet_key\",\"covers\":\"$signet_covers\",\"reason\":\"$signet_reason\","
        "\"upstream_status\":\"$upstream_status\",\"bytes_in\":$request_length,"
        "\"bytes\":$bytes_sent,\"duration\":$request_time}';\n"
        "access_log /dev/stdout signet;\n");
}

/* A slash, encoded or not, or a backslash, that some server behind takes for one. */
#define SEPARATOR "(?:/|%%2f|\\\\\\\\|%%5c)"
#define DOT       "(?:\\\\.|%%2e)"

static void
write_maps(writing *it)
{
    config_put(&it->to,
        "geo $signet_dollar { default \"$\"; }\n"
        "map $http_upgrade $signet_upgrade { default \"\"; \"~*^websocket$\" websocket; }\n"
        "map $signet_upgrade $signet_connection { default \"\"; websocket upgrade; }\n"
        "map $upstream_http_cache_control $signet_cache { default \"\"; \"\" private; }\n"
        "map $request_uri $signet_unclean {\n"
        "    default 0;\n"
        "    \"~^[^/]\" 1;\n"
        "    \"~*^[^?]*" SEPARATOR SEPARATOR "\" 1;\n"
        "    \"~*^[^?]*" SEPARATOR DOT DOT "?(?:" SEPARATOR "|[?;]|$)\" 1;\n"
        "    \"~*^[^?]*(?:%%00|#)\" 1;\n"
        "}\n");
}

/* One alternative for each prefix, to the end of its segment; then the purpose, and the end. */
static void
write_rule_pattern(writing *it, const proxy_rule *rule)
{
    config_put(&it->to, "    \"~^(?:");
    for (const char *const *method = rule->methods; *method; method++) {
        config_put(&it->to, "%s", method == rule->methods ? "" : "|");
        config_literal_pattern(&it->to, *method);
    }
    config_put(&it->to, ") (?:");
    for (const char *const *prefix = rule->prefixes; *prefix; prefix++) {
        bool is_open = (*prefix)[strlen(*prefix) - 1] == '/';

        config_put(&it->to, "%s", prefix == rule->prefixes ? "" : "|");
        config_literal_pattern(&it->to, *prefix);
        config_put(&it->to, is_open ? "[^ ]*" : "(?:[/?][^ ]*)?");
    }
    config_put(&it->to, ") ");
    config_literal_pattern(&it->to, rule->purpose);
    config_put(&it->to, "\\\\z\" ");
}

/* The rules, twice: where to, and with which credential. */
static void
write_policy(writing *it)
{
    const proxy_policy *policy = &it->secrets->policy;
    const proxy_upstream *upstream = &it->settings->upstream;
    static const char key[] = "\"$request_method $request_uri $signet_purpose\"";

    config_put(&it->to, "map %s $signet_target {\n", key);
    config_put(&it->to, "    default %s;\n",
        policy->count > 0  ? "http://signet_denied"
        : upstream->is_tls ? "https://signet_upstream"
                           : "http://signet_upstream");
    for (size_t i = 0; i < policy->count; i++) {
        write_rule_pattern(it, &policy->rules[i]);
        config_put(&it->to, "%s;\n",
            upstream->is_tls ? "https://signet_upstream" : "http://signet_upstream");
    }
    config_put(&it->to, "}\nmap %s $signet_credential {\n    default ", key);
    if (policy->count > 0)
        config_put(&it->to, "\"\"");
    else
        config_secret(&it->to, "Bearer ", signet_buf_slice(&it->secrets->credential));
    config_put(&it->to, ";\n");
    for (size_t i = 0; i < policy->count; i++) {
        const signet_buf *own = &policy->rules[i].credential;

        write_rule_pattern(it, &policy->rules[i]);
        config_secret(
            &it->to, "Bearer ", signet_buf_slice(own->len > 0 ? own : &it->secrets->credential));
        config_put(&it->to, ";\n");
    }
    config_put(&it->to, "}\n");
}

static void
write_upstreams(writing *it)
{
    const proxy_upstream *upstream = &it->settings->upstream;

    config_put(&it->to,
        "upstream signet_upstream { server %s:%d max_fails=0; keepalive 100; "
        "keepalive_timeout 90s; }\n"
        "upstream signet_denied { server unix:%s/denied; }\n"
        "server {\n"
        "    listen unix:%s/denied;\n"
        "    access_log off;\n"
        "    default_type text/plain;\n"
        "    location / { return 403 \"Forbidden\\n\"; }\n"
        "}\n",
        upstream->host, upstream->port, it->place->runtime, it->place->runtime);
}

static void
write_listen(writing *it, const proxy_listen *listen)
{
    const proxy_flags *flags = &it->settings->flags;
    bool has_old_http2 = it->place->nginx_version < 1025001;

    config_put(&it->to, "    listen %s%s%s;\n", listen->address, flags->tls_cert ? " ssl" : "",
        flags->tls_cert && has_old_http2 ? " http2" : "");
    if (!flags->tls_cert)
        return;
    if (!has_old_http2)
        config_put(&it->to, "    http2 on;\n");
    config_file(&it->to, "    ssl_certificate", flags->tls_cert);
    config_file(&it->to, "    ssl_certificate_key", flags->tls_key);
    config_put(&it->to, "    ssl_protocols TLSv1.2 TLSv1.3;\n"
                        "    ssl_session_tickets off;\n"
                        "    ssl_session_cache shared:signet_tls:1m;\n");
    if (flags->tls_client_ca) {
        config_file(&it->to, "    ssl_client_certificate", flags->tls_client_ca);
        config_put(&it->to, "    ssl_verify_client on;\n    ssl_verify_depth 4;\n");
    }
}

/* A time-out of 0 is none. */
static int64_t
or_none(int64_t ms)
{
    return ms > 0 ? ms : INT64_C(24) * 24 * 3600 * 1000;
}

static void
write_limits(writing *it)
{
    const proxy_flags *flags = &it->settings->flags;
    int64_t head = or_none(flags->read_timeout) < 10000 ? flags->read_timeout : 10000;

    config_put(&it->to,
        "server_tokens off;\n"
        "default_type text/plain;\n"
        "gzip off;\n"
        "keepalive_requests 100000;\n"
        "large_client_header_buffers 4 16k;\n"
        "client_max_body_size %" PRId64 ";\n"
        "client_header_timeout %" PRId64 "ms;\n"
        "client_body_timeout %" PRId64 "ms;\n"
        "send_timeout %" PRId64 "ms;\n"
        "keepalive_timeout %" PRId64 "ms;\n"
        "reset_timedout_connection on;\n"
        "client_body_temp_path temp/body;\n"
        "proxy_temp_path temp/proxy;\n"
        "fastcgi_temp_path temp/fastcgi;\n"
        "uwsgi_temp_path temp/uwsgi;\n"
        "scgi_temp_path temp/scgi;\n",
        it->settings->body_max, head, or_none(flags->read_timeout), or_none(flags->write_timeout),
        or_none(flags->idle_timeout));
}

/* What the client learns of it. */
static int
public_code(int code)
{
    return code == 494 ? 431 : code >= 495 && code <= 497 ? 400 : code;
}

static void
write_errors(writing *it)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        config_put(&it->to,
            "    error_page %d =%d /.signet-proxy/%d;\n"
            "    location = /.signet-proxy/%d { internal; return %d \"%s\\n\"; }\n",
            texts[i].code, public_code(texts[i].code), texts[i].code, texts[i].code,
            public_code(texts[i].code), texts[i].text);
}

static void
write_signet_http(writing *it)
{
    const proxy_settings *settings = it->settings;
    char issuer_file[PROXY_PATH_MAX] = "";

    config_store(&it->to, settings, it->place->runtime);
    proxy_accept_write_http(&it->to, settings);
    if (settings->failure_rate > 0)
        config_put(&it->to,
            "signet_failures signet_failed:4m rate=%" PRId64 " burst=%" PRId64 ";\n"
            "signet_failure_limit on;\n",
            settings->failure_rate, 2 * settings->failure_rate);
    (void)snprintf(issuer_file, sizeof(issuer_file), "%s/master.pem", it->place->runtime);
    CONFIG(&it->to, "signet_master_key",
        settings->flags.issuer ? settings->flags.issuer : it->secrets->key_id, issuer_file);
    if (settings->flags.audience)
        CONFIG(&it->to, "signet_audience", settings->flags.audience);
}

static void
write_purposes(writing *it)
{
    const proxy_policy *policy = &it->secrets->policy;

    for (size_t i = 0; i < policy->count; i++) {
        config_put(&it->to, i == 0 ? "        signet_purpose" : "");
        config_put(&it->to, " \"%s\"", policy->rules[i].purpose); /* a few plain letters */
    }
    if (policy->count > 0)
        config_put(&it->to, ";\n");
}

static void
write_tls_upstream(writing *it)
{
    const proxy_flags *flags = &it->settings->flags;

    CONFIG(&it->to, "        proxy_ssl_name", it->settings->upstream.host);
    config_file(&it->to, "        proxy_ssl_trusted_certificate",
        flags->upstream_ca ? flags->upstream_ca : "/etc/ssl/certs/ca-certificates.crt");
    config_put(&it->to, "        proxy_ssl_server_name on;\n"
                        "        proxy_ssl_protocols TLSv1.2 TLSv1.3;\n"
                        "        proxy_ssl_verify on;\n"
                        "        proxy_ssl_verify_depth 5;\n");
}

static void
write_forward(writing *it)
{
    const proxy_flags *flags = &it->settings->flags;

    config_put(&it->to,
        "        proxy_pass $signet_target%s$request_uri;\n"
        "        proxy_http_version 1.1;\n"
        "        proxy_set_header Host %s;\n"
        "        proxy_set_header Authorization $signet_credential;\n"
        "        proxy_set_header X-Forwarded-For $remote_addr;\n"
        "        proxy_set_header X-Request-Id $request_id;\n"
        "        proxy_set_header Upgrade $signet_upgrade;\n"
        "        proxy_set_header Connection $signet_connection;\n"
        "        proxy_buffering off;\n"
        "        proxy_request_buffering off;\n"
        "        proxy_max_temp_file_size 0;\n"
        "        proxy_redirect off;\n"
        "        proxy_next_upstream off;\n"
        "        proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate "
        "X-Accel-Buffering X-Accel-Charset Expires Cache-Control Set-Cookie Vary;\n"
        "        proxy_pass_header Server;\n"
        "        proxy_pass_header Date;\n"
        "        proxy_connect_timeout 30s;\n"
        "        proxy_read_timeout %" PRId64 "ms;\n"
        "        proxy_send_timeout %" PRId64 "ms;\n"
        "        add_header Cache-Control $signet_cache;\n",
        it->settings->upstream.path, it->settings->upstream.authority,
        or_none(flags->upstream_timeout), or_none(flags->upstream_timeout));
    if (it->settings->upstream.is_tls)
        write_tls_upstream(it);
    for (size_t i = 0; i < sizeof(stripped) / sizeof(stripped[0]); i++)
        config_put(&it->to, "        signet_strip %s;\n", stripped[i]);
    if (!flags->forward_cookies)
        config_put(&it->to, "        signet_strip Cookie;\n");
}

static void
write_front(writing *it)
{
    const proxy_settings *settings = it->settings;

    config_put(&it->to, "server {\n");
    write_listen(it, &settings->listen);
    proxy_accept_write_server(&it->to, settings);
    config_put(&it->to, "    if ($signet_unclean) { return 400 \"Bad Request\\n\"; }\n");
    write_errors(it);
    config_put(&it->to,
        "    location = %s {\n"
        "        default_type application/json;\n"
        "        return 200 '{\"status\":\"ok\",\"timestamp\":\"$time_iso8601\"}';\n"
        "    }\n"
        "    location / {\n"
        "        signet on;\n"
        "        signet_body_max %" PRId64 ";\n"
        "        signet_full %s;\n"
        "        signet_unsigned_body %s;\n",
        settings->flags.health_path, settings->body_max, settings->flags.no_full ? "off" : "on",
        settings->flags.unsigned_body ? "on" : "off");
    if (settings->flags.body_timeout >= 0)
        config_put(
            &it->to, "        signet_body_timeout %" PRId64 "ms;\n", settings->flags.body_timeout);
    for (size_t i = 0; i < settings->origin_count; i++)
        CONFIG(&it->to, "        signet_origin", settings->origins[i]);
    proxy_accept_write_location(&it->to, settings);
    write_purposes(it);
    write_forward(it);
    config_put(&it->to, "    }\n}\n");
}

/* Where a client brings a token once, to name it by its id afterwards. */
static void
write_enrolment(writing *it)
{
    if (it->settings->store == PROXY_STORE_NONE)
        return;
    config_put(&it->to, "    location = /v1/pop/token {\n"
                        "        signet on;\n"
                        "        signet_enrol on;\n");
    CONFIG(&it->to, "        signet_origin", it->settings->admin_origin);
    write_purposes(it);
    config_put(&it->to, "    }\n");
}

static void
write_admin(writing *it)
{
    if (!it->settings->has_admin)
        return;
    config_put(&it->to, "server {\n");
    write_listen(it, &it->settings->admin);
    config_put(&it->to,
        "    location = /livez { access_log off; return 200 \"ok\\n\"; }\n"
        "    location = /readyz {\n"
        "        access_log off;\n"
        "        if (-f %s/ready) { return 200 \"ok\\n\"; }\n"
        "        return 503 \"not ready\\n\";\n"
        "    }\n"
        "    location = /metrics { access_log off; alias %s/metrics; }\n"
        "    location / { return 404 \"Not Found\\n\"; }\n",
        it->place->runtime, it->place->runtime);
    write_enrolment(it);
    config_put(&it->to, "}\n");
}

bool
proxy_config_write(const proxy_settings *settings, const proxy_secrets *secrets,
    const proxy_place *place, signet_buf *out, signet_error *err)
{
    writing it = {.settings = settings, .secrets = secrets, .place = place};
    bool is_good = false;

    write_main(&it);
    config_put(&it.to, "http {\n");
    write_limits(&it);
    write_log_format(&it);
    write_signet_http(&it);
    write_maps(&it);
    write_policy(&it);
    write_upstreams(&it);
    write_front(&it);
    write_admin(&it);
    config_put(&it.to, "}\n");
    is_good = config_end(&it.to, err) && signet_buf_append(out, signet_buf_slice(&it.to.text), err);
    signet_buf_free(&it.to.text);
    return is_good;
}
