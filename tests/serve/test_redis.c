/* SPDX-License-Identifier: Apache-2.0 */
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "redis_server.h"
#include "serve/redis.h"
#include "serve/redis_url.h"

enum { NOW = 1700000000, TTL = 61000 };

#define ID "31323334353637383930313233343536"

static redis_server server;

static sg_redis *
client(const char *url)
{
    sg_redis_options options = {.url = url, .connect_ms = 300, .command_ms = 300};
    sg_redis *redis = sg_redis_new(&options, NULL);

    REQUIRE(redis);
    return redis;
}

static signet_code
replay(sg_redis *redis, const char *key, sg_replay_answer *ret_answer)
{
    signet_error err = {0};
    sg_replay_answer answer = SG_REPLAY_FRESH;
    bool done = sg_redis_replay(redis, signet_slice_text(key), TTL, &answer, &err);

    CHECK(done || answer == SG_REPLAY_SEEN); /* an error is never fresh */
    CHECK(done == (err.code == SIGNET_OK));
    *ret_answer = answer;
    return err.code;
}

static void
check_fresh(sg_redis *redis, const char *key, bool expected)
{
    sg_replay_answer answer = SG_REPLAY_SEEN;

    CHECK_INT(replay(redis, key, &answer), SIGNET_OK);
    CHECK_INT(answer, expected ? SG_REPLAY_FRESH : SG_REPLAY_SEEN);
}

static void
check_fails(sg_redis *redis, const char *key, signet_code expected)
{
    sg_replay_answer answer = SG_REPLAY_SEEN;

    CHECK_INT(replay(redis, key, &answer), expected);
}

/* What the server says to a command of ours, as a number. */
static long long
ask(const char *command, const char *key)
{
    redisContext *context = redisConnectUnix(server.socket);
    redisReply *reply = NULL;
    long long number = 0;

    REQUIRE(context && context->err == 0);
    reply = key ? redisCommand(context, "%s %s", command, key) : redisCommand(context, command);
    REQUIRE(reply && reply->type != REDIS_REPLY_ERROR);
    number = reply->integer;
    freeReplyObject(reply);
    redisFree(context);
    return number;
}

