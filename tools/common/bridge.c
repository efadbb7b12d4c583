/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>

#include "base/file.h"
#include "common/bridge.h"
#include "common/cli.h"

static const char directory_name[] = "git";
static const char certificate_name[] = "git/bridge-cert.pem";
static const char key_name[] = "git/bridge-key.pem";

enum { DAY = 86400 };

/* A file of the bridge.  True with nothing appended when it does not exist. */
static bool
read_part(const char *path, size_t max, sg_file_rule rule, signet_buf *out, signet_error *err)
{
    signet_error problem = {0};

    if (sg_file_read(path, max, rule, out, &problem))
        return out->len > 0 || signet_fail(err, SIGNET_E_DECODE, "%s: an empty file", path);
    if (problem.code == SIGNET_E_NOT_FOUND)
        return true;
    if (err)
        *err = problem;
    return false;
}

/* Whether there is a directory for the bridge, and it is ours alone. */
static bool
check_directory(const home *config, bool *ret_is_there, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    signet_error problem = {0};

    if (!home_file(config, directory_name, &path, err))
        return false;
    *ret_is_there = sg_directory_check((const char *)path.data, &problem);
    if (*ret_is_there || problem.code == SIGNET_E_NOT_FOUND)
        return true;
    if (err)
        *err = problem;
    return false;
}

/* The signer whose kind of key the bridge has, or NULL: there is nobody whom it could serve. */
static signet_cms_signer *
signer_of(identity *who)
{
    for (size_t i = 0; i < who->signer_count; i++) {
        if (signet_key_algorithm(who->signers[i].master) == signet_key_algorithm(who->bridge_key))
            return &who->signers[i];
    }
    return NULL;
}

static bool
check_rights(const signet_cert *cert, signet_error *err)
{
    if (!cert->has_basic_constraints || !cert->is_ca)
        return signet_fail(err, SIGNET_E_CERT, "is not a certificate authority");
    if (cert->has_usage && !(cert->usage & SIGNET_USAGE_CERT_SIGN))
        return signet_fail(err, SIGNET_E_CERT, "its key usage does not let it issue certificates");
    if (cert->has_unknown_critical)
        return signet_fail(err, SIGNET_E_CERT, "has a critical extension that is not known here");
    return true;
}

static bool
check_bridge(const signet_cert *cert, signet_algorithms accepted, const signet_cms_signer *signer,
    const signet_key *bridge_key, int64_t now, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *certified = NULL;

    certified = signet_cert_key(accepted, cert, err);
    if (!certified)
        return false;
    if (!signet_key_is_same(certified, bridge_key))
        return signet_fail(
            err, SIGNET_E_KEY, "bridge key does not match bridge certificate public key");
    if (!signet_cert_check_signature(cert, signer->master, NULL))
        return signet_fail(err, SIGNET_E_TRUST, "was not issued by the master key");
    if (!check_rights(cert, err))
        return false;
    if (!signet_cert_check_time(cert, now, 0, err) || cert->not_after == now) {
        return signet_fail(err, SIGNET_E_TIME,
            "the bridge certificate is not valid now (init --email ADDRESS makes a new one)");
    }
    return true;
}

/* Both texts are here: take them apart and give them to the signer whom they serve. */
static bool
use_bridge(signet_algorithms accepted, signet_slice certificate, signet_slice key_text, int64_t now,
    identity *who, signet_error *err)
{
    signet_cms_signer *signer = NULL;
    signet_cert cert = {0};
    int64_t left = 0;

    who->bridge_key = signet_key_from_pem(accepted, key_text, err);
    if (!who->bridge_key)
        return false;
    if (!signet_key_has_private(who->bridge_key))
        return signet_fail(err, SIGNET_E_KEY, "the bridge key has no private half");
    signer = signer_of(who);
    if (!signer)
        return true;
    if (!signet_cert_from_pem(certificate, &who->bridge, err) ||
        !signet_cert_read(signet_buf_slice(&who->bridge), &cert, err) ||
        !check_bridge(&cert, accepted, signer, who->bridge_key, now, err))
        return false;
    signer->bridge = signet_buf_slice(&who->bridge);
    signer->bridge_key = who->bridge_key;
    left = cert.not_after - now;
    if ((signer->validity ? signer->validity : SIGNET_LEAF_VALIDITY) > left)
        signer->validity = left;
    return true;
}

