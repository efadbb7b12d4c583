/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a response, as curl writes it down: of several (1xx, proxies) the last one counts. */
#ifndef SG_SIGNET_ANSWER_HEAD_H
#define SG_SIGNET_ANSWER_HEAD_H

#include <signet/base.h>

/** Borrowed from the bytes; what is not there, or there twice, is empty. */
typedef struct {
    int status; /* 0: there is none */
    signet_slice date;
    signet_slice challenge; /* the WWW-Authenticate of the scheme Signet */
} answer_head;

/** Never fails: what cannot be read is not there. */
answer_head answer_head_read(signet_slice bytes);

#endif
