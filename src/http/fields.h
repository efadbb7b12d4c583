/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structured fields (RFC 9651), strict.  A field is read into a flat list of nodes in memory of the
 * caller, whose size is the limit; nothing is allocated.  Nodes stand in the order of the text: a
 * member, its parameters; for an inner list the member, its elements each followed by its
 * parameters, SG_NODE_END, and then the parameters of the list.
 *
 * Byte sequences are read in canonical base64 only: padded, no stray bits.
 */
#ifndef SG_HTTP_FIELDS_H
#define SG_HTTP_FIELDS_H

#include <signet/http.h>

enum { SG_FIELD_SIZE_MAX = 64 << 10 }; /* bytes of one field, all its lines joined */

typedef enum { SG_FIELD_ITEM, SG_FIELD_LIST, SG_FIELD_DICTIONARY } sg_field_shape;

typedef enum { SG_NODE_MEMBER, SG_NODE_ELEMENT, SG_NODE_END, SG_NODE_PARAMETER } sg_node_kind;

typedef enum {
    SG_VALUE_INTEGER,
    SG_VALUE_DECIMAL, /* its number is in thousandths */
    SG_VALUE_STRING,
    SG_VALUE_TOKEN,
    SG_VALUE_BYTES,
    SG_VALUE_BOOLEAN,
    SG_VALUE_DATE,
    SG_VALUE_DISPLAY, /* a display string */
    SG_VALUE_INNER_LIST,
} sg_value_type;

typedef struct {
    sg_node_kind kind;
    sg_value_type type;
    int64_t number;
    signet_slice key;  /* of a parameter, or a member of a dictionary */
    signet_slice text; /* as written between the delimiters; of an inner list all, to the end of its
                          parameters */
} sg_field_node;

typedef struct {
    sg_field_node *nodes;
    size_t room, count;
    sg_field_shape shape;
    bool has_repeated; /* a key stands twice somewhere: the last won, as RFC 9651 wants it */
} sg_field;

/**
 * Read `text` into `field`, whose `nodes` and `room` the caller set.  SIGNET_E_DECODE says where
 * and what.
 */
bool sg_field_read(signet_slice text, sg_field_shape shape, sg_field *field, signet_error *err)
    SIGNET_MUST_CHECK;

/** The index of the next member after `index`, or `count`.  The first, if there is one, is at 0. */
size_t sg_field_next(const sg_field *field, size_t index);

/** The index of the dictionary's member of that key, or `count`. */
size_t sg_field_find(const sg_field *field, signet_slice key);

/** The index of the SG_NODE_END of the inner list at `index`, or `index` itself: behind it stand
 * the parameters. */
size_t sg_field_end(const sg_field *field, size_t index);

/** The parameter of that name of the member or element at `index`, or NULL. */
const sg_field_node *sg_field_parameter(const sg_field *field, size_t index, const char *name);

/**
 * The bytes that a string, token, byte sequence or display string stands for.  False when they do
 * not fit; SG_FIELD_SIZE_MAX always suffices.
 */
bool sg_value_decode(const sg_field_node *node, uint8_t *ret_bytes, size_t room, size_t *ret_len)
    SIGNET_MUST_CHECK;

/** Append the canonical text of a field: nothing for an empty list or dictionary. */
bool sg_field_write(const sg_field *field, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

/** Append the canonical text of the member or element at `index`, with its parameters, without its
 * key. */
bool sg_field_write_one(const sg_field *field, size_t index, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

/** Decode canonical base64 with padding; nothing is skipped.  Writes at most `room` bytes. */
bool sg_base64_read(signet_slice text, uint8_t *ret_bytes, size_t room, size_t *ret_len)
    SIGNET_MUST_CHECK;

/** Whether a field name is that one, in any case. */
bool sg_http_name_is(signet_slice name, signet_slice lower);

/** Whether the request has a field of that lower-case name. */
bool sg_http_has_field(const signet_http_request *request, signet_slice lower);

/**
 * Append the value of a field as RFC 9421 2.1 wants it: each line without blanks around it, joined
 * by ", ".  SIGNET_E_NOT_FOUND; SIGNET_E_DECODE for a byte that is neither visible ASCII, blank nor
 * tab, or more than SG_FIELD_SIZE_MAX bytes.
 */
bool sg_http_field_write(const signet_http_request *request, signet_slice lower, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
