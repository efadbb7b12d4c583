/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER that breaks a rule: types and lengths, down to where nothing can be read any more.  Each
 * element is one line, indented by its depth;
 */
#include <stdio.h>

#include "inspect.h"

enum { DEPTH_MAX = 16, LINES_MAX = 400, CONSTRUCTED = 0x20, SHOWN = 16 };

typedef struct {
    report *to;
    signet_slice all;
    size_t lines;
    const char *problem;
    size_t problem_at;
} outline;

typedef struct {
    uint8_t tag;
    size_t at, head, len; /* len as it says, at most what is there */
    bool is_cut;
} element;

static const char *
tag_name(uint8_t tag)
{
    static const struct {
        uint8_t tag;
        const char *name;
    } names[] = {
        {0x01, "BOOLEAN"},
        {0x02, "INTEGER"},
        {0x03, "BIT STRING"},
        {0x04, "OCTET STRING"},
        {0x05, "NULL"},
        {0x06, "OBJECT IDENTIFIER"},
        {0x0a, "ENUMERATED"},
        {0x0c, "UTF8String"},
        {0x13, "PrintableString"},
        {0x16, "IA5String"},
        {0x17, "UTCTime"},
        {0x18, "GeneralizedTime"},
        {0x30, "SEQUENCE"},
        {0x31, "SET"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].tag == tag)
            return names[i].name;
    }
    return (tag & 0xc0) == 0x80 ? "context" : "other";
}

static bool
fail(outline *of, size_t at, const char *problem)
{
    if (!of->problem) {
        of->problem = problem;
        of->problem_at = at;
    }
    return false;
}

static bool
read_element(outline *of, size_t at, size_t end, element *ret)
{
    const uint8_t *bytes = of->all.ptr;
    size_t octets = 0;

    *ret = (element){.tag = bytes[at], .at = at, .head = 2};
    if ((bytes[at] & 0x1f) == 0x1f)
        return fail(of, at, "a tag of more than one byte");
    if (end - at < 2)
        return fail(of, at, "is cut short");
    ret->len = bytes[at + 1];
    if (ret->len >= 0x80) {
        octets = ret->len - 0x80;
        if (octets == 0 || octets > 4)
            return fail(of, at, octets == 0 ? "has no definite length" : "an absurd length");
        if (end - at - 2 < octets)
            return fail(of, at, "is cut short");
        ret->len = 0;
        for (size_t i = 0; i < octets; i++)
            ret->len = ret->len << 8 | bytes[at + 2 + i];
        if (ret->len < 0x80 || bytes[at + 2] == 0)
            (void)fail(of, at, "a length not in its shortest form");
        ret->head += octets;
    }
    if (ret->len > end - at - ret->head) {
        (void)fail(of, at, "is cut short");
        ret->is_cut = true;
        ret->len = end - at - ret->head;
    }
    return true;
}

static void
show_element(outline *of, const element *found, size_t depth)
{
    char text[96];
    char content[2 * SHOWN + 4] = {0};
    bool is_constructed = (found->tag & CONSTRUCTED) != 0;

    for (size_t i = 0; !is_constructed && i < found->len && i < SHOWN; i++)
        (void)snprintf(content + 2 * i, 3, "%02x", of->all.ptr[found->at + found->head + i]);
    (void)snprintf(text, sizeof(text), "%*s%s %zu bytes at %zu%s%s%s", (int)(2 * depth), "",
        tag_name(found->tag), found->len, found->at, content[0] ? ": " : "", content,
        !is_constructed && found->len > SHOWN ? "..." : "");
    report_word(of->to, NULL, text, found->is_cut ? "cut short" : NULL);
}

static void
show_elements(outline *of, size_t at, size_t end, size_t depth)
{
    element found = {0};

    while (at < end && of->lines++ < LINES_MAX && read_element(of, at, end, &found)) {
        show_element(of, &found, depth);
        if ((found.tag & CONSTRUCTED) != 0 && depth < DEPTH_MAX)
            show_elements(of, at + found.head, at + found.head + found.len, depth + 1);
        at += found.head + found.len;
    }
}

void
inspect_show_der(report *to, signet_slice bytes)
{
    outline of = {.to = to, .all = bytes};

    report_open_list(to, "der", "what it is made of, as far as it can be read");
    show_elements(&of, 0, bytes.len, 0);
    report_close_list(to);
    if (of.problem) {
        report_open(to, "der_problem", "where it is no DER any more");
        report_unsigned(to, "byte", of.problem_at, NULL);
        report_word(to, "what", of.problem, NULL);
        report_close(to);
    }
}
