/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/secret.h"
#include "faults.h"
#include "harness.h"

enum { MOST_BLOCKS = 4096, MOST_ALLOCATIONS = 100000 };

/* Allocations are counted, made to fail and remembered between arm() and disarm() only. */
static struct {
    bool armed;
    bool forever;     /* not only number `fail_at` fails, but all that follow */
    unsigned count;   /* allocations so far */
    unsigned fail_at; /* number of the one to fail, from 1 */
    bool has_failed;  /* it was reached */
    bool forgot;      /* more blocks than can be remembered */
    size_t bytes;     /* asked for */
    size_t blocks;    /* that are not free yet */
    void *block[MOST_BLOCKS];
} state;

/* The names are the linker's. */
/* NOLINTBEGIN(bugprone-reserved-identifier) */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *block);
void *__real_sg_secret_new(size_t size, signet_error *err);
void __real_sg_secret_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *block);
void *__wrap_sg_secret_new(size_t size, signet_error *err);
void __wrap_sg_secret_free(void *block);

static bool
must_fail(size_t size)
{
    if (!state.armed)
        return false;
    state.count++;
    state.bytes += size;
    if (state.count != state.fail_at && !(state.forever && state.count > state.fail_at))
        return false;
    state.has_failed = true;
    errno = ENOMEM;
    return true;
}

static void *
remember(void *block)
{
    if (!state.armed || !block)
        return block;
    if (state.blocks < MOST_BLOCKS)
        state.block[state.blocks++] = block;
    else
        state.forgot = true;
    return block;
}

static void
forget(const void *block)
{
    for (size_t i = state.blocks; i-- > 0;) {
        if (state.block[i] == block) {
            state.block[i] = state.block[--state.blocks];
            return;
        }
    }
}

void *
__wrap_malloc(size_t size)
{
    return must_fail(size) ? NULL : remember(__real_malloc(size));
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return must_fail(count * size) ? NULL : remember(__real_calloc(count, size));
}

void *
__wrap_realloc(void *old, size_t size)
{
    void *block = NULL;

    if (must_fail(size))
        return NULL;
    block = __real_realloc(old, size);
    if (block || size == 0)
        forget(old);
    return remember(block);
}

void
__wrap_free(void *block)
{
    forget(block);
    __real_free(block);
}

void *
__wrap_sg_secret_new(size_t size, signet_error *err)
{
    if (must_fail(size))
        return signet_fail_null(err, SIGNET_E_NOMEM, "out of locked memory for a secret");
    return remember(__real_sg_secret_new(size, err));
}

void
__wrap_sg_secret_free(void *block)
{
    forget(block);
    __real_sg_secret_free(block);
}
/* NOLINTEND(bugprone-reserved-identifier) */

/* Number 0 is never reached. */
static void
arm(unsigned number, bool forever)
{
    state.count = 0;
    state.bytes = 0;
    state.fail_at = number;
    state.forever = forever;
    state.has_failed = false;
    state.forgot = false;
    state.blocks = 0;
    state.armed = true;
}

void
faults_count_begin(void)
{
    arm(0, false);
}

faults_count
faults_count_end(void)
{
    state.armed = false;
    return (faults_count){state.count, state.bytes};
}

static bool
run_with_fault(const faults_row *row, unsigned number, bool forever, signet_error *err)
{
    bool done = false;

    arm(number, forever);
    done = row->operation(err);
    state.armed = false;
    return done;
}

static void
check_outcome(const faults_row *row, bool done, const signet_error *err)
{
    if (state.forgot)
        harness_fail(__FILE__, __LINE__, "more than %d blocks at once", MOST_BLOCKS);
    if (state.blocks > 0)
        harness_fail(__FILE__, __LINE__, "%zu blocks of %u leak when number %u is refused",
            state.blocks, state.count, state.fail_at);
    if (!state.has_failed && !done)
        harness_fail(__FILE__, __LINE__, "fails with all the memory it wants: %s", err->message);
    if (!state.has_failed && state.count < row->least)
        harness_fail(__FILE__, __LINE__, "%u allocations seen, %u expected: are they wrapped?",
            state.count, row->least);
    if (state.has_failed && done)
        harness_fail(
            __FILE__, __LINE__, "does not notice that number %u is refused", state.fail_at);
    if (state.has_failed && err->code != SIGNET_E_NOMEM && err->code != SIGNET_E_CRYPTO)
        harness_fail(__FILE__, __LINE__, "ends in %s when number %u is refused: %s",
            signet_code_name(err->code), state.fail_at, err->message);
}

void
faults_exhaust(const faults_row *row)
{
    static const bool modes[] = {false, true};

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        unsigned number = 0;

        do {
            signet_error err = {0};
            bool done = run_with_fault(row, ++number, modes[i], &err);

            check_outcome(row, done, &err);
        } while (state.has_failed && number < MOST_ALLOCATIONS);
        CHECK(!state.has_failed);
    }
}
