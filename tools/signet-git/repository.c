/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "repository.h"

bool
repository_find(signet_buf *out)
{
    static const char marker[] = "/.git";
    char path[PATH_MAX + sizeof(marker)];
    size_t len = 0;

    if (!getcwd(path, PATH_MAX))
        return false;
    len = strlen(path);
    while (len > 0) {
        memcpy(path + len, marker, sizeof(marker));
        if (access(path, F_OK) == 0) {
            path[len] = 0;
            return signet_buf_append(out, (signet_slice){(const uint8_t *)path, len + 1}, NULL);
        }
        do
            len--;
        while (len > 0 && path[len] != '/');
    }
    return false;
}
