/* SPDX-License-Identifier: Apache-2.0 */
/* nginx as our child: started, watched, told of signals, ended. */
#ifndef SG_PROXY_SUPERVISE_H
#define SG_PROXY_SUPERVISE_H

#include "config.h"
#include "nginx.h"
#include "runtime.h"

typedef struct {
    const proxy_settings *settings;
    const proxy_nginx *nginx;
    const proxy_runtime *runtime;
    const proxy_place *place;
} proxy_run;

/** Make the key of the records, where it is not given. */
bool proxy_prepare_record_key(const proxy_run *run, signet_error *err) SIGNET_MUST_CHECK;

/** Read the secrets, write the configuration `name` and let nginx judge it. */
bool proxy_prepare(const proxy_run *run, const char *name, signet_error *err) SIGNET_MUST_CHECK;

/** Run until SIGTERM or SIGINT has drained it, or nginx died: the exit status. */
int proxy_supervise(const proxy_run *run);

#endif
