/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking at CBOR (RFC 8949) that may break rules: reads on as long as there is something to read,
 * and notes the first rule of Signet's deterministic encoding that is broken, and where.  For
 * showing only; what is believed is read by the library.
 */
#ifndef SG_SIGNET_CBOR_VIEW_H
#define SG_SIGNET_CBOR_VIEW_H

#include <signet/base.h>

typedef enum {
    CBOR_UNSIGNED,
    CBOR_NEGATIVE,
    CBOR_BYTES,
    CBOR_TEXT,
    CBOR_ARRAY,
    CBOR_MAP,
    CBOR_TAG,
    CBOR_SIMPLE
} cbor_type;

typedef struct {
    cbor_type type;
    uint8_t info;   /* the low five bits */
    uint64_t value; /* the argument; of an indefinite length 0 */
    bool is_indefinite;
} cbor_head;

typedef struct {
    signet_slice all;
    size_t at;
    const char *problem; /* the first rule that is broken, or NULL */
    size_t problem_at;   /* the byte of it */
    bool is_over;        /* nothing can be read from here on */
} cbor_view;

typedef enum { CBOR_AS_NOTATION, CBOR_AS_JSON } cbor_form;

cbor_view cbor_view_of(signet_slice bytes);

/** The head of the next item; what is in it comes next.  False when there is none. */
bool cbor_view_head(cbor_view *in, cbor_head *ret_head) SIGNET_MUST_CHECK;

/** The next item, whole, as far as there are bytes. */
signet_slice cbor_view_item(cbor_view *in);

/** Nothing may be left.  Answers whether every rule is kept; else `problem` is set. */
bool cbor_view_end(cbor_view *in);

/** The content of an item that is one string of that type. */
bool cbor_view_string(signet_slice item, cbor_type type, signet_slice *ret_content)
    SIGNET_MUST_CHECK;

/** The value of an item that is an integer of 64 bits. */
bool cbor_view_integer(signet_slice item, int64_t *ret_value) SIGNET_MUST_CHECK;
bool cbor_view_unsigned(signet_slice item, uint64_t *ret_value) SIGNET_MUST_CHECK;

/**
 * Append one item: in diagnostic notation (RFC 8949 section 8), or as JSON, where bytes are hex,
 * and what JSON has not is its notation as a string.
 */
bool cbor_view_write(signet_slice item, cbor_form form, signet_buf *out, signet_error *err)
    SIGNET_MUST_CHECK;

#endif
