/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration, and which resource a request is for.  Everything is compared byte for byte: what
 * the configuration says is what clients must have asked for (RFC 9728 3.3).
 */
#include <stdio.h>

#include "base/text.h"
#include "http/resource.h"
#include "http/resource_member.h"

/* --- configuration --- */

static bool
check_text(const sg_resource_member *member, signet_slice text, signet_error *err)
{
    if (text.len > SG_RESOURCE_TEXT_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "%s: %zu bytes, at most %d", member->name, text.len,
            SG_RESOURCE_TEXT_MAX);
    return member->is_fine(text) ||
           signet_fail(err, SIGNET_E_USAGE, "%s: not acceptable: %.*s", member->name,
               (int)(text.len < 100 ? text.len : 100), (const char *)text.ptr);
}

static bool
check_list(const sg_resource_member *member, const sg_resource_list *list, signet_error *err)
{
    if (list->count > SG_RESOURCE_LIST_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "%s: %zu texts, at most %d", member->name,
            list->count, SG_RESOURCE_LIST_MAX);
    for (size_t i = 0; i < list->count; i++) {
        if (!check_text(member, list->items[i], err))
            return false;
        for (size_t k = 0; k < i; k++) {
            if (signet_slice_is_equal(list->items[i], list->items[k]))
                return signet_fail(err, SIGNET_E_USAGE, "%s: twice the same", member->name);
        }
    }
    return true;
}

static bool
check_member(const sg_resource *resource, const sg_resource_member *member, signet_error *err)
{
    const void *value = sg_resource_value(resource, member);
    int64_t number = 0;

    if (!sg_resource_has(resource, member))
        return true;
    switch (member->kind) {
    case SG_RESOURCE_TEXT:
        return check_text(member, *(const signet_slice *)value, err);
    case SG_RESOURCE_LIST:
        return check_list(member, value, err);
    case SG_RESOURCE_FLAG:
        return true;
    case SG_RESOURCE_NUMBER:
        number = *(const int64_t *)value;
        return (number > 0 && number <= SG_RESOURCE_SKEW_MAX) ||
               signet_fail(err, SIGNET_E_USAGE, "%s: %lld, must be 1 to %d", member->name,
                   (long long)number, SG_RESOURCE_SKEW_MAX);
    }
    return false;
}

static bool
check_members(const sg_resource *resource, signet_error *err)
{
    for (const sg_resource_member *member = sg_resource_members + 1; member->name; member++) {
        if (!check_member(resource, member, err))
            return false;
    }
    if (resource->prefix.len > 0 &&
        (resource->prefix.ptr[0] != '/' || !sg_is_printable(resource->prefix) ||
            memchr(resource->prefix.ptr, '?', resource->prefix.len)))
        return signet_fail(err, SIGNET_E_USAGE, "prefix: not a path");
    if (resource->dpop_required && resource->dpop_algorithms.count == 0)
        return signet_fail(err, SIGNET_E_USAGE, "DPoP is required, but of no algorithm");
    if (resource->is_mcp && resource->authorization_servers.count == 0)
        return signet_fail(err, SIGNET_E_USAGE, "an MCP server needs an authorization server");
    return true;
}

/* The path as it stands behind the well-known one: a slash alone is nothing (RFC 9728 3.1). */
static signet_slice
inserted(signet_slice path)
{
    return path.len == 1 ? (signet_slice){path.ptr, 0} : path;
}

static signet_slice
empty_unless(bool is_there, signet_slice path)
{
    return is_there ? path : (signet_slice){NULL, 0};
}

static bool
is_same_origin(const sg_resource_identifier *a, const sg_resource_identifier *b)
{
    return signet_slice_is_equal(a->scheme, b->scheme) &&
           signet_slice_is_equal(a->authority, b->authority);
}

/* Two documents cannot lie in one place. */
static bool
check_places(const sg_resources *resources, signet_error *err)
{
    sg_resource_identifier one, other;

    for (size_t i = 1; i < resources->count; i++) {
        if (!sg_resource_identifier_read(
                resources->rule, resources->items[i].identifier, &one, err))
            return false;
        for (size_t k = 0; k < i; k++) {
            if (sg_resource_identifier_read(
                    resources->rule, resources->items[k].identifier, &other, err) &&
                is_same_origin(&one, &other) &&
                signet_slice_is_equal(inserted(one.path), inserted(other.path)))
                return signet_fail(
                    err, SIGNET_E_USAGE, "resources %zu and %zu have one location", k + 1, i + 1);
        }
    }
    return true;
}

bool
sg_resources_check(const sg_resources *resources, signet_error *err)
{
    sg_resource_identifier identifier;

    if (resources->count > SG_RESOURCES_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "%zu resources, at most %d", resources->count, SG_RESOURCES_MAX);
    if (resources->rule == SG_RESOURCE_AS_REFERENCE && resources->count > 1)
        return signet_fail(err, SIGNET_E_USAGE, "the reference knows one resource, not more");
    for (size_t i = 0; i < resources->count; i++) {
        char number[40];
        const sg_resource *resource = &resources->items[i];

        if (sg_resource_identifier_read(resources->rule, resource->identifier, &identifier, err) &&
            (resources->rule == SG_RESOURCE_AS_REFERENCE || check_members(resource, err)))
            continue;
        (void)snprintf(number, sizeof(number), "resource %zu", i + 1);
        signet_error_prefix(err, number);
        return false;
    }
    return check_places(resources, err);
}

