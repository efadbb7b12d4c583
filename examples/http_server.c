/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: http_server KEY ISSUER ORIGIN [PORT]   serves those who prove possession; needs
 * libmicrohttpd
 *
 * Takes tokens of ISSUER that the master key KEY (public, PEM) vouches for, which come whole with
 * the request, each proof once.  ORIGIN is how clients see us: http://127.0.0.1:8080.  Listens on
 * 127.0.0.1, says where, and ends at SIGTERM.
 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <signet/signet.h>

enum { FIELDS_MAX = 64, TARGET_MAX = 4096, BODY_MAX = SIGNET_VERIFIER_BODY_MAX };

typedef struct {
    signet_verifier *verifier;
    signet_replay *replay;
    const char *origin;
} service;

/* One request, from its first line to its end. */
typedef struct {
    bool has_begun;
    char target[TARGET_MAX];
    signet_http_field fields[FIELDS_MAX];
    size_t field_count;
    signet_sha256 digest;
    int64_t length;
} exchange;

/* Before anything is decoded: what was signed is the target as it came. */
static void *
begin(void *context, const char *target, struct MHD_Connection *connection)
{
    exchange *it = strlen(target) < TARGET_MAX ? calloc(1, sizeof(*it)) : NULL;

    (void)context, (void)connection;
    if (it)
        memcpy(it->target, target, strlen(target));
    return it;
}

static void
end(void *context, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode code)
{
    (void)context, (void)connection, (void)code;
    free(*state);
}

static enum MHD_Result
add_field(void *context, enum MHD_ValueKind kind, const char *name, size_t name_len,
    const char *value, size_t value_len)
{
    exchange *it = context;

    (void)kind;
    if (it->field_count < FIELDS_MAX)
        it->fields[it->field_count] = (signet_http_field){
            {(const uint8_t *)name, name_len}, {(const uint8_t *)value, value_len}};
    return it->field_count++ < FIELDS_MAX ? MHD_YES : MHD_NO;
}

/* What the verifier still has to know.  Records are not kept here: a token comes with m=full. */
static void
answer_questions(const service *its, exchange *it, signet_verification *verification)
{
    signet_replay_entry entry = {0};
    signet_replay_answer answer = SIGNET_REPLAY_REFUSED;
    uint8_t digest[SIGNET_SHA256_SIZE];

    if (signet_verification_state(verification) == SIGNET_VERIFICATION_NEEDS_RECORD)
        signet_verification_give_record(verification, SIGNET_LOOKUP_NONE, (signet_slice){0});
    if (signet_verification_state(verification) == SIGNET_VERIFICATION_NEEDS_FRESH) {
        entry = signet_verification_entry(verification);
        (void)!signet_replay_insert(its->replay, &entry, time(NULL), &answer, NULL);
        signet_verification_give_fresh(verification, answer);
    }
    if (signet_verification_state(verification) == SIGNET_VERIFICATION_NEEDS_BODY) {
        signet_sha256_final(&it->digest, digest);
        signet_verification_give_body(verification, digest, (uint64_t)it->length);
    }
}

