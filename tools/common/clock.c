/* SPDX-License-Identifier: Apache-2.0 */
/* The clock of every program that is installed. */
#include <time.h>

#include "common/cli.h"

int64_t
cli_now(void)
{
    return (int64_t)time(NULL);
}
