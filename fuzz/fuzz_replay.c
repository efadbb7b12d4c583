/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <signet/replay.h>

#include "fuzz.h"

/*
 * Memory that was shared with something broken.  The input says how large a store is, and what is
 * changed of it (exclusive or, so that zeros change nothing).  Either it is refused, or
 *   - nothing outside the memory is touched, and every call comes back, and
 *   - what was accepted is refused the second time.
 */
enum { NOW = 1700000000, INSERTIONS = 40 };

static void
use(signet_replay *store)
{
    int64_t window = (int64_t)signet_replay_settings(store).window;

    for (int i = 0; i < INSERTIONS; i++) {
        signet_replay_entry entry = {.token = (uint64_t)i % 3, .until = NOW + i % (window + 1)};
        signet_replay_answer answer = SIGNET_REPLAY_REFUSED;

        memset(entry.key, i % 30, sizeof(entry.key));
        if (!signet_replay_insert(store, &entry, NOW, NULL, NULL))
            continue;
        PROPERTY(!signet_replay_insert(store, &entry, NOW, &answer, NULL));
        PROPERTY(answer == SIGNET_REPLAY_SEEN);
    }
    (void)signet_replay_count(store, NOW);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    signet_replay_options options = {0};
    signet_replay *store = NULL;
    uint8_t *memory = NULL;
    size_t needed = 0;

    if (size < 3)
        return 0;
    options = (signet_replay_options){data[0] + 1U, data[1] + 1U, data[2] + 1U};
    PROPERTY(signet_replay_size(&options, &needed, NULL));
    memory = aligned_alloc(SIGNET_REPLAY_ALIGNMENT, needed);
    PROPERTY(memory);
    memset(memory, 0, needed);
    PROPERTY(signet_replay_init(memory, needed, &options, NULL));
    store = signet_replay_attach(memory, needed, NULL);
    PROPERTY(store);
    use(store);
    for (size_t i = 3; i < size; i++)
        memory[(i - 3) % needed] ^= data[i];
    store = signet_replay_attach(memory, needed, NULL);
    if (store)
        use(store);
    free(memory);
    return 0;
}
