/* SPDX-License-Identifier: Apache-2.0 */
/* Responses that others sign: what must be covered, and which components and parameters there are.
 */
#include "base/text.h"
#include "signed_response.h"

#define OF_REQUEST " \"@method\";req \"@target-uri\";req \"signature\";req;key=\"signet\""
#define LIST       "(\"@status\" \"content-digest\"" OF_REQUEST ")"
#define RESP_TAG   ";tag=\"signet-resp\""
#define RESP_TIMES ";created=1700000000;expires=1700000030"
/* clang-format off */
static const struct {
    const char *name, *list, *parameters; /* the keyid is put behind */
    signet_code code;
    const char *says;
} lists[] = {
    {"what must be", LIST, RESP_TIMES RESP_TAG, SIGNET_OK, ""},
    {"in another order", "(\"signature\";req;key=\"signet\" \"@target-uri\";req \"@method\";req \"content-digest\" \"@status\")", RESP_TIMES RESP_TAG, SIGNET_OK, ""},
    {"more", "(\"@status\" \"content-digest\"" OF_REQUEST " \"content-digest\";req \"@query\";req \"@query-param\";req;name=\"x\")", RESP_TIMES RESP_TAG, SIGNET_OK, ""},
    {"no status", "(\"content-digest\"" OF_REQUEST ")", RESP_TIMES RESP_TAG, SIGNET_E_EPR, "@status"},
    {"no digest", "(\"@status\"" OF_REQUEST ")", RESP_TIMES RESP_TAG, SIGNET_E_EPR, "content-digest"},
    {"the digest of the request alone", "(\"@status\" \"content-digest\";req" OF_REQUEST ")", RESP_TIMES RESP_TAG, SIGNET_E_EPR, "content-digest"},
    {"no method", "(\"@status\" \"content-digest\" \"@target-uri\";req \"signature\";req;key=\"signet\")", RESP_TIMES RESP_TAG, SIGNET_E_EPR, "@method;req"},
    {"no target", "(\"@status\" \"content-digest\" \"@method\";req \"signature\";req;key=\"signet\")", RESP_TIMES RESP_TAG, SIGNET_E_EPR, "@target-uri;req"},
    {"a path is no target", "(\"@status\" \"content-digest\" \"@method\";req \"@path\";req \"@authority\";req \"@query\";req \"signature\";req;key=\"signet\")", RESP_TIMES RESP_TAG, SIGNET_E_EPR, "@target-uri;req"},
    {"no signature of the request", "(\"@status\" \"content-digest\" \"@method\";req \"@target-uri\";req)", RESP_TIMES RESP_TAG, SIGNET_E_EPR, "signature;req;key"},
    {"its parameters alone", "(\"@status\" \"content-digest\" \"@method\";req \"@target-uri\";req \"signature-input\";req;key=\"signet\")", RESP_TIMES RESP_TAG, SIGNET_E_EPR, "signature;req;key"},
    {"all signatures of the request at once", "(\"@status\" \"content-digest\" \"@method\";req \"@target-uri\";req \"signature\";req)", RESP_TIMES RESP_TAG, SIGNET_E_EPR, "signature;req;key"},
    {"another signature of the request", "(\"@status\" \"content-digest\" \"@method\";req \"@target-uri\";req \"signature\";req;key=\"x\")", RESP_TIMES RESP_TAG, SIGNET_E_EPR, "signature;req;key"},
    {"a signature the request has not", "(\"@status\" \"content-digest\" \"@method\";req \"@target-uri\";req \"signature\";req;key=\"y\")", RESP_TIMES RESP_TAG, SIGNET_E_NOT_FOUND, "key is not in"},
    {"req behind key", "(\"@status\" \"content-digest\" \"@method\";req \"@target-uri\";req \"signature\";key=\"signet\";req)", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "two parameters"},
    {"req twice", "(\"@status\" \"content-digest\" \"@method\";req;req \"@target-uri\";req \"signature\";req;key=\"signet\")", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "twice"},
    {"three parameters", "(\"@status\" \"content-digest\"" OF_REQUEST " \"x\";req;key=\"a\";sf)", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "two parameters"},
    {"req that is false", "(\"@status\" \"content-digest\" \"@method\";req=?0 \"@target-uri\";req \"signature\";req;key=\"signet\")", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "parameter req"},
    {"req that is a number", "(\"@status\" \"content-digest\" \"@method\";req=1 \"@target-uri\";req \"signature\";req;key=\"signet\")", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "parameter req"},
    {"a component twice", "(\"@status\" \"content-digest\"" OF_REQUEST " \"@method\";req)", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "twice"},
    {"the method of a response", "(\"@status\" \"content-digest\"" OF_REQUEST " \"@method\")", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "none of a response"},
    {"the query of a response", "(\"@status\" \"content-digest\"" OF_REQUEST " \"@query-param\";name=\"x\")", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "none of a response"},
    {"the status of a request", "(\"@status\" \"content-digest\"" OF_REQUEST " \"@status\";req)", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "\"@status\""},
    {"a status with a parameter", "(\"@status\";sf \"content-digest\"" OF_REQUEST ")", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "parameter sf"},
    {"an unknown name", "(\"@status\" \"content-digest\"" OF_REQUEST " \"@body\";req)", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "\"@body\""},
    {"a trailer", "(\"@status\" \"content-digest\"" OF_REQUEST " \"x\";tr)", RESP_TIMES RESP_TAG, SIGNET_E_DECODE, "parameter tr"},
    {"a field the request has not", "(\"@status\" \"content-digest\"" OF_REQUEST " \"x\";req)", RESP_TIMES RESP_TAG, SIGNET_E_NOT_FOUND, "no field x"},
    {"no created", LIST, ";expires=1700000030" RESP_TAG, SIGNET_E_EPR, "created"},
    {"no expires", LIST, ";created=1700000000" RESP_TAG, SIGNET_E_EPR, "expires"},
    {"a long life", LIST, ";created=1700000000;expires=1700000061" RESP_TAG, SIGNET_E_EPR, "60 seconds"},
    {"made a minute ago", LIST, ";created=1699999960;expires=1700000010" RESP_TAG, SIGNET_E_TIME, "ago"},
    {"a longer life than ours", LIST, ";created=1700000000;expires=1700000060" RESP_TAG, SIGNET_OK, ""},
    {"the tag of requests", LIST, RESP_TIMES ";tag=\"signet-pop\"", SIGNET_E_NOT_FOUND, "0 signatures"},
    {"no tag", LIST, RESP_TIMES, SIGNET_E_NOT_FOUND, "0 signatures"},
    {"another algorithm", LIST, RESP_TIMES ";alg=\"ecdsa-p256-sha256\"" RESP_TAG, SIGNET_E_ALGORITHM, "alg is"},
};
/* clang-format on */

