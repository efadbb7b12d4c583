/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy as YAML, read event by event (libyaml), so that nothing nests deeper than this grammar
 * and nothing is expanded.  What YAML would guess (no, on, 0x1f, 1e3, ~) is refused unless quoted.
 */
#include <stdio.h>
#include <yaml.h>

#include "policy_source.h"

/* The document while it is read; `problem` is the first one. */
typedef struct {
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event;
    signet_policy_compiler *compiler;
    signet_error problem;
} reader;

static bool
refuse(reader *in, signet_code code, const char *what)
{
    if (in->problem.code == SIGNET_OK)
        signet_error_set(&in->problem, code, "line %zu: %s",
            (in->has_event ? in->event.start_mark.line : in->parser.problem_mark.line) + 1, what);
    return false;
}

/* The library's own error, with the line before it. */
static bool
refuse_as(reader *in, const signet_error *reason)
{
    return refuse(in, reason->code, reason->message);
}

static bool
advance(reader *in)
{
    if (in->problem.code != SIGNET_OK)
        return false;
    if (in->has_event)
        yaml_event_delete(&in->event);
    in->has_event = false;
    if (!yaml_parser_parse(&in->parser, &in->event)) {
        bool is_memory = in->parser.error == YAML_MEMORY_ERROR;

        return refuse(in, is_memory ? SIGNET_E_NOMEM : SIGNET_E_DECODE,
            is_memory ? "out of memory" : "not YAML");
    }
    in->has_event = true;
    return true;
}

static bool
has_extras(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor || event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor || event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor || event->data.mapping_start.tag;
    case YAML_ALIAS_EVENT:
        return true;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return false;
    }
    return true;
}

/* The next event, which must be of that type and carry no anchor, alias or tag. */
static bool
expect(reader *in, yaml_event_type_t type, const char *problem)
{
    if (!advance(in))
        return false;
    if (has_extras(&in->event))
        return refuse(in, SIGNET_E_DECODE, "anchors, aliases and tags are not taken");
    return in->event.type == type || refuse(in, SIGNET_E_DECODE, problem);
}

static signet_slice
scalar_of(const reader *in)
{
    return (signet_slice){in->event.data.scalar.value, in->event.data.scalar.length};
}

static bool
is_plain(const reader *in)
{
    return in->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* What some YAML reads as another type than text. */
static bool
is_guessed(signet_slice text)
{
    static const char *const words[] = {
        "null", "true", "false", "yes", "no", "on", "off", "y", "n"};
    bool begins_as_word =
        text.len > 0 && ((text.ptr[0] | 0x20) >= 'a' && (text.ptr[0] | 0x20) <= 'z');

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == text.len &&
            strncasecmp(words[i], (const char *)text.ptr, text.len) == 0)
            return true;
    }
    return !begins_as_word && !(text.len > 0 && text.ptr[0] >= 0x80);
}

/* The scalar at hand as text. */
static bool
check_text(reader *in)
{
    if (is_plain(in) && is_guessed(scalar_of(in)))
        return refuse(
            in, SIGNET_E_DECODE, "a text that YAML may take for something else; quote it");
    return scalar_of(in).len <= SIGNET_POLICY_NAME_MAX ||
           refuse(in, SIGNET_E_DECODE, "a text that is too long");
}

static bool
read_number(reader *in, uint64_t *ret_number)
{
    if (!expect(in, YAML_SCALAR_EVENT, "a number is needed here"))
        return false;
    return (is_plain(in) && policy_source_number(scalar_of(in), ret_number)) ||
           refuse(in, SIGNET_E_DECODE, "not a number, written in digits");
}

static bool
read_bool(reader *in, bool *ret_bool)
{
    if (!expect(in, YAML_SCALAR_EVENT, "true or false is needed here"))
        return false;
    *ret_bool = is_plain(in) && signet_slice_is_equal(scalar_of(in), signet_slice_text("true"));
    if (*ret_bool ||
        (is_plain(in) && signet_slice_is_equal(scalar_of(in), signet_slice_text("false"))))
        return true;
    return refuse(in, SIGNET_E_DECODE, "not true or false");
}

/* The texts of one entry, one after the other. */
typedef struct {
    uint8_t bytes[(SIGNET_POLICY_MEMBERSHIPS_MAX + 2) * SIGNET_POLICY_NAME_MAX];
    size_t len;
} texts;

static signet_slice
keep_text(texts *kept, signet_slice text)
{
    signet_slice copy = {kept->bytes + kept->len, text.len};

    if (text.len > 0)
        memcpy(kept->bytes + kept->len, text.ptr, text.len);
    kept->len += text.len;
    return copy;
}

