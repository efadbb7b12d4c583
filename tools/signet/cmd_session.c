/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "master_key.h"
#include "proof_maker.h"
#include "session_enrol.h"
#include "session_file.h"

static const char usage[] =
    "usage: signet session --admin URL [OPTION...] [-- COMMAND [ARGUMENT...]]\n"
    "\n"
    "Obtain a session: a token of minutes that a service knows, so that signet proof and signet\n"
    "curl sign requests with --session, and without your master key.  With a COMMAND, run it with\n"
    "SIGNET_SESSION set, renew the session meanwhile, and end it afterwards.\n"
    "\n"
    "      --admin URL         where the service takes new tokens\n"
    "      --file FILE         keep the session in FILE; default: the runtime folder of the user\n"
    "      --renew             stay, and renew the session until SIGTERM; then end it\n"
    "      --end               end the session: here and at the service\n"
    "      --new               obtain a new one, also when there is one that is still good\n"
    "      --cacert FILE       certificates (PEM) that the service is trusted with\n" PROOF_USAGE
    "      --help              show this\n"
    "\n"
    "exit status: 0 done, 1 refused, 2 could not; with a COMMAND, that of the command\n"
    "example:     signet session --admin https://admin.example.com --purpose reports\n";

enum { SET_ADMIN = PROOF_NEXT, SET_FILE, SET_RENEW, SET_END, SET_NEW, SET_CACERT };

typedef struct {
    proof_terms terms;
    const char *admin, *file, *ca_file;
    bool renew, end, new;
    char **command; /* NULL: none */
} choices;

static bool
find_path(const choices *given, signet_buf *path, signet_error *err)
{
    const session_terms terms = {
        given->terms.issuer, given->terms.purpose, given->terms.audience, given->terms.home};

    if (given->file)
        return signet_buf_printf(path, err, "%s%c", given->file, '\0');
    return given->command ? session_path_new(&terms, path, err) : session_path(&terms, path, err);
}

static void
say(const char *path, const session *it)
{
    const signet_credential_facts facts = signet_credential_describe(it->credential);

    cli_success(
        stdout, "session %s, good for %lld seconds", path, (long long)(facts.expires - cli_now()));
}

/* Whether there is one for the same service that is good for a while. */
static bool
is_still_good(const choices *given, const char *path)
{
    SIGNET_AUTO(session_free) session it = {0};
    int64_t now = cli_now();

    if (given->new || given->renew || given->command || !session_load(path, now, &it, NULL) ||
        strcmp(it.admin, given->admin) != 0 ||
        signet_credential_describe(it.credential).expires - now <= SESSION_MARGIN)
        return false;
    say(path, &it);
    return true;
}

/* In the child. */
static _Noreturn void
become(char **command, const char *path)
{
    sigset_t none;

    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    if (setenv("SIGNET_SESSION", path, 1) == 0) /* NOLINT(concurrency-mt-unsafe) */
        (void)execvp(command[0], command);
    cli_print_plain(stderr, "signet: %s: cannot be run\n", command[0]);
    _exit(errno == ENOENT ? 127 : 126); /* as a shell says it */
}

static bool
start(const choices *given, const char *path, pid_t *ret_child, signet_error *err)
{
    *ret_child = 0;
    if (!given->command)
        return true;
    (void)fflush(NULL);
    *ret_child = fork();
    if (*ret_child == 0)
        become(given->command, path);
    return *ret_child > 0 || signet_fail(err, SIGNET_E_IO, "there is no room for another process");
}

/* From here on these wait until they are asked for. */
static void
hold_signals(void)
{
    sigset_t held;

    (void)sigemptyset(&held);
    (void)sigaddset(&held, SIGTERM);
    (void)sigaddset(&held, SIGINT);
    (void)sigaddset(&held, SIGHUP);
    (void)sigaddset(&held, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &held, NULL);
}

