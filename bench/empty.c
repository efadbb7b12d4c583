/* SPDX-License-Identifier: Apache-2.0 */
/* The floor of a process: what the system needs to start and end a dynamically linked C program. */
int
main(void)
{
    return 0;
}