/* --- places --- */

static bool
append_lower_case(signet_slice text, signet_buf *out, signet_error *err)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];

        byte = byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
        if (!signet_buf_append(out, (signet_slice){&byte, 1}, err))
            return false;
    }
    return true;
}

bool
sg_resource_write_location(
    sg_resource_rule rule, const sg_resource *resource, signet_buf *out, signet_error *err)
{
    sg_resource_identifier identifier;
    size_t before = out->len;

    if (!sg_resource_identifier_read(rule, resource->identifier, &identifier, err))
        return false;
    if (append_lower_case(identifier.scheme, out, err) &&
        signet_buf_append(out, signet_slice_text("://"), err) &&
        signet_buf_append(out, identifier.authority, err) &&
        signet_buf_append(out, signet_slice_text(SG_RESOURCE_WELL_KNOWN), err) &&
        signet_buf_append(
            out, empty_unless(rule == SG_RESOURCE_STRICT, inserted(identifier.path)), err))
        return true;
    out->len = before;
    return false;
}

/* --- requests --- */

static signet_slice
path_of(const sg_resource_request *request)
{
    const uint8_t *end =
        request->target.len > 0 ? memchr(request->target.ptr, '?', request->target.len) : NULL;

    return end ? (signet_slice){request->target.ptr, (size_t)(end - request->target.ptr)}
               : request->target;
}

static sg_resource_identifier
identifier_of(const sg_resource_request *request)
{
    return (sg_resource_identifier){request->scheme, request->authority, path_of(request)};
}

static int
hex_digit(uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = byte ? strchr(digits, byte >= 'A' && byte <= 'F' ? byte + 32 : byte) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* Whether a path, decoded, is `expected`. */
static bool
decodes_to(signet_slice path, const char *expected)
{
    size_t at = 0;

    for (; *expected; expected++) {
        int byte = at < path.len ? path.ptr[at] : -1;
        size_t step = 1;

        if (byte == '%' && path.len - at >= 3) {
            int high = hex_digit(path.ptr[at + 1]), low = hex_digit(path.ptr[at + 2]);

            byte = high < 0 || low < 0 ? -1 : high * 16 + low;
            step = 3;
        }
        if (byte != (unsigned char)*expected)
            return false;
        at += step;
    }
    return at == path.len;
}

static bool
begins_with(signet_slice text, signet_slice start)
{
    return text.len >= start.len &&
           signet_slice_is_equal((signet_slice){text.ptr, start.len}, start);
}

/* Whether a prefix ends where a segment of the path does. */
static bool
is_prefix(signet_slice prefix, signet_slice path)
{
    return begins_with(path, prefix) &&
           (prefix.len == 0 || path.len == prefix.len || path.ptr[prefix.len] == '/' ||
               prefix.ptr[prefix.len - 1] == '/');
}

const sg_resource *
sg_resources_find(const sg_resources *resources, const sg_resource_request *request)
{
    sg_resource_identifier asked = identifier_of(request), own;
    const sg_resource *found = NULL;
    size_t longest = 0;

    if (resources->rule == SG_RESOURCE_AS_REFERENCE)
        return resources->count > 0 ? &resources->items[0] : NULL;
    for (size_t i = 0; i < resources->count; i++) {
        const sg_resource *resource = &resources->items[i];
        signet_slice prefix = resource->prefix;

        if (!sg_resource_identifier_read(resources->rule, resource->identifier, &own, NULL) ||
            !is_same_origin(&own, &asked))
            continue;
        if (signet_slice_is_equal(own.path, asked.path))
            return resource;
        prefix = prefix.len > 0 ? prefix : own.path;
        if (is_prefix(prefix, asked.path) && (!found || prefix.len > longest)) {
            found = resource;
            longest = prefix.len;
        }
    }
    return found;
}

const sg_resource *
sg_resources_find_document(const sg_resources *resources, const sg_resource_request *request)
{
    static const signet_slice well_known = {
        (const uint8_t *)SG_RESOURCE_WELL_KNOWN, sizeof(SG_RESOURCE_WELL_KNOWN) - 1};
    sg_resource_identifier asked = identifier_of(request), own;

    if (resources->rule == SG_RESOURCE_AS_REFERENCE)
        return resources->count > 0 && decodes_to(asked.path, SG_RESOURCE_WELL_KNOWN)
                   ? &resources->items[0]
                   : NULL;
    if (!begins_with(asked.path, well_known))
        return NULL;
    asked.path = (signet_slice){asked.path.ptr + well_known.len, asked.path.len - well_known.len};
    for (size_t i = 0; i < resources->count; i++) {
        if (sg_resource_identifier_read(
                resources->rule, resources->items[i].identifier, &own, NULL) &&
            is_same_origin(&own, &asked) && signet_slice_is_equal(inserted(own.path), asked.path))
            return &resources->items[i];
    }
    return NULL;
}
