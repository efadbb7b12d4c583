/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/random.h>

#include "supervise.h"

enum { RECORD_KEY_SIZE = 32 };

/* Records in memory end with the run, and so may the key that authenticates them. */
bool
proxy_prepare_record_key(const proxy_run *run, signet_error *err)
{
    uint8_t key[RECORD_KEY_SIZE];

    if (run->settings->store != PROXY_STORE_MEMORY || run->settings->flags.record_key_file)
        return true;
    if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
        return signet_fail(err, SIGNET_E_IO, "the system gives no random bytes");
    return proxy_runtime_write(
        run->runtime, "record.key", (signet_slice){key, sizeof(key)}, 0600, err);
}

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
