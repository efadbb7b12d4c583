/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the nginx module costs on the wire: the same requests to nginx with it and without it, in
 * turn, from connections that stay open.
 *
 * usage: http ports COUNT        that many free ports of 127.0.0.1, one a line
 *        http keys PRIVATE PUBLIC    a new master key, PEM
 *        http measure PRIVATE SERVER_CPU LOAD_CPU ADDRESS/WORKER...
 *
 * The servers are: plain, with the module, a plain proxy, a proxy with the module, and perhaps one
 * with the module that enrols tokens; each is a port or the path of a socket, and the process id of
 * its one worker, which is on SERVER_CPU.
 *
 * Each round has fresh proofs by tokens that the verifier saw before, made before the clock runs:
 * m=full (m=compact to the one that enrols), x=2, both signatures, no content.  Plain nginx gets
 * the same bytes.  There are so many tokens that the quota of the replay zone is the default one.
 *
 * Throughput: 32 connections, each with a request under way.  Latency: as many connections, and
 * requests at even distances, at 70 % of the throughput of that very server; counted from when a
 * request was due, not from when a connection was free for it; the median round's 99th of 100.
 * The raw verification is measured between the rounds, on the processor of the servers while they
 * are idle.  Prints "name, tab, median in nanoseconds" lines.
 */
#include <arpa/inet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <signet/signer.h>

#include "crypto/random.h"
#include "http_load.h"
#include "measure.h"

enum {
    ROUNDS = 11,
    CONNECTIONS = 32,
    TOKENS = 256, /* each may send 256 proofs of a second: the default of the replay zone */
    BATCH = 6144, /* fresh proofs of a round, for one server */
    VERIFICATIONS = 512,
    LOAD = 70, /* per cent, where latency is measured */
    SERVERS_MIN = 4,
    SERVERS_MAX = 5,
};

/* Nanoseconds for all rounds of throughput, and as many for those of latency. */
static const int64_t budget = INT64_C(28000000000);

/* A server, and what was measured of it. */
typedef struct {
    const char *name;
    bool is_judging, is_proxy, is_enrolling;
    size_t total; /* requests of a round */
    const char *address;
    int worker;
    http_load *load;
    int64_t times[ROUNDS], processor[ROUNDS], p99[ROUNDS], p50[ROUNDS];
} server;

static server servers[SERVERS_MAX] = {
    {.name = "http 200, plain", .total = 4 * BATCH},
    {.name = "http 200, module", .total = BATCH, .is_judging = true},
    {.name = "http proxy, plain", .total = 2 * BATCH, .is_proxy = true},
    {.name = "http proxy, module", .total = BATCH, .is_judging = true, .is_proxy = true},
    {.name = "http compact, module", .total = BATCH, .is_judging = true, .is_enrolling = true},
};
static size_t server_count;

static struct {
    signet_key *master;
    signet_credential *credentials[TOKENS];
    signet_buf texts[BATCH];
    signet_slice requests[BATCH];
    signet_key *key; /* of the raw verification, and what it verifies */
    uint8_t messages[VERIFICATIONS][200];
    signet_buf signatures[VERIFICATIONS];
    size_t rounds, latency_rounds;
    int64_t verify[ROUNDS], verify_processor[ROUNDS];
} with;

/* --- keys and ports --- */

static bool
write_pem(const signet_key *key, const char *path, signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf text = {0};
    FILE *file = NULL;
    bool is_written = false;

    if (!signet_key_write_pem(key, &text, err))
        return false;
    file = fopen(path, "w");
    is_written = file && fwrite(text.data, 1, text.len, file) == text.len;
    if (file && fclose(file) == 0 && is_written)
        return true;
    return signet_fail(err, SIGNET_E_IO, "cannot write %s", path);
}

static bool
make_keys(const char *private_path, const char *public_path, signet_error *err)
{
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL, *public = NULL;

    key = signet_key_generate(&signet_ed25519, err);
    if (!key)
        return false;
    public = signet_key_from_public(&signet_ed25519, signet_key_public(key), err);
    return public && write_pem(key, private_path, err) && write_pem(public, public_path, err);
}

static bool
print_port(signet_error *err)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM, 0); /* open until the end: each gets another port */

    if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        return signet_fail(err, SIGNET_E_IO, "no free port");
    printf("%d\n", ntohs(at.sin_port));
    return true;
}

static bool
print_ports(long count, signet_error *err)
{
    for (long i = 0; i < count && i < 64; i++) {
        if (!print_port(err))
            return false;
    }
    return true;
}

/* --- proofs --- */

static bool
read_master(const char *path, signet_error *err)
{
    uint8_t text[SIGNET_KEY_FILE_MAX];
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(text, 1, sizeof(text), file) : 0;

    if (file)
        (void)fclose(file);
    with.master = signet_key_from_pem(signet_only_ed25519, (signet_slice){text, len}, err);
    return with.master != NULL;
}

