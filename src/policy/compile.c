/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The staging of a policy, authority.md 5.3.  Each entry is one block with all that it needs, so
 * replacing one is replacing a pointer; the pointers stand in the order of the encoding.
 */
#include <stdlib.h>

#include "policy/policy.h"

/* Pointers to blocks that begin with the name. */
typedef struct {
    void **blocks;
    size_t count, capacity;
} table;

struct signet_policy_compiler {
    table subjects, groups;
    uint64_t epoch, sequence;
    bool as_reference;
};

signet_policy_compiler *
signet_policy_compiler_new(const signet_policy_compiler_options *options, signet_error *err)
{
    signet_policy_compiler *compiler = calloc(1, sizeof(*compiler));

    if (!compiler)
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of memory for a policy");
    compiler->epoch = options->epoch > 0 ? options->epoch : 1;
    compiler->sequence = options->sequence;
    compiler->as_reference = options->as_reference;
    return compiler;
}

bool
signet_policy_compiler_begin_epoch(
    signet_policy_compiler *compiler, uint64_t epoch, signet_error *err)
{
    if (epoch < compiler->epoch)
        return signet_fail(err, SIGNET_E_USAGE, "policy: epoch %llu is below %llu",
            (unsigned long long)epoch, (unsigned long long)compiler->epoch);
    compiler->epoch = epoch;
    return true;
}

