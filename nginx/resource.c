/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata of protected resources (RFC 9728): what is configured, and the challenge it makes. */
#include "signet_module.h"

enum { LARGEST_FILE = 64 << 10 };

static void
free_resources(void *resources)
{
    signet_resources_free(resources);
}

static bool
read_file(ngx_conf_t *cf, const ngx_str_t *name, signet_buf *out, signet_error *err)
{
    u_char part[4096];
    ngx_fd_t fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    ssize_t len = 1;
    bool is_done = true;

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(
            NGX_LOG_EMERG, cf, ngx_errno, ngx_open_file_n " \"%s\" failed", name->data);
        return signet_fail(err, SIGNET_E_IO, "cannot be opened");
    }
    while (is_done && len > 0) {
        len = ngx_read_fd(fd, part, sizeof(part));
        is_done = len >= 0 && out->len <= LARGEST_FILE &&
                  signet_buf_append(out, (signet_slice){part, (size_t)len}, err);
    }
    (void)ngx_close_file(fd);
    return is_done || signet_fail(err, SIGNET_E_IO, "cannot be read, or is longer than 64 KiB");
}

/* signet_resource FILE */
char *
ngx_signet_set_resource(ngx_conf_t *cf, ngx_command_t *command, void *conf)
{
    ngx_signet_loc_conf *loc = conf;
    ngx_str_t *words = cf->args->elts;
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    signet_error err = {0};

    if (loc->resources != NGX_CONF_UNSET_PTR)
        return "is duplicate";
    if (!cleanup || ngx_conf_full_name(cf->cycle, &words[1], 1) != NGX_OK)
        return NGX_CONF_ERROR;
    loc->resources = NULL;
    if (read_file(cf, &words[1], &text, &err))
        loc->resources = signet_resources_read(signet_buf_slice(&text), &err);
    if (!loc->resources) {
        ngx_conf_log_error(
            NGX_LOG_EMERG, cf, 0, "signet_resource \"%V\": %s", &words[1], err.message);
        return NGX_CONF_ERROR;
    }
    cleanup->handler = free_resources;
    cleanup->data = loc->resources;
    return NGX_CONF_OK;
}

/* --- requests --- */

static bool
is_same_authority(const char *authority, const char *default_port, signet_slice seen)
{
    size_t len = ngx_strlen(authority), port = ngx_strlen(default_port);

    if (seen.len == len + port && ngx_strncmp(seen.ptr + len, default_port, port) == 0)
        seen.len = len;
    return seen.len == len && ngx_strncasecmp((u_char *)authority, (u_char *)seen.ptr, len) == 0;
}

/* Scheme and authority are of the origin that the client meant, as the configuration writes it. */
bool
ngx_signet_resource_request(const ngx_signet_loc_conf *conf, const signet_http_request *seen,
    signet_http_request *ret_request)
{
    static const struct {
        const char *prefix, *port;
    } schemes[] = {{"https://", ":443"}, {"http://", ":80"}};
    const char *const *origins = conf->origins ? conf->origins->elts : NULL;
    ngx_uint_t count = conf->origins ? conf->origins->nelts : 0;

    for (ngx_uint_t i = 0; i < 2 * count; i++) {
        const char *origin = origins[i / 2], *prefix = schemes[i % 2].prefix;
        size_t len = ngx_strlen(prefix);

        if (ngx_strncmp(origin, prefix, len) != 0 ||
            !is_same_authority(origin + len, schemes[i % 2].port, seen->authority))
            continue;
        *ret_request = *seen;
        ret_request->scheme = (signet_slice){(const uint8_t *)prefix, len - 3};
        ret_request->authority = signet_slice_text(origin + len);
        return true;
    }
    return false;
}

/* The Bearer line, which is first; `ret_value` is empty when there is nothing to say. */
bool
ngx_signet_resource_challenge(
    ngx_http_request_t *r, const ngx_signet_context *it, ngx_str_t *ret_value)
{
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    signet_http_request request = {0};

    *ret_value = (ngx_str_t){0, NULL};
    if (!it->conf->resources ||
        !ngx_signet_resource_request(it->conf, &it->facts.request, &request))
        return true;
    if (!signet_resources_write_challenge(it->conf->resources, &request, &value, NULL))
        return false;
    ret_value->data = ngx_pnalloc(r->pool, value.len + 1);
    if (!ret_value->data)
        return false;
    ret_value->len = value.len;
    ngx_memcpy(ret_value->data, value.data, value.len);
    return true;
}
