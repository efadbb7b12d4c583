/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one verifier with all dialects open.  A genuine request with several proofs is changed as the
 * input says: fields go, come twice, hold other bytes, and the method, target, content and
 * certificate change too.  Whatever is accepted must still be the request that was signed.
 */
#include "change.h"
#include "dialects.h"
#include "fuzz.h"

enum { ROOM = 9000, PLANS = 6 };

static dialects with;
static dialects_request requests[PLANS];

static const dialects_plan plans[PLANS] = {
    {"all", PROOF | SIGNED | DPOP, 0, .method = "POST", .body = "x"},
    {"presented", PROOF | SIGNED, FULL | SHA512, .method = "POST", .body = "x"},
    {"signature and DPoP", SIGNED | DPOP, BY_THUMBPRINT, .method = "POST", .body = "x"},
    {"signature and certificate", SIGNED | CERTIFICATE | AGENT, RECORD_NAMES_IT, .method = "POST",
        .body = "x"},
    {"DPoP", DPOP | AGENT, 0, .method = "POST", .body = "x"},
    {"certificate", CERTIFICATE, 0, .method = "POST", .body = "x"},
};

static void
prepare(void)
{
    if (with.verifier)
        return;
    PROPERTY(dialects_make(&with));
    for (size_t i = 0; i < PLANS; i++)
        PROPERTY(dialects_send(&with, &plans[i], &requests[i]));
}

/* What a byte of input changes of the request line and the connection. */
static dialects_plan
change_plan(const dialects_plan *plan, uint8_t how)
{
    dialects_plan changed = *plan;

    if (how & 1)
        changed.sent_target = "/a?b=d";
    if (how & 2)
        changed.sent_method = "PUT";
    if (how & 4)
        changed.sent_body = "y";
    if (how & 8)
        changed.sent_host = "evil.example";
    if (how & 16)
        changed.odd |= OTHER_CERTIFICATE;
    if (how & 32)
        changed.announced = -1;
    return changed;
}

static void
check_accepted(const signet_verification *verification, uint8_t how)
{
    const signet_http_identity who = signet_verification_identity(verification);
    const unsigned bound = PROOF | SIGNED | DPOP;

    PROPERTY(who.dialects != 0 && (who.dialects & ~(unsigned)ALL) == 0);
    PROPERTY(who.thumbprint.len == 43 || who.dialects == CERTIFICATE);
    PROPERTY((who.token_id.len == 16) == ((who.dialects & PROOF) || who.purpose.len > 0));
    PROPERTY((who.subject.len > 0) == ((who.dialects & (DPOP | CERTIFICATE)) != 0));
    if (who.dialects & bound)
        PROPERTY((how & 15) == 0);
    if (who.dialects & CERTIFICATE)
        PROPERTY((how & (8 | 16)) == 0);
}

static void
check_end(const signet_verification *verification, uint8_t how)
{
    SIGNET_AUTO(signet_answer_fields_free) signet_answer_fields fields = {0};
    const signet_refusal *refusal = signet_verification_refusal(verification);

    PROPERTY(signet_verification_fields(verification, NULL, &fields, NULL));
    (void)signet_verification_explanation(verification);
    if (signet_verification_state(verification) == SIGNET_VERIFICATION_ACCEPTED) {
        check_accepted(verification, how);
        return;
    }
    PROPERTY(refusal && refusal->status >= 400);
    PROPERTY(signet_verification_reason(verification)->code != SIGNET_OK);
    PROPERTY(refusal->status != 401 || fields.count > 0);
    PROPERTY(refusal->status != 500);
}

/* One byte says which plan, one what else changes, two which field and how, the rest the bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t bytes[ROOM];
    dialects_request changed = {0};
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    const signet_verifier_policy policy = {.dialects = ALL, .allow_full = true};
    dialects_plan plan = {0};
    signet_http_facts facts;
    size_t which = 0;

    prepare();
    if (size < 4)
        return 0;
    plan = change_plan(&plans[data[0] % PLANS], data[1]);
    changed.count = requests[data[0] % PLANS].count;
    memcpy(changed.fields, requests[data[0] % PLANS].fields, sizeof(changed.fields));
    which = data[2] % changed.count;
    if (data[3] % 4 == 0)
        changed.fields[which].value =
            fuzz_change(changed.fields[which].value, data + 4, size - 4, bytes, sizeof(bytes));
    else if (data[3] % 4 == 1)
        changed.fields[which] = changed.fields[--changed.count];
    else if (data[3] % 4 == 2)
        changed.fields[which].value = (signet_slice){data + 4, size - 4};
    else if (changed.count < DIALECTS_FIELDS)
        changed.fields[changed.count++] = changed.fields[which];
    facts = dialects_facts(&with, &plan, &changed);
    verification =
        signet_verification_new(with.verifier, NULL, &policy, &facts, DIALECTS_NOW, NULL);
    PROPERTY(verification);
    dialects_answer(&with, &plan, 0, verification, NULL);
    check_end(verification, data[1] & 31);
    return 0;
}
