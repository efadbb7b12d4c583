/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens, COSE, SIG1, and CBOR in general. */
#include "cbor_view.h"
#include "common/cli.h"
#include "fields.h"
#include "input.h"
#include "inspect.h"

/* --- CBOR --- */

/* A rule of the encoding, with the byte where it is broken. */
static void
break_at(report *to, const char *what, const cbor_view *in)
{
    signet_error err = {0};

    signet_error_set(
        &err, SIGNET_E_DECODE, "%s: at byte %zu: CBOR %s", what, in->problem_at, in->problem);
    report_break(to, NULL, &err);
}

bool
inspect_is_cbor(signet_slice bytes)
{
    cbor_view in = cbor_view_of(bytes);
    cbor_head head = {0};
    bool is_text = true;

    for (size_t i = 0; i < bytes.len && is_text; i++)
        is_text = (bytes.ptr[i] >= 0x20 && bytes.ptr[i] < 0x7f) || bytes.ptr[i] == '\n';
    return bytes.len > 0 && !is_text && cbor_view_head(&in, &head);
}

void
inspect_cbor(report *to, signet_slice bytes)
{
    cbor_view in = cbor_view_of(bytes);

    report_cbor(to, "item", cbor_view_item(&in), to->json ? NULL : "diagnostic notation, RFC 8949");
    if (!in.is_over && in.at < bytes.len)
        report_hex(
            to, "rest", (signet_slice){bytes.ptr + in.at, bytes.len - in.at}, "not part of it");
    if (!cbor_view_end(&in))
        break_at(to, "item", &in);
}

/* --- tokens --- */

/* tokens.md 3.5: keys that no token is without, and the retired layout never has. */
bool
inspect_is_token(signet_slice bytes)
{
    cbor_view in = cbor_view_of(bytes);
    cbor_head head = {0};
    int64_t key = 0;

    if (!cbor_view_head(&in, &head) || head.type != CBOR_MAP)
        return false;
    for (uint64_t i = 0; head.is_indefinite || i < head.value; i++) {
        if (!cbor_view_integer(cbor_view_item(&in), &key) || in.is_over)
            return false;
        if (key == 7 || key == 9 || key == 13)
            return true;
        (void)cbor_view_item(&in);
    }
    return false;
}

static void
show_clock(report *to, const signet_claims *claims)
{
    signet_error err = {0};
    bool is_valid = signet_token_check_time(claims, cli_now(), 0, &err);

    report_word(to, "now", is_valid ? "valid" : err.message, "by this machine's clock");
}

static void
show_token(report *to, signet_slice bytes)
{
    signet_claims claims = {0};

    fields_show_claims(to, bytes);
    if (signet_token_decode(bytes, &claims, NULL))
        show_clock(to, &claims);
}

/* Where the rule of the library is one of the encoding, the byte is said too. */
static void
judge_token(report *to, signet_slice bytes)
{
    cbor_view in = cbor_view_of(bytes);
    signet_claims claims = {0};
    signet_error err = {0}, placed = {0};

    if (!signet_token_decode(bytes, &claims, &err)) {
        (void)cbor_view_item(&in);
        if (!cbor_view_end(&in) && err.code != SIGNET_E_TOKEN)
            signet_error_set(&placed, err.code, "%s (byte %zu of the token: %s)", err.message,
                in.problem_at, in.problem);
        report_break(to, NULL, placed.code != SIGNET_OK ? &placed : &err);
        return;
    }
    if (!signet_token_check_capabilities(&claims, &err))
        report_break(to, NULL, &err);
}

void
inspect_token(report *to, signet_slice bytes)
{
    report_open(to, "claims", "what a token says");
    show_token(to, bytes);
    report_close(to);
    judge_token(to, bytes);
}

/* --- COSE_Sign1 --- */

bool
inspect_is_cose(signet_slice bytes)
{
    return bytes.len >= 2 && bytes.ptr[0] == 0xd2 && bytes.ptr[1] >> 5 == CBOR_ARRAY;
}

