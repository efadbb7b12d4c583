/* SPDX-License-Identifier: Apache-2.0 */
/* Whether something listens at an address, asked without waiting. */
#ifndef SG_PROXY_PROBE_H
#define SG_PROXY_PROBE_H

#include <netdb.h>

#include <signet/base.h>

typedef struct {
    struct addrinfo *addresses, *next; /* those not yet tried in this round */
    int fd;                            /* of the connection being made, or -1 */
    int64_t since_ms;                  /* when it was begun */
    bool is_up;                        /* as of the last round that ended */
} proxy_probe;

/** Look up `host`, perhaps in brackets; without one the probe says that it is up. */
void proxy_probe_start(proxy_probe *probe, const char *host, int port);

/** Begin a round. */
void proxy_probe_ask(proxy_probe *probe, int64_t now_ms);

/** After poll(): `revents` of its descriptor. */
void proxy_probe_answer(proxy_probe *probe, short revents, int64_t now_ms);

void proxy_probe_free(proxy_probe *probe);

#endif