/* An entry while it is read: a subject or a group. */
typedef struct {
    texts kept;
    signet_policy_subject subject;
    signet_policy_group group;
    signet_slice groups[SIGNET_POLICY_MEMBERSHIPS_MAX];
    uint64_t capabilities[SIGNET_POLICY_CAPABILITIES_MAX];
} entry;

static bool
read_active(reader *in, entry *one)
{
    return read_bool(in, &one->subject.is_active);
}

static bool
read_algorithm(reader *in, entry *one)
{
    if (!expect(in, YAML_SCALAR_EVENT, "a text is needed here") || !check_text(in))
        return false;
    one->subject.algorithm = keep_text(&one->kept, scalar_of(in));
    return true;
}

static bool
read_subject_ttl(reader *in, entry *one)
{
    return read_number(in, &one->subject.max_cert_ttl);
}

static bool
read_group_ttl(reader *in, entry *one)
{
    return read_number(in, &one->group.max_cert_ttl);
}

/* The next event of a list or map: a scalar, or the end that is named. */
static bool
next_scalar(reader *in, yaml_event_type_t end, const char *problem, bool *ret_is_end)
{
    if (!advance(in))
        return false;
    *ret_is_end = in->event.type == end;
    if (*ret_is_end)
        return true;
    if (has_extras(&in->event))
        return refuse(in, SIGNET_E_DECODE, "anchors, aliases and tags are not taken");
    return in->event.type == YAML_SCALAR_EVENT || refuse(in, SIGNET_E_DECODE, problem);
}

static bool
next_of_list(reader *in, bool *ret_is_end)
{
    return next_scalar(in, YAML_SEQUENCE_END_EVENT, "a list within a list", ret_is_end);
}

static bool
next_of_map(reader *in, bool *ret_is_end)
{
    return next_scalar(in, YAML_MAPPING_END_EVENT, "a key that is no text", ret_is_end);
}

static bool
read_groups_of_subject(reader *in, entry *one)
{
    signet_policy_subject *subject = &one->subject;
    bool is_end = false;

    if (!expect(in, YAML_SEQUENCE_START_EVENT, "a list of groups is needed here"))
        return false;
    for (;;) {
        if (!next_of_list(in, &is_end))
            return false;
        if (is_end)
            return true;
        if (subject->group_count == SIGNET_POLICY_MEMBERSHIPS_MAX)
            return refuse(in, SIGNET_E_DECODE, "too many groups of one subject");
        if (!check_text(in))
            return false;
        one->groups[subject->group_count] = keep_text(&one->kept, scalar_of(in));
        subject->group_count++;
    }
}

static bool
read_capabilities(reader *in, entry *one)
{
    signet_policy_group *group = &one->group;
    bool is_end = false;

    if (!expect(in, YAML_SEQUENCE_START_EVENT, "a list of capabilities is needed here"))
        return false;
    for (;;) {
        if (!next_of_list(in, &is_end))
            return false;
        if (is_end)
            return true;
        if (group->capability_count == SIGNET_POLICY_CAPABILITIES_MAX)
            return refuse(in, SIGNET_E_DECODE, "too many capabilities of one group");
        if (!is_plain(in) ||
            !policy_source_number(scalar_of(in), &one->capabilities[group->capability_count]))
            return refuse(in, SIGNET_E_DECODE, "not a number, written in digits");
        group->capability_count++;
    }
}

/* A key of a map, and what stands under it. */
typedef struct {
    const char *name;
    bool (*read)(reader *in, entry *one);
    bool is_required;
} member;

static const member members_of_subject[] = {
    {"active", read_active, true},
    {"groups", read_groups_of_subject, false},
    {"algorithm", read_algorithm, false},
    {"max_cert_ttl", read_subject_ttl, false},
};

static const member members_of_group[] = {
    {"cap_tokens", read_capabilities, true},
    {"max_cert_ttl", read_group_ttl, false},
};

/* The key at hand: its row, which must not have been there before. */
static const member *
find_member(reader *in, const member *members, size_t count, unsigned *seen)
{
    for (size_t i = 0; i < count; i++) {
        if (!signet_slice_is_equal(scalar_of(in), signet_slice_text(members[i].name)))
            continue;
        if (*seen & (1U << i)) {
            (void)refuse(in, SIGNET_E_DECODE, "a key that stands there twice");
            return NULL;
        }
        *seen |= 1U << i;
        return &members[i];
    }
    (void)refuse(in, SIGNET_E_DECODE, "an unknown key");
    return NULL;
}

