/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of a session, which writes again to the same bytes; and the answer to an enrolment, of
 * which no other than the right one is accepted.
 */
#include <signet/signet.h>

#include "fuzz.h"
#include "session.h"

static signet_key *master;
static signet_credential *credential;

static void
prepare(void)
{
    static const uint8_t seed[SIGNET_SEED_SIZE] = {1};
    signet_credential_request request = {.issuer = "me", .purpose = "p", .now = 1700000000};

    if (master)
        return;
    master = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, NULL);
    PROPERTY(master);
    request.master = master;
    credential = signet_credential_new(&request, NULL);
    PROPERTY(credential);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SIGNET_AUTO(session_free) session it = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf again = {0};
    signet_slice text = {data, size};

    prepare();
    PROPERTY(!session_check_answer(text, credential, master, NULL)); /* the token is random */
    if (!session_parse(text, &it, NULL)) {
        PROPERTY(!it.credential);
        return 0;
    }
    PROPERTY(session_write(&it, &again, NULL));
    PROPERTY(signet_slice_is_equal(signet_buf_slice(&again), text));
    return 0;
}
