/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other proofs than Signet-Proof, and who else may ask: dialects, the keys of access tokens,
 * metadata of resources, scripts of other origins.
 */
#ifndef SG_PROXY_ACCEPT_H
#define SG_PROXY_ACCEPT_H

#include "config_words.h"
#include "settings.h"

/** Check the flags, and set `dialects`; files are read by nginx, which checks them. */
bool proxy_accept_check(proxy_settings *settings, signet_error *err) SIGNET_MUST_CHECK;

/** Their directives, for each place of the configuration. */
void proxy_accept_write_http(config_writer *writer, const proxy_settings *settings);
void proxy_accept_write_server(config_writer *writer, const proxy_settings *settings);
void proxy_accept_write_location(config_writer *writer, const proxy_settings *settings);

#endif