static enum MHD_Result
reply(struct MHD_Connection *connection, unsigned status, const char *text)
{
    struct MHD_Response *response = NULL;
    char copy[256];
    enum MHD_Result result = MHD_NO;

    (void)snprintf(copy, sizeof(copy), "%s", text);
    response = MHD_create_response_from_buffer(strlen(copy), copy, MHD_RESPMEM_MUST_COPY);
    if (response && (status != MHD_HTTP_UNAUTHORIZED ||
                        MHD_add_response_header(response, "WWW-Authenticate", "Signet") == MHD_YES))
        result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
judge(const service *its, exchange *it, struct MHD_Connection *connection, const char *method)
{
    static const signet_verifier_policy policy = {.allow_full = true};
    SIGNET_AUTO(signet_verification_free) signet_verification *verification = NULL;
    const char *authority = strstr(its->origin, "://") + strlen("://");
    signet_http_facts facts = {.content_length = it->length};
    signet_http_identity who = {0};
    char text[256];

    facts.request = (signet_http_request){signet_slice_text(method),
        {(const uint8_t *)its->origin, (size_t)(authority - its->origin) - strlen("://")},
        signet_slice_text(authority), signet_slice_text(it->target), it->fields, it->field_count};
    verification = signet_verification_new(its->verifier, NULL, &policy, &facts, time(NULL), NULL);
    if (!verification)
        return reply(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "not now\n");
    answer_questions(its, it, verification);
    if (signet_verification_state(verification) != SIGNET_VERIFICATION_ACCEPTED) {
        const signet_refusal *refusal = signet_verification_refusal(verification);

        (void)fprintf(stderr, "refused: %s\n", signet_verification_reason(verification)->message);
        return reply(connection, refusal ? (unsigned)refusal->status : MHD_HTTP_FORBIDDEN,
            refusal ? refusal->text : "refused");
    }
    who = signet_verification_identity(verification);
    (void)snprintf(text, sizeof(text), "hello, %.*s of %.*s\n", (int)who.purpose.len,
        (const char *)who.purpose.ptr, (int)who.issuer.len, (const char *)who.issuer.ptr);
    return reply(connection, MHD_HTTP_OK, text);
}

/* Called when the head is there, then for each part of the content, then when all came. */
static enum MHD_Result
handle(/* NOLINT(readability-function-size): the eight of libmicrohttpd */
    void *context, struct MHD_Connection *connection, const char *path, const char *method,
    const char *version, const char *part, size_t *part_len, void **state)
{
    exchange *it = *state;

    (void)path, (void)version;
    if (!it)
        return MHD_NO;
    if (!it->has_begun) {
        it->has_begun = true;
        signet_sha256_init(&it->digest);
        return MHD_YES;
    }
    if (*part_len == 0) {
        (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, add_field, it);
        return it->field_count <= FIELDS_MAX ? judge(context, it, connection, method) : MHD_NO;
    }
    it->length += (int64_t)*part_len;
    if (it->length > BODY_MAX)
        return MHD_NO;
    signet_sha256_update(&it->digest, (signet_slice){(const uint8_t *)part, *part_len});
    *part_len = 0;
    return MHD_YES;
}

static bool
serve(service *its, uint16_t port, signet_error *err)
{
    struct MHD_Daemon *daemon = NULL;
    sigset_t ending;
    int number = 0;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &ending, NULL); /* before there are threads */
    daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, port, NULL, NULL, handle, its,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_URI_LOG_CALLBACK, begin, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, end, NULL, MHD_OPTION_CONNECTION_TIMEOUT, 10U,
        MHD_OPTION_CONNECTION_LIMIT, 100U, MHD_OPTION_END);
    if (!daemon)
        return signet_fail(err, SIGNET_E_NETWORK, "cannot listen on port %u", port);
    (void)printf("listening\n");
    (void)fflush(stdout);
    (void)sigwait(&ending, &number);
    MHD_stop_daemon(daemon);
    return true;
}

int
main(int argc, char **argv)
{
    static uint8_t pem[SIGNET_KEY_FILE_MAX];
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_verifier_free) signet_verifier *verifier = NULL;
    SIGNET_AUTO(signet_replay_free) signet_replay *replay = NULL;
    signet_replay_options window = {.window = SIGNET_VERIFIER_REPLAY_WINDOW};
    signet_verifier_key master = {0};
    signet_error err = {SIGNET_E_USAGE, "usage: http_server KEY ISSUER ORIGIN [PORT]"};
    const char *origins[2] = {argc > 3 ? argv[3] : NULL};
    FILE *file = argc == 4 || argc == 5 ? fopen(argv[1], "r") : NULL;
    size_t len = file ? fread(pem, 1, sizeof(pem), file) : 0;

    if (file) {
        (void)fclose(file);
        key = signet_key_from_pem(signet_only_ed25519, (signet_slice){pem, len}, &err);
    }
    master = (signet_verifier_key){.issuer = argc > 2 ? argv[2] : NULL, .key = key};
    if (key) /* checks that the origin is one */
        verifier = signet_verifier_new(
            &(signet_verifier_options){.keys = &master, .key_count = 1, .origins = origins}, &err);
    replay = verifier ? signet_replay_new(&window, &err) : NULL;
    if (replay && serve(&(service){verifier, replay, argv[3]},
                      (uint16_t)strtoul(argc > 4 ? argv[4] : "8080", NULL, 10), &err))
        return 0;
    (void)fprintf(stderr, "http_server: %s\n", err.message);
    return 2;
}
