/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate check of the Go reference, with its layout, on stderr. */
#include <inttypes.h>
#include <sys/stat.h>

#include "base/file.h"
#include "certificates.h"
#include "common/cli.h"
#include "json_out.h"
#include "verify.h"

/* A name for a key, from the identifier of its algorithm and, for elliptic curves, of the curve. */
static const struct {
    const char *name;
    signet_slice algorithm, curve;
} key_types[] = {
#define BYTES(text)                                                                                \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define EC_KEY "\x2a\x86\x48\xce\x3d\x02\x01"
    {"Ed25519", BYTES("\x2b\x65\x70"), {NULL, 0}},
    {"ECDSA P-256", BYTES(EC_KEY), BYTES("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07")},
    {"ECDSA P-384", BYTES(EC_KEY), BYTES("\x06\x05\x2b\x81\x04\x00\x22")},
    {"ECDSA P-521", BYTES(EC_KEY), BYTES("\x06\x05\x2b\x81\x04\x00\x23")},
    {"ECDSA", BYTES(EC_KEY), {NULL, 0}},
    {"RSA", BYTES("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"), {NULL, 0}},
    {"ML-DSA-44", BYTES("\x60\x86\x48\x01\x65\x03\x04\x03\x11"), {NULL, 0}},
#undef BYTES
#undef EC_KEY
};

static const char *
key_type(const signet_cert *cert)
{
    for (size_t i = 0; i < sizeof(key_types) / sizeof(key_types[0]); i++) {
        signet_slice curve = key_types[i].curve;

        if (signet_slice_is_equal(cert->key_oid, key_types[i].algorithm) &&
            (curve.len == 0 || memmem(cert->spki.ptr, cert->spki.len, curve.ptr, curve.len)))
            return key_types[i].name;
    }
    return "unknown";
}

static void
print_field(const char *label, signet_slice value)
{
    cli_print_plain(stderr, "  %-10s %.*s\n", label, (int)value.len, (const char *)value.ptr);
}

static void
print_present(const char *label, signet_slice value)
{
    if (value.len > 0)
        print_field(label, value);
}

/* As the reference writes durations: 23h59m0s, rounded to the minute. */
static void
print_remaining(int64_t seconds)
{
    int64_t minutes = (seconds + 30) / 60;

    if (minutes == 0)
        cli_print_plain(stderr, "  Remaining: 0s\n");
    else if (minutes < 60)
        cli_print_plain(stderr, "  Remaining: %" PRId64 "m0s\n", minutes);
    else
        cli_print_plain(
            stderr, "  Remaining: %" PRId64 "h%" PRId64 "m0s\n", minutes / 60, minutes % 60);
}

static void
print_report(const signet_cert *cert, int64_t at, const signet_error *reason)
{
    char from[32], to[32];

    (void)putc('\n', stderr);
    if (reason->code == SIGNET_OK)
        cli_success(stderr, "Certificate valid");
    else
        cli_error("Certificate invalid: %s", reason->message);
    print_field("Subject:", cert->common_name);
    print_present("Agent:", signet_cert_text(cert->agent_text));
    print_present("Scope:", signet_cert_text(cert->scope_text));
    print_present("Sponsor:", signet_cert_text(cert->subject_text));
    print_field("Issuer:", cert->issuer_common_name);
    print_field("Key:", signet_slice_text(key_type(cert)));
    signet_time_format(cert->not_before, from);
    signet_time_format(cert->not_after, to);
    cli_print_plain(stderr, "  Valid:     %s \u2192 %s\n", from, to);
    if (reason->code == SIGNET_OK)
        print_remaining(cert->not_after - at);
    (void)putc('\n', stderr);
}

static int
report_json(const char *path, const signet_cert *cert, const signet_error *reason, int status)
{
    SIGNET_AUTO(json_free) json_out json = {0};

    json_open(&json, NULL, '{');
    json_text(&json, "certificate", path);
    json_bool(&json, "valid", reason->code == SIGNET_OK);
    json_slice(&json, "subject", cert->common_name);
    json_slice(&json, "agent", signet_cert_text(cert->agent_text));
    json_slice(&json, "scope", signet_cert_text(cert->scope_text));
    json_slice(&json, "sponsor", signet_cert_text(cert->subject_text));
    json_slice(&json, "issuer", cert->issuer_common_name);
    json_text(&json, "key", key_type(cert));
    json_time(&json, "not_before", cert->not_before);
    json_time(&json, "not_after", cert->not_after);
    if (reason->code != SIGNET_OK)
        json_error(&json, "reason", reason);
    json_close(&json, '}');
    return json_print(&json, status);
}

/* The first certificate of a file, whatever follows it. */
static bool
read_certificate(const char *path, signet_buf *der, signet_cert *ret_cert, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};

    if (!sg_file_read(path, CERTIFICATE_FILE_MAX, SG_FILE_ANY, &text, err)) {
        signet_error_prefix(err, "read cert");
        return false;
    }
    if (!signet_cert_from_pem(signet_buf_slice(&text), der, err))
        return signet_fail(err, SIGNET_E_DECODE, "failed to decode cert PEM");
    if (signet_cert_read(signet_buf_slice(der), ret_cert, err))
        return true;
    signet_error_prefix(err, "parse cert");
    return false;
}

static bool
read_anchors(const home *config, const char *ca_path, certificates *anchors, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    struct stat status;

    if (!ca_path) {
        if (!home_file(config, "ca.pem", &path, err))
            return false;
        ca_path = (const char *)path.data;
        if (stat(ca_path, &status) != 0)
            return signet_fail(err, SIGNET_E_NOT_FOUND,
                "no CA at %s; put the CA's certificate there, or name it with --ca", ca_path);
    }
    return certificates_read(ca_path, anchors, err);
}

int
verify_certificate(const home *config, const char *path, const char *ca_path, int64_t at, bool json)
{
    SIGNET_AUTO(certificates_free) certificates anchors = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf der = {0};
    const pki_functions *pki = NULL;
    signet_chain_rules rules = {.purpose = SIGNET_PURPOSE_CLIENT_AUTH, .at = at};
    signet_error err = {0};
    signet_cert cert = {0};
    int status = CLI_OK;

    if (!read_certificate(path, &der, &cert, &err) ||
        !read_anchors(config, ca_path, &anchors, &err))
        return cli_failed(NULL, &err);
    pki = pki_load(&err);
    if (!pki)
        return cli_failed(NULL, &err);
    rules.anchors = anchors.slices;
    rules.anchor_count = anchors.count;
    if (pki->chain_verify(cert.der, &rules, &err))
        err = (signet_error){0};
    if (!json)
        print_report(&cert, at, &err);
    if (err.code != SIGNET_OK)
        status = cli_failed("certificate verification failed", &err);
    return json ? report_json(path, &cert, &err, status) : status;
}
