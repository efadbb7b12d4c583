#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Clients that send their content a byte at a time: the whole of it has a deadline.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

proof -m >master.pem
common="signet_replay_zone seen:1m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;"
for value in x -1 1y ''; do
    configure "$common" "signet on; signet_body_timeout $value;"
    refute "a time of '$value'" "$nginx" -t -p "$scratch" -e stderr -c "$scratch/nginx.conf"
done

configure "$common" "signet on;
    location /short { signet_body_timeout 1s; proxy_pass http://unix:$scratch/end:; }
    location /small { signet_body_timeout 1s; signet_body_max 3; proxy_pass http://unix:$scratch/end:; }
    location /open { signet_body_timeout 1s; signet_unsigned_body on; proxy_request_buffering off; proxy_http_version 1.1; proxy_pass http://unix:$scratch/back:; }
    location /none { signet_body_timeout 0; proxy_pass http://unix:$scratch/end:; }"
check 'starts' start
first=$(workers | head -n 1)

cat >trickle.py <<'PYTHON'
"""trickle.py FORM TARGET SECONDS PROOF: `hello`, in pieces that take so long together; prints status and seconds."""
import select, socket, sys, time
form, target, seconds, proof = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4]
s = socket.socket(socket.AF_UNIX)
s.connect("front")
length = {"known": "Content-Length: 5"}.get(form, "Transfer-Encoding: chunked")
s.sendall(f"POST {target} HTTP/1.1\r\nHost: api.example.com\r\nSignet-Proof: {proof}\r\n{length}\r\n\r\n".encode())
began, pieces = time.monotonic(), list("hello") if form == "known" else [f"1\r\n{c}\r\n" for c in "hello"] + ["0\r\n\r\n"]
if form == "malformed":
    pieces = ["1\r\nh\r\n", "zz\r\n"]
for piece in pieces:
    if select.select([s], [], [], seconds / len(pieces))[0]:
        break
    s.sendall(piece.encode())
    if form == "leave":
        s.close()
        sys.exit(0)
s.settimeout(20)
answer = s.recv(65536).decode()
print(answer.split(" ")[1], round(time.monotonic() - began))
if form == "malformed":
    time.sleep(2)
PYTHON
trickle() { # trickle FORM TARGET SECONDS: in $code, status and seconds
    body=hello
    [ "$2" != /open ] || body=-d
    if [ $body = -d ]; then value=$(proof -d POST $authority "$2"); else value=$(proof POST $authority "$2" hello); fi
    code=$(python3 trickle.py "$1" "$2" "$3" "$value" 2>err)
}

# came SENTENCE STATUS [SECONDS]: not sooner, and not much later on a machine that is busy
came() {
    said=${code% *} after=${code#* }
    if [ "$said" = "$2" ] && { [ $# -lt 3 ] || { [ "$after" -ge "$3" ] && [ "$after" -le $(($3 + 4)) ]; }; }; then good "$1"; else bad "$1"; fi
}

# Half a minute each, beside the others.
(trickle chunked / 45; echo "$code" >by_default) &
by_default=$!
(trickle known / 33; echo "$code" >of_known) &
of_known=$!
(trickle chunked /none 33; echo "$code" >without) &
without=$!

trickle chunked /short 5
came 'content in chunks that takes too long' 408 1
trickle known /short 5
came 'content of known length, where a time was said' 408 1
check 'the log has a verdict' until_true grep -q '^408 POST /short verdict=request_timeout' logs/access.log
trickle chunked /short 0.5
came 'content that comes in time' 200
trickle chunked / 2
came 'by default there is more time' 200
trickle chunked /open 3
came 'content that is not read first has none' 200
with "$(proof POST $authority /short hello)" /short -d hello
expect 'content that comes at once' 200
(printf hel; sleep 4) | curl -sS -m 20 --http2-prior-knowledge --unix-socket front2 -o out -w '%{http_code}' -T . -X POST \
    -H "Signet-Proof: $(proof POST $authority /short hello)" "http://$authority/short" >code 2>err
code=$(cat code)
expect 'HTTP/2 too' 408 'request timeout'
(printf hel; sleep 0.2; printf lo) | curl -sS -m 20 --http2-prior-knowledge --unix-socket front2 -o out -w '%{http_code}' -T . -X POST \
    -H "Signet-Proof: $(proof POST $authority /short hello)" "http://$authority/short" >code 2>err
code=$(cat code)
expect 'which may take its time within it' 200

# The deadline comes when all is over already.
trickle malformed /short 0.5
came 'chunks that are none' 400
trickle leave /short 2
with "$(proof POST $authority /small hello)" /small -H 'Transfer-Encoding: chunked' -d hello
expect 'content that is too long' 413
sleep 1.5
trickle chunked /short 0.5
came 'neither harms the next' 200
several=''
for _ in 1 2 3 4 5; do
    python3 trickle.py chunked /short 5 "$(proof POST $authority /short hello)" >>many 2>>err &
    several="$several $!"
done
# shellcheck disable=SC2086 # words
wait $several
check 'five at once' test "$(grep -c '^408 ' many)" = 5

wait $by_default $of_known $without
code=$(cat by_default)
came 'the default is thirty seconds' 408 30
code=$(cat of_known)
came 'and none for content of known length' 200 33
code=$(cat without)
came 'or where there is none' 200 33
check 'no worker died' test "$first" = "$(workers | head -n 1)"
refute 'nor complained' grep -qE 'exited on signal|\[alert\]|\[emerg\]|\[crit\]' logs/error.log
finish
