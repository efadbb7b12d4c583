/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For whom a token or certificate speaks: cells and chains of cells, the identity context, SPIFFE
 * ids. Format: docs/formats/identity.md.
 *
 * An identity is only taken out of what was verified before: the claims of
 * signet_sig1_verify_by_issuer(), or a certificate whose chain was checked.
 */
#ifndef SIGNET_IDENTITY_H
#define SIGNET_IDENTITY_H

#include <signet/cert.h>
#include <signet/token.h>

SIGNET_BEGIN_DECLS

enum {
    SIGNET_CELLS_MAX = 8,         /**< cells of one chain (W-72) */
    SIGNET_CELL_MAX = 4096,       /**< bytes of one cell */
    SIGNET_CELL_ACTIONS_MAX = 64, /**< patterns in one list of permissions */
    SIGNET_IDENTITY_AGE_MAX =
        300,                     /**< seconds that an identity may be used after it was taken out */
    SIGNET_PPID_SECRET_MIN = 16, /**< bytes of a secret for pseudonyms */
};

/** Whom a cell lets do what.  A list is the CBOR of an array of texts, or absent (null): both are
 * signed. */
typedef struct {
    bool has_allow, has_deny;
    signet_slice allow, deny;
} signet_permissions;

/** One authorization cell.  All slices are borrowed from its bytes. */
typedef struct {
    signet_slice resource; /**< text, like "gcp:storage:bucket" */
    signet_slice owner;    /**< raw Ed25519 public key, 32 bytes */
    bool has_group;        /**< absent (null) and empty are two things */
    signet_slice group;
    signet_permissions owner_permissions, group_permissions, other_permissions;
    signet_slice signature;        /**< 64 bytes */
    signet_slice before_signature; /**< the bytes before the value of key 7 */
} signet_cell;

