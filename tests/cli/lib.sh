# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the tests of the commands share.  A test sources this, runs commands with `run`, judges each
# with `expect` (exit status, stdout and stderr, always all three), and ends with `finish`.
# The program is $1, its helpers are beside this file; everything happens in a HOME of its own.

LC_ALL=C
export LC_ALL
unset SIGNET_HOME SIGNET_DID SIGNET_ALGORITHM SIGNET_PASSPHRASE_FD SIGNET_NOW XDG_CONFIG_HOME
unset NO_COLOR FORCE_COLOR CLICOLOR CLICOLOR_FORCE GIT_DIR GIT_CONFIG_GLOBAL
unset LD_LIBRARY_PATH # a program must find its library without
umask 022

case $1 in
/*) signet=$1 ;;
*) signet=$PWD/$1 ;;
esac
# shellcheck disable=SC2034 # by those who need it
build=$2
# shellcheck disable=SC2034
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/signet-cli.XXXXXX") || exit 1
trap 'cd / && rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
HOME=$scratch/home
export HOME
mkdir "$HOME" "$scratch/work" && cd "$scratch/work" || exit 1

count=0
newline='
'

# Run a command; its exit status is in $status, its output in ../out and ../err.
run() {
    "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
}

# The same, with standard input from a file.
run_with() {
    from=$1
    shift
    "$@" >"$scratch/out" 2>"$scratch/err" <"$from"
    status=$?
}

# good SENTENCE, bad SENTENCE: one result
good() {
    count=$((count + 1))
    echo "ok $count - $1"
}

bad() {
    count=$((count + 1))
    echo "not ok $count - $1"
    sed 's/^/#   out: /' "$scratch/out"
    sed 's/^/#   err: /' "$scratch/err"
    echo "#   status: $status"
}

skip() { # skip SENTENCE REASON
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

# Whether the whole text of a file is like a pattern of the shell; '' is only like nothing at all.
is_like() {
    text=$(cat "$1" && echo .)
    text=${text%.}
    text=${text%"$newline"}
    # shellcheck disable=SC2254 # it is a pattern
    case $text in
    $2) return 0 ;;
    esac
    return 1
}

# expect SENTENCE STATUS STDOUT STDERR: how the last command ended; patterns for whole texts.
expect() {
    if [ "$status" = "$2" ] && is_like "$scratch/out" "$3" && is_like "$scratch/err" "$4"; then
        good "$1"
    else
        bad "$1"
        echo "expected status $2, stdout like '$3', stderr like '$4'" | sed 's/^/#   /'
    fi
}

# check SENTENCE COMMAND...: that a command succeeds
check() {
    sentence=$1
    shift
    run "$@"
    if [ "$status" = 0 ]; then good "$sentence"; else bad "$sentence"; fi
}

# refute SENTENCE COMMAND...: that it does not
refute() {
    sentence=$1
    shift
    run "$@"
    if [ "$status" != 0 ]; then good "$sentence"; else bad "$sentence"; fi
}

check_json() { # that what the last command printed is JSON
    cp "$scratch/out" "$scratch/json"
    check 'is valid JSON' python3 -m json.tool "$scratch/json"
}

nothing_left() { # of temporary files in this folder
    set -- *.??????
    [ ! -e "$1" ]
}

# A key without passphrase, of the algorithm that is named.
make_key() {
    rm -rf "$HOME/.signet"
    "$signet" sign --init --insecure --algorithm "$1" >/dev/null 2>&1 || {
        echo "Bail out! cannot make a key"
        exit 1
    }
}

finish() {
    echo "1..$count"
}
