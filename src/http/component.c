/* SPDX-License-Identifier: Apache-2.0 */
#include "http/component.h"

enum { COMPONENTS_MAX = 32 };

static bool
append(signet_buf *out, signet_slice bytes, signet_error *err)
{
    return signet_buf_append(out, bytes, err);
}

static bool
append_lower(signet_buf *out, signet_slice text, signet_error *err)
{
    size_t from = out->len;

    if (!append(out, text, err))
        return false;
    for (size_t i = from; i < out->len; i++) {
        if (out->data[i] >= 'A' && out->data[i] <= 'Z')
            out->data[i] |= 0x20;
    }
    return true;
}

/* Visible ASCII without the bytes of `except`. */
static bool
check_text(signet_slice text, const char *except, const char *what, signet_error *err)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];

        if (c <= 0x20 || c > 0x7e || strchr(except, c))
            return signet_fail(err, SIGNET_E_DECODE, "%s: byte %02x at %zu", what, c, i);
    }
    return text.len > 0 || signet_fail(err, SIGNET_E_DECODE, "%s: empty", what);
}

static bool
write_method(const signet_http_request *request, signet_buf *out, signet_error *err)
{
    return check_text(request->method, "\"(),/:;<=>?@[\\]{}", "the method", err) &&
           append(out, request->method, err);
}

static bool
write_scheme(const signet_http_request *request, signet_buf *out, signet_error *err)
{
    if (!sg_http_name_is(request->scheme, signet_slice_text("http")) &&
        !sg_http_name_is(request->scheme, signet_slice_text("https")))
        return signet_fail(err, SIGNET_E_DECODE, "the scheme: neither http nor https");
    return append_lower(out, request->scheme, err);
}

/* 2.2.3: lower case, without the default port of the scheme. */
static bool
write_authority(const signet_http_request *request, signet_buf *out, signet_error *err)
{
    signet_slice authority = request->authority;
    bool is_https = sg_http_name_is(request->scheme, signet_slice_text("https"));
    signet_slice port = signet_slice_text(is_https ? ":443" : ":80");

    if (!check_text(authority, "\"#/<>?@\\^`{|}", "the authority", err))
        return false;
    if (authority.len > port.len &&
        memcmp(authority.ptr + authority.len - port.len, port.ptr, port.len) == 0)
        authority.len -= port.len;
    return append_lower(out, authority, err);
}

/* The raw path and query; `ret_query` begins with the question mark, or is empty. */
static bool
split_target(const signet_http_request *request, signet_slice *ret_path, signet_slice *ret_query,
    signet_error *err)
{
    signet_slice path = request->target, query = {0};
    const uint8_t *mark = NULL;

    if (path.len > SG_FIELD_SIZE_MAX)
        return signet_fail(err, SIGNET_E_DECODE, "the target: %zu bytes", path.len);
    if (!check_text(path, "#", "the target", err))
        return false;
    if (path.ptr[0] != '/')
        return signet_fail(err, SIGNET_E_DECODE, "the target: does not begin with /");
    mark = memchr(path.ptr, '?', path.len);
    if (mark) {
        query = (signet_slice){mark, (size_t)(path.ptr + path.len - mark)};
        path.len -= query.len;
    }
    *ret_path = path;
    *ret_query = query;
    return true;
}

static bool
write_target_uri(const signet_http_request *request, signet_buf *out, signet_error *err)
{
    signet_slice path = {0}, query = {0};

    return split_target(request, &path, &query, err) && write_scheme(request, out, err) &&
           append(out, signet_slice_text("://"), err) && write_authority(request, out, err) &&
           append(out, path, err) && append(out, query, err);
}

static bool
write_path(const signet_http_request *request, signet_buf *out, signet_error *err)
{
    signet_slice path = {0}, query = {0};

    return split_target(request, &path, &query, err) && append(out, path, err);
}

static bool
write_query(const signet_http_request *request, signet_buf *out, signet_error *err)
{
    signet_slice path = {0}, query = {0};

    return split_target(request, &path, &query, err) &&
           append(out, query.len > 0 ? query : signet_slice_text("?"), err);
}