/** Append a list of permissions, for the slices of signet_permissions. */
SIGNET_API bool signet_cell_write_list(const signet_slice *patterns, size_t count, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/** Append a cell, signed by `signer` (Ed25519).  The signature and before_signature of `cell` are
 * not read. */
SIGNET_API bool signet_cell_sign(const signet_cell *cell, const signet_key *signer, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

/**
 * Read a chain: a CBOR array of 1 to SIGNET_CELLS_MAX cells, deterministic, every key there.
 * SIGNET_E_DECODE, and SIGNET_E_KEY for an owner that is no sound Ed25519 key.  Judges no
 * signature.
 */
SIGNET_API bool signet_chain_read(signet_slice cbor, signet_cell ret_cells[SIGNET_CELLS_MAX],
    size_t *ret_count, signet_error *err) SIGNET_MUST_CHECK;

/** What a chain must prove. */
typedef struct {
    const signet_key *const
        *roots; /**< keys that may own the first cell; without one nothing passes (W-70) */
    size_t root_count;
    signet_slice holder_ephemeral;    /**< K5 that the last owner must have, or empty */
    signet_slice holder_confirmation; /**< K4 that the last owner must have instead, or empty */
} signet_chain_anchors;

/**
 * Verify a chain: the first cell is owned and signed by one of the roots, each later one is signed
 * by the owner before it, is another, lies under the resource before it (equal, or behind a ':'),
 * and allows nothing that the one before does not (W-71); the last owner is the holder (W-72).  The message
 * begins with "cell N".  SIGNET_E_SIGNATURE, SIGNET_E_TRUST.
 */
SIGNET_API bool signet_cell_chain_check(const signet_cell *cells, size_t count,
    const signet_chain_anchors *anchors, signet_error *err) SIGNET_MUST_CHECK;

/** Whether `action` matches `pattern`: equal, "*", or a prefix that ends in ":*". */
SIGNET_API bool signet_action_matches(signet_slice pattern, signet_slice action);

/** Whether permissions let an action pass: no deny pattern matches, an allow pattern does. */
SIGNET_API bool signet_permissions_allow(
    const signet_permissions *permissions, signet_slice action);

/** Whether the owner at the end of a chain may do it: every cell's owner permissions let it pass.
 */
SIGNET_API bool signet_cells_allow(const signet_cell *cells, size_t count, signet_slice action);

/** For whom.  Texts are terminated; slices are borrowed from the claims or the certificate. */
typedef struct {
    char actor[65];     /**< pseudonym, 64 hex digits; of a certificate: empty, see `owner` */
    char delegator[65]; /**< or empty */
    char chain[SIGNET_CELLS_MAX][65];
    size_t chain_count;
    signet_slice issuer;   /**< iss_id of the token, or common name of the certificate's issuer */
    signet_slice resource; /**< of the last cell, or empty */
    signet_slice owner;    /**< of a certificate, in clear (W-76) */
    signet_slice agent, scope; /**< of a certificate; empty: a person, unrestricted (W-80) */
    char machine[65];          /**< of a certificate: SHA-256 of its SPKI */
    bool has_environment;
    signet_slice cluster_id, image_digest;
    size_t attestation_count; /**< they are counted and never believed (W-78) */
    bool has_boundary;
    signet_slice vpc, region, domain;
    int64_t issued, expires; /**< of the token or certificate */
    int64_t extracted;       /**< when this was taken out */
} signet_identity;

/** How pseudonyms are made. */
typedef struct {
    signet_slice secret;   /**< SIGNET_PPID_SECRET_MIN bytes or more */
    signet_slice audience; /**< goes into the pseudonym */
    bool as_reference;     /**< the reference's formulas, which also work without a secret (W-76) */
} signet_ppid_rules;

/** The pseudonym of an identity text at an issuer, 64 hex digits. */
SIGNET_API bool signet_ppid_of_text(const signet_ppid_rules *rules, signet_slice issuer,
    signet_slice identity, char ret_ppid[65], signet_error *err) SIGNET_MUST_CHECK;

/** The pseudonym of a cell's owner, 64 hex digits. */
SIGNET_API bool signet_ppid_of_owner(const signet_ppid_rules *rules, signet_slice owner,
    char ret_ppid[65], signet_error *err) SIGNET_MUST_CHECK;

/**
 * The basic provider: act["id"] and del["id"], else the subject.  SIGNET_E_TOKEN when act or del is
 * there without an id that is text (W-83; `as_reference`: a delegator without one is none).
 */
SIGNET_API bool signet_identity_basic(const signet_claims *claims, const signet_ppid_rules *rules,
    int64_t now, signet_identity *ret_identity, signet_error *err) SIGNET_MUST_CHECK;

/** The cell provider: the claims chain, environment and boundary.  The chain must verify against
 * `anchors`. */
SIGNET_API bool signet_identity_cell(const signet_claims *claims, const signet_ppid_rules *rules,
    const signet_chain_anchors *anchors, int64_t now, signet_identity *ret_identity,
    signet_error *err) SIGNET_MUST_CHECK;

/**
 * The certificate provider.  The owner is the subject extension, else the subject's common name. An
 * extension that is too large or malformed is refused (W-80) unless `as_reference`.
 */
SIGNET_API bool signet_identity_cert(const signet_cert *cert, bool as_reference, int64_t now,
    signet_identity *ret_identity, signet_error *err) SIGNET_MUST_CHECK;

/** The request that an identity is used in. */
typedef struct {
    signet_slice host;    /**< Host header: name, or name:port */
    signet_slice address; /**< peer, "ip:port" or "[ip]:port" */
    signet_slice region;  /**< where this verifier is; empty: not known */
} signet_identity_request;

/**
 * Whether an identity may be used now and here: taken out at most SIGNET_IDENTITY_AGE_MAX seconds
 * ago, not in the future, its token not expired, and the request inside the boundary.  Fails
 * closed: a boundary without a request, or with a region that the caller does not know, is refused;
 * `as_reference` lets both pass.  SIGNET_E_TIME, SIGNET_E_TRUST.
 */
SIGNET_API bool signet_identity_check(const signet_identity *identity,
    const signet_identity_request *request, bool as_reference, int64_t now, signet_error *err)
    SIGNET_MUST_CHECK;

/** Append spiffe://TRUST_DOMAIN/PATH, without leading slashes of PATH; nothing for an empty trust
 * domain. */
SIGNET_API bool signet_spiffe_build(const char *trust_domain, const char *path, signet_buf *out,
    signet_error *err) SIGNET_MUST_CHECK;

SIGNET_END_DECLS

#endif
