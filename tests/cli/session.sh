#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sessions: what a service may answer, what is kept where, and who ends it.  The service here answers
# wrongly on demand, as no real one does; with the real one sessions are in tests/nginx/session.sh.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

root=$(cd "$here/../.." && pwd)
unset SIGNET_SESSION XDG_RUNTIME_DIR
run "$signet" session --help
expect 'session --help' 0 'usage: signet session *example: *signet session *' ''
# shellcheck disable=SC2013 # words, on purpose
for option in $(sed '/^usage:/d; /^example:/d' "$scratch/out" | grep -o -e '--[a-z-]*' | sort -u); do
    case $option in
    --session) continue ;; # of others
    esac
    check "session $option is in the manual" grep -q -e "Fl [^\"]*${option#-}" "$root/docs/man/signet-session.1"
    for shell in bash zsh fish; do
        check "session $option is in the completion of $shell" grep -q -e "${option#--}" "$root/tools/completion/signet.$shell"
    done
done

misuse() { # misuse SENTENCE STDERR ARGUMENT...
    sentence=$1 message=$2
    shift 2
    run "$signet" session "$@"
    expect "$sentence" 2 '' "$message"
}
misuse 'no service' '*--admin says where*'
misuse 'a service in the clear' '*http is for this machine only*' --admin http://admin.example.com
misuse 'a name that begins like this machine' '*http is for this machine only*' --admin http://localhost.example.com
misuse 'another scheme' '*must begin with https://*' --admin ftp://localhost
misuse 'no host' '*must begin with https://*' --admin https://
misuse 'a query' '*without query*' --admin 'https://a/?b'
misuse 'an end and a renewal' '*--end ends a session*' --end --renew
misuse 'a command without dashes' '*behind two dashes*' --admin https://a true
misuse 'an empty purpose' '*must not be empty*' --admin https://a --purpose ''
misuse 'a session that is not there' '*there is no such session*' --end
misuse 'no key' '*master key not found*' --admin https://a
for command in proof curl; do
    run "$signet" "$command" --session -- GET https://a.example/
    expect "$command: no session" 2 '' '*'
    run "$signet" "$command" --session --key own -- https://a.example/ x
    expect "$command: a session and a key" 2 '' '*--session signs without your key*'
done
if ! command -v curl >/dev/null; then
    skip 'sessions' 'curl is not installed'
    finish
    exit
fi

make_key ed25519
mkdir served
echo good >served/mode
python3 "$here/enrol_service.py" served "$("$signet" export-key-id)" 2>served/err &
server=$!
trap 'kill "$server"; cd / && rm -rf "$scratch"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -s served/port ] || sleep 0.3
done
admin=http://127.0.0.1:$(cat served/port)
kept=$HOME/.signet/sessions

# --- what is believed ---
for mode in id expiry purpose key master binding token missing; do
    echo $mode >served/mode
    run "$signet" session --admin "$admin"
    expect "an answer with another $mode" 1 '' '*signet: answer: *'
done
echo private >served/mode
run "$signet" session --admin "$admin"
expect 'an answer with a private key' 1 '' '*answer: has a private key*'
echo twice >served/mode
run "$signet" session --admin "$admin"
expect 'an answer that says one thing twice' 1 '' '*answer: not a JSON object: line 1: *'
echo garbage >served/mode
run "$signet" session --admin "$admin"
expect 'garbage' 1 '' '*answer: not a JSON object: line 1: *'
echo large >served/mode
run "$signet" session --admin "$admin"
expect 'a megabyte' 2 '' '*no answer: curl ended with *'
echo 401 >served/mode
run "$signet" session --admin "$admin"
expect 'a refusal, whose words do nothing to the terminal' 1 '' '*the service answered 401: no ?\[31mway'
echo 503 >served/mode
run "$signet" session --admin "$admin"
expect 'a service that is away' 2 '' '*the service answered 503: *'
run "$signet" session --admin http://127.0.0.1:1
expect 'nobody there' 2 '' '*curl: (7)*no answer: curl ended with status 7'
check 'nothing was kept' test -z "$(ls "$kept" 2>/dev/null)"