static int
obtain(const choices *given, const session_order *order)
{
    SIGNET_AUTO(session_free) session it = {0};
    signet_error err = {0};
    pid_t child = 0;

    if (given->renew || given->command)
        hold_signals();
    if (!session_enrol(order, &it, &err))
        return cli_failed(NULL, &err);
    if (!given->command)
        say(order->path, &it);
    if (!given->renew && !given->command)
        return CLI_OK;
    (void)fflush(stdout);
    if (!start(given, order->path, &child, &err)) {
        session_remove(order->path);
        return cli_failed(NULL, &err);
    }
    return session_keep(order, &it, child);
}

static int
open_session(const choices *given, const char *path)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL;
    char key_id[SIGNET_KID_SIZE + 1] = "";
    signet_error err = {0};
    session_order order = {.admin = given->admin,
        .issuer = given->terms.issuer,
        .purpose = given->terms.purpose ? given->terms.purpose : "http",
        .audience = given->terms.audience,
        .ca_file = given->ca_file,
        .path = path,
        .validity = SIGNET_CREDENTIAL_VALIDITY};

    if (is_still_good(given, path))
        return CLI_OK;
    if (!proof_validity(&given->terms, &order.validity, &err))
        return cli_failed(NULL, &err);
    master = master_key_load(given->terms.key, given->terms.algorithm, given->terms.home, &err);
    if (!master || !signet_key_kid(master, key_id, &err))
        return cli_failed(NULL, &err);
    order.master = master;
    if (!order.issuer)
        order.issuer = key_id;
    return obtain(given, &order);
}

static int
close_session(const choices *given, const char *path)
{
    SIGNET_AUTO(session_free) session it = {0};
    signet_error err = {0};
    bool is_there = session_load(path, cli_now(), &it, &err), is_told = false;

    if (is_there)
        is_told = session_revoke(&it, given->ca_file, &err);
    session_remove(path);
    return is_told ? CLI_OK : cli_failed(NULL, &err);
}

static int
run(const choices *given)
{
    SIGNET_AUTO(signet_buf_free) signet_buf path = {0};
    signet_error err = {0};

    if (!find_path(given, &path, &err))
        return cli_failed(NULL, &err);
    return given->end ? close_session(given, (const char *)path.data)
                      : open_session(given, (const char *)path.data);
}

static int
check(const choices *given)
{
    signet_error err = {0};

    if (!given->end && !given->admin)
        return cli_misused_because(usage, "--admin says where the service takes new tokens");
    if (given->end && (given->renew || given->command || given->new))
        return cli_misused_because(usage, "--end ends a session, and makes none");
    if ((given->admin && !session_check_admin(given->admin, &err)) ||
        !proof_terms_check(&given->terms, &err))
        return cli_misused_because(usage, "%s", err.message);
    return CLI_OK;
}

int
cmd_session(int argc, char **argv)
{
    static const struct option options[] = {
        PROOF_OPTIONS,
        {"admin", required_argument, NULL, SET_ADMIN},
        {"file", required_argument, NULL, SET_FILE},
        {"renew", no_argument, NULL, SET_RENEW},
        {"end", no_argument, NULL, SET_END},
        {"new", no_argument, NULL, SET_NEW},
        {"cacert", required_argument, NULL, SET_CACERT},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    choices given = {0};
    const command_option targets[] = {
        PROOF_TARGETS(&given.terms),
        {SET_ADMIN, &given.admin, NULL},
        {SET_FILE, &given.file, NULL},
        {SET_RENEW, NULL, &given.renew},
        {SET_END, NULL, &given.end},
        {SET_NEW, NULL, &given.new},
        {SET_CACERT, &given.ca_file, NULL},
        {0, NULL, NULL},
    };
    int option = command_options(argc, argv, options, targets), status = CLI_OK;

    if (option == OPTION_HELP)
        return cli_help(usage);
    if (option != -1)
        return cli_misused_option(option, argv, usage);
    if (optind < argc && strcmp(argv[optind - 1], "--") != 0)
        return cli_misused_because(usage, "the command stands behind two dashes");
    given.command = optind < argc ? argv + optind : NULL;
    status = check(&given);
    return status == CLI_OK ? run(&given) : status;
}
