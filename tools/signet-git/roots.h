/* SPDX-License-Identifier: Apache-2.0 */
/* <home>/x509_roots.pem: certificates that vouch for CMS signatures of other tools.  Usually
 * absent. */
#ifndef SG_TOOLS_GIT_ROOTS_H
#define SG_TOOLS_GIT_ROOTS_H

#include "answer.h"

/** Fill in the roots of `judge`; none when there is no such file.  SIGNET_E_DECODE names the block.
 */
bool roots_read(const home *config, answer_judge *judge, signet_error *err) SIGNET_MUST_CHECK;

#endif
