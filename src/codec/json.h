/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON from outside (RFC 8259), strict and bounded, in two ways on one reader of strings and
 * numbers:
 *   - any object or array as a tree: bounded in size, depth and count; each member once;
 *   - a format that has one order of members and no white space as a straight list of reads.
 * Strings are UTF-8 without NUL; integers are exact or refused, and never pass through a double.
 */
#ifndef SG_CODEC_JSON_H
#define SG_CODEC_JSON_H

#include <signet/base.h>

enum {
    SG_JSON_MAX = 64 << 10,    /* bytes of a text */
    SG_JSON_DEPTH_MAX = 8,     /* objects and arrays inside each other */
    SG_JSON_VALUES_MAX = 4096, /* in one text */
    SG_JSON_MEMBERS_MAX = 128, /* of one object */
};

typedef enum {
    SG_JSON_NULL,
    SG_JSON_BOOL,
    SG_JSON_INT,
    SG_JSON_NUMBER, /* with a fraction or an exponent; its value is of no use here */
    SG_JSON_TEXT,
    SG_JSON_ARRAY,
    SG_JSON_OBJECT,
} sg_json_type;

/** A value.  Those inside it follow it in memory; all belong to the first. */
typedef struct {
    sg_json_type type;
    signet_slice name; /* of a member, without escapes */
    signet_slice text; /* likewise, of a text */
    int64_t number;    /* of an integer */
    bool is_true;
    size_t size;    /* values, this one and those inside it */
    size_t at, len; /* where its characters are in the text that was read */
} sg_json;

/**
 * The object that `text` is, or NULL: SIGNET_E_DECODE, "`what`: not a JSON object: line 1: ...".
 * sg_json_free() it.
 */
sg_json *sg_json_read_object(signet_slice text, const char *what, signet_error *err)
    SIGNET_MUST_CHECK;

/** The array that `text` is, likewise. */
sg_json *sg_json_read_array(signet_slice text, const char *what, signet_error *err)
    SIGNET_MUST_CHECK;

/** The member of an object, or NULL; also when `object` is NULL or no object. */
const sg_json *sg_json_get(const sg_json *object, const char *name);

/** The first and the next value in an array or object, or NULL. */
const sg_json *sg_json_first(const sg_json *list);
const sg_json *sg_json_next(const sg_json *list, const sg_json *value);

/** Whether it is a text of exactly these characters; false for NULL. */
bool sg_json_is_text(const sg_json *value, const char *text);

/** Whether a member may be missing. */
typedef enum { SG_JSON_NEEDED, SG_JSON_OPTIONAL } sg_json_presence;

/**
 * A text of 1 to `max` bytes, borrowed from `object`.  Optional and missing: {NULL, 0}.
 * SIGNET_E_DECODE.
 */
bool sg_json_read_text(const sg_json *object, const char *name, sg_json_presence presence,
    size_t max, signet_slice *ret_text, signet_error *err) SIGNET_MUST_CHECK;

/** An integer.  Optional and missing: `*ret_value` stays as it is.  SIGNET_E_DECODE. */
bool sg_json_read_int(const sg_json *object, const char *name, sg_json_presence presence,
    int64_t *ret_value, signet_error *err) SIGNET_MUST_CHECK;

/**
 * The base64url of exactly `size` bytes.  Optional and missing: false in `*ret_is_there`.
 * SIGNET_E_DECODE.
 */
bool sg_json_read_bytes(const sg_json *object, const char *name, uint8_t *ret_bytes, size_t size,
    bool *ret_is_there, signet_error *err) SIGNET_MUST_CHECK;

void sg_json_free(sg_json *value);
SIGNET_DEFINE_AUTO(sg_json_free, sg_json *);

/* --- a text of one order of members and no white space, as a straight list of reads --- */

/**
 * What is left to read, where decoded strings go, and what went wrong first (a constant text).  As
 * many bytes of room as of text are enough, when no string is read twice.
 */
typedef struct {
    signet_slice left;
    uint8_t *room;
    size_t room_left;
    const char *problem;
} sg_json_reader;

sg_json_reader sg_json_reader_of(signet_slice text, uint8_t *room, size_t size);

/** Exactly these characters. */
void sg_json_expect(sg_json_reader *in, const char *literal);

/** Whether these characters are next; then they are read. */
bool sg_json_has(sg_json_reader *in, const char *literal);

/** The next character, or 0 at the end and after a problem. */
char sg_json_peek(const sg_json_reader *in);

/** A string, decoded: UTF-8 without U+0000, escapes as RFC 8259 has them. */
signet_slice sg_json_string(sg_json_reader *in);

/** A string of canonical base64: RFC 4648 section 4 with padding, or section 5 without. */
signet_slice sg_json_base64(sg_json_reader *in);
signet_slice sg_json_base64url(sg_json_reader *in);

/** No sign, leading zero, fraction or exponent; at most 2^64-1. */
uint64_t sg_json_unsigned(sg_json_reader *in);
int64_t sg_json_integer(sg_json_reader *in);

/** The characters of the next value, whatever it is.  Found, not judged: read it, too. */
signet_slice sg_json_any(sg_json_reader *in);

/** Note a problem of meaning, unless there is one already. */
void sg_json_refuse(sg_json_reader *in, const char *problem);

/** Nothing may be left.  SIGNET_E_DECODE. */
bool sg_json_end(const sg_json_reader *in, const char *what, signet_error *err) SIGNET_MUST_CHECK;

/** Appends to a buffer. */
typedef struct {
    signet_buf *out;
    size_t before; /* length of `out` at the start, restored on failure */
    signet_error problem;
} sg_json_writer;

sg_json_writer sg_json_writer_to(signet_buf *out);
void sg_json_write(sg_json_writer *to, const char *literal);
void sg_json_write_raw(sg_json_writer *to, signet_slice json);

/** Escaped as the reference does, also `<`, `>`, `&`, U+2028 and U+2029.  SIGNET_E_USAGE: no UTF-8
 * or U+0000. */
void sg_json_write_string(sg_json_writer *to, signet_slice text);
void sg_json_write_base64(sg_json_writer *to, signet_slice bytes);
void sg_json_write_base64url(sg_json_writer *to, signet_slice bytes);
void sg_json_write_unsigned(sg_json_writer *to, uint64_t value);
void sg_json_write_integer(sg_json_writer *to, int64_t value);

/** A string by itself, after what stands before it. */
bool sg_json_append_string(
    signet_buf *out, const char *before, signet_slice text, signet_error *err) SIGNET_MUST_CHECK;

/** Report the first problem, if any; then `out` is as it was. */
bool sg_json_write_end(sg_json_writer *to, signet_error *err) SIGNET_MUST_CHECK;

#endif
