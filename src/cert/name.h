/* SPDX-License-Identifier: Apache-2.0 */
/* Names: those that Signet writes (O=Signet, CN=...), and the common name of any. */
#ifndef SG_CERT_NAME_H
#define SG_CERT_NAME_H

#include "codec/der.h"

/** Bytes of a common name that a certificate holds; a longer one becomes "Signet Ephemeral". */
enum { SG_COMMON_NAME_MAX = 64 };

/** Write the Name O=Signet, CN=`common_name`. */
void sg_name_write(sg_der_writer *to, signet_slice common_name);

/**
 * Read one Name; the last common name in it, if any, goes to `ret_common_name`.  Names that are not
 * text are refused.  Answers the whole element.
 */
signet_slice sg_name_read(sg_der_reader *in, signet_slice *ret_common_name, const char *field);

#endif
