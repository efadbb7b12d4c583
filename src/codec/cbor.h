/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deterministic CBOR (RFC 8949, in the key order of RFC 7049 section 3.9: shorter encodings first,
 * then bytewise). Definite lengths, shortest heads, ascending unique keys, UTF-8 checked, no tag
 * unless asked for.  Both sides are sticky: they keep their first problem, so a format is a
 * straight list of reads or writes, checked once at the end.  The reader copies and allocates
 * nothing.
 */
#ifndef SG_CODEC_CBOR_H
#define SG_CODEC_CBOR_H

#include <signet/base.h>

enum {
    SG_CBOR_DEPTH_MAX = 8,      /* maps, arrays and tags inside each other, in one value */
    SG_CBOR_ITEMS_MAX = 131072, /* elements of one array, pairs of one map */
};

/** Major types, and what stands in the place of one at the end or after a problem. */
typedef enum {
    SG_CBOR_UINT,
    SG_CBOR_NINT,
    SG_CBOR_BYTES,
    SG_CBOR_TEXT,
    SG_CBOR_ARRAY,
    SG_CBOR_MAP,
    SG_CBOR_TAG,
    SG_CBOR_SIMPLE,
    SG_CBOR_NOTHING,
} sg_cbor_type;

/** What is left to read, and what went wrong first: a reason, a constant text. */
typedef struct {
    signet_slice left;
    const char *problem;
} sg_cbor_reader;

sg_cbor_reader sg_cbor_reader_of(signet_slice bytes);

/** The type of the next item. */
sg_cbor_type sg_cbor_next(const sg_cbor_reader *in);

/** Whether the next item is null; then it is read. */
bool sg_cbor_read_null(sg_cbor_reader *in);

bool sg_cbor_read_bool(sg_cbor_reader *in);
uint64_t sg_cbor_read_uint(sg_cbor_reader *in);

/** An integer that fits; a problem otherwise. */
int64_t sg_cbor_read_int(sg_cbor_reader *in);

/** Borrowed from what is read. */
signet_slice sg_cbor_read_bytes(sg_cbor_reader *in);
signet_slice sg_cbor_read_text(sg_cbor_reader *in);

/** The head of an array or map: how many elements or pairs follow; 0 on a problem. */
size_t sg_cbor_read_array(sg_cbor_reader *in);
size_t sg_cbor_read_map(sg_cbor_reader *in);

uint64_t sg_cbor_read_tag(sg_cbor_reader *in);

/**
 * The next item, whole and borrowed, whatever it is: checked as strictly as if it were read.  Maps
 * in it may have keys of any scalar type, ascending; tags of times are refused.
 */
signet_slice sg_cbor_read_any(sg_cbor_reader *in);

/** Note a problem of meaning, unless there is one already. */
void sg_cbor_refuse(sg_cbor_reader *in, const char *problem);

/** Nothing may be left.  Fails with SIGNET_E_DECODE and "`what`: problem". */
bool sg_cbor_read_end(const sg_cbor_reader *in, const char *what, signet_error *err)
    SIGNET_MUST_CHECK;

/** Whether key encoding `a` stands before `b` in a map. */
bool sg_cbor_is_before(signet_slice a, signet_slice b);

/**
 * Whether `bytes` are exactly one well-formed item in any encoding (indefinite lengths, long heads,
 * tags), within the limits of the reference: 32 levels, SG_CBOR_ITEMS_MAX items.  Judges nothing
 * else.
 */
bool sg_cbor_is_well_formed(signet_slice bytes);

/** What sg_cbor_probe_map() finds in the keys of a well-formed map. */
typedef struct {
    bool is_map;        /* after any tags, in any encoding */
    bool has_other_key; /* one that is not an integer of 64 bits */
    bool has_duplicate_key;
    uint64_t seen; /* bit n: the key n is there, for n below 64 */
} sg_cbor_probe;

/** Look at the keys of a well-formed item; for messages about input that was refused already. */
sg_cbor_probe sg_cbor_probe_map(signet_slice bytes);

/** Appends to a buffer. */
typedef struct {
    signet_buf *out;
    size_t before; /* length of `out` at the start, restored on failure */
    signet_error problem;
} sg_cbor_writer;

sg_cbor_writer sg_cbor_writer_to(signet_buf *out);
void sg_cbor_write_null(sg_cbor_writer *to);
void sg_cbor_write_uint(sg_cbor_writer *to, uint64_t value);
void sg_cbor_write_int(sg_cbor_writer *to, int64_t value);
void sg_cbor_write_bytes(sg_cbor_writer *to, signet_slice bytes);

/** SIGNET_E_USAGE when it is not UTF-8. */
void sg_cbor_write_text(sg_cbor_writer *to, signet_slice text);
void sg_cbor_write_array(sg_cbor_writer *to, size_t count);
void sg_cbor_write_map(sg_cbor_writer *to, size_t pairs);
void sg_cbor_write_tag(sg_cbor_writer *to, uint64_t tag);

/** Bytes that are CBOR already. */
void sg_cbor_write_raw(sg_cbor_writer *to, signet_slice cbor);

/** Report the first problem, if any; then `out` is as it was. */
bool sg_cbor_write_end(sg_cbor_writer *to, signet_error *err) SIGNET_MUST_CHECK;

#endif
