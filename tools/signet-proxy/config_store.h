/* SPDX-License-Identifier: Apache-2.0 */
/* Where tokens and proofs are remembered. */
#ifndef SG_PROXY_CONFIG_STORE_H
#define SG_PROXY_CONFIG_STORE_H

#include "config_words.h"
#include "settings.h"

/** The directives of the block `http`; `runtime` is where the record key of one run is. */
void config_store(config_writer *writer, const proxy_settings *settings, const char *runtime);

#endif
