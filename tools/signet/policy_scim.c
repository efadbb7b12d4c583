/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy of the users and groups that an identity provider lists by SCIM 2.0.  Who is in a group
 * is what the group says (`members`; a user's own `groups` are a copy, RFC 7643 section 4.1.2).
 * What cannot be told apart is refused: a page of a longer list, a group in a group, a member who
 * is not in the list.
 */
#include <jansson.h>

#include "policy_source.h"

#define LIST      "urn:ietf:params:scim:api:messages:2.0:ListResponse"
#define USER      "urn:ietf:params:scim:schemas:core:2.0:User"
#define GROUP     "urn:ietf:params:scim:schemas:core:2.0:Group"
#define OUR_USER  "urn:signet:params:scim:schemas:1.0:User"
#define OUR_GROUP "urn:signet:params:scim:schemas:1.0:Group"

/* The list while it is read. */
typedef struct {
    signet_policy_compiler *compiler;
    const json_t *resources;
    json_t *groups_of; /* by id of a user: an array of names of groups */
    size_t at;         /* the resource at work */
    signet_error *err;
} reader;

static void
free_json(json_t **value)
{
    json_decref(*value);
}

static bool
refuse(const reader *in, const char *what)
{
    return signet_fail(in->err, SIGNET_E_DECODE, "resource %zu: %s", in->at, what);
}

static bool
out_of_memory(const reader *in)
{
    return signet_fail(in->err, SIGNET_E_NOMEM, "out of memory for SCIM");
}

static bool
prefixed(const reader *in)
{
    char place[40];

    (void)snprintf(place, sizeof(place), "resource %zu", in->at);
    signet_error_prefix(in->err, place);
    return false;
}

static bool
has_schema(const json_t *object, const char *schema)
{
    const json_t *schemas = json_object_get(object, "schemas"), *one = NULL;
    size_t i = 0;

    json_array_foreach(schemas, i, one)
    {
        if (json_is_string(one) && strcmp(json_string_value(one), schema) == 0)
            return true;
    }
    return false;
}

/* A member that must be text, and not empty. */
static bool
text_of(const reader *in, const json_t *object, const char *name, const char **ret_text)
{
    *ret_text = json_string_value(json_object_get(object, name));
    if (*ret_text && **ret_text && strlen(*ret_text) <= SIGNET_POLICY_NAME_MAX)
        return true;
    return signet_fail(in->err, SIGNET_E_DECODE,
        "resource %zu: %s is missing, empty, too long or no text", in->at, name);
}

/* A number in our extension; absent: 0. */
static bool
number_of(const reader *in, const json_t *value, uint64_t *ret_number)
{
    if (value && (!json_is_integer(value) || json_integer_value(value) < 0))
        return refuse(in, "a number of the extension is none");
    *ret_number = value ? (uint64_t)json_integer_value(value) : 0;
    return true;
}

/* Our extension has no members but these two. */
static bool
check_extension(const reader *in, const json_t *extension, const char *first, const char *second)
{
    const char *name = NULL;
    json_t *value = NULL;

    if (extension && !json_is_object(extension))
        return refuse(in, "the extension is no object");
    json_object_foreach((json_t *)(uintptr_t)extension, name, value)
    {
        if (strcmp(name, first) != 0 && strcmp(name, second) != 0)
            return refuse(in, "an unknown member of the extension");
    }
    return true;
}

static bool
note_user(reader *in, const json_t *user)
{
    const char *id = NULL;

    if (!text_of(in, user, "id", &id))
        return false;
    if (json_object_get(in->groups_of, id))
        return refuse(in, "a user whose id stands there twice");
    return json_object_set_new(in->groups_of, id, json_array()) == 0 || out_of_memory(in);
}

static bool
read_members(reader *in, const json_t *group, const char *name)
{
    const json_t *members = json_object_get(group, "members"), *one = NULL;
    size_t i = 0;

    if (members && !json_is_array(members))
        return refuse(in, "members is no array");
    json_array_foreach(members, i, one)
    {
        const char *id = NULL, *type = json_string_value(json_object_get(one, "type"));
        json_t *groups = NULL;

        if (type && strcmp(type, "User") != 0)
            return refuse(in, "a member that is no user");
        if (!text_of(in, one, "value", &id))
            return false;
        groups = json_object_get(in->groups_of, id);
        if (!groups)
            return refuse(in, "a member who is not in the list");
        if (json_array_append_new(groups, json_string(name)) != 0)
            return out_of_memory(in);
    }
    return true;
}

static bool
read_group(reader *in, const json_t *group)
{
    const json_t *extension = json_object_get(group, OUR_GROUP), *list = NULL, *one = NULL;
    uint64_t capabilities[SIGNET_POLICY_CAPABILITIES_MAX];
    signet_policy_group it = {.capabilities = capabilities};
    const char *name = NULL;
    size_t i = 0;

    if (!text_of(in, group, "displayName", &name) ||
        !check_extension(in, extension, "capTokens", "maxCertTTL"))
        return false;
    it.name = signet_slice_text(name);
    if (signet_policy_compiler_group(in->compiler, it.name))
        return refuse(in, "a group that stands there twice");
    list = json_object_get(extension, "capTokens");
    if (list && !json_is_array(list))
        return refuse(in, "capTokens is no array");
    if (json_array_size(list) > SIGNET_POLICY_CAPABILITIES_MAX)
        return refuse(in, "too many capTokens");
    json_array_foreach(list, i, one)
    {
        if (!number_of(in, one, &capabilities[it.capability_count++]))
            return false;
    }
    if (!number_of(in, json_object_get(extension, "maxCertTTL"), &it.max_cert_ttl))
        return false;
    if (!signet_policy_compiler_put_group(in->compiler, &it, in->err))
        return prefixed(in);
    return read_members(in, group, name);
}

static bool
fill_groups(const reader *in, const json_t *user, signet_slice *ret_groups, size_t *ret_count)
{
    const char *id = json_string_value(json_object_get(user, "id"));
    const json_t *names = json_object_get(in->groups_of, id), *one = NULL;
    size_t i = 0;

    if (json_array_size(names) > SIGNET_POLICY_MEMBERSHIPS_MAX)
        return refuse(in, "a user in too many groups");
    json_array_foreach(names, i, one) ret_groups[i] = signet_slice_text(json_string_value(one));
    *ret_count = i;
    return true;
}

/* How the issuing side calls a user: the outer name wins. */
static bool
name_of(const reader *in, const json_t *user, signet_slice *ret_name)
{
    const char *name = NULL;

    if (!text_of(in, user, json_object_get(user, "externalId") ? "externalId" : "userName", &name))
        return false;
    *ret_name = signet_slice_text(name);
    return true;
}

static bool
read_user(reader *in, const json_t *user)
{
    const json_t *extension = json_object_get(user, OUR_USER);
    const json_t *active = json_object_get(user, "active");
    signet_slice groups[SIGNET_POLICY_MEMBERSHIPS_MAX];
    signet_policy_subject it = {.groups = groups, .is_active = json_is_true(active)};
    const char *algorithm = "";

    if (!json_is_boolean(active))
        return refuse(in, "active is missing or no boolean");
    if (!name_of(in, user, &it.name) ||
        !check_extension(in, extension, "algorithm", "maxCertTTL") ||
        (json_object_get(extension, "algorithm") &&
            !text_of(in, extension, "algorithm", &algorithm)))
        return false;
    it.algorithm = signet_slice_text(algorithm);
    if (signet_policy_compiler_subject(in->compiler, it.name))
        return refuse(in, "a user whose name stands there twice");
    if (!number_of(in, json_object_get(extension, "maxCertTTL"), &it.max_cert_ttl) ||
        !fill_groups(in, user, groups, &it.group_count))
        return false;
    return signet_policy_compiler_put_subject(in->compiler, &it, in->err) || prefixed(in);
}

/* All resources of a schema. */
static bool
read_all(reader *in, const char *schema, bool (*read)(reader *in, const json_t *one))
{
    const json_t *one = NULL;

    json_array_foreach(in->resources, in->at, one)
    {
        if (has_schema(one, USER) == has_schema(one, GROUP))
            return refuse(in, "neither a user nor a group");
        if (has_schema(one, schema) && !read(in, one))
            return false;
    }
    return true;
}

static bool
check_list(const json_t *root, const reader *in)
{
    const json_t *total = json_object_get(root, "totalResults");

    if (!has_schema(root, LIST) || !json_is_array(in->resources))
        return signet_fail(in->err, SIGNET_E_DECODE, "not a list of SCIM 2.0");
    if (!json_is_integer(total) ||
        (size_t)json_integer_value(total) != json_array_size(in->resources))
        return signet_fail(in->err, SIGNET_E_DECODE,
            "totalResults is another number: this is not all of the list");
    return true;
}

bool
policy_source_scim(signet_slice text, signet_policy_compiler *compiler, signet_error *err)
{
    __attribute__((cleanup(free_json))) json_t *root = NULL;
    __attribute__((cleanup(free_json))) json_t *groups_of = NULL;
    reader in = {.compiler = compiler, .err = err};
    json_error_t reason;

    if (text.len > POLICY_SOURCE_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "more than %d bytes", POLICY_SOURCE_MAX);
    root = json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, &reason);
    if (!root)
        return signet_fail(err, SIGNET_E_DECODE, "line %d: %s", reason.line, reason.text);
    groups_of = json_object();
    if (!groups_of)
        return out_of_memory(&in);
    in.resources = json_object_get(root, "Resources");
    in.groups_of = groups_of;
    return check_list(root, &in) && read_all(&in, USER, note_user) &&
           read_all(&in, GROUP, read_group) && read_all(&in, USER, read_user);
}
