/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER, strict (X.690 section 10 and 11): one-byte tags, definite minimal lengths of at most four
 * octets, minimal INTEGERs.  Both sides are sticky: they keep their first problem, so a format is a
 * straight list of reads or writes, checked once at the end.  Nothing is allocated by the reader.
 */
#ifndef SG_CODEC_DER_H
#define SG_CODEC_DER_H

#include <signet/base.h>

enum {
    SG_DER_BOOLEAN = 0x01,
    SG_DER_INTEGER = 0x02,
    SG_DER_BIT_STRING = 0x03,
    SG_DER_OCTET_STRING = 0x04,
    SG_DER_NULL = 0x05,
    SG_DER_OID = 0x06,
    SG_DER_UTF8_STRING = 0x0c,
    SG_DER_PRINTABLE_STRING = 0x13,
    SG_DER_IA5_STRING = 0x16,
    SG_DER_UTC_TIME = 0x17,
    SG_DER_GENERALIZED_TIME = 0x18,
    SG_DER_SEQUENCE = 0x30,
    SG_DER_SET = 0x31,
    SG_DER_CONTEXT = 0x80,             /* [n] IMPLICIT, primitive: SG_DER_CONTEXT | n */
    SG_DER_CONTEXT_CONSTRUCTED = 0xa0, /* [n], constructed */
};

/** What is left to read, and what went wrong first: a field's name and a reason, both constants. */
typedef struct {
    signet_slice left;
    const char *field;
    const char *problem;
} sg_der_reader;

sg_der_reader sg_der_reader_of(signet_slice bytes);

/** The content of the next element, which must have that tag; empty on a problem. */
signet_slice sg_der_read(sg_der_reader *in, uint8_t tag, const char *field);

/** The whole next element, header and content, whatever its tag. */
signet_slice sg_der_read_any(sg_der_reader *in, const char *field);

/** The whole next element, which must have that tag. */
signet_slice sg_der_read_whole(sg_der_reader *in, uint8_t tag, const char *field);

/** A reader of the content of the next element; give it back with sg_der_leave(). */
sg_der_reader sg_der_enter(sg_der_reader *in, uint8_t tag, const char *field);

/** Nothing may be left in `inner`; its problem, if any, becomes that of `in`. */
void sg_der_leave(sg_der_reader *in, const sg_der_reader *inner, const char *field);

/** Whether the next element has that tag.  False at the end and after a problem. */
bool sg_der_next_is(const sg_der_reader *in, uint8_t tag);

/** Whether there is more to read and no problem yet. */
bool sg_der_has_more(const sg_der_reader *in);

/** A non-negative INTEGER that fits. */
uint32_t sg_der_read_small(sg_der_reader *in, const char *field);

/** A BOOLEAN: 00 or FF. */
bool sg_der_read_boolean(sg_der_reader *in, const char *field);

/** A BIT STRING of whole bytes: its content without the leading 00. */
signet_slice sg_der_read_bits(sg_der_reader *in, const char *field);

/** UTCTime or GeneralizedTime in the one form that DER and RFC 5280 allow; seconds since 1970. */
int64_t sg_der_read_time(sg_der_reader *in, const char *field);

/** Note a problem of meaning (not of form), unless there is one already. */
void sg_der_refuse(sg_der_reader *in, const char *field, const char *problem);

/** Nothing may be left.  Fails with SIGNET_E_DECODE and "field: problem". */
bool sg_der_read_end(const sg_der_reader *in, const char *what, signet_error *err)
    SIGNET_MUST_CHECK;

enum { SG_DER_DEPTH_MAX = 16 };

/** Appends to a buffer; lengths are filled in when an element is closed. */
typedef struct {
    signet_buf *out;
    size_t before;                 /* length of `out` at the start, restored on failure */
    size_t open[SG_DER_DEPTH_MAX]; /* where the content of each open element begins */
    size_t depth;
    signet_error problem;
} sg_der_writer;

sg_der_writer sg_der_writer_to(signet_buf *out);

/** Open a constructed (or wrapping) element; close it with sg_der_end(). */
void sg_der_begin(sg_der_writer *to, uint8_t tag);
void sg_der_end(sg_der_writer *to);

/** A whole element. */
void sg_der_write(sg_der_writer *to, uint8_t tag, signet_slice content);

/** Bytes that are DER already. */
void sg_der_write_raw(sg_der_writer *to, signet_slice der);

/** An INTEGER of an unsigned big-endian number; leading zeros are dropped. */
void sg_der_write_unsigned(sg_der_writer *to, signet_slice number);

/** A BIT STRING of whole bytes. */
void sg_der_write_bits(sg_der_writer *to, signet_slice bytes);

/** UTCTime from 1950 to 2049, GeneralizedTime else; SIGNET_E_TIME outside the years 0 to 9999. */
void sg_der_write_time(sg_der_writer *to, int64_t seconds);

/** Report the first problem, if any; then `out` is as it was. */
bool sg_der_write_end(sg_der_writer *to, signet_error *err) SIGNET_MUST_CHECK;

#endif