static int64_t
milliseconds(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

TEST(a_key_is_fresh_once_under_the_right_name_and_time)
{
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = client(server.url);
    static const uint8_t key[16] = {0xab, [15] = 1}, id[16] = "1234567890123456";
    char reference[SG_REFERENCE_REPLAY_KEY_SIZE + 1];
    sg_replay_answer answer = SG_REPLAY_SEEN;
    signet_error err = {0};
    long long left = 0;

    REQUIRE(sg_redis_replay_key(redis, key, TTL, &answer, &err));
    CHECK_INT(answer, SG_REPLAY_FRESH);
    REQUIRE(sg_redis_replay_key(redis, key, TTL, &answer, &err));
    CHECK_INT(answer, SG_REPLAY_SEEN);
    left = ask("PTTL", "signet:nonces:ab000000000000000000000000000001");
    CHECK(left > TTL - 5000 && left <= TTL);

    sg_reference_replay_key(id, NOW, signet_slice_text("abc"), reference);
    CHECK_TEXT(reference, ID ":1700000000:ba7816bf8f01cfea");
    check_fresh(redis, reference, true);
    check_fresh(redis, reference, false);
    CHECK(ask("PTTL", "signet:nonces:" ID ":1700000000:ba7816bf8f01cfea") > 0);
    CHECK_INT(sg_reference_replay_ttl_ms(NOW + 300, NOW), 600000);
    CHECK_INT(sg_reference_replay_ttl_ms(NOW - 241, NOW), 60000);
    CHECK_INT(sg_reference_replay_ttl_ms(INT64_MIN, NOW), 60000);
    CHECK_INT(sg_reference_replay_ttl_ms(INT64_MAX, 0), SG_REDIS_TTL_MAX);
    sg_reference_replay_key(id, INT64_MIN, signet_slice_text("abc"), reference);
    CHECK_INT(strlen(reference), SG_REFERENCE_REPLAY_KEY_SIZE);

    CHECK(!sg_redis_replay(redis, signet_slice_text("a"), 0, &answer, &err));
    CHECK(!sg_redis_replay(redis, signet_slice_text(""), TTL, &answer, &err));
    CHECK(!sg_redis_replay(redis, signet_slice_text("a\nb"), TTL, &answer, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
}

TEST(a_key_is_forgotten_after_its_time)
{
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = client(server.url);
    sg_replay_answer answer = SG_REPLAY_SEEN;

    REQUIRE(sg_redis_replay(redis, signet_slice_text("short"), 50, &answer, NULL));
    check_fresh(redis, "short", false);
    (void)usleep(120000);
    check_fresh(redis, "short", true);
}

enum { PROCESSES = 12, KEYS = 200 };

static void
race(int *passes)
{
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = client(server.url);

    for (int i = 0; i < KEYS; i++) {
        char key[32];
        sg_replay_answer answer = SG_REPLAY_SEEN;

        (void)snprintf(key, sizeof(key), "race-%d", i);
        if (!sg_redis_replay(redis, signet_slice_text(key), TTL, &answer, NULL))
            __atomic_fetch_add(&passes[KEYS], 1, __ATOMIC_SEQ_CST);
        else if (answer == SG_REPLAY_FRESH)
            __atomic_fetch_add(&passes[i], 1, __ATOMIC_SEQ_CST);
    }
}

TEST(one_of_many_processes_passes)
{
    size_t size = (KEYS + 1) * sizeof(int);
    int *passes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    REQUIRE(passes != MAP_FAILED);
    for (int i = 0; i < PROCESSES; i++) {
        pid_t pid = fork();

        REQUIRE(pid >= 0);
        if (pid == 0) {
            race(passes);
            _exit(0);
        }
    }
    for (int i = 0; i < PROCESSES; i++)
        REQUIRE(wait(NULL) > 0);
    CHECK_INT(passes[KEYS], 0);
    for (int i = 0; i < KEYS; i++)
        CHECK_INT(passes[i], 1);
    (void)munmap(passes, size);
}

TEST(records_are_kept_under_the_names_of_the_reference)
{
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = client(server.url);
    SIGNET_AUTO(sg_store_free) sg_store store = sg_redis_store(redis);
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_slice value = {(const uint8_t *)"a\0b\r\n", 5};
    signet_error err = {0};
    long long left = 0;

    CHECK(!store.get(store.context, ID, NOW, &out, &err));
    CHECK_INT(err.code, SIGNET_E_NOT_FOUND);
    REQUIRE(store.put(store.context, ID, value, NOW + 300, NOW, &err));
    left = ask("PTTL", "signet:tokens:" ID);
    CHECK(left > 895000 && left <= 900000);
    REQUIRE(store.get(store.context, ID, NOW, &out, &err));
    CHECK_BYTES(signet_buf_slice(&out), value);
    REQUIRE(store.put(store.context, ID, value, NOW - 10000, NOW, &err));
    left = ask("PTTL", "signet:tokens:" ID);
    CHECK(left > 595000 && left <= 600000);
    REQUIRE(store.remove(store.context, ID, &err) && store.remove(store.context, ID, &err));
    CHECK(!store.get(store.context, ID, NOW, &out, &err));
    CHECK_INT(err.code, SIGNET_E_NOT_FOUND);
    CHECK(!store.get(store.context, "../../etc/passwd", NOW, &out, &err));
    CHECK_INT(err.code, SIGNET_E_USAGE);
}

TEST(a_killed_server_fails_closed_and_its_successor_is_found)
{
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = client(server.url);
    sg_store store = sg_redis_store(redis);
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    check_fresh(redis, "killed", true);
    redis_server_stop(&server);
    check_fails(redis, "killed", SIGNET_E_NETWORK);
    check_fails(redis, "killed-2", SIGNET_E_NETWORK);
    CHECK(!store.get(store.context, ID, NOW, &out, &err));
    CHECK_INT(err.code, SIGNET_E_NETWORK); /* and not: not found */
    redis_server_start(&server, NULL);
    check_fresh(redis, "after", true);
    check_fresh(redis, "after", false);
    redis_server_stop(&server); /* between two commands */
    redis_server_start(&server, NULL);
    check_fresh(redis, "again", true); /* no error: the old connection was seen to be dead */
}

TEST(a_hung_server_fails_closed_in_time_and_recovers)
{
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = client(server.url);
    int64_t began = 0;

    check_fresh(redis, "before", true);
    REQUIRE(kill(server.pid, SIGSTOP) == 0);
    began = milliseconds();
    check_fails(redis, "hung-1", SIGNET_E_NETWORK);
    check_fails(redis, "hung-2", SIGNET_E_NETWORK);
    CHECK(milliseconds() - began >= 2 * 290 && milliseconds() - began < 2 * 300 + 1000);
    REQUIRE(kill(server.pid, SIGCONT) == 0);
    check_fresh(redis, "afterwards", true);
    check_fresh(redis, "before", false); /* nothing was forgotten */
}

TEST(a_full_server_refuses_and_recovers)
{
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = client(server.url);
    sg_store store = sg_redis_store(redis);
    SIGNET_AUTO(signet_buf_free) signet_buf out = {0};
    signet_error err = {0};

    REQUIRE(store.put(store.context, ID, signet_slice_text("x"), NOW, NOW, &err));
    (void)ask("CONFIG SET maxmemory-policy noeviction", NULL);
    (void)ask("CONFIG SET maxmemory 1", NULL);
    check_fails(redis, "full", SIGNET_E_IO);
    CHECK(!store.put(store.context, ID, signet_slice_text("y"), NOW, NOW, &err));
    CHECK_INT(err.code, SIGNET_E_IO);
    CHECK_TEXT(err.message, "redis: refused: OOM");
    CHECK(store.get(store.context, ID, NOW, &out, NULL));
    (void)ask("CONFIG SET maxmemory 0", NULL);
    check_fresh(redis, "full", true);
}

TEST(a_wrong_password_is_refused_and_never_shown)
{
    redis_server guarded = {0};
    char url[256];
    static const struct {
        const char *name, *credentials, *message;
    } rows[] = {
        {"right", ":sesame%21@", NULL},
        {"right with user", "default:sesame!@", NULL},
        {"wrong", ":hunter2hunter2@", "redis: refused: WRONGPASS"},
        {"wrong user", "nobody:sesame!@", "redis: refused: WRONGPASS"},
        {"none", NULL, "redis: refused: NOAUTH"},
    };

    redis_server_start(&guarded, "sesame!");
    for (EACH(row, rows)) {
        sg_redis_options options = {.url = guarded.url};
        SIGNET_AUTO(sg_redis_free) sg_redis *redis = NULL;
        SIGNET_AUTO(sg_redis_url_free) sg_redis_url parsed = {0};
        SIGNET_AUTO(signet_buf_free) signet_buf credentials = {0};
        sg_replay_answer answer = SG_REPLAY_FRESH;
        signet_error err = {0};
        bool done = false;

        if (row->credentials) { /* a socket's come beside the URL; decode them as the URL's are */
            (void)snprintf(url, sizeof(url), "redis://%shost", row->credentials);
            REQUIRE(sg_redis_url_parse(url, &parsed, NULL));
            REQUIRE(signet_buf_printf(&credentials, NULL, "%.*s:%.*s", (int)parsed.user.len,
                parsed.user.len ? (char *)parsed.user.data : "", (int)parsed.password.len,
                (char *)parsed.password.data));
            REQUIRE(signet_buf_append(&credentials, (signet_slice){(const uint8_t *)"", 1}, NULL));
            options.user_password = (const char *)credentials.data;
        }
        redis = sg_redis_new(&options, NULL);
        REQUIRE(redis);
        done = sg_redis_replay(redis, signet_slice_text(row->name), TTL, &answer, &err);
        CHECK_INT(done, row->message == NULL);
        CHECK_INT(answer, row->message ? SG_REPLAY_SEEN : SG_REPLAY_FRESH);
        CHECK_TEXT(err.message, row->message ? row->message : "");
    }
    redis_server_stop(&guarded);
}

/* clang-format off */
static const struct {
    const char *name, *answer;
    bool is_slow;
    signet_code expected;
} junk[] = {
    {"the right answer",          "+OK\r\n",                          false, SIGNET_OK},
    {"nil",                       "$-1\r\n",                          false, SIGNET_OK},
    {"another status",            "+PONG\r\n",                        false, SIGNET_E_IO},
    {"OK in lower case",          "+ok\r\n",                          false, SIGNET_E_IO},
    {"OK as a string",            "$2\r\nOK\r\n",                     false, SIGNET_E_IO},
    {"a number",                  ":1\r\n",                           false, SIGNET_E_IO},
    {"another protocol",          "HTTP/1.1 400 Bad Request\r\n\r\n", false, SIGNET_E_NETWORK},
    {"bytes",                     "\x01\x02\xff\xfe",                 false, SIGNET_E_NETWORK},
    {"two answers",               "+OK\r\n+OK\r\n",                   false, SIGNET_E_NETWORK},
    {"half an answer",            "+O",                               false, SIGNET_E_NETWORK},
    {"an array",                  "*1\r\n+OK\r\n",                    false, SIGNET_E_NETWORK},
    {"a huge array",              "*2147483647\r\n",                  false, SIGNET_E_NETWORK},
    {"a huge string",             "$2147483647\r\nx",                 false, SIGNET_E_NETWORK},
    {"a negative string",         "$-2\r\n",                          false, SIGNET_E_NETWORK},
    {"nothing, and closed",       "",                                 false, SIGNET_E_NETWORK},
    {"nothing at all",            NULL,                               false, SIGNET_E_NETWORK},
    {"an endless trickle",        "+OOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOOO", true, SIGNET_E_NETWORK},
    {"an echo of the arguments",  "-ERR unknown command `AUTH`, with args: `sesame`\r\n", false, SIGNET_E_IO},
    {"loading",                   "-LOADING Redis is loading\r\n",    false, SIGNET_E_IO},
    {"a replica",                 "-READONLY You can't write\r\n",    false, SIGNET_E_IO},
    {"a cluster nobody expects",  "-MOVED 1 127.0.0.1:1\r\n",         false, SIGNET_E_IO},
};
/* clang-format on */

TEST(garbage_is_never_an_answer)
{
    for (EACH(row, junk)) {
        fake_server fake = {0};
        SIGNET_AUTO(sg_redis_free) sg_redis *redis = NULL;
        sg_replay_answer answer = SG_REPLAY_FRESH;
        signet_error err = {0};
        int64_t began = milliseconds();
        bool done = false;

        fake_server_start(&fake, row->answer, row->is_slow);
        redis = client(fake.url);
        done = sg_redis_replay(redis, signet_slice_text("k"), TTL, &answer, &err);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(done, row->expected == SIGNET_OK);
        CHECK((answer == SG_REPLAY_FRESH) == (row == junk));
        CHECK(milliseconds() - began < 1500);
        CHECK(!strstr(err.message, "sesame") && !strstr(err.message, "127."));
        fake_server_stop(&fake);
    }
}

TEST(a_late_answer_is_not_that_to_the_next_question)
{
    fake_server slow = {0};
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = NULL;
    sg_redis_options options = {.url = slow.url, .command_ms = 50}; /* it takes 100 */

    fake_server_start(&slow, "+OK\r\n", true);
    redis = sg_redis_new(&options, NULL);
    REQUIRE(redis);
    check_fails(redis, "first", SIGNET_E_NETWORK);
    check_fails(redis, "second", SIGNET_E_NETWORK);
    fake_server_stop(&slow);
}

/* Whether a command without an answer was executed nobody knows: a record may be asked for again.
 */
TEST(only_what_is_no_replay_question_is_repeated)
{
    fake_server ok = {0}, one = {0};
    SIGNET_AUTO(sg_redis_free) sg_redis *redis = NULL, *other = NULL;
    sg_store store = {0};
    signet_error err = {0};

    fake_server_start(&ok, "!+OK\r\n", false);
    fake_server_start(&one, "!:1\r\n", false);
    redis = client(ok.url);
    other = client(one.url);
    check_fails(redis, "k", SIGNET_E_NETWORK);
    check_fresh(redis, "k", true);
    store = sg_redis_store(other);
    CHECK(store.remove(store.context, ID, &err));
    CHECK_INT(err.code, SIGNET_OK);
    fake_server_stop(&ok);
    fake_server_stop(&one);
}

TEST(a_cluster_is_followed_once)
{
    /* clang-format off */
    static const struct {
        const char *name, *first, *second;
        signet_code expected;
    } rows[] = {
        {"moved",             "-MOVED 1 127.0.0.1:%d\r\n", "+OK\r\n",                   SIGNET_OK},
        {"the same host",     "-MOVED 1 :%d\r\n",          "+OK\r\n",                   SIGNET_OK},
        {"asked",             "-ASK 1 127.0.0.1:%d\r\n",   "+OK\r\n",                   SIGNET_OK},
        {"moved twice",       "-MOVED 1 127.0.0.1:%d\r\n", "-MOVED 1 127.0.0.1:1\r\n",  SIGNET_E_IO},
        {"moved to junk",     "-MOVED 1 127.0.0.1:%d\r\n", "junk\r\n",                  SIGNET_E_NETWORK},
        {"a strange host",    "-MOVED 1 a/b:%d\r\n",       "+OK\r\n",                   SIGNET_E_NETWORK},
        {"no port",           "-MOVED 1 127.0.0.1\r\n",    "+OK\r\n",                   SIGNET_E_NETWORK},
        {"port 0",            "-MOVED 1 127.0.0.1:0\r\n",  "+OK\r\n",                   SIGNET_E_NETWORK},
        {"nothing behind it", "-MOVED \r\n",               "+OK\r\n",                   SIGNET_E_NETWORK},
        {"down",              "-CLUSTERDOWN The cluster\r\n", "+OK\r\n",                SIGNET_E_IO},
    };
    /* clang-format on */

    for (EACH(row, rows)) {
        fake_server first = {0}, second = {0};
        SIGNET_AUTO(sg_redis_free) sg_redis *redis = NULL;
        sg_redis_options options = {.url = first.url, .follows = true};
        const char *place = strstr(row->first, "%d");
        sg_replay_answer answer = SG_REPLAY_FRESH;
        signet_error err = {0};
        char text[128];
        bool done = false;

        fake_server_start(&second, row->second, false);
        (void)snprintf(text, sizeof(text), "%.*s%d%s",
            (int)(place ? (size_t)(place - row->first) : 0), row->first, second.port,
            place ? place + 2 : "");
        fake_server_start(&first, place ? text : row->first, false);
        redis = sg_redis_new(&options, NULL);
        REQUIRE(redis);
        done = sg_redis_replay(redis, signet_slice_text("k"), TTL, &answer, &err);
        CHECK_INT(err.code, row->expected);
        CHECK_INT(done, row->expected == SIGNET_OK);
        CHECK((answer == SG_REPLAY_FRESH) == (row->expected == SIGNET_OK));
        fake_server_stop(&first);
        fake_server_stop(&second);
    }
}

TEST(nobody_there_is_an_error)
{
    static const char *const urls[] = {"unix:/nonexistent/socket", "redis://127.0.0.1:1"};

    for (size_t i = 0; i < 2; i++) {
        SIGNET_AUTO(sg_redis_free) sg_redis *redis = client(urls[i]);

        check_fails(redis, "k", SIGNET_E_NETWORK);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_OF(a_key_is_fresh_once_under_the_right_name_and_time),
        TEST_OF(a_key_is_forgotten_after_its_time),
        TEST_OF(one_of_many_processes_passes),
        TEST_OF(records_are_kept_under_the_names_of_the_reference),
        TEST_OF(a_killed_server_fails_closed_and_its_successor_is_found),
        TEST_OF(a_hung_server_fails_closed_in_time_and_recovers),
        TEST_OF(a_full_server_refuses_and_recovers),
        TEST_OF(a_wrong_password_is_refused_and_never_shown),
        TEST_OF(garbage_is_never_an_answer),
        TEST_OF(a_late_answer_is_not_that_to_the_next_question),
        TEST_OF(only_what_is_no_replay_question_is_repeated),
        TEST_OF(a_cluster_is_followed_once),
        TEST_OF(nobody_there_is_an_error),
    };
    int failed = 0;

    if (!redis_server_program()) {
        printf("1..0 # SKIP neither redis-server nor valkey-server is installed\n");
        return 0;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    redis_server_start(&server, NULL);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server);
    return failed;
}
