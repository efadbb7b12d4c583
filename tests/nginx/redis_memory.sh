#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Thousands of requests that wait for Redis twice, good ones, replays, enrolments and such that hang up: no worker grows.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=redis_lib.sh
. "$here/redis_lib.sh"

proof -m >master.pem
head -c 32 /dev/urandom >record.key
now=$(date +%s)
http="signet_redis main unix:$scratch/redis.sock timeout=5000; signet_record_key $scratch/record.key;
    signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;"
configure "$http" "signet on; signet_replay redis=main; signet_records redis=main;
    location = /v1/pop/token { signet_enrol on; }
    location /end { proxy_pass http://unix:$scratch/end:; }"
sed -i -e 's/worker_processes 2/worker_processes 1/' -e 's/error_log logs\/error.log info/error_log logs\/error.log error/' nginx.conf
check 'Redis starts' redis_start
check 'nginx starts' start

resident() {
    awk '$1 == "RssAnon:" { print $2 }' "/proc/$(workers | tr -d ' ')/status"
}
# Each enrolment and each proof twice: the first must pass and the second must not; each tenth is sent by somebody who
# does not wait for the answer.
many() { # many COUNT
    proof -n 50 -t "$now" -i 1 POST $authority /v1/pop/token >enrolments
    proof -c -n "$1" -t "$now" -i 1 POST $authority /end hello >proofs
    python3 -c '
import http.client, socket, sys
class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("front")
connection = Connection("api.example.com")
count = {200: 0, 201: 0, 401: 0}
def ask(target, line, body):
    for _ in range(2):
        connection.request("POST", target, body=body, headers={"Signet-Proof": line.strip()})
        answer = connection.getresponse()
        answer.read()
        count[answer.status] = count.get(answer.status, 0) + 1
for line in open("enrolments"):
    ask("/v1/pop/token", line, b"")
asked = 0
for number, line in enumerate(open("proofs")):
    if number % 10 == 9:
        hasty = socket.socket(socket.AF_UNIX)
        hasty.connect("front")
        hasty.sendall(b"POST /end HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 5\r\nSignet-Proof: " + line.strip().encode() + b"\r\n\r\nhello")
        hasty.close()
    else:
        ask("/end", line, b"hello")
        asked += 1
print(count)
sys.exit(count != {200: asked, 201: 50, 401: asked + 50})' "$1"
}
check 'two thousand' many 2000
before=$(resident)
check 'four thousand more' many 4000
after=$(resident)
check "the worker has not grown ($before kB, $after kB)" test "$after" -lt $((before + 256))
check 'no worker died' no_worker_died
refute 'and nothing went wrong' grep -q 'signet: redis' logs/error.log
finish
