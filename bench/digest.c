/* SPDX-License-Identifier: Apache-2.0 */
/* The floor of a file: SHA-512 over stdin by the library's own function, in the reads of `signet`.
 */
#include <stdio.h>
#include <unistd.h>

#include <signet/signet.h>

enum { READ_SIZE = 1 << 16 };

int
main(void)
{
    static uint8_t bytes[READ_SIZE];
    uint8_t digest[SIGNET_SHA512_SIZE] = {0};
    signet_sha512 state = {0};
    ssize_t got = 0;

    signet_sha512_init(&state);
    while ((got = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
        signet_sha512_update(&state, (signet_slice){bytes, (size_t)got});
    signet_sha512_final(&state, digest);
    for (size_t i = 0; i < sizeof(digest); i++)
        printf("%02x", digest[i]);
    putchar('\n');
    return got == 0 ? 0 : 1;
}
