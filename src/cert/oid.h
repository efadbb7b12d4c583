/* SPDX-License-Identifier: Apache-2.0 */
/* Contents of the OBJECT IDENTIFIERs of certificates and CMS. */
#ifndef SG_CERT_OID_H
#define SG_CERT_OID_H

#include <signet/base.h>

/** The bytes of a string literal, to initialize a slice with. */
#define SG_BYTES(literal)                                                                          \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }

/** One of the identifiers below as a value: SG_OID(DATA). */
#define SG_OID(name) ((signet_slice)SG_OID_##name)

#define SG_OID_COMMON_NAME  SG_BYTES("\x55\x04\x03")
#define SG_OID_ORGANIZATION SG_BYTES("\x55\x04\x0a")

#define SG_OID_SUBJECT_KEY_ID    SG_BYTES("\x55\x1d\x0e")
#define SG_OID_KEY_USAGE         SG_BYTES("\x55\x1d\x0f")
#define SG_OID_SUBJECT_ALT_NAME  SG_BYTES("\x55\x1d\x11")
#define SG_OID_BASIC_CONSTRAINTS SG_BYTES("\x55\x1d\x13")
#define SG_OID_AUTHORITY_KEY_ID  SG_BYTES("\x55\x1d\x23")
#define SG_OID_EXT_KEY_USAGE     SG_BYTES("\x55\x1d\x25")

#define SG_OID_ANY_PURPOSE  SG_BYTES("\x55\x1d\x25\x00")
#define SG_OID_SERVER_AUTH  SG_BYTES("\x2b\x06\x01\x05\x05\x07\x03\x01")
#define SG_OID_CLIENT_AUTH  SG_BYTES("\x2b\x06\x01\x05\x05\x07\x03\x02")
#define SG_OID_CODE_SIGNING SG_BYTES("\x2b\x06\x01\x05\x05\x07\x03\x03")

/* 1.3.6.1.4.1.99999.1.x: an arc that was never registered, kept because it is in the field (2.9) */
#define SG_OID_SUBJECT_TEXT SG_BYTES("\x2b\x06\x01\x04\x01\x86\x8d\x1f\x01\x01")
#define SG_OID_ISSUED_TEXT  SG_BYTES("\x2b\x06\x01\x04\x01\x86\x8d\x1f\x01\x02")
#define SG_OID_CAPABILITIES SG_BYTES("\x2b\x06\x01\x04\x01\x86\x8d\x1f\x01\x03")
#define SG_OID_AGENT_TEXT   SG_BYTES("\x2b\x06\x01\x04\x01\x86\x8d\x1f\x01\x05")
#define SG_OID_SCOPE_TEXT   SG_BYTES("\x2b\x06\x01\x04\x01\x86\x8d\x1f\x01\x06")

#define SG_OID_EC_KEY SG_BYTES("\x2a\x86\x48\xce\x3d\x02\x01")

#define SG_OID_SIGNED_DATA          SG_BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
#define SG_OID_DATA                 SG_BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
#define SG_OID_CONTENT_TYPE         SG_BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03")
#define SG_OID_MESSAGE_DIGEST       SG_BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04")
#define SG_OID_SIGNING_TIME         SG_BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05")
#define SG_OID_ALGORITHM_PROTECTION SG_BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x34")
#define SG_OID_SHA256               SG_BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x01")
#define SG_OID_SHA384               SG_BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x02")
#define SG_OID_SHA512               SG_BYTES("\x60\x86\x48\x01\x65\x03\x04\x02\x03")

#endif
