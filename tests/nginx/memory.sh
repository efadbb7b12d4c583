#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Ten thousand good and as many bad requests: no worker grows, and a full store refuses.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

proof -m >master.pem
http="signet_replay_zone seen:16m quota=0; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;"
configure "$http" "signet on; location /end { proxy_pass http://unix:$scratch/end:; }"
sed -i -e 's/worker_processes 2/worker_processes 1/' -e 's/error_log logs\/error.log info/error_log logs\/error.log error/' nginx.conf
check 'starts' start

resident() { # of its own: the store is shared, and becomes resident as it fills
    awk '$1 == "RssAnon:" { print $2 }' "/proc/$(workers | tr -d ' ')/status"
}
# Two requests with each proof, over one connection: the first must pass and the second must not.
many() { # many COUNT
    proof -n "$1" POST $authority /end hello >proofs
    python3 -c '
import http.client, socket, sys
class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("front")
connection = Connection("api.example.com")
count = {200: 0, 401: 0}
for line in open("proofs"):
    for _ in range(2):
        connection.request("POST", "/end", body=b"hello", headers={"Signet-Proof": line.strip()})
        answer = connection.getresponse()
        answer.read()
        count[answer.status] = count.get(answer.status, 0) + 1
print(count)
sys.exit(count != {200: int(sys.argv[1]), 401: int(sys.argv[1])})' "$1"
}
check 'five thousand pass, and their replays do not' many 5000
before=$(resident)
check 'as many again' many 5000
after=$(resident)
check "the worker has not grown ($before kB, $after kB)" test "$after" -lt $((before + 256))
stop

http="signet_replay_zone seen:4m quota=5; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;"
configure "$http" 'signet on; signet_errors json;'
check 'starts with a small quota' start
proof -n 100 GET $authority / >proofs
while read -r value; do
    printf 'next\nunix-socket = front\nheader = "Signet-Proof: %s"\nurl = "http://%s/"\noutput = answer\nwrite-out = "%%{http_code}\\n"\n' "$value" $authority
done <proofs | sed 1d >curl.conf
curl -sS -K curl.conf >codes 2>err
check 'a token with more than its share gets 503' grep -q 503 codes
check 'and the rest passed' grep -q 200 codes
refute 'and nothing else' grep -qvE '^(200|503)$' codes
finish