bool
bridge_load(
    const home *config, signet_algorithms accepted, int64_t now, identity *who, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf certificate_path = {0}, key_path = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf certificate = {0}, key_text = {0};
    const char *missing = NULL;
    bool is_there = false;

    if (!check_directory(config, &is_there, err))
        return false;
    if (!is_there)
        return true;
    if (!home_file(config, certificate_name, &certificate_path, err) ||
        !home_file(config, key_name, &key_path, err) ||
        !read_part((const char *)certificate_path.data, 2 * SIGNET_CERT_MAX, SG_FILE_REGULAR,
            &certificate, err) ||
        !read_part(
            (const char *)key_path.data, SIGNET_KEY_FILE_MAX, SG_FILE_PRIVATE, &key_text, err))
        return false;
    if (certificate.len == 0 && key_text.len == 0)
        return true;
    if (certificate.len == 0 || key_text.len == 0) {
        missing = (const char *)(certificate.len == 0 ? certificate_path : key_path).data;
        cli_warning("%s is missing: signing without the e-mail address", missing);
        return true;
    }
    if (use_bridge(
            accepted, signet_buf_slice(&certificate), signet_buf_slice(&key_text), now, who, err))
        return true;
    signet_error_prefix(err, (const char *)certificate_path.data);
    return false;
}

bool
bridge_issue(const home *config, const signet_key *master, const char *email, int64_t days,
    int64_t now, bridge *ret_bridge, signet_error *err)
{
    SIGNET_AUTO(bridge_free) bridge made = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf spki = {0};

    if (days < 1)
        return signet_fail(err, SIGNET_E_USAGE,
            "bridge certificate validity must be positive, got %lld days", (long long)days);
    if (days > BRIDGE_DAYS_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "a bridge certificate is valid for at most %d days",
            BRIDGE_DAYS_MAX);
    made.key = signet_key_generate(signet_key_algorithm(master), err);
    if (!made.key || !signet_key_write_spki(made.key, &spki, err))
        return false;
    if (!signet_cert_issue(&(signet_cert_template){.kind = SIGNET_CERT_BRIDGE,
                               .issuer = master,
                               .did = config->issuer_did,
                               .subject_spki = signet_buf_slice(&spki),
                               .now = now,
                               .validity = days * DAY,
                               .email = email},
            &made.der, err))
        return false;
    *ret_bridge = made;
    made = (bridge){0};
    return true;
}

bool
bridge_save(const home *config, const bridge *what, signet_error *err)
{
    static const sg_file_write_rules rules = {.mode = 0600, .keep_old = true};
    SIGNET_AUTO(signet_buf_free) signet_buf directory = {0}, certificate_path = {0}, key_path = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf certificate = {0}, key_text = {0};

    return home_file(config, directory_name, &directory, err) &&
           home_file(config, certificate_name, &certificate_path, err) &&
           home_file(config, key_name, &key_path, err) &&
           signet_cert_write_pem(signet_buf_slice(&what->der), &certificate, err) &&
           signet_key_write_pem(what->key, &key_text, err) &&
           sg_directory_make((const char *)directory.data, err) &&
           sg_directory_check((const char *)directory.data, err) &&
           sg_file_write((const char *)key_path.data, signet_buf_slice(&key_text), &rules, err) &&
           sg_file_write(
               (const char *)certificate_path.data, signet_buf_slice(&certificate), &rules, err);
}

bool
bridge_put_aside(const home *config, signet_error *err)
{
    static const char *const names[] = {certificate_name, key_name};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        SIGNET_AUTO(signet_buf_free) signet_buf path = {0}, old = {0};

        if (!home_file(config, names[i], &path, err) ||
            !signet_buf_printf(&old, err, "%s.old%c", (const char *)path.data, '\0'))
            return false;
        if (rename((const char *)path.data, (const char *)old.data) != 0 && errno != ENOENT &&
            errno != ENOTDIR)
            return signet_fail(err, SIGNET_E_IO, "%s: cannot be renamed", (const char *)path.data);
    }
    return true;
}

bool
identity_bridge_certificate(const home *config, signet_buf *out_pem, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    size_t before = out_pem->len;

    if (!home_file(config, certificate_name, &path, err) ||
        !read_part((const char *)path.data, 2 * SIGNET_CERT_MAX, SG_FILE_REGULAR, out_pem, err))
        return false;
    if (out_pem->len == before)
        return signet_fail(err, SIGNET_E_NOT_FOUND, "bridge certificate not found");
    return true;
}

void
bridge_free(bridge *what)
{
    if (!what)
        return;
    signet_key_free(what->key);
    signet_buf_free(&what->der);
    *what = (bridge){0};
}
