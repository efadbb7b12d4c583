/* SPDX-License-Identifier: Apache-2.0 */
#include "supervise.h"

bool
proxy_prepare(const proxy_run *run, const char *name, signet_error *err)
{
    SIGNET_AUTO(proxy_secrets_free) proxy_secrets secrets = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    bool is_good = false;

    is_good = proxy_secrets_read(&run->settings->flags, &secrets, err) &&
              proxy_config_write(run->settings, &secrets, run->place, &text, err) &&
              proxy_runtime_write(
                  run->runtime, "master.pem", signet_buf_slice(&secrets.key_pem), 0600, err) &&
              proxy_runtime_write(run->runtime, name, signet_buf_slice(&text), 0600, err);
    return is_good && proxy_nginx_check(run->nginx, run->runtime->path, name, err);
}
