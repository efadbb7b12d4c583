/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of identical proofs that come at the same time, exactly one passes.
 *
 * usage: race [-d] SOCKET TARGET ROUNDS COPIES
 *
 * Each round makes a proof, and sends it COPIES times at once over connections that are spread over
 * two workers, whose answers carry their name in the field `Worker`.  One answer must be 200, all
 * others 401.  With -d the server is disturbed meanwhile: an answer may be lost with its worker,
 * and then perhaps the 200; still never two.  Prints rounds, answers lost, and the rounds that
 * either worker won.  Key and issuer are those of proof.c.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <signet/signer.h>

enum {
    COPIES_MAX = 32,
    TOKENS = 64,   /* each may send 256 proofs of a second */
    RENEWED = 120, /* seconds that tokens are used */
    TRIES = 2000,
    PATIENCE = 20000, /* milliseconds */
    ANSWER_MAX = 4096,
};

typedef struct {
    int fd;
    long worker; /* 0: not known yet */
    long status; /* of this round's answer; 0: none yet; -1: lost */
    size_t len;
    char answer[ANSWER_MAX + 1];
} connection;

typedef struct {
    const char *socket, *target;
    long copies;
    bool is_disturbed;
    signet_key *master;
    signet_credential *credentials[TOKENS];
    int64_t made;
    signet_buf request;
    connection connections[COPIES_MAX];
    long lost, unanswered, workers[2], wins[2];
} race;

static bool
make_credentials(race *it, int64_t now, signet_error *err)
{
    const signet_credential_request request = {
        .master = it->master, .issuer = "demo-server", .purpose = "api", .now = now};

    for (size_t i = 0; i < TOKENS; i++) {
        signet_credential_free(it->credentials[i]);
        it->credentials[i] = signet_credential_new(&request, err);
        if (!it->credentials[i])
            return false;
    }
    it->made = now;
    return true;
}

static bool
make_master(race *it, signet_error *err)
{
    uint8_t seed[SIGNET_SEED_SIZE];

    for (size_t i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)i;
    it->master = signet_key_from_seed(&signet_ed25519, (signet_slice){seed, sizeof(seed)}, err);
    return it->master != NULL;
}

static bool
make_request(race *it, long round, signet_error *err)
{
    signet_sign_order order = {.request = {.method = signet_slice_text("GET"),
                                   .scheme = signet_slice_text("https"),
                                   .authority = signet_slice_text("api.example.com"),
                                   .target = signet_slice_text(it->target)}};
    int64_t now = (int64_t)time(NULL);

    if (now - it->made > RENEWED && !make_credentials(it, now, err))
        return false;
    it->request.len = 0;
    return signet_buf_printf(&it->request, err,
               "GET %s HTTP/1.1\r\nHost: api.example.com\r\nSignet-Proof: ", it->target) &&
           signet_credential_sign(
               it->credentials[round % TOKENS], &order, now, &it->request, err) &&
           signet_buf_append(&it->request, signet_slice_text("\r\n\r\n"), err);
}

/* --- connections --- */

