/* SPDX-License-Identifier: Apache-2.0 */
/* The members of the document, in their order: what they are called, hold and may say. */
#ifndef SG_HTTP_RESOURCE_MEMBER_H
#define SG_HTTP_RESOURCE_MEMBER_H

#include "http/resource.h"

typedef enum {
    SG_RESOURCE_TEXT,
    SG_RESOURCE_LIST,
    SG_RESOURCE_FLAG,
    SG_RESOURCE_NUMBER,
} sg_resource_kind;

typedef struct {
    const char *name;
    sg_resource_kind kind;
    size_t at;                          /* in sg_resource */
    bool (*is_fine)(signet_slice text); /* strictly; each text of a list */
} sg_resource_member;

/** `resource` is first; ends with a row of NULL. */
extern const sg_resource_member sg_resource_members[];

/** Where a member's value is, in memory of its kind. */
const void *sg_resource_value(const sg_resource *resource, const sg_resource_member *member);

/** Whether a resource says it. */
bool sg_resource_has(const sg_resource *resource, const sg_resource_member *member);

#endif
