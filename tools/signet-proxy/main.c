/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signet-proxy: a reverse proxy that wants proof of possession and adds the upstream's credential.
 * It reads flags, writes a configuration for nginx, and runs nginx with it in the foreground.
 */
#include <pwd.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cli.h"
#include "log.h"
#include "supervise.h"

static const char usage[] =
    "usage: signet-proxy [FLAG...]\n"
    "\n"
    "Answer only requests that prove possession of a key, and pass them on to one upstream with\n"
    "its credential. It writes a configuration for nginx and runs it in the foreground.\n"
    "SIGHUP reads key, credential and policy again; SIGTERM ends it when requests are answered.\n"
    "\n"
    "      --master-key HEX            who vouches for keys; or SIGNET_MASTER_PUBLIC_KEY\n"
    "      --master-key-file FILE      the same as PEM\n"
    "      --issuer NAME               what its tokens call it; default: the canonical key id\n"
    "      --upstream URL              default: https://api.github.com; also --github-api\n"
    "      --upstream-token-file FILE  its credential; also --github-token-file\n"
    "      --upstream-token TEXT       the same; everybody here can read it; better GITHUB_TOKEN\n"
    "      --upstream-ca FILE          whom to believe that it is the upstream (PEM)\n"
    "      --upstream-timeout TIME     how long to wait for it; default: 60s\n"
    "      --listen ADDRESS            ADDRESS:PORT or unix:/PATH; default: 127.0.0.1:8080\n"
    "      --port PORT                 the same on 127.0.0.1\n"
    "      --insecure-http             without TLS on other addresses than loopback\n"
    "      --tls-cert FILE             certificates (PEM), with --tls-key FILE\n"
    "      --tls-client-ca FILE        want client certificates of this CA\n"
    "      --origin URL                as clients see this server; may be repeated\n"
    "      --audience NAME             refuse tokens for other services\n"
    "      --dialects NAMES            proof,message-signature,dpop,certificate; default: proof\n"
    "      --jwks ISSUER=FILE          whose access tokens are believed; may be repeated\n"
    "      --pki FILE                  libsignet-pki, for access tokens and DPoP of ES256\n"
    "      --resource FILE             metadata of what is served (RFC 9728)\n"
    "      --cors ORIGIN               whose scripts may ask, * for all; may be repeated\n"
    "      --purpose FILE              what each purpose may do; default: everything\n"
    "      --token-store STORE         none, memory, file:/DIRECTORY or redis://HOST; default: "
    "none\n"
    "      --record-key-file FILE      authenticates the records of tokens\n"
    "      --no-full                   take only tokens that are in the store\n"
    "      --replay WHERE              zone or redis://HOST; default: zone\n"
    "      --redis-password-file FILE  password of the Redis\n"
    "      --redis-ca FILE             whom to believe that it is the Redis (PEM), with rediss://\n"
    "      --token-rate NUMBER         requests a second for one token; default: 256\n"
    "      --failure-rate NUMBER       refused requests a second of one address; default: 20\n"
    "      --body-max BYTES            default: 1048576\n"
    "      --unsigned-body             content need not be signed, and is streamed\n"
    "      --forward-cookies           pass cookies on\n"
    "      --admin-listen ADDRESS      /livez, /readyz, /metrics and enrolment of tokens\n"
    "      --admin-origin URL          as clients see that\n"
    "      --health-path PATH          default: /healthz\n"
    "      --read-timeout TIME         default: 30s\n"
    "      --body-timeout TIME         for the whole of a signed content; default: 30s if in "
    "chunks\n"
    "      --write-timeout TIME        between two writes; default: 60s\n"
    "      --idle-timeout TIME         default: 120s\n"
    "      --drain-timeout TIME        default: 30s\n"
    "      --log-level LEVEL           debug, info, warn or error; default: info\n"
    "      --workers NUMBER            default: one for each processor\n"
    "      --user NAME                 of the workers, when root; default: www-data\n"
    "      --nginx FILE                default: SIGNET_NGINX, or as PATH finds it\n"
    "      --module FILE               default: SIGNET_NGINX_MODULE, or where it is installed\n"
    "      --runtime-dir DIR           where to make the private directory; default: TMPDIR\n"
    "      --help                      show this\n"
    "\n"
    "exit status: 0 stopped, 1 refused the configuration or nginx died, 2 misused\n"
    "example:     signet-proxy --master-key-file alice.pem --upstream-token-file token\n";

static int
fail(const char *message, const signet_error *err)
{
    PROXY_LOG(PROXY_ERROR, message, "error", err->message);
    return CLI_REFUSED;
}

/* As many connections as descriptors allow, two for each request. */
static int64_t
raise_limit(void)
{
    struct rlimit files = {0};

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return 512;
    files.rlim_cur = files.rlim_max < 16384 ? files.rlim_max : 16384;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        (void)getrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_cur >= 16384 ? 8192 : (int64_t)files.rlim_cur / 2;
}

static const char *
choose_user(const char *named)
{
    if (geteuid() != 0)
        return NULL;
    if (named)
        return named;
    return getpwnam("www-data") ? "www-data"
                                : "nobody"; /* NOLINT(concurrency-mt-unsafe): no other thread */
}

static void
warn(const proxy_flags *flags)
{
    if (flags->token_in_argv)
        proxy_say(PROXY_WARN,
            "everybody on this machine can read the arguments of a program; name a file with "
            "--upstream-token-file");
    if (getenv("HTTPS_PROXY") || getenv("https_proxy"))
        proxy_say(PROXY_WARN, "HTTPS_PROXY is not used on the way to the upstream");
    if (!flags->purpose)
        proxy_say(PROXY_DEBUG, "without --purpose every accepted request may do everything");
}

static int
serve(const proxy_settings *settings, const proxy_nginx *nginx, const proxy_runtime *runtime)
{
    proxy_place place = {
        .runtime = runtime->path,
        .module = nginx->module,
        .user = choose_user(settings->flags.user),
        .nginx_version = nginx->version,
        .connections = raise_limit(),
    };
    proxy_run run = {.settings = settings, .nginx = nginx, .runtime = runtime, .place = &place};
    signet_error err = {0};

    if (!proxy_prepare_record_key(&run, &err) || !proxy_prepare(&run, "nginx.conf", &err))
        return fail("invalid configuration", &err);
    PROXY_LOG(PROXY_INFO, "starting signet-proxy", "addr", settings->listen.address, "github_api",
        settings->flags.upstream, "health_check", settings->flags.health_path);
    return proxy_supervise(&run);
}

int
main(int argc, char **argv)
{
    SIGNET_AUTO(proxy_runtime_free) proxy_runtime runtime = {0};
    static proxy_settings settings;
    static proxy_nginx nginx;
    proxy_flags flags = {0};
    signet_error err = {0};

    cli_start("signet-proxy");
    (void)umask(022);
    if (!proxy_flags_parse(argc, argv, &flags, &err)) {
        (void)fprintf(stderr, "%s\n%s", err.message, usage);
        return CLI_FAILED;
    }
    if (flags.help)
        return cli_end(cli_help(usage));
    proxy_log_start(proxy_level_named(flags.log_level));
    if (!proxy_settings_make(&flags, &settings, &err))
        return cli_end(fail("configuration error", &err));
    warn(&flags);
    if (!proxy_nginx_find(flags.nginx, flags.module, &nginx, &err) ||
        !proxy_runtime_make(flags.runtime_dir, &runtime, &err))
        return cli_end(fail("configuration error", &err));
    return cli_end(serve(&settings, &nginx, &runtime));
}
