#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Peers whose requests keep failing get 429, and nobody else does.  Peers are named by a front that is believed.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

proof -m >master.pem
common="signet_replay_zone seen:1m quota=0; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;
    set_real_ip_from unix:; real_ip_header Peer;"

# lacking SENTENCE WORDS HTTP SERVER: refused by nginx with these words
lacking() {
    sentence=$1 words=$2
    configure "$common $3" "$4"
    "$nginx" -t -p "$scratch" -e stderr -c "$scratch/nginx.conf" >out 2>&1 && echo accepted >out
    check "$sentence" grep -qF "$words" out
}
lacking 'a limit without its zone' '"signet_failures" that "signet_failure_limit" needs' '' 'signet on; signet_failure_limit on;'
lacking 'a zone without size' 'wants NAME:SIZE' 'signet_failures bad;' ''
lacking 'one that is small' 'smaller than 64k' 'signet_failures bad:32k;' ''
lacking 'two' 'is duplicate' 'signet_failures bad:64k; signet_failures more:64k;' ''
for word in rate=0 rate= rate=x rate=100001 burst=0 burst=-1 speed=3; do
    lacking "the option $word" 'wants rate=NUMBER' "signet_failures bad:64k $word;" ''
done

locations="location /any { satisfy any; deny all; proxy_pass http://unix:$scratch/end:; }
    location /free { signet_failure_limit off; proxy_pass http://unix:$scratch/end:; }
    location /check { signet_check forwarded; }"
zone='signet_failures bad:64k rate=1 burst=5;'
configure "$common $zone" "signet on; signet_failure_limit on; signet_errors json; $locations"
check 'starts' start

# fails COUNT PEER [CURL'S...]: that many requests without proof, over one connection; their statuses in `codes`
fails() {
    number=$1 peer=$2
    shift 2
    for _ in $(seq "$number"); do
        printf 'next\nunix-socket = front\nheader = "Peer: %s"\nurl = "http://%s%s"\noutput = answer\nwrite-out = "%%{http_code}\\n"\n' "$peer" $authority "${1:-/}"
    done | sed 1d >curl.conf
    curl -sS -K curl.conf >codes 2>err
}
counted() { # counted STATUS LEAST [MOST]
    found=$(grep -c "^$1\$" codes)
    [ "$found" -ge "$2" ] && [ "$found" -le "${3:-$2}" ]
}
from() { # from PEER [CURL'S...]: a request with a good proof
    peer=$1
    shift
    : >reached
    with "$(proof GET $authority /)" / -H "Peer: $peer" "$@"
}
limited() { # limited SENTENCE PEER AS [CURL'S...]: a good proof AS this, right after PEER failed; a token comes each second
    sentence=$1 failing=$2 as=$3
    shift 3
    for _ in 1 2 3 4 5; do
        fails 6 "$failing"
        from "$as" "$@"
        [ "$code" != 429 ] || break
    done
    refused "$sentence" 429
}

fails 12 192.0.2.1
check 'five failures are judged, and one more for each second' counted 401 5 7
check 'the rest is not' counted 429 5 7
limited 'not even a good proof' 192.0.2.1 192.0.2.1
check 'as JSON' grep -qF '"code":"RATE_LIMITED"' out
check 'when to come again' grep -qi '^Retry-After: 1' head
refute 'without a challenge' grep -qi '^WWW-Authenticate' head
check 'the log has a verdict' until_true grep -q '^429 GET / verdict=rate_limited reason=- ' logs/access.log
from 192.0.2.2
expect 'another address is not limited' 200
limited 'another port is the same address' 192.0.2.1 192.0.2.1:4711
limited 'and so is another way to write it' 192.0.2.1 ::ffff:192.0.2.1
from ::ffff:192.0.2.3
expect 'which is not all of IPv4' 200
limited 'content is not waited for' 192.0.2.1 192.0.2.1 -d hello
fails 6 192.0.2.1
code=$(curl -sS -m 5 --http2-prior-knowledge --unix-socket front2 -o out -w '%{http_code}' -H 'Peer: 192.0.2.1' "http://$authority/" 2>err)
refused 'HTTP/2 too' 429
with "$(proof GET $authority /free)" /free -H 'Peer: 192.0.2.1'
expect 'not where the limit is off' 200
sleep 2.2
from 192.0.2.1
expect 'later it is judged again' 200

limited 'a network of IPv6 is one peer' 2001:db8:0:1::1 2001:db8:0:1:ffff::2
from 2001:db8:0:2::1
expect 'the next one is another' 200

for _ in 1 2 3 4 5 6 7 8 9 10; do from 192.0.2.9; done
expect 'who succeeds may go on' 200
fails 12 192.0.2.10 /free
check 'who fails where there is no limit may' counted 401 12
from 192.0.2.10
expect 'and it is not held against him' 200
fails 12 192.0.2.11 /any
check 'where something else may let pass, nothing is limited' counted 429 0
fails 12 unix:
check 'nor is a peer without address' counted 401 12
for _ in 1 2 3 4 5 6 7 8; do
    request /check -H 'Peer: 192.0.2.12' -H 'X-Forwarded-Method: GET' -H 'X-Forwarded-Uri: /' -H "X-Forwarded-Host: $authority" -H 'X-Forwarded-Proto: http'
done
expect 'nor is who asks for others' 401
: >reached
for _ in 1 2 3 4 5 6 7; do with 'v=1; nonsense' / -H 'Peer: 192.0.2.13'; done
refused 'malformed proofs count' 429

# a reload
fails 12 192.0.2.20
configure "$common signet_failures bad:64k rate=1 burst=4;" "signet on; signet_failure_limit on; $locations"
before=$(workers | head -n 1)
kill -HUP "$(cat nginx.pid)"
until_true gone "$before"
fails 6 192.0.2.20
check "a reload forgets no failure" counted 401 0 3
limited 'and limits as before' 192.0.2.20 192.0.2.20
check 'a text, where texts are answered' test "$(cat out)" = 'too many requests'
before=$(workers | head -n 1)
configure "$common signet_failures bad:128k rate=1 burst=4;" "signet on; signet_failure_limit on; $locations"
kill -HUP "$(cat nginx.pid)"
until_true gone "$before"
from 192.0.2.20
expect 'one that changes the size does' 200
stop

# A table that is full: every address that fails is judged, and a proof passes from each.
configure "$common signet_failures bad:64k rate=1 burst=100;" "signet on; signet_failure_limit on;"
check 'starts with a table that can be filled' start
cat >flood.py <<'PYTHON'
import http.client, socket, sys
class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("front")
connection, statuses = Connection("api.example.com"), {}
for i in range(int(sys.argv[1])):
    peer = "10.%d.%d.%d" % (i >> 16, i >> 8 & 255, i & 255)
    for _ in range(int(sys.argv[2])):
        connection.request("GET", "/", headers={"Peer": peer})
        answer = connection.getresponse()
        answer.read()
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
print(statuses)
PYTHON
check 'eight thousand addresses fail' sh -c "python3 flood.py 4000 2 | grep -qx '{401: 8000}'"
from 198.51.100.1
expect 'a full table blocks nobody' 200
check 'nor those that are in it' sh -c "python3 flood.py 20 3 | grep -qx '{401: 60}'"
refute 'no worker died' grep -qE 'exited on signal|\[alert\]|\[emerg\]' logs/error.log
stop

# A real address, and two workers that know of each other's failures.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
configure "$common signet_failures bad:1m;" "listen 127.0.0.1:$port; signet on; signet_failure_limit on;"
check 'starts on an address' start
real() { # real ADDRESS COUNT
    for _ in $(seq "$2"); do
        printf 'next\ninterface = %s\nurl = "http://127.0.0.1:%s/"\noutput = answer\nwrite-out = "%%{http_code}\\n"\n' "$1" "$port"
    done | sed 1d >curl.conf
    curl -sS -K curl.conf --no-keepalive >codes 2>err
}
real 127.0.0.2 200
check 'forty failures, and twenty a second' counted 401 40 120
check 'the rest is not judged' counted 429 80 160
code=$(curl -sS -m 5 --interface 127.0.0.3 -o out -w '%{http_code}' -H "Host: $authority" -H "Signet-Proof: $(proof GET $authority /)" "http://127.0.0.1:$port/" 2>err)
expect 'another one passes' 200
finish