static const struct {
    const char *name;
    bool (*write)(const signet_http_request *request, signet_buf *out, signet_error *err);
    unsigned covers;
} derived[] = {
    {"@method", write_method, SG_COVERS_METHOD},
    {"@target-uri", write_target_uri, SG_COVERS_TARGET_URI},
    {"@authority", write_authority, SG_COVERS_AUTHORITY},
    {"@scheme", write_scheme, SG_COVERS_SCHEME},
    {"@path", write_path, SG_COVERS_PATH},
    {"@query", write_query, SG_COVERS_QUERY},
};

static const struct {
    const char *name;
    unsigned covers;
} fields[] = {
    {"content-digest", SG_COVERS_CONTENT_DIGEST},
    {"content-type", SG_COVERS_CONTENT_TYPE},
    {"content-encoding", SG_COVERS_CONTENT_ENCODING},
    {"authorization", SG_COVERS_AUTHORIZATION},
    {"dpop", SG_COVERS_DPOP},
    {"signet-proof", SG_COVERS_SIGNET_PROOF},
    {"signature-agent", SG_COVERS_SIGNATURE_AGENT},
};

/* --- @query-param (2.2.8) --- */

static int
hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
is_plain(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr("*-._", c));
}

/* A name or value of a form, decoded and encoded again, so that all spellings are one. */
static bool
append_form(signet_buf *out, signet_slice text, signet_error *err)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        int high = -1, low = -1;

        if (c == '%' && i + 2 < text.len) {
            high = hex_digit(text.ptr[i + 1]);
            low = hex_digit(text.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            c = (uint8_t)(high << 4 | low);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        if (is_plain(c) ? !append(out, (signet_slice){&c, 1}, err)
                        : !signet_buf_printf(out, err, "%%%02X", c))
            return false;
    }
    return true;
}

static signet_slice
cut(signet_slice *rest, char at)
{
    signet_slice head = *rest;
    const uint8_t *found = head.len ? memchr(head.ptr, at, head.len) : NULL;

    if (!found) {
        *rest = (signet_slice){0};
        return head;
    }
    head.len = (size_t)(found - head.ptr);
    rest->len -= head.len + 1;
    rest->ptr = found + 1;
    return head;
}

static bool
write_query_param(
    const signet_http_request *request, signet_slice name, signet_buf *out, signet_error *err)
{
    signet_slice path = {0}, query = {0}, found = {0};
    size_t count = 0;

    if (!split_target(request, &path, &query, err))
        return false;
    if (query.len > 0) /* the question mark */
        query = (signet_slice){query.ptr + 1, query.len - 1};
    while (query.len > 0) {
        SIGNET_AUTO(signet_buf_free) signet_buf encoded = {0};
        signet_slice value = cut(&query, '&'), key = cut(&value, '=');

        if (!append_form(&encoded, key, err))
            return false;
        if (!signet_slice_is_equal(signet_buf_slice(&encoded), name))
            continue;
        found = value;
        count++;
    }
    if (count != 1)
        return signet_fail(
            err, SIGNET_E_NOT_FOUND, "@query-param: the query has %zu of that name", count);
    return append_form(out, found, err);
}

/* --- one component --- */

static bool
write_derived(const signet_http_request *request, const sg_field_node *element, signet_buf *out,
    unsigned *covers, signet_error *err)
{
    for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++) {
        if (!signet_slice_is_equal(element->text, signet_slice_text(derived[i].name)))
            continue;
        *covers |= derived[i].covers;
        return derived[i].write(request, out, err);
    }
    return signet_fail(err, SIGNET_E_DECODE, "component \"%.*s\" is not known or not accepted",
        (int)element->text.len, (const char *)element->text.ptr);
}

