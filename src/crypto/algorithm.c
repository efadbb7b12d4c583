/* SPDX-License-Identifier: Apache-2.0 */
#include <signet/key.h>

const signet_algorithm *const signet_only_ed25519[2] = {&signet_ed25519, NULL};

const signet_algorithm *
signet_algorithm_named(signet_algorithms accepted, const char *name)
{
    for (; *accepted; accepted++) {
        if (strcmp((*accepted)->name, name) == 0)
            return *accepted;
    }
    return NULL;
}

const signet_algorithm *
signet_algorithm_with_oid(signet_algorithms accepted, signet_slice oid)
{
    for (; *accepted; accepted++) {
        if (signet_slice_is_equal((*accepted)->oid, oid))
            return *accepted;
    }
    return NULL;
}