static const char *
algorithm_name(int64_t number)
{
    static const struct {
        int64_t number;
        const char *name;
    } algorithms[] = {
        {-8, "EdDSA (ed25519)"},
        {-7, "ES256 (es256)"},
        {-48, "ML-DSA-44 (ml-dsa-44)"},
    };

    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if (algorithms[i].number == number)
            return algorithms[i].name;
    }
    return "not known here";
}

static void
show_protected(report *to, signet_slice item)
{
    static const field_row rows[] = {
        {1, "alg", FIELD_CBOR, "algorithm"},
        {2, "crit", FIELD_CBOR, "what must be understood"},
        {4, "kid", FIELD_KEY_ID, "id of the key"},
    };
    signet_slice header = {0};
    cbor_view in = {0};
    cbor_head head = {0};
    int64_t alg = 0, key = 0;

    report_open(to, "protected", "what is signed along");
    if (cbor_view_string(item, CBOR_BYTES, &header)) {
        fields_show(to, header, rows, sizeof(rows) / sizeof(rows[0]));
        in = cbor_view_of(header);
        if (cbor_view_head(&in, &head) && cbor_view_integer(cbor_view_item(&in), &key) &&
            key == 1 && !in.is_over && cbor_view_integer(cbor_view_item(&in), &alg))
            report_word(to, "algorithm", algorithm_name(alg), NULL);
    } else {
        report_cbor(to, "value", item, "not a byte string");
    }
    report_close(to);
}

/* `token`: what the payload must be, or empty. */
static void
show_payload(report *to, signet_slice item, signet_slice token)
{
    signet_slice payload = {0};

    if (!cbor_view_string(item, CBOR_BYTES, &payload)) {
        report_cbor(to, "payload", item, "not a byte string");
    } else if (token.len > 0 && signet_slice_is_equal(payload, token)) {
        report_word(to, "payload", "the token above", "the same bytes");
    } else if (inspect_is_token(payload)) {
        report_open(to, "payload", token.len > 0 ? "another token" : "a token");
        show_token(to, payload);
        report_close(to);
    } else {
        report_hex(to, "payload", payload, "what is signed");
    }
}

void
inspect_show_cose(report *to, signet_slice bytes, signet_slice token)
{
    cbor_view in = cbor_view_of(bytes);
    cbor_head head = {0};

    if (!cbor_view_head(&in, &head) || head.type != CBOR_TAG) {
        if (bytes.len > 0)
            report_hex(to, "bytes", bytes, "not tagged as COSE");
        return;
    }
    report_unsigned(to, "tag", head.value, head.value == 18 ? "COSE_Sign1" : "not COSE_Sign1");
    if (!cbor_view_head(&in, &head) || head.type != CBOR_ARRAY)
        return;
    if (in.at < bytes.len)
        show_protected(to, cbor_view_item(&in));
    if (!in.is_over && in.at < bytes.len)
        report_cbor(to, "unprotected", cbor_view_item(&in), "what is not signed; must be empty");
    if (!in.is_over && in.at < bytes.len)
        show_payload(to, cbor_view_item(&in), token);
    if (!in.is_over && in.at < bytes.len) {
        signet_slice item = cbor_view_item(&in), signature = {0};

        if (cbor_view_string(item, CBOR_BYTES, &signature))
            report_hex(to, "signature", signature, "not checked");
        else
            report_cbor(to, "signature", item, "not a byte string, or cut short");
    }
    if (!in.is_over && in.at < bytes.len)
        report_hex(to, "rest", (signet_slice){bytes.ptr + in.at, bytes.len - in.at},
            "what should not be there");
}