/* 2.1.2: one member of a dictionary, in its canonical form. */
static bool
write_member_of(const signet_http_request *request, signet_slice name, signet_slice key,
    signet_buf *out, signet_error *err)
{
    enum { NODES_MAX = 128 };
    SIGNET_AUTO(signet_buf_free) signet_buf value = {0};
    sg_field_node nodes[NODES_MAX];
    sg_field field = {.nodes = nodes, .room = NODES_MAX};
    size_t index = 0;

    if (!sg_http_field_write(request, name, &value, err) ||
        !sg_field_read(signet_buf_slice(&value), SG_FIELD_DICTIONARY, &field, err))
        return false;
    if (field.has_repeated)
        return signet_fail(err, SIGNET_E_DECODE, "a key stands twice in a covered dictionary");
    index = sg_field_find(&field, key);
    if (index == field.count)
        return signet_fail(err, SIGNET_E_NOT_FOUND, "a covered key is not in its dictionary");
    return sg_field_write_one(&field, index, out, err);
}

static bool
is_field_name(signet_slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];

        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && !strchr("!#$%&'*+-.^_`|~", c))
            return false;
    }
    return name.len > 0;
}

static bool
write_field(const signet_http_request *request, const sg_field_node *element, signet_buf *out,
    unsigned *covers, signet_error *err)
{
    if (!is_field_name(element->text))
        return signet_fail(err, SIGNET_E_DECODE, "a component that is no lower-case field name");
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (signet_slice_is_equal(element->text, signet_slice_text(fields[i].name)))
            *covers |= fields[i].covers;
    }
    return sg_http_field_write(request, element->text, out, err);
}

static bool
is_text(signet_slice a, const char *text)
{
    return signet_slice_is_equal(a, signet_slice_text(text));
}

static bool
is_derived(const sg_field_node *element)
{
    return element->text.len > 0 && element->text.ptr[0] == '@';
}

static bool
refuse_parameter(const sg_field_node *element, const sg_field_node *parameter, signet_error *err)
{
    return signet_fail(err, SIGNET_E_DECODE,
        "component \"%.*s\": parameter %.*s is not known or not accepted", (int)element->text.len,
        (const char *)element->text.ptr, (int)parameter->key.len, (const char *)parameter->key.ptr);
}

/* A component with its one parameter: name of @query-param, key of a dictionary. */
static bool
write_with_parameter(const signet_http_request *request, const sg_field_node *element,
    const sg_field_node *parameter, signet_buf *out, signet_error *err)
{
    if (parameter->type == SG_VALUE_STRING && is_text(parameter->key, "name") &&
        is_text(element->text, "@query-param"))
        return write_query_param(request, parameter->text, out, err);
    if (parameter->type == SG_VALUE_STRING && is_text(parameter->key, "key") &&
        !is_derived(element) && is_field_name(element->text))
        return write_member_of(request, element->text, parameter->text, out, err);
    return refuse_parameter(element, parameter, err);
}

/* What a message has itself, or its request has; `parameter` stands behind `req`, if there is. */
static bool
write_plain(const signet_http_request *request, const sg_field_node *element,
    const sg_field_node *parameter, signet_buf *out, unsigned *covers, signet_error *err)
{
    if (parameter->kind != SG_NODE_PARAMETER)
        return is_derived(element) ? write_derived(request, element, out, covers, err)
                                   : write_field(request, element, out, covers, err);
    if (parameter[1].kind == SG_NODE_PARAMETER)
        return signet_fail(err, SIGNET_E_DECODE, "a component with two parameters");
    return write_with_parameter(request, element, parameter, out, err);
}

/* 2.2.9, of a response the only derived one that is its own. */
static bool
write_status(const sg_message *message, const sg_field_node *element, signet_buf *out,
    unsigned *covers, signet_error *err)
{
    if (!is_text(element->text, "@status"))
        return signet_fail(err, SIGNET_E_DECODE, "component \"%.*s\" is none of a response",
            (int)element->text.len, (const char *)element->text.ptr);
    if (element[1].kind == SG_NODE_PARAMETER)
        return refuse_parameter(element, element + 1, err);
    if (message->status < 100 || message->status > 599)
        return signet_fail(err, SIGNET_E_DECODE, "the status: %d", message->status);
    *covers |= SG_COVERS_STATUS;
    return signet_buf_printf(out, err, "%d", message->status);
}