static bool
send_bytes(connection *one, const void *bytes, size_t len)
{
    return one->fd >= 0 && send(one->fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static void
lose(connection *one)
{
    if (one->fd >= 0)
        (void)close(one->fd);
    one->fd = -1;
    one->worker = 0;
    one->status = -1;
}

/* The value behind `name` in the head of an answer; -1: there is none. */
static long
number_after(const char *answer, const char *name)
{
    const char *at = strstr(answer, name);

    return at ? strtol(at + strlen(name), NULL, 10) : -1;
}

static void
read_some(connection *one)
{
    ssize_t got = recv(one->fd, one->answer + one->len, ANSWER_MAX - one->len, 0);
    const char *end = NULL;
    long length = 0;

    if (got <= 0) {
        lose(one);
        return;
    }
    one->len += (size_t)got;
    one->answer[one->len] = '\0';
    end = strstr(one->answer, "\r\n\r\n");
    length = end ? number_after(one->answer, "Content-Length: ") : 0;
    if (!end || one->len < (size_t)(end + 4 - one->answer) + (size_t)length)
        return;
    one->worker = number_after(one->answer, "Worker: ");
    one->status = number_after(one->answer, "HTTP/1.1 ");
}

static bool
read_answers(race *it, signet_error *err)
{
    for (;;) {
        struct pollfd waiting[COPIES_MAX];
        connection *of[COPIES_MAX];
        nfds_t count = 0;

        for (long i = 0; i < it->copies; i++) {
            if (it->connections[i].status != 0)
                continue;
            of[count] = &it->connections[i];
            waiting[count++] = (struct pollfd){.fd = it->connections[i].fd, .events = POLLIN};
        }
        if (count == 0)
            return true;
        if (poll(waiting, count, PATIENCE) <= 0)
            return signet_fail(err, SIGNET_E_IO, "no answer within %d ms", PATIENCE);
        for (nfds_t i = 0; i < count; i++) {
            if (waiting[i].revents)
                read_some(of[i]);
        }
    }
}

static bool
dial(race *it, connection *one, signet_error *err)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};

    *one = (connection){.fd = socket(AF_UNIX, SOCK_STREAM, 0)};
    (void)snprintf(to.sun_path, sizeof(to.sun_path), "%s", it->socket);
    if (one->fd >= 0 && connect(one->fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
        return true;
    return signet_fail(err, SIGNET_E_IO, "cannot connect to %s", it->socket);
}

/* Whose a connection is shows in the answer to a request without a proof. */
static void
ask_worker(connection *one)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n";

    one->status = 0;
    one->len = 0;
    if (!send_bytes(one, request, sizeof(request) - 1))
        lose(one);
    while (one->status == 0)
        read_some(one);
}

/* Every other connection belongs to another worker, so that neighbours race. */
static bool
is_wanted(race *it, long place)
{
    const connection *one = &it->connections[place], *before = &it->connections[place - 1];

    return one->worker > 0 && (place == 0 || one->worker != before->worker) &&
           (place < 2 || one->worker == it->connections[place - 2].worker);
}

/* While it is disturbed the server may have one worker for a moment, or old ones. */
static bool
connect_one(race *it, long place, signet_error *err)
{
    connection *one = &it->connections[place];

    for (int tries = 0; tries < TRIES; tries++) {
        if (!dial(it, one, err))
            return false;
        ask_worker(one);
        if (one->worker > 0 && (it->is_disturbed || is_wanted(it, place)))
            return true;
        lose(one);
    }
    return signet_fail(err, SIGNET_E_IO, "all connections come to one worker");
}

static bool
connect_lost(race *it, signet_error *err)
{
    for (long i = 0; i < it->copies; i++) {
        if (it->connections[i].fd < 0 && !connect_one(it, i, err))
            return false;
    }
    return true;
}

/* --- one round --- */

/* All but the last byte first: then the copies are complete at almost the same moment. */
static void
send_copies(race *it, long round)
{
    size_t len = it->request.len - 1;

    for (long i = 0; i < it->copies; i++) {
        connection *one = &it->connections[i];

        one->status = 0;
        one->len = 0;
        if (!send_bytes(one, it->request.data, len))
            lose(one);
    }
    for (long i = 0; i < it->copies; i++) {
        connection *one = &it->connections[(i + round) % it->copies];

        if (one->status == 0 && !send_bytes(one, it->request.data + len, 1))
            lose(one);
    }
}

static void
count_win(race *it, long worker)
{
    for (int i = 0; i < 2; i++) {
        if (it->workers[i] == 0)
            it->workers[i] = worker;
        if (it->workers[i] == worker) {
            it->wins[i]++;
            return;
        }
    }
}

static bool
judge(race *it, long round, signet_error *err)
{
    long passed = 0, lost = 0;

    for (long i = 0; i < it->copies; i++) {
        const connection *one = &it->connections[i];

        lost += one->status == -1;
        passed += one->status == 200;
        if (one->status == 200)
            count_win(it, one->worker);
        if (one->status != -1 && one->status != 200 && one->status != 401)
            return signet_fail(err, SIGNET_E_USAGE, "round %ld: %.60s", round, one->answer);
    }
    it->lost += lost;
    it->unanswered += passed == 0;
    if (passed > 1 || (passed == 0 && lost == 0))
        return signet_fail(err, SIGNET_E_USAGE, "round %ld: %ld passed", round, passed);
    if (lost > 0 && !it->is_disturbed)
        return signet_fail(err, SIGNET_E_IO, "round %ld: %ld answers were lost", round, lost);
    return true;
}

static bool
run(race *it, long rounds, signet_error *err)
{
    for (long i = 0; i < it->copies; i++)
        it->connections[i].fd = -1;
    if (!make_master(it, err) || !make_credentials(it, (int64_t)time(NULL), err))
        return false;
    for (long round = 0; round < rounds; round++) {
        if (!connect_lost(it, err) || !make_request(it, round, err))
            return false;
        send_copies(it, round);
        if (!read_answers(it, err) || !judge(it, round, err))
            return false;
    }
    printf("rounds=%ld copies=%ld lost=%ld unanswered=%ld wins=%ld/%ld\n", rounds, it->copies,
        it->lost, it->unanswered, it->wins[0], it->wins[1]);
    return it->is_disturbed || (it->wins[0] > 0 && it->wins[1] > 0) ||
           signet_fail(err, SIGNET_E_USAGE, "one worker won them all");
}

int
main(int argc, char **argv)
{
    static race it;
    signet_error err = {0};
    long rounds = 0;

    it.is_disturbed = argc > 1 && strcmp(argv[1], "-d") == 0;
    argc -= it.is_disturbed;
    argv += it.is_disturbed;
    if (argc == 5) {
        it.socket = argv[1];
        it.target = argv[2];
        rounds = strtol(argv[3], NULL, 10);
        it.copies = strtol(argv[4], NULL, 10);
    }
    if (rounds < 1 || it.copies < 2 || it.copies > COPIES_MAX) {
        fputs("usage: race [-d] SOCKET TARGET ROUNDS COPIES\n", stderr);
        return 2;
    }
    if (run(&it, rounds, &err))
        return 0;
    fprintf(stderr, "race: %s\n", err.message);
    return 1;
}
