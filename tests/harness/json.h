/* SPDX-License-Identifier: Apache-2.0 */
/* Vector files in JSON: members that must be there, hex in text. */
#ifndef SG_TESTS_JSON_H
#define SG_TESTS_JSON_H

#include <jansson.h>

#include "harness.h"

/** A file; json_decref() it.  Fails the test when it cannot be read. */
static inline json_t *
json_of(const char *path)
{
    json_error_t problem;
    json_t *root = json_load_file(path, JSON_ALLOW_NUL, &problem);

    if (!root)
        harness_fail(__FILE__, __LINE__, "%s: %s", path, problem.text);
    return root;
}

/** The text of a member, or NULL. */
static inline const char *
json_text(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

/** The bytes of a member in hex; absent: none. */
static inline signet_slice
json_hex(const json_t *object, const char *member)
{
    const char *digits = json_text(object, member);

    return digits ? unhex(digits) : (signet_slice){NULL, 0};
}

/** Whether the member, a list, has that text. */
static inline bool
json_lists(const json_t *object, const char *member, const char *text)
{
    json_t *value = NULL;
    size_t i = 0;

    json_array_foreach(json_object_get(object, member), i, value)
    {
        if (strcmp(json_string_value(value), text) == 0)
            return true;
    }
    return false;
}

/** A group of an interop file. */
static inline json_t *
json_group(const json_t *root, const char *id)
{
    json_t *group = NULL;
    size_t i = 0;

    json_array_foreach(json_object_get(root, "groups"), i, group)
    {
        if (strcmp(json_text(group, "id"), id) == 0)
            return group;
    }
    harness_fail(__FILE__, __LINE__, "no group %s", id);
}

#endif
