/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clock of the programs that tests run: SIGNET_NOW, in seconds, replaces the time.  Linked
 * instead of clock.c, so that nobody's environment can do this to a program that is installed.
 */
#include <stdlib.h>
#include <time.h>

#include "common/cli.h"

int64_t
cli_now(void)
{
    const char *text = getenv("SIGNET_NOW");
    signet_error err = {0};
    int64_t now = 0;

    if (!text || !*text)
        return (int64_t)time(NULL);
    if (!cli_parse_number("SIGNET_NOW", text, 0, INT64_MAX, &now, &err))
        exit(cli_failed(NULL, &err));
    return now;
}