static bool
make_verifications(signet_error *err)
{
    with.key = signet_key_generate(&signet_ed25519, err);
    for (size_t i = 0; with.key && i < VERIFICATIONS; i++) {
        signet_slice message = {with.messages[i], sizeof(with.messages[i])};

        if (!sg_random(with.messages[i], sizeof(with.messages[i]), err) ||
            !signet_key_sign(with.key, message, &with.signatures[i], err))
            return false;
    }
    return with.key != NULL;
}

static bool
make_credentials(signet_error *err)
{
    const signet_credential_request request = {
        .master = with.master, .issuer = "bench", .purpose = "bench", .now = (int64_t)time(NULL)};

    for (size_t i = 0; i < TOKENS; i++) {
        with.credentials[i] = signet_credential_new(&request, err);
        if (!with.credentials[i])
            return false;
    }
    return true;
}

/* What is sent with a proof. */
typedef enum { PRESENTED, COMPACT, ENROLMENT } request_kind;

static const struct {
    const char *method, *target, *more;
} kinds[] = {
    [PRESENTED] = {"GET", "/protected/resource?and=query", ""},
    [COMPACT] = {"GET", "/protected/resource?and=query", ""},
    [ENROLMENT] = {"POST", "/v1/pop/token", "Content-Length: 0\r\n"},
};

static bool
make_request(request_kind kind, size_t number, signet_error *err)
{
    signet_buf *text = &with.texts[number];
    const signet_sign_order order = {.is_compact = kind == COMPACT,
        .request = {.method = signet_slice_text(kinds[kind].method),
            .scheme = signet_slice_text("https"),
            .authority = signet_slice_text("api.example.com"),
            .target = signet_slice_text(kinds[kind].target)}};

    text->len = 0;
    if (!signet_buf_printf(text, err,
            "%s %s HTTP/1.1\r\nHost: api.example.com\r\nUser-Agent: bench\r\nAccept: */*\r\n"
            "%sSignet-Proof: ",
            kinds[kind].method, kinds[kind].target, kinds[kind].more) ||
        !signet_credential_sign(
            with.credentials[number % TOKENS], &order, (int64_t)time(NULL), text, err) ||
        !signet_buf_append(text, signet_slice_text("\r\n\r\n"), err))
        return false;
    with.requests[number] = signet_buf_slice(text);
    return true;
}

static bool
make_requests(request_kind kind, size_t count, signet_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!make_request(kind, i, err))
            return false;
    }
    return true;
}

/* --- measuring --- */

static bool
stay_on(long processor, signet_error *err)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET((size_t)processor, &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0)
        return signet_fail(err, SIGNET_E_USAGE, "cannot stay on processor %ld", processor);
    return true;
}

/* What a worker has computed, nanoseconds; 0 when the system does not tell. */
static int64_t
processor_time(int worker)
{
    char path[64], text[64] = "";
    FILE *file = NULL;
    size_t len = 0;

    (void)snprintf(path, sizeof(path), "/proc/%d/schedstat", worker);
    file = fopen(path, "r");
    if (!file)
        return 0;
    len = fread(text, 1, sizeof(text) - 1, file);
    (void)fclose(file);
    text[len] = '\0';
    return strtoll(text, NULL, 10);
}

