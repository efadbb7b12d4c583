#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# examples/http_server.c answers `signet curl`, each proof once, and nobody else.
# Arguments: the program, the build, the example.
server=$(realpath "$3")
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

command -v curl >/dev/null || { echo '1..0 # SKIP curl is not installed'; exit 0; }

make_key ed25519
"$signet" export-key >own.pub
printf '{"hello": "world"}' >body
printf '{"hello": "World"}' >other

# start: on a port that was free a moment ago; tried again when somebody took it
start() {
    for _ in 1 2 3; do
        port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        origin=http://127.0.0.1:$port
        "$server" own.pub example "$origin" "$port" >listening 2>log </dev/null &
        pid=$!
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            [ ! -s listening ] || return 0
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill "$pid" 2>/dev/null
        wait "$pid"
    done
    return 1
}

pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; cd / && rm -rf "$scratch"' EXIT
start || { echo 'Bail out! the example does not start'; exit 1; }

client() { run "$signet" curl --issuer example --purpose test -- -sS "$@"; }
# send NAME URL ARGUMENT...: curl alone, with the proof that was made before; prints the status
send() { curl -sS -o answer -w '%{http_code}' -H "@field" "$@" 2>/dev/null; }
status_is() { # status_is STATUS ARGUMENT...
    wanted=$1
    shift
    [ "$(send "$@")" = "$wanted" ]
}
prove() { "$signet" proof --issuer example --purpose test "$@" 2>/dev/null >field; }

client "$origin/a%2Fb/c?x=%7C"
expect 'a request with a proof' 0 'hello, test of example' '*'
client --data-binary @body "$origin/"
expect 'with content' 0 'hello, test of example' '*'
client -X DELETE "$origin/thing"
expect 'with another method' 0 'hello, test of example' '*'
run "$signet" curl --issuer somebody --purpose test -- -sS -o /dev/null -w '%{http_code}' "$origin/"
expect 'not of an issuer that it has no key of' 0 500 '*'

prove GET "$origin/once"
check 'a proof alone' status_is 200 "$origin/once"
check 'not twice' status_is 401 "$origin/once"
prove GET "$origin/once"
check 'not at another path' status_is 401 "$origin/twice"
prove GET "$origin/once"
check 'not with a query' status_is 401 "$origin/once?x"
prove GET "$origin/once"
check 'not with another method' status_is 401 -X DELETE "$origin/once"
prove GET "$origin/once"
check 'not with content' status_is 401 -X GET --data-binary @body "$origin/once"
prove GET "http://127.0.0.1:1/once"
check 'not of another authority' status_is 401 "$origin/once"
prove POST "$origin/" --body body
check 'content' status_is 200 --data-binary @body "$origin/"
prove POST "$origin/" --body body
check 'not another content' status_is 401 --data-binary @other "$origin/"
: >field
check 'not without a proof' status_is 401 "$origin/"
check 'which is said' test -s log
make_key ed25519
client -o /dev/null -w '%{http_code}' "$origin/"
expect 'not by another key' 0 401 '*'

kill "$pid"
check 'ends at SIGTERM' wait "$pid"
pid=
finish
