/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

const char *harness_row;

/* cmocka before 1.1.6 writes `not ok 3 # SKIP name` for a test that called skip(). */
static ssize_t
write_tap(void *cookie, const char *text, size_t len)
{
    static const char prefix[] = "not ";
    size_t wrong = 0;

    (void)cookie;
    if (len > sizeof(prefix) && memcmp(text, "not ok ", 7) == 0 && memmem(text, len, "# SKIP", 6))
        wrong = sizeof(prefix) - 1;
    for (size_t at = wrong; at < len;) {
        ssize_t written = write(STDOUT_FILENO, text + at, len - at);

        if (written < 0)
            return (ssize_t)at;
        at += (size_t)written;
    }
    return (ssize_t)len;
}

/* Before main(), for a stream must not have been written to. cmocka flushes it after every line. */
__attribute__((constructor)) static void
correct_tap(void)
{
    static const cookie_io_functions_t functions = {.write = write_tap};
    FILE *corrected = fopencookie(NULL, "w", functions);

    if (corrected)
        stdout = corrected;
}

/* Memory of rows, kept so that slices stay valid, freed at exit so that leak checkers stay silent.
 */
static struct kept {
    struct kept *next;
    uint8_t bytes[];
} * kept;

static void
free_kept(void)
{
    while (kept) {
        struct kept *next = kept->next;

        free(kept);
        kept = next;
    }
}

static uint8_t *
keep(size_t size)
{
    struct kept *block = malloc(sizeof(*block) + size + 1);

    if (!block)
        abort();
    if (!kept)
        (void)atexit(free_kept);
    block->next = kept;
    kept = block;
    return block->bytes;
}

void
harness_fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    char text[4096];

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    print_error("%s:%d: %s: %s\n", file, line, harness_row ? harness_row : "-", text);
    _fail(file, line);
    abort();
}

void
harness_int(const char *file, int line, const char *what, long long value, long long expected)
{
    if (value != expected)
        harness_fail(file, line, "%s is %lld, expected %lld", what, value, expected);
}

static const char *
show(signet_slice bytes)
{
    static char texts[2][1024];
    static int turn;
    char *text = texts[turn++ & 1];
    size_t len = bytes.len < 400 ? bytes.len : 400;

    text[0] = '\0';
    for (size_t i = 0; i < len; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", bytes.ptr[i]);
    if (len < bytes.len)
        strcat(text, "...");
    return text;
}

void
harness_bytes(
    const char *file, int line, const char *what, signet_slice value, signet_slice expected)
{
    if (!signet_slice_is_equal(value, expected))
        harness_fail(file, line, "%s is %s (%zu bytes), expected %s (%zu bytes)", what, show(value),
            value.len, show(expected), expected.len);
}

signet_slice
unhex(const char *digits)
{
    size_t len = 0;
    uint8_t *bytes = keep(strlen(digits) / 2);

    while (*digits) {
        unsigned byte = 0;

        if (isspace((unsigned char)*digits)) {
            digits++;
            continue;
        }
        if (sscanf(digits, "%2x", &byte) != 1 || !isxdigit((unsigned char)digits[1]))
            harness_fail(__FILE__, __LINE__, "not hex: %s", digits);
        bytes[len++] = (uint8_t)byte;
        digits += 2;
    }
    return (signet_slice){bytes, len};
}

signet_slice
harness_keep(signet_slice bytes)
{
    uint8_t *copy = keep(bytes.len);

    if (bytes.len > 0)
        memcpy(copy, bytes.ptr, bytes.len);
    return (signet_slice){copy, bytes.len};
}

signet_slice
harness_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = 0;
    uint8_t *bytes = NULL;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
        harness_fail(__FILE__, __LINE__, "cannot read %s", path);
    rewind(file);
    bytes = keep((size_t)size);
    if (fread(bytes, 1, (size_t)size, file) != (size_t)size)
        harness_fail(__FILE__, __LINE__, "cannot read %s", path);
    (void)fclose(file);
    bytes[size] = '\0';
    return (signet_slice){bytes, (size_t)size};
}