static bool
read_members(reader *in, const member *members, size_t count, entry *one)
{
    unsigned seen = 0;
    bool is_end = false;

    if (!expect(in, YAML_MAPPING_START_EVENT, "a map is needed here"))
        return false;
    for (;;) {
        const member *row = NULL;

        if (!next_of_map(in, &is_end))
            return false;
        if (is_end)
            break;
        row = find_member(in, members, count, &seen);
        if (!row || !row->read(in, one))
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (members[i].is_required && !(seen & (1U << i)))
            return refuse(in, SIGNET_E_DECODE,
                members == members_of_group ? "cap_tokens is missing" : "active is missing");
    }
    return true;
}

static bool
read_subject(reader *in, entry *one)
{
    signet_error reason = {0};

    one->subject.name = keep_text(&one->kept, scalar_of(in));
    if (signet_policy_compiler_subject(in->compiler, one->subject.name))
        return refuse(in, SIGNET_E_DECODE, "a subject that stands there twice");
    if (!read_members(in, members_of_subject,
            sizeof(members_of_subject) / sizeof(members_of_subject[0]), one))
        return false;
    one->subject.groups = one->groups;
    return signet_policy_compiler_put_subject(in->compiler, &one->subject, &reason) ||
           refuse_as(in, &reason);
}

static bool
read_group(reader *in, entry *one)
{
    signet_error reason = {0};

    one->group.name = keep_text(&one->kept, scalar_of(in));
    if (signet_policy_compiler_group(in->compiler, one->group.name))
        return refuse(in, SIGNET_E_DECODE, "a group that stands there twice");
    if (!read_members(
            in, members_of_group, sizeof(members_of_group) / sizeof(members_of_group[0]), one))
        return false;
    one->group.capabilities = one->capabilities;
    return signet_policy_compiler_put_group(in->compiler, &one->group, &reason) ||
           refuse_as(in, &reason);
}

/* A map of names to entries. */
static bool
read_entries(reader *in, bool (*read)(reader *in, entry *one))
{
    bool is_end = false;

    if (!expect(in, YAML_MAPPING_START_EVENT, "a map of names is needed here"))
        return false;
    for (;;) {
        entry one;

        if (!next_of_map(in, &is_end))
            return false;
        if (is_end)
            return true;
        if (!check_text(in))
            return false;
        one.kept.len = 0;
        one.subject = (signet_policy_subject){0};
        one.group = (signet_policy_group){0};
        if (!read(in, &one))
            return false;
    }
}

static bool
read_epoch(reader *in, entry *one)
{
    uint64_t epoch = 0;
    signet_error reason = {0};

    (void)one;
    if (!read_number(in, &epoch))
        return false;
    return signet_policy_compiler_begin_epoch(in->compiler, epoch, &reason) ||
           refuse_as(in, &reason);
}

static bool
read_groups(reader *in, entry *one)
{
    (void)one;
    return read_entries(in, read_group);
}

static bool
read_subjects(reader *in, entry *one)
{
    (void)one;
    return read_entries(in, read_subject);
}

static bool
read_document(reader *in)
{
    static const member members[] = {
        {"epoch", read_epoch, false},
        {"groups", read_groups, false},
        {"subjects", read_subjects, false},
    };

    if (!expect(in, YAML_STREAM_START_EVENT, "not YAML") ||
        !expect(in, YAML_DOCUMENT_START_EVENT, "nothing in it"))
        return false;
    if (in->event.data.document_start.version_directive ||
        in->event.data.document_start.tag_directives.start !=
            in->event.data.document_start.tag_directives.end)
        return refuse(in, SIGNET_E_DECODE, "directives are not taken");
    return read_members(in, members, sizeof(members) / sizeof(members[0]), NULL) &&
           expect(in, YAML_DOCUMENT_END_EVENT, "something behind the map") &&
           expect(in, YAML_STREAM_END_EVENT, "a second document");
}

bool
policy_source_yaml(signet_slice text, signet_policy_compiler *compiler, signet_error *err)
{
    reader in = {.compiler = compiler};
    bool is_read = false;

    if (text.len > POLICY_SOURCE_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "more than %d bytes", POLICY_SOURCE_MAX);
    if (!yaml_parser_initialize(&in.parser))
        return signet_fail(err, SIGNET_E_NOMEM, "out of memory for YAML");
    yaml_parser_set_encoding(&in.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&in.parser, text.ptr, text.len);
    is_read = read_document(&in);
    if (in.has_event)
        yaml_event_delete(&in.event);
    yaml_parser_delete(&in.parser);
    if (!is_read && err)
        *err = in.problem;
    return is_read;
}
