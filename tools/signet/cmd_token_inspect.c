/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "commands.h"
#include "input.h"
#include "inspect.h"

static const char usage[] =
    "usage: signet token inspect [OPTION...] [FILE]\n"
    "\n"
    "Explain what FILE (or standard input) says, field by field, and name the first rule that it\n"
    "breaks.  Nothing is believed and no signature is checked.  It may be a SIG1 text, a token,\n"
    "COSE_Sign1, other CBOR, a certificate, a CMS signature, a key (of which only the public part\n"
    "is shown), a trust file, or the value of a Signet-Proof header.\n"
    "\n"
    "      --as FORM  what it is: sig1, token, cose, cbor, certificate, cms, key, trust or proof;\n"
    "                 default: guessed\n"
    "      --hex      the input is hex\n"
    "      --json     report as JSON\n"
    "      --help     show this\n"
    "\n"
    "exit status: 0 it keeps the rules, 1 it breaks one, 2 it cannot be read\n"
    "example:     signet token mint --issuer me --ephemeral k.pem | signet token inspect\n";

enum { SET_AS = OPTION_JSON + 1, SET_HEX };

/* In the order in which is guessed: what begins unmistakably comes first. */
static const struct form {
    const char *name, *title;
    bool is_text; /* a line end behind it is not part of it */
    bool (*is_it)(signet_slice bytes);
    void (*explain)(report *to, signet_slice bytes);
} forms[] = {
    {"sig1", "a SIG1 text", true, inspect_is_sig1, inspect_sig1},
    {"certificate", "a certificate", false, inspect_is_certificate, inspect_certificate},
    {"cms", "a CMS signature", false, inspect_is_cms, inspect_cms},
    {"proof", "the value of a Signet-Proof header", true, inspect_is_proof, inspect_proof},
    {"key", "a key", false, inspect_is_key, inspect_key},
    {"trust", "a trust file", false, inspect_is_trust, inspect_trust},
    {"cose", "a COSE_Sign1 message", false, inspect_is_cose, inspect_cose},
    {"token", "a token without signature", false, inspect_is_token, inspect_token},
    {"cbor", "CBOR", false, inspect_is_cbor, inspect_cbor},
};

enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

bool
inspect_contains(signet_slice bytes, const char *text)
{
    return bytes.len > 0 && memmem(bytes.ptr, bytes.len, text, strlen(text));
}

static const struct form *
form_named(const char *name)
{
    for (size_t i = 0; i < FORMS; i++) {
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    }
    return NULL;
}

static signet_slice
input_of(const struct form *form, const signet_buf *buf)
{
    return form->is_text ? input_line(signet_buf_slice(buf)) : signet_buf_slice(buf);
}

static const struct form *
guess_form(const signet_buf *buf)
{
    for (size_t i = 0; i < FORMS; i++) {
        if (forms[i].is_it(input_of(&forms[i], buf)))
            return &forms[i];
    }
    return NULL;
}

/* Hex digits with white space between them. */
static bool
decode_hex(signet_buf *buf, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf digits = {0};

    for (size_t i = 0; i < buf->len; i++) {
        if (buf->data[i] && strchr(" \t\r\n", buf->data[i]))
            continue;
        if (!signet_buf_append(&digits, (signet_slice){buf->data + i, 1}, err))
            return false;
    }
    buf->len = 0;
    return sg_hex_decode(signet_buf_slice(&digits), buf, err);
}

static void
explain(report *to, const struct form *form, const signet_buf *buf)
{
    signet_error err = {0};

    report_begin(to);
    report_note(to, "NOT VERIFIED: this is only what is written there, believe none of it");
    if (to->json)
        report_bool(to, "trusted", false, NULL);
    if (form) {
        report_word(to, "form", form->name, form->title);
        form->explain(to, input_of(form, buf));
        return;
    }
    signet_error_set(
        &err, SIGNET_E_DECODE, buf->len > 0 ? "nothing that is known here" : "there is nothing");
    report_break(to, NULL, &err);
}

static int
inspect(const char *path, const struct form *form, bool is_hex, bool json)
{
    SIGNET_AUTO(signet_buf_free) signet_buf buf = {0};
    SIGNET_AUTO(report_free) report to = {.json = json};
    signet_error err = {0};

    if (!input_read(path, INSPECT_MAX, &buf, &err) || (is_hex && !decode_hex(&buf, &err)))
        return cli_failed(input_name(path), &err);
    explain(&to, form ? form : guess_form(&buf), &buf);
    return report_end(&to);
}

int
cmd_token_inspect(int argc, char **argv)
{
    static const struct option options[] = {
        {"as", required_argument, NULL, SET_AS},
        {"hex", no_argument, NULL, SET_HEX},
        {"json", no_argument, NULL, OPTION_JSON},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    const char *name = NULL;
    bool is_hex = false, json = false;
    const command_option targets[] = {{SET_AS, &name, NULL}, {SET_HEX, NULL, &is_hex},
        {OPTION_JSON, NULL, &json}, {0, NULL, NULL}};
    int option = command_options(argc, argv, options, targets);

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (argc - optind > 1)
        return cli_misused_because(usage, "one thing is inspected at a time");
    if (name && !form_named(name))
        return cli_misused_because(usage, "--as: there is no form called '%s'", name);
    return inspect(
        optind < argc ? argv[optind] : NULL, name ? form_named(name) : NULL, is_hex, json);
}
