/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 9651 section 4.2, one function for each of its algorithms.  Each leaves the position behind
 * what it read, or sets the first problem; positions in messages count from 0.
 */
#include "base/text.h"
#include "http/fields.h"

typedef struct {
    signet_slice text;
    size_t at;
    sg_field *out;
    const char *problem;
} reader;

static bool
refuse(reader *in, const char *problem)
{
    in->problem = problem;
    return false;
}

static int
peek(const reader *in)
{
    return in->at < in->text.len ? in->text.ptr[in->at] : -1;
}

static bool
take(reader *in, char wanted)
{
    if (peek(in) != wanted)
        return false;
    in->at++;
    return true;
}

static bool
is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool
is_lower(int c)
{
    return c >= 'a' && c <= 'z';
}

static bool
is_alpha(int c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool
is_one_of(int c, const char *set)
{
    return c > 0 && strchr(set, c) != NULL;
}

static void
skip(reader *in, const char *set)
{
    while (is_one_of(peek(in), set))
        in->at++;
}

static signet_slice
since(const reader *in, size_t from)
{
    return (signet_slice){in->text.ptr + from, in->at - from};
}

static sg_field_node *
add(reader *in, sg_node_kind kind)
{
    sg_field_node *node = NULL;

    if (in->out->count == in->out->room) {
        in->problem = "more values than are read here";
        return NULL;
    }
    node = &in->out->nodes[in->out->count++];
    *node = (sg_field_node){.kind = kind};
    return node;
}

static bool
read_number(reader *in, sg_field_node *node)
{
    bool is_negative = take(in, '-');
    size_t whole = 0, places = 0;

    if (!is_digit(peek(in)))
        return refuse(in, "a number without digits");
    for (; is_digit(peek(in)); in->at++) {
        node->number = node->number * 10 + (in->text.ptr[in->at] - '0');
        if (++whole > 15)
            return refuse(in, "a number of more than 15 digits");
    }
    node->type = SG_VALUE_INTEGER;
    if (take(in, '.')) {
        node->type = SG_VALUE_DECIMAL;
        if (whole > 12)
            return refuse(in, "a decimal of more than 12 digits");
        for (; is_digit(peek(in)); in->at++) {
            node->number = node->number * 10 + (in->text.ptr[in->at] - '0');
            if (++places > 3)
                return refuse(in, "a decimal of more than 3 places");
        }
        if (places == 0)
            return refuse(in, "a decimal that ends in a point");
        for (; places < 3; places++)
            node->number *= 10;
    }
    if (is_negative)
        node->number = -node->number;
    return true;
}

static bool
read_string(reader *in, sg_field_node *node)
{
    size_t from = ++in->at;

    for (;; in->at++) {
        int c = peek(in);

        if (c == '"')
            break;
        if (c < 0x20 || c > 0x7e)
            return refuse(in, c < 0 ? "a string without an end" : "not a character of a string");
        if (c != '\\')
            continue;
        in->at++;
        if (!is_one_of(peek(in), "\"\\"))
            return refuse(in, "not an escape");
    }
    node->type = SG_VALUE_STRING;
    node->text = since(in, from);
    in->at++;
    return true;
}

static bool
read_token(reader *in, sg_field_node *node)
{
    size_t from = in->at;

    while (is_alpha(peek(in)) || is_digit(peek(in)) || is_one_of(peek(in), "!#$%&'*+-.^_`|~:/"))
        in->at++;
    node->type = SG_VALUE_TOKEN;
    node->text = since(in, from);
    return true;
}

static bool
read_bytes(reader *in, sg_field_node *node)
{
    size_t from = ++in->at, len = 0;

    while (peek(in) >= 0 && peek(in) != ':')
        in->at++;
    if (peek(in) < 0)
        return refuse(in, "a byte sequence without an end");
    node->type = SG_VALUE_BYTES;
    node->text = since(in, from);
    if (!sg_base64_read(node->text, NULL, 0, &len))
        return refuse(in, "not canonical base64");
    in->at++;
    return true;
}

static bool
read_boolean(reader *in, sg_field_node *node)
{
    in->at++;
    if (!is_one_of(peek(in), "01"))
        return refuse(in, "neither ?0 nor ?1");
    node->type = SG_VALUE_BOOLEAN;
    node->number = in->text.ptr[in->at++] == '1';
    return true;
}

static bool
read_date(reader *in, sg_field_node *node)
{
    in->at++;
    if (!read_number(in, node))
        return false;
    if (node->type != SG_VALUE_INTEGER)
        return refuse(in, "a date that is no integer");
    node->type = SG_VALUE_DATE;
    return true;
}

static int
hex_digit(int c)
{
    if (is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte of a display string; -1: not one. */
static int
display_byte(reader *in)
{
    int c = peek(in), high = 0, low = 0;

    if (c < 0x20 || c > 0x7e)
        return -1;
    in->at++;
    if (c != '%')
        return c;
    high = hex_digit(peek(in));
    in->at += high >= 0;
    low = hex_digit(peek(in));
    in->at += low >= 0;
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* One character of a display string, in UTF-8. */
static bool
read_character(reader *in)
{
    static const struct {
        uint8_t below, bytes;
    } heads[] = {{0x80, 1}, {0xc0, 0}, {0xe0, 2}, {0xf0, 3}, {0xf8, 4}};
    uint8_t bytes[4] = {0};
    int first = display_byte(in);
    size_t row = 0, count = 0;

    if (first < 0)
        return false;
    while (row < 5 && first >= heads[row].below)
        row++;
    if (row == 5 || heads[row].bytes == 0)
        return false;
    bytes[count++] = (uint8_t)first;
    while (count < heads[row].bytes) {
        int next = display_byte(in);

        if (next < 0)
            return false;
        bytes[count++] = (uint8_t)next;
    }
    return sg_is_utf8((signet_slice){bytes, count});
}

static bool
read_display(reader *in, sg_field_node *node)
{
    size_t from = 0;

    in->at++;
    if (!take(in, '"'))
        return refuse(in, "a display string without a quote");
    from = in->at;
    while (peek(in) != '"') {
        if (!read_character(in))
            return refuse(in, "not a character of a display string");
    }
    node->type = SG_VALUE_DISPLAY;
    node->text = since(in, from);
    in->at++;
    return true;
}

static bool
read_bare_item(reader *in, sg_field_node *node)
{
    static const struct {
        const char *first;
        bool (*read)(reader *in, sg_field_node *node);
    } items[] = {
        {"-0123456789", read_number},
        {"\"", read_string},
        {":", read_bytes},
        {"?", read_boolean},
        {"@", read_date},
        {"%", read_display},
    };

    for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
        if (is_one_of(peek(in), items[i].first))
            return items[i].read(in, node);
    }
    if (is_alpha(peek(in)) || peek(in) == '*')
        return read_token(in, node);
    return refuse(in, peek(in) < 0 ? "a value is missing" : "not a value");
}

static bool
read_key(reader *in, signet_slice *ret_key)
{
    size_t from = in->at;

    if (!is_lower(peek(in)) && peek(in) != '*')
        return refuse(in, "not a key");
    while (is_lower(peek(in)) || is_digit(peek(in)) || is_one_of(peek(in), "_-.*"))
        in->at++;
    *ret_key = since(in, from);
    return true;
}

/* The last of two values of one parameter wins, in the place of the first (4.2.3.2). */
static void
settle_parameter(reader *in, size_t first)
{
    sg_field *out = in->out;
    size_t last = out->count - 1;

    for (size_t i = first; i < last; i++) {
        if (!signet_slice_is_equal(out->nodes[i].key, out->nodes[last].key))
            continue;
        out->nodes[i] = out->nodes[last];
        out->count--;
        out->has_repeated = true;
        return;
    }
}

static bool
read_parameters(reader *in)
{
    size_t first = in->out->count;

    while (take(in, ';')) {
        sg_field_node *node = add(in, SG_NODE_PARAMETER);

        skip(in, " ");
        if (!node || !read_key(in, &node->key))
            return false;
        node->type = SG_VALUE_BOOLEAN;
        node->number = 1;
        if (take(in, '=')) {
            node->number = 0;
            if (!read_bare_item(in, node))
                return false;
        }
        settle_parameter(in, first);
    }
    return true;
}

static bool
read_inner_list(reader *in, sg_field_node *list)
{
    size_t from = in->at++;

    for (;;) {
        sg_field_node *element = NULL;
        size_t before = in->at;

        skip(in, " ");
        if (take(in, ')'))
            break;
        if (peek(in) < 0)
            return refuse(in, "an inner list without an end");
        if (before == in->at && before != from + 1)
            return refuse(in, "no blank between two elements");
        element = add(in, SG_NODE_ELEMENT);
        if (!element || !read_bare_item(in, element) || !read_parameters(in))
            return false;
    }
    if (!add(in, SG_NODE_END) || !read_parameters(in))
        return false;
    list->type = SG_VALUE_INNER_LIST;
    list->text = since(in, from);
    return true;
}

static bool
read_item(reader *in, sg_field_node *node)
{
    return read_bare_item(in, node) && read_parameters(in);
}

static bool
read_value(reader *in, sg_field_node *node)
{
    return peek(in) == '(' ? read_inner_list(in, node) : read_item(in, node);
}

static void
reverse(sg_field_node *nodes, size_t from, size_t to)
{
    for (; from + 1 < to; from++, to--) {
        sg_field_node kept = nodes[from];

        nodes[from] = nodes[to - 1];
        nodes[to - 1] = kept;
    }
}

/* The same for members of a dictionary (4.2.2), which are several nodes each. */
static void
settle_member(reader *in, size_t last)
{
    sg_field *out = in->out;
    size_t first = 0, behind = 0, size = out->count - last;

    first = sg_field_find(out, out->nodes[last].key);
    if (first == last)
        return;
    out->has_repeated = true;
    behind = sg_field_next(out, first);
    memmove(out->nodes + first, out->nodes + behind, (out->count - behind) * sizeof(*out->nodes));
    out->count -= behind - first;
    reverse(out->nodes, first, out->count); /* both ways: the last `size` nodes come first */
    reverse(out->nodes, first, first + size);
    reverse(out->nodes, first + size, out->count);
}

static bool
read_member(reader *in)
{
    size_t index = in->out->count;
    sg_field_node *node = add(in, SG_NODE_MEMBER);
    bool has_value = false;

    if (!node)
        return false;
    if (in->out->shape == SG_FIELD_LIST)
        return read_value(in, node);
    if (!read_key(in, &node->key))
        return false;
    has_value = take(in, '=');
    node->type = SG_VALUE_BOOLEAN;
    node->number = !has_value;
    if (has_value ? !read_value(in, node) : !read_parameters(in))
        return false;
    settle_member(in, index);
    return true;
}

static bool
read_members(reader *in)
{
    while (peek(in) >= 0) {
        if (!read_member(in))
            return false;
        skip(in, " \t");
        if (peek(in) < 0)
            return true;
        if (!take(in, ','))
            return refuse(in, "no comma between two members");
        skip(in, " \t");
        if (peek(in) < 0)
            return refuse(in, "a comma at the end");
    }
    return true;
}

static bool
read_all(reader *in)
{
    sg_field_node *node = NULL;

    if (in->out->shape != SG_FIELD_ITEM)
        return read_members(in);
    node = add(in, SG_NODE_MEMBER);
    return node && read_item(in, node);
}

bool
sg_field_read(signet_slice text, sg_field_shape shape, sg_field *field, signet_error *err)
{
    reader in = {.out = field};

    field->count = 0;
    field->shape = shape;
    field->has_repeated = false;
    if (text.len > SG_FIELD_SIZE_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "a field of %zu bytes, at most %d are read",
            text.len, SG_FIELD_SIZE_MAX);
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    in.text = text;
    skip(&in, " ");
    if (read_all(&in) && peek(&in) >= 0)
        in.problem = "something behind the end";
    if (in.problem)
        return signet_fail(err, SIGNET_E_DECODE, "at %zu: %s", in.at, in.problem);
    return true;
}