/* Whether the name is there; `ret_place` is where it is or belongs. */
static bool
find(const table *entries, signet_slice name, size_t *ret_place)
{
    size_t low = 0, high = entries->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = sg_policy_compare_names(*(const signet_slice *)entries->blocks[middle], name);

        if (order == 0) {
            *ret_place = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_place = low;
    return false;
}

static void *
entry_of(const table *entries, signet_slice name)
{
    size_t place = 0;

    return find(entries, name, &place) ? entries->blocks[place] : NULL;
}

static bool
make_room(table *entries, signet_error *err)
{
    size_t capacity = entries->capacity > 0 ? entries->capacity * 2 : 16;
    void **larger = NULL;

    if (entries->count < entries->capacity)
        return true;
    if (entries->count >= SIGNET_POLICY_ENTRIES_MAX)
        return signet_fail(
            err, SIGNET_E_USAGE, "policy: more than %d entries", SIGNET_POLICY_ENTRIES_MAX);
    larger = realloc(entries->blocks, capacity * sizeof(*larger));
    if (!larger)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a policy");
    entries->blocks = larger;
    entries->capacity = capacity;
    return true;
}

/* Put a block, which is freed when that fails. */
static bool
put(table *entries, void *block, signet_error *err)
{
    signet_slice name = *(const signet_slice *)block;
    size_t place = 0;

    if (find(entries, name, &place)) {
        free(entries->blocks[place]);
        entries->blocks[place] = block;
        return true;
    }
    if (!make_room(entries, err)) {
        free(block);
        return false;
    }
    memmove(entries->blocks + place + 1, entries->blocks + place,
        (entries->count - place) * sizeof(*entries->blocks));
    entries->blocks[place] = block;
    entries->count++;
    return true;
}

static bool
take_out(table *entries, signet_slice name, const char *what, signet_error *err)
{
    size_t place = 0;

    if (!find(entries, name, &place))
        return signet_fail(err, SIGNET_E_NOT_FOUND, "no %s is called \"%.*s\"", what,
            name.len > 64 ? 64 : (int)name.len, (const char *)name.ptr);
    free(entries->blocks[place]);
    entries->count--;
    memmove(entries->blocks + place, entries->blocks + place + 1,
        (entries->count - place) * sizeof(*entries->blocks));
    return true;
}

/* Copy a text to `*at`, which moves behind it. */
static signet_slice
copy_text(uint8_t **at, signet_slice text)
{
    signet_slice copy = {*at, text.len};

    if (text.len > 0)
        memcpy(*at, text.ptr, text.len);
    *at += text.len;
    return copy;
}

static bool
check_name(signet_slice name, signet_error *err)
{
    if (name.len <= SIGNET_POLICY_NAME_MAX)
        return true;
    return signet_fail(err, SIGNET_E_USAGE, "policy: a name of %zu bytes, at most %d", name.len,
        SIGNET_POLICY_NAME_MAX);
}

static bool
measure_subject(const signet_policy_subject *subject, size_t *ret_size, signet_error *err)
{
    size_t size = sizeof(*subject) + subject->group_count * sizeof(*subject->groups);

    if (subject->group_count > SIGNET_POLICY_MEMBERSHIPS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "policy: %zu groups of one subject, at most %d",
            subject->group_count, SIGNET_POLICY_MEMBERSHIPS_MAX);
    if (!check_name(subject->name, err) || !check_name(subject->algorithm, err))
        return false;
    size += subject->name.len + subject->algorithm.len;
    for (size_t i = 0; i < subject->group_count; i++) {
        if (!check_name(subject->groups[i], err))
            return false;
        size += subject->groups[i].len;
    }
    *ret_size = size;
    return true;
}

bool
signet_policy_compiler_put_subject(
    signet_policy_compiler *compiler, const signet_policy_subject *subject, signet_error *err)
{
    size_t size = 0;
    signet_policy_subject *copy = NULL;
    signet_slice *groups = NULL;
    uint8_t *at = NULL;

    if (!measure_subject(subject, &size, err))
        return false;
    copy = malloc(size);
    if (!copy)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a policy");
    *copy = *subject;
    groups = (signet_slice *)(copy + 1);
    at = (uint8_t *)(groups + subject->group_count);
    copy->name = copy_text(&at, subject->name);
    copy->algorithm = copy_text(&at, subject->algorithm);
    for (size_t i = 0; i < subject->group_count; i++)
        groups[i] = copy_text(&at, subject->groups[i]);
    copy->groups = groups;
    copy->has_groups = subject->group_count > 0;
    return put(&compiler->subjects, copy, err);
}

bool
signet_policy_compiler_put_group(
    signet_policy_compiler *compiler, const signet_policy_group *group, signet_error *err)
{
    size_t list = group->capability_count * sizeof(*group->capabilities);
    signet_policy_group *copy = NULL;
    uint64_t *capabilities = NULL;
    uint8_t *at = NULL;

    if (group->capability_count > SIGNET_POLICY_CAPABILITIES_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "policy: %zu capabilities of one group, at most %d",
            group->capability_count, SIGNET_POLICY_CAPABILITIES_MAX);
    if (!check_name(group->name, err))
        return false;
    copy = malloc(sizeof(*copy) + list + group->name.len);
    if (!copy)
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for a policy");
    *copy = *group;
    capabilities = (uint64_t *)(copy + 1);
    if (list > 0)
        memcpy(capabilities, group->capabilities, list);
    at = (uint8_t *)capabilities + list;
    copy->name = copy_text(&at, group->name);
    copy->capabilities = capabilities;
    copy->has_capabilities = group->capability_count > 0;
    return put(&compiler->groups, copy, err);
}

/* A subject to be changed, or NULL. */
static signet_policy_subject *
known_subject(const signet_policy_compiler *compiler, signet_slice name, signet_error *err)
{
    signet_policy_subject *subject = entry_of(&compiler->subjects, name);

    if (!subject)
        signet_error_set(err, SIGNET_E_NOT_FOUND, "no subject is called \"%.*s\"",
            name.len > 64 ? 64 : (int)name.len, (const char *)name.ptr);
    return subject;
}

bool
signet_policy_compiler_set_active(
    signet_policy_compiler *compiler, signet_slice name, bool is_active, signet_error *err)
{
    signet_policy_subject *subject = known_subject(compiler, name, err);

    if (!subject)
        return false;
    subject->is_active = is_active;
    return true;
}

bool
signet_policy_compiler_set_groups(signet_policy_compiler *compiler, signet_slice name,
    const signet_slice *groups, size_t count, signet_error *err)
{
    const signet_policy_subject *subject = known_subject(compiler, name, err);
    signet_policy_subject changed = {0};

    if (!subject)
        return false;
    changed = *subject;
    changed.groups = groups;
    changed.group_count = count;
    return signet_policy_compiler_put_subject(compiler, &changed, err);
}

bool
signet_policy_compiler_remove_subject(
    signet_policy_compiler *compiler, signet_slice name, signet_error *err)
{
    bool is_removed = false;

    if (compiler->epoch == UINT64_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "policy: there is no later epoch");
    is_removed = take_out(&compiler->subjects, name, "subject", err);
    compiler->epoch += is_removed || compiler->as_reference;
    return is_removed;
}

bool
signet_policy_compiler_remove_group(
    signet_policy_compiler *compiler, signet_slice name, signet_error *err)
{
    return take_out(&compiler->groups, name, "group", err);
}

const signet_policy_subject *
signet_policy_compiler_subject(const signet_policy_compiler *compiler, signet_slice name)
{
    return entry_of(&compiler->subjects, name);
}

const signet_policy_group *
signet_policy_compiler_group(const signet_policy_compiler *compiler, signet_slice name)
{
    return entry_of(&compiler->groups, name);
}

bool
signet_policy_compile(signet_policy_compiler *compiler, const signet_key *signer, int64_t now,
    signet_buf *out, signet_error *err)
{
    signet_policy_subject *subjects = NULL;
    signet_policy_group *groups = NULL;
    signet_policy_fields fields = {.epoch = compiler->epoch,
        .sequence = compiler->sequence + 1,
        .issued = (uint64_t)now,
        .has_subjects = true,
        .has_groups = true};
    bool is_signed = false;

    if (now < 0 || compiler->sequence == UINT64_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "policy: no time, or no later sequence number");
    subjects = calloc(compiler->subjects.count + 1, sizeof(*subjects));
    groups = calloc(compiler->groups.count + 1, sizeof(*groups));
    if (subjects && groups) {
        for (size_t i = 0; i < compiler->subjects.count; i++)
            subjects[i] = *(const signet_policy_subject *)compiler->subjects.blocks[i];
        for (size_t i = 0; i < compiler->groups.count; i++)
            groups[i] = *(const signet_policy_group *)compiler->groups.blocks[i];
        fields.subjects = subjects;
        fields.subject_count = compiler->subjects.count;
        fields.groups = groups;
        fields.group_count = compiler->groups.count;
        is_signed = signet_policy_sign(&fields, signer, out, err);
    } else {
        signet_error_set(err, SIGNET_E_NOMEM, "out of memory for a policy");
    }
    free(subjects);
    free(groups);
    compiler->sequence += is_signed;
    return is_signed;
}

static void
free_table(table *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        free(entries->blocks[i]);
    free(entries->blocks);
}

void
signet_policy_compiler_free(signet_policy_compiler *compiler)
{
    if (!compiler)
        return;
    free_table(&compiler->subjects);
    free_table(&compiler->groups);
    free(compiler);
}
