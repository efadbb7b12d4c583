/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explaining what something says, without believing it.  Each function shows what can be read, in
 * the order in which it stands there, and notes the first rule that is broken, in the order in
 * which the library judges.
 */
#ifndef SG_SIGNET_INSPECT_H
#define SG_SIGNET_INSPECT_H

#include <signet/signet.h>

#include "report.h"

enum { INSPECT_MAX = 2 << 20 };

void inspect_sig1(report *to, signet_slice text);
void inspect_token(report *to, signet_slice bytes);
void inspect_cose(report *to, signet_slice bytes);
void inspect_cbor(report *to, signet_slice bytes);
void inspect_proof(report *to, signet_slice text);
void inspect_certificate(report *to, signet_slice bytes);
void inspect_cms(report *to, signet_slice bytes);
void inspect_key(report *to, signet_slice bytes);
void inspect_trust(report *to, signet_slice text);

/** Whether the bytes could be that; a guess. */
bool inspect_is_sig1(signet_slice text);
bool inspect_is_token(signet_slice bytes);
bool inspect_is_cose(signet_slice bytes);
bool inspect_is_cbor(signet_slice bytes);
bool inspect_is_proof(signet_slice text);
bool inspect_is_certificate(signet_slice bytes);
bool inspect_is_cms(signet_slice bytes);
bool inspect_is_key(signet_slice bytes);
bool inspect_is_trust(signet_slice text);

/** Parts of the above that others show too; they judge nothing. */
void inspect_show_cose(report *to, signet_slice bytes, signet_slice token);
void inspect_show_certificate(report *to, const signet_cert *cert);

/** What DER is made of, as far as it can be read: for what cannot be read as anything better. */
void inspect_show_der(report *to, signet_slice bytes);

/** Whether `bytes` contain `text`. */
bool inspect_contains(signet_slice bytes, const char *text);

#endif
