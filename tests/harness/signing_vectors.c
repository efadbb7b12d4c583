/* SPDX-License-Identifier: Apache-2.0 */
#include "signing_vectors.h"

static json_t *file;

static void
free_file(void)
{
    json_decref(file);
}

static const json_t *
all_groups(void)
{
    if (!file) {
        file = json_load_file(VECTORS "/signing.json", JSON_ALLOW_NUL, NULL);
        REQUIRE(file && atexit(free_file) == 0);
    }
    return json_object_get(file, "groups");
}

static const json_t *
rows_of(const char *id)
{
    const json_t *group = NULL;
    size_t i = 0;

    json_array_foreach(all_groups(), i, group)
    {
        if (strcmp(json_string_value(json_object_get(group, "id")), id) == 0)
            return json_object_get(group, "vectors");
    }
    harness_fail(__FILE__, __LINE__, "no group is called %s", id);
}

void
vectors_run(const vector_group *groups, size_t count)
{
    static char name[256];

    for (size_t i = 0; i < count; i++) {
        const json_t *rows = rows_of(groups[i].id), *row = NULL;
        size_t j = 0;

        harness_row = groups[i].id;
        CHECK_INT(json_array_size(rows), groups[i].count);
        json_array_foreach(rows, j, row)
        {
            const char *own = json_string_value(json_object_get(row, "name"));

            (void)snprintf(
                name, sizeof(name), "%s %zu%s%s", groups[i].id, j, own ? " " : "", own ? own : "");
            harness_row = name;
            groups[i].check(row);
        }
    }
}

void
vectors_count(size_t groups, size_t rows)
{
    const json_t *group = NULL;
    size_t i = 0, count = 0;

    json_array_foreach(all_groups(), i, group) count +=
        json_array_size(json_object_get(group, "vectors"));
    CHECK_INT(json_array_size(all_groups()), groups);
    CHECK_INT(count, rows);
}

signet_slice
vector_hex(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));

    return unhex(text ? text : "");
}

int64_t
vector_number(const json_t *row, const char *name)
{
    return json_integer_value(json_object_get(row, name));
}

bool
vector_accepts(const json_t *row)
{
    const char *expect = json_string_value(json_object_get(row, "expect"));

    REQUIRE(expect);
    return strncmp(expect, "accept", 6) == 0 || strncmp(expect, "ok", 2) == 0;
}
