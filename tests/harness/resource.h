/* SPDX-License-Identifier: Apache-2.0 */
/* Protected resources as constants. */
#ifndef SG_TESTS_RESOURCE_H
#define SG_TESTS_RESOURCE_H

#include "http/resource.h"

/* clang-format off */
#define TEXT(text)  {(const uint8_t *)(text), sizeof(text) - 1}
#define SLICE(text) ((signet_slice)TEXT(text))
#define SAME(...)                                                                                  \
    {(const signet_slice[]){__VA_ARGS__}, sizeof((signet_slice[]){__VA_ARGS__}) / sizeof(signet_slice)}
/* clang-format on */

/** The text of a member, which may hold zeros. */
static inline signet_slice
resource_text(const json_t *object, const char *member)
{
    const json_t *text = json_object_get(object, member);

    return (signet_slice){(const uint8_t *)json_string_value(text), json_string_length(text)};
}

#endif
