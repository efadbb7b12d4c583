/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON of a format that has one order of members and no white space, as a straight list of reads or
 * writes.  Numbers are integers of 64 bits, signed or not, and never pass through a double.  Both
 * sides are sticky: they keep their first problem, and the format is checked once at the end.
 */
#ifndef SG_CODEC_EXACT_JSON_H
#define SG_CODEC_EXACT_JSON_H

#include <signet/base.h>

enum { SG_EXACT_DEPTH_MAX = 8 }; /* objects and arrays inside each other, in a value of any kind */

/**
 * What is left to read, where decoded strings go, and what went wrong first (a constant text).  As
 * many bytes of room as of text are enough, when no string is read twice.
 */
typedef struct {
    signet_slice left;
    uint8_t *room;
    size_t room_left;
    const char *problem;
} sg_exact_reader;

sg_exact_reader sg_exact_reader_of(signet_slice text, uint8_t *room, size_t size);

/** Exactly these characters. */
void sg_exact_expect(sg_exact_reader *in, const char *literal);

/** Whether these characters are next; then they are read. */
bool sg_exact_has(sg_exact_reader *in, const char *literal);

/** The next character, or 0 at the end and after a problem. */
char sg_exact_next(const sg_exact_reader *in);

/** A string, decoded: UTF-8 without U+0000, escapes as RFC 8259 has them. */
signet_slice sg_exact_string(sg_exact_reader *in);

/** A string of canonical base64: RFC 4648 section 4 with padding, or section 5 without. */
signet_slice sg_exact_base64(sg_exact_reader *in);
signet_slice sg_exact_base64url(sg_exact_reader *in);

/** No sign, leading zero, fraction or exponent; at most 2^64-1. */
uint64_t sg_exact_unsigned(sg_exact_reader *in);
int64_t sg_exact_integer(sg_exact_reader *in);

/** The characters of the next value, whatever it is.  Found, not judged: read it, too. */
signet_slice sg_exact_any(sg_exact_reader *in);

/** Note a problem of meaning, unless there is one already. */
void sg_exact_refuse(sg_exact_reader *in, const char *problem);

/** Nothing may be left.  SIGNET_E_DECODE. */
bool sg_exact_end(const sg_exact_reader *in, const char *what, signet_error *err) SIGNET_MUST_CHECK;

/** Appends to a buffer. */
typedef struct {
    signet_buf *out;
    size_t before; /* length of `out` at the start, restored on failure */
    signet_error problem;
} sg_exact_writer;

sg_exact_writer sg_exact_writer_to(signet_buf *out);
void sg_exact_write(sg_exact_writer *to, const char *literal);

/** Escaped as the reference does, also `<`, `>`, `&`, U+2028 and U+2029.  SIGNET_E_USAGE: no UTF-8
 * or U+0000. */
void sg_exact_write_string(sg_exact_writer *to, signet_slice text);
void sg_exact_write_base64(sg_exact_writer *to, signet_slice bytes);
void sg_exact_write_base64url(sg_exact_writer *to, signet_slice bytes);
void sg_exact_write_unsigned(sg_exact_writer *to, uint64_t value);
void sg_exact_write_integer(sg_exact_writer *to, int64_t value);

/** Report the first problem, if any; then `out` is as it was. */
bool sg_exact_write_end(sg_exact_writer *to, signet_error *err) SIGNET_MUST_CHECK;

#endif
