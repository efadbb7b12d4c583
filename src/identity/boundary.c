/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an identity may be used here and now, tokens.md 7.5; and SPIFFE ids, 7.7. */
#include <arpa/inet.h>
#include <stdlib.h>

#include <signet/identity.h>

enum { LONGEST_ADDRESS = 64 };

/* An address of 16 bytes; IPv4 is mapped into IPv6. */
static bool
read_address(const char *text, uint8_t ret_address[16], size_t *ret_bits)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    *ret_bits = 128;
    if (inet_pton(AF_INET6, text, ret_address) == 1)
        return true;
    memcpy(ret_address, mapped, sizeof(mapped));
    *ret_bits = 32;
    return inet_pton(AF_INET, text, ret_address + sizeof(mapped)) == 1;
}

/* A terminated copy; false when it is too long or has a NUL. */
static bool
copy_text(signet_slice text, char ret_text[LONGEST_ADDRESS])
{
    if (text.len >= LONGEST_ADDRESS || (text.len > 0 && memchr(text.ptr, 0, text.len)))
        return false;
    if (text.len > 0)
        memcpy(ret_text, text.ptr, text.len);
    ret_text[text.len] = '\0';
    return true;
}

/* Split "ip:port" or "[ip]:port"; only the ip is wanted. */
static bool
split_address(signet_slice text, signet_slice *ret_ip)
{
    const uint8_t *colon = text.len > 0 ? memrchr(text.ptr, ':', text.len) : NULL;

    if (!colon)
        return false;
    *ret_ip = (signet_slice){text.ptr, (size_t)(colon - text.ptr)};
    if (ret_ip->len >= 2 && ret_ip->ptr[0] == '[' && ret_ip->ptr[ret_ip->len - 1] == ']') {
        *ret_ip = (signet_slice){ret_ip->ptr + 1, ret_ip->len - 2};
        return true;
    }
    return ret_ip->len > 0 && !memchr(ret_ip->ptr, ':', ret_ip->len);
}

static bool
read_peer(signet_slice text, uint8_t ret_address[16])
{
    char ip[LONGEST_ADDRESS];
    signet_slice slice = {0};
    size_t bits = 0;

    return split_address(text, &slice) && copy_text(slice, ip) &&
           read_address(ip, ret_address, &bits);
}

/* "address/prefix"; `ret_bits` counts within 16 bytes. */
static bool
read_block(signet_slice text, uint8_t ret_address[16], size_t *ret_bits)
{
    char copy[LONGEST_ADDRESS], *slash = NULL, *end = NULL;
    size_t width = 0;
    unsigned long prefix = 0;

    if (!copy_text(text, copy))
        return false;
    slash = strchr(copy, '/');
    if (!slash || slash[1] < '0' || slash[1] > '9' || strlen(slash + 1) > 3)
        return false;
    *slash = '\0';
    prefix = strtoul(slash + 1, &end, 10);
    if (*end != '\0' || !read_address(copy, ret_address, &width) || prefix > width)
        return false;
    *ret_bits = prefix + (128 - width);
    return true;
}

static bool
has_prefix(const uint8_t a[16], const uint8_t b[16], size_t bits)
{
    size_t whole = bits / 8;
    uint8_t mask = (uint8_t)(0xff00U >> bits % 8);

    return memcmp(a, b, whole) == 0 && (bits % 8 == 0 || ((a[whole] ^ b[whole]) & mask) == 0);
}

static bool
check_vpc(signet_slice vpc, signet_slice peer, signet_error *err)
{
    uint8_t block[16], address[16];
    size_t bits = 0;

    if (!read_block(vpc, block, &bits))
        return signet_fail(err, SIGNET_E_TRUST, "boundary: the VPC is not an address block");
    if (!read_peer(peer, address))
        return signet_fail(err, SIGNET_E_TRUST, "boundary: the peer has no usable address");
    if (!has_prefix(block, address, bits))
        return signet_fail(err, SIGNET_E_TRUST, "boundary: the peer is outside the VPC");
    return true;
}

/* The host without its port; brackets of an IPv6 literal stay when there is no port. */
static signet_slice
without_port(signet_slice host)
{
    const uint8_t *colon = host.len > 0 ? memrchr(host.ptr, ':', host.len) : NULL;
    signet_slice name = {0};

    if (!colon)
        return host;
    name = (signet_slice){host.ptr, (size_t)(colon - host.ptr)};
    if (name.len >= 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
        return (signet_slice){name.ptr + 1, name.len - 2};
    return name.len > 0 && memchr(name.ptr, ':', name.len) ? host : name;
}

static uint8_t
lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool
is_same_host(signet_slice a, signet_slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

static bool
check_boundary(const signet_identity *identity, const signet_identity_request *request,
    bool as_reference, signet_error *err)
{
    bool is_bound = identity->domain.len > 0 || identity->vpc.len > 0 || identity->region.len > 0;

    if (!identity->has_boundary || !is_bound)
        return true;
    if (!request)
        return as_reference ? true
                            : signet_fail(err, SIGNET_E_TRUST,
                                  "boundary: there is no request to hold against it");
    if (identity->domain.len > 0 && !is_same_host(identity->domain, without_port(request->host)))
        return signet_fail(err, SIGNET_E_TRUST, "boundary: the request is for another domain");
    if (identity->vpc.len > 0 && !check_vpc(identity->vpc, request->address, err))
        return false;
    if (identity->region.len > 0 && !as_reference &&
        !signet_slice_is_equal(identity->region, request->region))
        return signet_fail(err, SIGNET_E_TRUST, "boundary: this is not known to be its region");
    return true;
}

bool
signet_identity_check(const signet_identity *identity, const signet_identity_request *request,
    bool as_reference, int64_t now, signet_error *err)
{
    int64_t age = 0;

    if (__builtin_sub_overflow(now, identity->extracted, &age) || age > SIGNET_IDENTITY_AGE_MAX)
        return signet_fail(err, SIGNET_E_TIME, "identity is stale");
    if (age < 0 && !as_reference)
        return signet_fail(err, SIGNET_E_TIME, "identity is of the future");
    if (now > identity->expires && !as_reference)
        return signet_fail(err, SIGNET_E_TIME, "identity has expired with its token");
    return check_boundary(identity, request, as_reference, err);
}

bool
signet_spiffe_build(const char *trust_domain, const char *path, signet_buf *out, signet_error *err)
{
    size_t before = out->len;

    if (*trust_domain == '\0')
        return true;
    while (*path == '/')
        path++;
    if (*path == '\0')
        return signet_fail(
            err, SIGNET_E_USAGE, "the SPIFFE ID needs a path when there is a trust domain");
    if (!signet_buf_printf(out, err, "spiffe://%s/%s%c", trust_domain, path, '\0'))
        return false;
    if (!signet_spiffe_check((const char *)out->data + before, err)) {
        out->len = before;
        return false;
    }
    out->len--; /* the terminator was for the check only */
    return true;
}
