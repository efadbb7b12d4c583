#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# signet-proxy in operation: its secrets, readiness, metrics, reload, drain and end.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
upstream

admin() { # admin PATH: as request() does
    : >out
    code=$(curl -sS -m 10 --unix-socket admin -o out -w '%{http_code}' "http://admin$1" 2>err) || true
}

is_ready() {
    admin /readyz
    [ "$code" = "$1" ]
}

conf() { echo run/*/nginx.conf; }
master() { cat run/*/nginx.pid; }
workers() { ps -o pid= --ppid "$(master)" | sort; }
new_workers() { [ "$(workers)" != "$before" ] && [ "$(workers | wc -l)" = 2 ]; }

check 'starts' launch --admin-listen "unix:$scratch/admin"
check 'it is ready' until_true is_ready 200
admin /livez
expect 'and alive' 200 ok
admin /other
expect 'nothing else' 404
request /readyz
expect 'which the front does not say' 401

# the credential
signed GET /x --
expect 'the credential is used' 200 'Authorization: Bearer the-secret-credential'
for process in "$pid" "$(master)" $(workers); do ps -o args= -p "$process"; done >processes
refute 'it is in no argument' grep -q the-secret processes
refute 'in no environment' sh -c 'for p in "$@"; do tr "\0" "\n" <"/proc/$p/environ"; done | grep -q the-secret' sh "$pid" "$(master)"
refute 'in no log' grep -q the-secret log err
check 'in the configuration, which is private' grep -q the-secret "$(conf)"
check 'to its owner' test "$(stat -c %a "$(conf)")" = 600
check 'as is its directory' sh -c 'case $(stat -c %a run/*) in 700 | 711) ;; *) exit 1 ;; esac'
check 'that others cannot list' test -z "$(find run -maxdepth 1 -mindepth 1 -perm /o=rw)"

# metrics
request /y
sleep 1.3
admin /metrics
check 'verdicts are counted' grep -qxF 'signet_http_auth_total{result="success"} 1' out
check 'also refusals' grep -qxE 'signet_http_auth_total\{result="missing_header"\} [12]' out
check 'and statuses' grep -qxE 'signet_proxy_responses_total\{code="200"\} [0-9]+' out
check 'and that it is ready' grep -qxF 'signet_proxy_ready 1' out

# reload
before=$(workers)
one=$(proof GET $authority /once)
request /once -H "Signet-Proof: $one"
printf 'another-$ecret"\\{};' >token
kill -s HUP "$pid"
check 'a reload' until_true new_workers
signed GET /x --
expect 'takes the new credential, letter by letter' 200 'Authorization: Bearer another-$ecret"\{};'
request /once -H "Signet-Proof: $one"
expect 'and remembers proofs' 401 'replay'
refute 'the old one is gone' grep -rq the-secret run
cp master.pem old.pem
openssl genpkey -algorithm ed25519 -out other.key 2>/dev/null && openssl pkey -in other.key -pubout -out master.pem 2>/dev/null
before=$(workers)
kill -s HUP "$pid"
check 'another reload' until_true new_workers
signed GET /x --
expect 'takes the new key' 401
cp old.pem master.pem
before=$(workers)
kill -s HUP "$pid"
until_true new_workers
signed GET /x --
expect 'and back' 200
before=$(workers)
printf 'broken\nInjected: 1' >token
kill -s HUP "$pid"
check 'a reload that fails' until_true grep -q 'reload failed, all stays as it was' log
signed GET /x --
expect 'leaves all as it was' 200 'Authorization: Bearer another-$ecret"\{};'
check 'the very workers' test "$(workers)" = "$before"
check 'and no second configuration' test "$(echo run/*/nginx.conf*)" = "$(conf)"

# drain
(signed GET '/half?3' -- && cp out drained && echo "$code" >drained.code) &
helper=$!
sleep 0.7
began=$(date +%s)
kill -s TERM "$pid"
check 'on SIGTERM it is not ready' until_true grep -q '"msg":"not ready"' log
request /healthz
expect 'takes no more requests' 000
wait $helper
check 'answers those it has' grep -qx first-last drained
until_true gone "$pid"
wait "$pid"
check 'and ends well' test $? = 0
check 'when they are answered' test $(($(date +%s) - began)) -le 8
check 'nothing is left behind' test -z "$(ls run)"
pid=''

# an end to patience
echo x >token
launch --drain-timeout 1s
(signed GET '/half?20' -- ) >/dev/null 2>&1 &
sleep 0.7
began=$(date +%s)
check 'a request that takes too long is given up' stop TERM
check 'in time' test $(($(date +%s) - began)) -le 6

# the upstream goes away
launch --admin-listen "unix:$scratch/admin"
until_true is_ready 200
# shellcheck disable=SC2086 # words
kill $helpers
check 'without upstream it is not ready' until_true is_ready 503
signed GET /x --
expect 'and says so' 502
check 'in a line' test "$(cat out)" = 'Bad Gateway'
check 'logged' grep -q '"msg":"proxy error","error":"connect() failed' log
admin /livez
expect 'alive it is' 200

# nginx dies
kill -s KILL "$(master)"
check 'when nginx dies, it ends' until_true gone "$pid"
wait "$pid"
check 'with a failure' test $? = 1
check 'and a line' grep -q '"msg":"server error","error":"nginx was ended by signal 9"' log
check 'and nothing stays' test -z "$(ls run)"
pid=''

# it dies itself
upstream
launch
ghost=$(master)
kill -s KILL "$pid"
check 'when it is killed, nginx ends' until_true gone "$ghost"
rm -rf run/*

# a stale socket, and one that is in use
launch_as
check 'a socket that a dead one left is taken' until_true answers
refute 'it did not end' gone "$pid"
check 'it ends' stop TERM
finish