# --- what is kept ---
echo good >served/mode
umask 000
run "$signet" session --admin "$admin" --purpose reports --audience 'a "b"'
umask 022
expect 'a session' 0 "*session $kept/*.session, good for 300 seconds" '*'
check 'it was asked for' test "$(cat served/request)" = 'POST /v1/pop/token'
check 'in these words' test "$(cat served/content)" = '{"audience":"a \"b\"","purpose":"reports"}'
check 'with a token that is presented' grep -q '^Signet-Proof: v1;m=full;' served/fields
set -- "$kept"/*
check 'one file' test $# -eq 1
check 'that is ours alone' test "$(stat -c %a "$kept"/*.session)" = 600
check 'in a folder that is ours alone' test "$(stat -c %a "$kept")" = 700
refute 'without the master key' grep -q "$(sed -n 2p "$HOME/.signet/master.key")" "$kept"/*.session
before=$(wc -l <served/log)
run "$signet" session --admin "$admin" --purpose reports --audience 'a "b"'
expect 'it is taken again' 0 '*good for *' ''
check 'without a question' test "$(wc -l <served/log)" -eq "$before"
run "$signet" session --new --admin "$admin" --purpose reports --audience 'a "b"'
check 'a new one' test "$(wc -l <served/log)" -eq $((before + 1))
mv "$HOME/.signet/master.key" key.away
run "$signet" proof --session --purpose reports --audience 'a "b"' GET https://a.example/
expect 'a proof without the master key' 0 'Signet-Proof: v1;m=compact;*' ''
run "$signet" proof --session --dialect message-signature --purpose reports --audience 'a "b"' POST https://a.example/
expect 'a message signature' 0 'Content-Digest: *
Signature-Input: *
Signature: *' ''
run "$signet" proof --session GET https://a.example/
expect 'of another purpose there is none' 2 '' '*there is no such session*'
session=$(ls "$kept"/*.session)
SIGNET_SESSION=$session && export SIGNET_SESSION
run "$signet" proof GET https://a.example/
expect 'by the environment' 0 'Signet-Proof: v1;m=compact;*' ''
run "$signet" curl -- -sS "$admin/x"
check 'curl sends it' grep -q '^Signet-Proof: v1;m=compact;' served/fields
unset SIGNET_SESSION
SIGNET_NOW=$(($(date +%s) + 400)) && export SIGNET_NOW
run "$signet-test" proof --session="$session" GET https://a.example/
expect 'an expired one' 2 '' '*: the session expired * seconds ago; see signet session'
check 'in one line' test "$(wc -l <"$scratch/err")" -eq 1
unset SIGNET_NOW
chmod 644 "$session"
run "$signet" proof --session="$session" GET https://a.example/
refute 'a file that others can read' test "$status" = 0
chmod 600 "$session"
cp "$session" sound
damage() { # damage SENTENCE SED-SCRIPT
    sed "$2" sound >"$session"
    run "$signet" proof --session="$session" GET https://a.example/
    expect "$1" 2 '' "signet: $session: *"
}
damage 'another first line' '1s/1$/2/'
damage 'a line that is gone' '/^issuer/d'
damage 'a line twice' '/^issuer/p'
damage 'another key' '/^seed/s/[0-9a-f]/0/g'
damage 'half a key' '/^seed/s/..$//'
damage 'hex in capitals' '/^binding/s/[a-f]/A/'
damage 'another token' '/^token/s/SIG1.\{9\}/&A/'
damage 'more than a session' '$s/$/\nmore/'
cp sound "$session"

# --- the end ---
run "$signet" session --end --file "$session"
expect 'an end' 0 '' ''
check 'the service was told' test "$(cat served/request)" = 'DELETE /v1/pop/token'
check 'by a proof of that token' grep -q '^Signet-Proof: v1;m=compact;' served/fields
refute 'and the file is gone' test -e "$session"
mv key.away "$HOME/.signet/master.key"

# --- a command ---
printf '#!/bin/sh\n"$1" proof GET https://a.example/ >proof; stat -c %%a "$SIGNET_SESSION" >mode; echo "$SIGNET_SESSION" >path; exit 7\n' >job
chmod 755 job
run "$signet" session --admin "$admin" -- ./job "$signet"
expect 'the status is that of the command' 7 '' '*'
check 'it had a session' grep -q '^Signet-Proof: v1;m=compact' proof
check 'that was its own' test "$(cat mode)" = 600
refute 'which is over' test -e "$(cat path)"
check 'and ended at the service' test "$(cat served/request)" = 'DELETE /v1/pop/token'
run "$signet" session --admin "$admin" -- ./missing
expect 'a command that is not there' 127 '' '*./missing: cannot be run'
# shellcheck disable=SC2016 # for the other shell
run "$signet" session --admin "$admin" -- sh -c 'kill -9 $$'
expect 'a command that is killed' 137 '' '*'

# --- renewal: a life of 5 seconds is renewed after 4 at the latest ---
before=$(grep -c POST served/log)
"$signet" session --admin "$admin" --renew --validity 5 --file renewed >renewed.out 2>&1 &
keeper=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -s renewed ] || sleep 0.3
done
cp renewed first
sleep 7
check 'it was renewed' test "$(grep -c POST served/log)" -gt $((before + 1))
refute 'with another token' cmp -s first renewed
run "$signet" proof --session=renewed GET https://a.example/
expect 'which is good' 0 'Signet-Proof: v1;m=compact;*' ''
echo 503 >served/mode
sleep 6
check 'a failure is told' grep -q 'was not renewed: the service answered 503' renewed.out
check 'and tried again' test "$(grep -c 'was not renewed' renewed.out)" -gt 1
echo good >served/mode
sleep 5
run "$signet" proof --session=renewed GET https://a.example/
expect 'until it works' 0 'Signet-Proof: v1;m=compact;*' ''
kill -TERM "$keeper"
wait "$keeper"
status=$?
check 'SIGTERM ends it well' test "$status" -eq 0
refute 'the file is gone' test -e renewed
check 'the service was told' test "$(cat served/request)" = 'DELETE /v1/pop/token'

# --- where the runtime folder is ---
mkdir -m 700 runtime
run env XDG_RUNTIME_DIR="$PWD/runtime" "$signet" session --admin "$admin"
expect 'the runtime folder' 0 "*session $PWD/runtime/signet/*.session, good for *" '*'
chmod 777 runtime/signet
run env XDG_RUNTIME_DIR="$PWD/runtime" "$signet" session --new --admin "$admin"
refute 'a folder that others can write to' test "$status" = 0
finish
