/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fuzz target needs: the one function that a driver calls, and properties.  The driver is
 * libFuzzer (-Dfuzzing=true), or replay.c, which makes an ordinary test of the same target.
 */
#ifndef SG_FUZZ_FUZZ_H
#define SG_FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include <signet/base.h>

/** Called with any bytes at all; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What must be true of every input.  Stays in every build, unlike assert(). */
#define PROPERTY(condition)                                                                        \
    ((condition) ? (void)0 : fuzz_property_is_broken(__FILE__, __LINE__, #condition))

__attribute__((unused)) static _Noreturn void
fuzz_property_is_broken(const char *file, int line, const char *property)
{
    (void)fprintf(stderr, "%s:%d: not so: %s\n", file, line, property);
    abort();
}

/** Whether `part`, if it is anything, points into `whole`. */
__attribute__((unused)) static inline bool
fuzz_is_within(signet_slice part, signet_slice whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.len <= whole.len &&
                                part.ptr + part.len <= whole.ptr + whole.len);
}

/** What stands before `at`, or all; `rest` is what stands behind it. */
__attribute__((unused)) static inline signet_slice
fuzz_cut(signet_slice *rest, const char *at)
{
    signet_slice head = *rest;
    const uint8_t *found = rest->len ? memmem(rest->ptr, rest->len, at, strlen(at)) : NULL;

    if (!found) {
        *rest = (signet_slice){0};
        return head;
    }
    head.len = (size_t)(found - head.ptr);
    rest->len -= head.len + strlen(at);
    rest->ptr = found + strlen(at);
    return head;
}

#endif