/* Whatever base there is, is signed; without one the signature is any. */
static void
sign_list(const service *it, const char *list, const char *parameters, answer *one)
{
    SIGNET_AUTO(signet_buf_free) signet_buf base = {0}, bytes = {0};
    sg_field_node nodes[SG_SIGNATURE_INPUT_NODES];
    sg_field field = {.nodes = nodes, .room = SG_SIGNATURE_INPUT_NODES};
    const sg_message about = {.itself = {.fields = one->fields, .field_count = 1},
        .answered = &it->request,
        .status = 200};
    const sg_content_digest digest = {.has_sha256 = true};
    sg_content_digest of_content = digest;
    unsigned covers = 0;

    memcpy(of_content.sha256, it->sha256, sizeof(of_content.sha256));
    REQUIRE(sg_content_digest_write(&of_content, &one->made.digest, NULL));
    one->fields[0] = (signet_http_field){S("Content-Digest"), signet_buf_slice(&one->made.digest)};
    REQUIRE(signet_buf_printf(
        &one->made.input, NULL, "r=%s;keyid=\"%s\"%s", list, it->keyid, parameters));
    REQUIRE(sg_field_read(signet_buf_slice(&one->made.input), SG_FIELD_DICTIONARY, &field, NULL));
    if (!sg_signature_base_write(&about, &field, 0, &base, &covers, NULL))
        REQUIRE(signet_buf_printf(&base, NULL, "any"));
    REQUIRE(signet_key_sign(it->key, signet_buf_slice(&base), &bytes, NULL));
    REQUIRE(signet_buf_printf(&one->made.signature, NULL, "r=:") &&
            sg_base64_append(&one->made.signature, signet_buf_slice(&bytes), 0, NULL) &&
            signet_buf_printf(&one->made.signature, NULL, ":"));
    one->fields[1] = (signet_http_field){S("Signature-Input"), signet_buf_slice(&one->made.input)};
    one->fields[2] = (signet_http_field){S("Signature"), signet_buf_slice(&one->made.signature)};
    one->count = 3;
}

TEST(judges_what_is_covered)
{
    __attribute__((cleanup(close_service))) service it = {0};
    const signet_key *key = NULL;

    open_service(&it, &signet_ed25519);
    key = it.key;
    /* beside the signature that counts, another one */
    it.asked[it.request.field_count - 2].value = signet_slice_text(GOOD_INPUT ", x=(\"@method\")");
    it.asked[it.request.field_count - 1].value = signet_slice_text(GOOD_SIGNATURE ", x=:AAAA:");
    for (EACH(row, lists)) {
        __attribute__((cleanup(free_answer))) answer one = {0};
        signet_body_digests content;
        signet_response_check check;
        signet_error err = {0};
        bool is_good = false;

        sign_list(&it, row->list, row->parameters, &one);
        check = check_of(&it, &one, &key, &content);
        is_good = signet_response_verify(&check, &err);
        if (is_good != (row->code == SIGNET_OK) || err.code != row->code ||
            !strstr(err.message, row->says))
            harness_fail(__FILE__, __LINE__, "%s: %s", signet_code_name(err.code), err.message);
    }
}

TESTS(TEST_OF(judges_what_is_covered))