/* The rule, and the byte of the encoding, if it is one of the encoding. */
static bool
judge_cose(report *to, signet_slice bytes, signet_cose *ret_cose)
{
    cbor_view in = cbor_view_of(bytes);
    signet_error err = {0}, placed = {0};

    if (signet_cose_read(input_all_algorithms(), bytes, ret_cose, &err))
        return true;
    (void)cbor_view_item(&in);
    if (!cbor_view_end(&in))
        signet_error_set(&placed, err.code, "%s (byte %zu of the COSE: %s)", err.message,
            in.problem_at, in.problem);
    report_break(to, NULL, placed.code != SIGNET_OK ? &placed : &err);
    return false;
}

void
inspect_cose(report *to, signet_slice bytes)
{
    const signet_slice unknown = {0};
    signet_cose cose = {0};

    report_open(to, "cose", "a signed message");
    inspect_show_cose(to, bytes, unknown);
    report_close(to);
    if (judge_cose(to, bytes, &cose) && inspect_is_token(cose.payload))
        judge_token(to, cose.payload);
}

/* --- SIG1 --- */

bool
inspect_is_sig1(signet_slice text)
{
    return text.len >= 4 && memcmp(text.ptr, "SIG1", 4) == 0;
}

/* The text up to the next dot, which is cut off with it. */
static signet_slice
take_part(signet_slice *text)
{
    const uint8_t *dot = text->len > 0 ? memchr(text->ptr, '.', text->len) : NULL;
    size_t len = dot ? (size_t)(dot - text->ptr) : text->len;
    signet_slice part = {text->ptr, len};

    text->ptr += len + (dot != NULL);
    text->len -= len + (dot != NULL);
    return part;
}

/* What can be decoded of a part: up to its first bad character. */
static bool
decode_part(report *to, const char *name, signet_slice text, signet_buf *out)
{
    signet_error err = {0};
    size_t len = 0;

    if (input_base64url(text, out, &err))
        return true;
    report_text(to, name, signet_slice_text(err.message), "cannot be decoded");
    while (len < text.len && text.ptr[len] != '=' && text.ptr[len] > ' ' && text.ptr[len] < 0x7f)
        len++;
    for (len -= len % 4; len > 0; len -= 4) {
        if (input_base64url((signet_slice){text.ptr, len}, out, NULL))
            break;
    }
    return false;
}

static void
judge_sig1(report *to, signet_slice text, signet_slice token, signet_slice cose_bytes)
{
    signet_error err = {0};
    signet_cose cose = {0};
    signet_sig1 sig1 = {0};
    uint8_t bytes[SIGNET_SIG1_COSE_MAX];
    signet_slice message = {0};

    if (!signet_sig1_inspect(text, &sig1, &message, bytes, &err) && err.code == SIGNET_E_SIG1) {
        report_break(to, NULL, &err);
        return;
    }
    if (!judge_cose(to, cose_bytes, &cose))
        return;
    if (!signet_slice_is_equal(cose.payload, token)) {
        signet_error_set(&err, SIGNET_E_SIG1, "SIG1 payload is not the token that was signed");
        report_break(to, NULL, &err);
    }
    judge_token(to, token);
}

void
inspect_sig1(report *to, signet_slice text)
{
    SIGNET_AUTO(signet_buf_free) signet_buf token = {0}, cose = {0};
    signet_slice left = text, payload = {0}, signature = {0};

    report_unsigned(to, "characters", text.len, "of the text");
    report_text(to, "prefix", take_part(&left), "what it is");
    payload = take_part(&left);
    signature = take_part(&left);
    (void)decode_part(to, "token_problem", payload, &token);
    report_open(to, "claims", "the token: what it says");
    show_token(to, signet_buf_slice(&token));
    report_close(to);
    (void)decode_part(to, "cose_problem", signature, &cose);
    report_open(to, "cose", "the token again, signed");
    inspect_show_cose(to, signet_buf_slice(&cose), signet_buf_slice(&token));
    report_close(to);
    if (left.len > 0)
        report_text(to, "rest", left, "what should not be there");
    judge_sig1(to, text, signet_buf_slice(&token), signet_buf_slice(&cose));
}
