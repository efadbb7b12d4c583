/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of the wire formats to start from, and every small change of one: each bit, each
 * truncation, each element removed, doubled, moved, or of another type or encoding.
 *
 * The keys are those of the seeds 01 x 32 (master) and 02 x 32 (ephemeral).
 */
#ifndef SG_TESTS_WIRE_H
#define SG_TESTS_WIRE_H

#include <signet/signet.h>

#include "harness.h"

/* Claim by claim, in hex. */
#define WIRE_CNF  "34750f98bd59fcfc946da45aaabe933be154a4b5094e1c4abf42866505f3c97e"
#define WIRE_EPH  "6a3803d5f059902a1c6dafbc9ba4729212f7caac08634cc3ae76b27529f03827"
#define WIRE_B16  "000102030405060708090a0b0c0d0e0f"
#define WIRE_CAPA "5d00637ad3ee1dc64c96f027cd57b4d0" /* formula A of 1, 2, 0x100 */
#define WIRE_CAP0 "9c21aa880ab80206776ab32845e7caf3" /* formula A of nothing */
#define WIRE_CAPB "bec88a119463da8c9d7290416672f501" /* formula B of EPH and CNF */

#define T_ISS     "016463616e79" /* "cany" */
#define T_AUD     "02636c6962"   /* "lib" */
#define T_SUB     "035820" WIRE_EPH
#define T_EXP     "041a65ec88ac"
#define T_NBF     "051a65ec8780"
#define T_IAT     "061a65ec8780"
#define T_CAP     "0750" WIRE_CAPA
#define T_CAP_VER "0803"
#define T_CNF     "095820" WIRE_CNF
#define T_KID     "0a426b31" /* "k1" */
#define T_NUMBERS "0b830102190100"
#define T_CUSTOM  "0ca261610162616282f5f6" /* {"a": 1, "ab": [true, null]} */
#define T_JTI     "0d50" WIRE_B16
#define T_ACT     "0ea1626964636d6965" /* {"id": "mie"} */
#define T_DEL     "0fa162696463626f62" /* {"id": "bob"} */
#define T_AUD_STR "10634c6962"         /* "Lib" */
#define T_NONCE   "1150" WIRE_B16
#define T_EPH     "125820" WIRE_EPH
#define T_EPOCH   "1307"
#define T_CHAIN   "144180"
#define T_ENV     "1541a0"
#define T_BOUND   "1641a0"
#define T_ATTEST  "1741f6"

#define T_REQUIRED T_ISS T_SUB T_EXP T_NBF T_IAT T_CAP T_CNF T_JTI
#define T_MINIMAL  "a8" T_REQUIRED
#define T_FULL                                                                                     \
    "b7" T_ISS T_AUD T_SUB T_EXP T_NBF T_IAT T_CAP T_CAP_VER T_CNF T_KID T_NUMBERS T_CUSTOM T_JTI  \
        T_ACT T_DEL T_AUD_STR T_NONCE T_EPH T_EPOCH T_CHAIN T_ENV T_BOUND T_ATTEST

enum { WIRE_ISSUED = 0x65ec8780, WIRE_EXPIRES = 0x65ec88ac };

/** The private key of 32 equal bytes, kept until the program ends; one for each byte and algorithm.
 */
const signet_key *wire_key(const signet_algorithm *algorithm, uint8_t byte);

/** What was changed. */
typedef enum {
    WIRE_BIT,
    WIRE_TRUNCATED,
    WIRE_LONGER,     /* a byte behind the end */
    WIRE_REMOVED,    /* an element, or pair of a map; the count is right */
    WIRE_DOUBLED,    /* the same */
    WIRE_MOVED,      /* behind the next one */
    WIRE_RETYPED,    /* a value of another type in its place */
    WIRE_LONG_HEAD,  /* the same value, its head not the shortest */
    WIRE_INDEFINITE, /* the same value, of indefinite length */
    WIRE_TAGGED,     /* the same value, behind a tag */
    WIRE_COUNTED,    /* the count is one less or more than what is there */
} wire_kind;

/** One changed message. */
typedef struct {
    wire_kind kind;
    size_t index;  /* of the byte or element */
    bool is_key;   /* of a map */
    uint8_t first; /* byte of what stands there now */
    signet_slice bytes;
} wire_mutant;

typedef void wire_visit(void *context, const wire_mutant *mutant);

/**
 * Every bit flipped.  With SIGNET_FEWER_BITS in the environment (valgrind) and `step` above 1 only
 * every `step`th behind `all_before` bytes.
 */
void wire_each_bit(
    signet_slice whole, size_t all_before, size_t step, wire_visit *visit, void *context);

/** Every shorter message, the empty one too, and one that is longer. */
void wire_each_truncation(signet_slice whole, wire_visit *visit, void *context);

/** Every change of the elements of the CBOR array or map at `offset`; what is around it stays. */
void wire_each_element(signet_slice whole, size_t offset, wire_visit *visit, void *context);

/** All three. */
void wire_each_change(signet_slice whole, size_t offset, wire_visit *visit, void *context);

#endif