/*
 * 2.4: `req`, of a response only.  It stands first: then an identifier has one spelling, and one
 * that stands twice is found as text.
 */
static bool
write_of_request(const sg_message *message, const sg_field_node *element, signet_buf *out,
    unsigned *covers, signet_error *err)
{
    const sg_field_node *parameter = element + 1;
    unsigned found = 0;

    if (parameter->type != SG_VALUE_BOOLEAN || parameter->number != 1)
        return refuse_parameter(element, parameter, err);
    parameter++;
    if (!write_plain(message->answered, element, parameter, out, &found, err))
        return false;
    *covers |= found << SG_COVERS_OF_REQUEST;
    if (is_text(element->text, "signature") && parameter->kind == SG_NODE_PARAMETER &&
        message->label.len > 0 && signet_slice_is_equal(parameter->text, message->label))
        *covers |= SG_COVERS_REQUEST_SIGNATURE;
    return true;
}

static bool
write_value(const sg_message *message, const sg_field_node *element, signet_buf *out,
    unsigned *covers, signet_error *err)
{
    const sg_field_node *parameter = element + 1;

    if (message->answered && parameter->kind == SG_NODE_PARAMETER && is_text(parameter->key, "req"))
        return write_of_request(message, element, out, covers, err);
    if (message->answered && is_derived(element))
        return write_status(message, element, out, covers, err);
    return write_plain(&message->itself, element, parameter, out, covers, err);
}

/* Whether one of the identifiers written so far is that of the last `len` bytes. */
static bool
is_double(const signet_buf *out, const size_t *lines, size_t count, size_t len)
{
    const uint8_t *last = out->data + out->len - len;

    for (size_t i = 0; i < count; i++) {
        if (memcmp(out->data + lines[i], last, len) == 0)
            return true;
    }
    return false;
}

static bool
write_lines(const sg_message *message, const sg_field *input, size_t member, signet_buf *out,
    unsigned *covers, signet_error *err)
{
    size_t lines[COMPONENTS_MAX], count = 0, end = sg_field_end(input, member);

    for (size_t i = member + 1; i < end; i++) {
        const sg_field_node *element = &input->nodes[i];
        size_t from = out->len;

        if (element->kind != SG_NODE_ELEMENT)
            continue;
        if (element->type != SG_VALUE_STRING)
            return signet_fail(err, SIGNET_E_DECODE, "a component that is no string");
        if (count == COMPONENTS_MAX)
            return signet_fail(err, SIGNET_E_DECODE, "more than %d components", COMPONENTS_MAX);
        if (!sg_field_write_one(input, i, out, err) || !append(out, signet_slice_text(": "), err))
            return false;
        /* with the colon, so that no identifier is the beginning of another */
        if (is_double(out, lines, count, out->len - from))
            return signet_fail(err, SIGNET_E_DECODE, "component \"%.*s\" stands twice",
                (int)element->text.len, (const char *)element->text.ptr);
        lines[count++] = from;
        if (!write_value(message, element, out, covers, err) ||
            !append(out, signet_slice_text("\n"), err))
            return false;
    }
    return true;
}

bool
sg_signature_base_write(const sg_message *message, const sg_field *input, size_t member,
    signet_buf *out, unsigned *ret_covers, signet_error *err)
{
    size_t before = out->len;
    unsigned covers = 0;

    if (input->nodes[member].type != SG_VALUE_INNER_LIST)
        return signet_fail(err, SIGNET_E_DECODE, "signature-input: a member that is no inner list");
    if (!write_lines(message, input, member, out, &covers, err) ||
        !append(out, signet_slice_text("\"@signature-params\": "), err) ||
        !sg_field_write_one(input, member, out, err)) {
        out->len = before;
        return false;
    }
    *ret_covers = covers;
    return true;
}
