/* SPDX-License-Identifier: Apache-2.0 */
/* The program nginx: where it is, what it says, its process. */
#ifndef SG_PROXY_NGINX_H
#define SG_PROXY_NGINX_H

#include <limits.h>
#include <sys/types.h>

#include <signet/base.h>

typedef struct {
    char program[PATH_MAX], module[PATH_MAX]; /* absolute */
    int version;                              /* 1022001 is 1.22.1 */
} proxy_nginx;

/**
 * Find nginx: `program`, else SIGNET_NGINX, else PATH, else /usr/sbin/nginx; and the module:
 * `module`, else SIGNET_NGINX_MODULE, else beside this program.
 */
bool proxy_nginx_find(const char *program, const char *module, proxy_nginx *ret_nginx,
    signet_error *err) SIGNET_MUST_CHECK;

/** Let nginx judge the configuration `name` in `runtime`; its message is in `err`. */
bool proxy_nginx_check(const proxy_nginx *nginx, const char *runtime, const char *name,
    signet_error *err) SIGNET_MUST_CHECK;

/** A running nginx: its master process, and what it prints. */
typedef struct {
    pid_t pid;
    int out, err;
} proxy_child;

bool proxy_nginx_start(const proxy_nginx *nginx, const char *runtime, proxy_child *ret_child,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
