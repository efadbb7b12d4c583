#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Addresses whose requests keep failing: limited by default, others are not, and 0 is no limit.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
upstream

port='' # of 127.0.0.1
answers_there() {
    gone "$pid" || curl -s -m 5 -o /dev/null "http://127.0.0.1:$port/healthz"
}
launch_there() {
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    launch_as --listen "127.0.0.1:$port" "$@"
    until_true answers_there && ! gone "$pid"
}
fails() { # fails COUNT: that many requests without proof from one address; their statuses in `codes`
    for _ in $(seq "$1"); do
        printf 'next\ninterface = 127.0.0.2\nurl = "http://127.0.0.1:%s/"\noutput = answer\nwrite-out = "%%{http_code}\\n"\n' "$port"
    done | sed 1d >curl.conf
    curl -sS -K curl.conf >codes 2>err
}
from() { # from ADDRESS TARGET
    code=$(curl -sS -m 20 --interface "$1" -D head -o out -w '%{http_code}' -H "Host: $authority" \
        -H "Signet-Proof: $(proof GET $authority "$2")" "http://127.0.0.1:$port$2" 2>err) || true
}

limited() { # limited SENTENCE: right after other requests of it failed; one token comes each second
    for _ in 1 2 3 4 5 6 7 8; do
        fails 6
        from 127.0.0.2 /x
        [ "$code" != 429 ] || break
    done
    expect "$1" 429 'too many requests'
}

check 'starts' launch_there
fails 400
check 'forty at once are judged' test "$(grep -c '^401$' codes)" -ge 40
check 'more are not' grep -q '^429$' codes
from 127.0.0.3 /x
expect 'another address passes' 200
check 'stops' stop TERM

check 'starts with another limit' launch_there --failure-rate 1
fails 20
check 'of two at once' test "$(grep -c '^401$' codes)" -le 10
limited 'not even a good proof is judged'
check 'the client is told when to come again' grep -qi '^Retry-After: 1' head
check 'the log says why' until_true grep -q '"status":429,"verdict":"rate_limited"' log
code=$(curl -sS -m 20 --interface 127.0.0.2 -o out -w '%{http_code}' "http://127.0.0.1:$port/healthz")
expect 'health is not limited' 200
kill -HUP "$pid"
limited 'after a reload too'
check 'stops' stop TERM
check 'starts without' launch_there --failure-rate 0
fails 100
check 'and limits nothing' test "$(grep -c '^401$' codes)" = 100
check 'stops' stop TERM
finish
