/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SG_CERT_EXTENSION_H
#define SG_CERT_EXTENSION_H

#include <signet/cert.h>

#include "codec/der.h"

enum { SG_EXTENSIONS_MAX = 32 };

/** Read all extensions of a certificate, the content of [3], into `ret_cert`. */
void sg_extensions_read(sg_der_reader *in, signet_cert *ret_cert);

#endif
