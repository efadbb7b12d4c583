/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line as Go's package flag reads it: one or two dashes, `--name value` or
 * `--name=value`, up to the first word that is no flag.
 */
#ifndef SG_PROXY_FLAGS_H
#define SG_PROXY_FLAGS_H

#include <signet/base.h>

enum { PROXY_LIST_MAX = 8 };

/** What every flag said; texts are borrowed from argv or the environment, absent ones are NULL. */
typedef struct {
    const char *port, *listen, *admin_listen, *health_path, *log_level;
    const char *tls_cert, *tls_key, *tls_client_ca;
    const char *upstream, *upstream_ca, *token, *token_file;
    const char *master_key, *master_key_file, *issuer, *audience, *admin_origin;
    const char *origins[PROXY_LIST_MAX + 1]; /* NULL-terminated */
    const char *dialects, *pki, *resource;
    const char *jwks[PROXY_LIST_MAX + 1], *cors[PROXY_LIST_MAX + 1]; /* NULL-terminated */
    const char *purpose, *token_store, *replay, *redis_password_file, *redis_ca, *record_key_file;
    const char *workers, *body_max, *token_rate, *failure_rate;
    const char *nginx, *module, *runtime_dir, *user;
    int64_t body_timeout; /* ms; less than 0: that of the module */
    int64_t read_timeout, write_timeout, idle_timeout, upstream_timeout, drain_timeout; /* ms */
    bool insecure_http, unsigned_body, forward_cookies, no_full, help;
    bool token_in_argv;
} proxy_flags;

/** Read argv[1...].  SIGNET_E_USAGE with the words of Go's package. */
bool proxy_flags_parse(int argc, char **argv, proxy_flags *ret_flags, signet_error *err)
    SIGNET_MUST_CHECK;

#endif
