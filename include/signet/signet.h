/* SPDX-License-Identifier: Apache-2.0 */
/* All of libsignet.  What needs OpenSSL is in <signet/pki.h>, of libsignet-pki. */
#ifndef SIGNET_SIGNET_H
#define SIGNET_SIGNET_H

#include <signet/base.h>
#include <signet/cert.h>
#include <signet/challenge.h>
#include <signet/client.h>
#include <signet/cms.h>
#include <signet/cose.h>
#include <signet/dialect.h>
#include <signet/http.h>
#include <signet/identity.h>
#include <signet/key.h>
#include <signet/keystore.h>
#include <signet/policy.h>
#include <signet/proof.h>
#include <signet/replay.h>
#include <signet/response.h>
#include <signet/revocation.h>
#include <signet/signer.h>
#include <signet/token.h>
#include <signet/trust.h>
#include <signet/verifier.h>

SIGNET_BEGIN_DECLS

/** The version of libsignet, like "0.1.0". */
SIGNET_API const char *signet_version(void);

SIGNET_END_DECLS

#endif
