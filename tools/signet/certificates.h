/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates of a PEM file, as anchors. */
#ifndef SG_SIGNET_CERTIFICATES_H
#define SG_SIGNET_CERTIFICATES_H

#include <signet/signet.h>

enum { CERTIFICATES_MAX = 256, CERTIFICATE_FILE_MAX = 1 << 20 };

typedef struct {
    signet_buf der[CERTIFICATES_MAX];
    signet_slice slices[CERTIFICATES_MAX]; /* of `der` */
    size_t count;
} certificates;

/** All CERTIFICATE blocks of a file; SIGNET_E_CERT when there is none. */
bool certificates_read(const char *path, certificates *ret_found, signet_error *err)
    SIGNET_MUST_CHECK;

/** Whether the subject has the organisation Signet. */
bool certificate_is_signet(const signet_cert *cert);

void certificates_free(certificates *found);

__attribute__((unused)) static inline void
certificates_free_auto(certificates *found)
{
    certificates_free(found);
}

#endif