static int64_t
own_processor_time(void)
{
    struct timespec time = {0};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool
verify_all(size_t round, signet_error *err)
{
    int64_t start = measure_now(), processor = own_processor_time();

    for (size_t i = 0; i < VERIFICATIONS; i++) {
        if (!signet_key_verify(with.key, (signet_slice){with.messages[i], sizeof(with.messages[i])},
                signet_buf_slice(&with.signatures[i]), err))
            return false;
    }
    with.verify[round] = (measure_now() - start) / VERIFICATIONS;
    with.verify_processor[round] = (own_processor_time() - processor) / VERIFICATIONS;
    return true;
}

static bool
run_order(server *one, const http_load_order *order, http_load_result *ret, signet_error *err)
{
    signet_error problem = {0};

    if (http_load_run(one->load, order, ret, &problem))
        return true;
    return signet_fail(err, problem.code, "%s: %s", one->name, problem.message);
}

static bool
measure_rate(server *one, size_t round, signet_error *err)
{
    const http_load_order order = {.requests = with.requests,
        .request_count = BATCH,
        .total = one->total,
        .is_idle = one->is_proxy, /* what is behind it may be on the same processor */
        .status = 200};
    int64_t before = processor_time(one->worker);
    http_load_result result = {0};

    if (!run_order(one, &order, &result, err))
        return false;
    one->times[round] = result.elapsed / (int64_t)one->total;
    one->processor[round] = (processor_time(one->worker) - before) / (int64_t)one->total;
    return true;
}

/* At a share of what the server can do; as long as the whole batch takes the slowest. */
static bool
measure_latency(server *one, size_t round, signet_error *err)
{
    int64_t every = measure_median(one->times, with.rounds) * 100 / LOAD;
    http_load_order order = {.requests = with.requests,
        .request_count = BATCH,
        .total = one->total,
        .every = every,
        .is_idle = one->is_proxy,
        .status = 200};
    http_load_result result = {0};

    if (!run_order(one, &order, &result, err))
        return false;
    one->p50[round] = measure_median(result.latencies, order.total);
    one->p99[round] = measure_percentile(result.latencies, order.total, 99);
    return true;
}

/* Not counted: tokens are new, memory is untouched.  Afterwards the judge refuses what it saw. */
static bool
warm_up(server *one, size_t round, signet_error *err)
{
    const http_load_order again = {
        .requests = with.requests, .request_count = TOKENS, .total = TOKENS, .status = 401};
    http_load_result result = {0};

    return measure_rate(one, round, err) &&
           (!one->is_judging || run_order(one, &again, &result, err));
}

/* Tokens that are known by their id afterwards. */
static bool
enrol(signet_error *err)
{
    const http_load_order order = {
        .requests = with.requests, .request_count = TOKENS, .total = TOKENS, .status = 201};
    http_load_result result = {0};

    return server_count < SERVERS_MAX ||
           (make_requests(ENROLMENT, TOKENS, err) &&
               run_order(&servers[SERVERS_MAX - 1], &order, &result, err));
}

/* Plain servers get what the judging one before them used up. */
static bool
each_server(
    bool (*measure)(server *one, size_t round, signet_error *err), size_t round, signet_error *err)
{
    if (server_count == SERVERS_MAX && !make_requests(PRESENTED, BATCH, err))
        return false; /* else the first would get the short ones of the last */
    for (size_t i = 0; i < server_count; i++) {
        if ((!servers[i].is_judging ||
                make_requests(servers[i].is_enrolling ? COMPACT : PRESENTED, BATCH, err)) &&
            measure(&servers[i], round, err))
            continue;
        return false;
    }
    return true;
}

/* On a busy machine there are fewer rounds. */
static bool
is_time_left(int64_t start, size_t done)
{
    return done < ROUNDS && (done < 3 || measure_now() - start < budget);
}

static bool
measure_all(long server_processor, long load_processor, signet_error *err)
{
    if (!stay_on(load_processor, err) || !enrol(err) || !make_requests(PRESENTED, BATCH, err) ||
        !each_server(warm_up, 0, err))
        return false;
    for (int64_t start = measure_now(); is_time_left(start, with.rounds); with.rounds++) {
        if (!each_server(measure_rate, with.rounds, err) || !stay_on(server_processor, err) ||
            !verify_all(with.rounds, err) || !stay_on(load_processor, err))
            return false;
    }
    for (int64_t start = measure_now(); is_time_left(start, with.latency_rounds);
         with.latency_rounds++) {
        if (!each_server(measure_latency, with.latency_rounds, err))
            return false;
    }
    return true;
}

static void
print(const char *name, const char *what, int64_t value)
{
    printf("%s%s\t%lld\n", name, what, (long long)value);
}

static void
print_all(void)
{
    int64_t verify = measure_median(with.verify, with.rounds);
    int64_t verify_processor = measure_median(with.verify_processor, with.rounds);

    print("raw verify, wire", "", verify);
    for (size_t i = 0; i < server_count; i++) {
        server *one = &servers[i];
        int64_t each = measure_median(one->times, with.rounds);
        int64_t processor = measure_median(one->processor, with.rounds);

        print(one->name, "", each);
        print(one->name, " and verify", each + verify);
        print(one->name, ", processor", processor);
        print(one->name, ", processor and verify", processor + verify_processor);
        print(one->name, ", p50", measure_median(one->p50, with.latency_rounds));
        print(one->name, ", p99", measure_median(one->p99, with.latency_rounds));
    }
}

static bool
measure(char **arguments, size_t count, signet_error *err)
{
    bool done = read_master(arguments[0], err);

    server_count = count;
    for (size_t i = 0; done && i < server_count; i++) {
        char *slash = strrchr(arguments[3 + i], '/');

        if (!slash)
            return signet_fail(err, SIGNET_E_USAGE, "ADDRESS/WORKER");
        *slash = '\0';
        servers[i].address = arguments[3 + i];
        servers[i].worker = (int)strtol(slash + 1, NULL, 10);
        servers[i].load = http_load_open(servers[i].address, CONNECTIONS, err);
        done = servers[i].load != NULL;
    }
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); /* who sleeps is woken when it said */
    done = done && make_verifications(err) && make_credentials(err) &&
           measure_all(strtol(arguments[1], NULL, 10), strtol(arguments[2], NULL, 10), err);
    if (done)
        print_all();
    return done;
}

int
main(int argc, char **argv)
{
    signet_error err = {0};
    bool done = false;

    if (argc == 3 && strcmp(argv[1], "ports") == 0)
        done = print_ports(strtol(argv[2], NULL, 10), &err);
    else if (argc == 4 && strcmp(argv[1], "keys") == 0)
        done = make_keys(argv[2], argv[3], &err);
    else if (argc >= 5 + SERVERS_MIN && argc <= 5 + SERVERS_MAX && strcmp(argv[1], "measure") == 0)
        done = measure(argv + 2, (size_t)argc - 5, &err);
    else
        (void)signet_fail(&err, SIGNET_E_USAGE, "ports, keys or measure: see http.c");
    if (done)
        return 0;
    fprintf(stderr, "http: %s\n", err.message);
    return 1;
}
