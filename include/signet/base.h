/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every other header of Signet rests on: bytes, ownership, errors.
 *
 * Threads: different objects may be used from different threads at once, and one object from many
 * threads through const.  There is no init function and no global state.
 *
 * Time is an argument (seconds since 1970, int64_t); the library reads no clock, opens no socket,
 * prints nothing and logs nothing.
 */
#ifndef SIGNET_BASE_H
#define SIGNET_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
#define SIGNET_BEGIN_DECLS extern "C" {
#define SIGNET_END_DECLS   }
#else
#define SIGNET_BEGIN_DECLS
#define SIGNET_END_DECLS
#endif

#define SIGNET_API                  __attribute__((visibility("default")))
#define SIGNET_MUST_CHECK           __attribute__((warn_unused_result))
#define SIGNET_PRINTF(text, values) __attribute__((format(printf, text, values)))

SIGNET_BEGIN_DECLS

/*
 * Ownership in three words:
 *
 *     SIGNET_DEFINE_AUTO(signet_key_free, signet_key *);      once, beside each free function
 *     SIGNET_AUTO(signet_key_free) signet_key *key = NULL;    freed on every way out of the scope
 *     return SIGNET_TAKE(key);                                ... but this one
 *
 * Everything starts as NULL or {0}, and every free function accepts it as such.
 */
#define SIGNET_AUTO(free_function) __attribute__((cleanup(free_function##_auto)))

#define SIGNET_DEFINE_AUTO(free_function, type)                                                    \
    __attribute__((unused)) static inline void free_function##_auto(type *variable)                \
    {                                                                                              \
        free_function(*variable);                                                                  \
    }                                                                                              \
    struct signet_semicolon

#define SIGNET_TAKE(pointer)                                                                       \
    __extension__({                                                                                \
        __typeof__(pointer) taken_ = (pointer);                                                    \
        (pointer) = NULL;                                                                          \
        taken_;                                                                                    \
    })

/** Why something failed: only as many as a caller can act on differently. */
typedef enum {
    SIGNET_OK = 0,
    SIGNET_E_USAGE,     /**< the caller's arguments make no sense */
    SIGNET_E_NOMEM,     /**< out of memory, or of a documented limit on it */
    SIGNET_E_IO,        /**< the system refused to read or write */
    SIGNET_E_NETWORK,   /**< a peer could not be reached */
    SIGNET_E_NOT_FOUND, /**< there is no such key, file, signer or entry */
    SIGNET_E_EXISTS,    /**< there is one already */
    SIGNET_E_LOCKED,    /**< a passphrase is needed, or was wrong */
    SIGNET_E_DECODE,    /**< not the format that it should be */
    SIGNET_E_LEGACY,    /**< a retired format */
    SIGNET_E_KEY,       /**< a key that is malformed, weak, or not the one needed */
    SIGNET_E_ALGORITHM, /**< an algorithm that is unknown or not accepted here */
    SIGNET_E_CERT,      /**< a certificate or chain that breaks a rule */
    SIGNET_E_TIME,      /**< too early or too late */
    SIGNET_E_SIGNATURE, /**< not genuine */
    SIGNET_E_TRUST,     /**< genuine, but by nobody who is trusted for this */
    SIGNET_E_REVOKED,   /**< by somebody who was trusted once */
    SIGNET_E_CRYPTO,    /**< the crypto library could not tell */
    SIGNET_E_TOKEN,     /**< a rule of the token format */
    SIGNET_E_SIG1,      /**< a rule of the SIG1 envelope */
    SIGNET_E_COSE,      /**< a rule of COSE_Sign1 */
    SIGNET_E_EPR,       /**< a rule of the ephemeral proof */
} signet_code;

/** One error.  It belongs to the caller, who may also pass NULL and learn only that it failed. */
typedef struct {
    signet_code code;
    char message[240]; /**< one line, lower case, no full stop; never holds a secret */
} signet_error;

/** Fill in `err`, unless it is NULL.  Control characters in the result become '?'. */
SIGNET_API void signet_error_set(signet_error *err, signet_code code, const char *format, ...)
    SIGNET_PRINTF(3, 4);

/** Put "`prefix`: " before the message of `err`, unless it is NULL: which file, which field. */
SIGNET_API void signet_error_prefix(signet_error *err, const char *prefix);

/** The name of a code, like "SIGNATURE"; never NULL. */
SIGNET_API const char *signet_code_name(signet_code code);

/*
 * The two ways to fail: `return signet_fail(err, SIGNET_E_KEY, "no key is called %s", name);`
 * Macros, so that compilers and analysers see the constant, and -Wunused-value a missing return.
 */
#define signet_fail(err, ...)      (signet_error_set(err, __VA_ARGS__), false)
#define signet_fail_null(err, ...) (signet_error_set(err, __VA_ARGS__), NULL)

/** Bytes that belong to somebody else.  `ptr` may be NULL when `len` is 0. */
typedef struct {
    const uint8_t *ptr;
    size_t len;
} signet_slice;

/** The bytes of a string, without its terminator. */
static inline signet_slice
signet_slice_text(const char *text)
{
    signet_slice slice = {(const uint8_t *)text, strlen(text)};

    return slice;
}

/** Whether two slices hold the same bytes.  Not for secrets. */
static inline bool
signet_slice_is_equal(signet_slice a, signet_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/** Bytes of one's own that grow by appending, to SIGNET_BUF_MAX at most; wiped when freed. */
typedef struct {
    uint8_t *data;
    size_t len;
    size_t capacity;
} signet_buf;

enum { SIGNET_BUF_MAX = 64 << 20 };

/** Append `bytes`.  On failure (SIGNET_E_NOMEM) `buf` is as it was. */
SIGNET_API bool signet_buf_append(signet_buf *buf, signet_slice bytes, signet_error *err)
    SIGNET_MUST_CHECK;

/** Append formatted text without its terminator. */
SIGNET_API bool signet_buf_printf(signet_buf *buf, signet_error *err, const char *format, ...)
    SIGNET_PRINTF(3, 4) SIGNET_MUST_CHECK;

/** Wipe and free the bytes; `buf` itself is the caller's and empty afterwards. */
SIGNET_API void signet_buf_free(signet_buf *buf);

/** The bytes of `buf`, borrowed until it grows or is freed. */
static inline signet_slice
signet_buf_slice(const signet_buf *buf)
{
    signet_slice slice = {buf->data, buf->len};

    return slice;
}

__attribute__((unused)) static inline void
signet_buf_free_auto(signet_buf *buf)
{
    signet_buf_free(buf);
}

SIGNET_END_DECLS

#endif
