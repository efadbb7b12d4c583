#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Clients that send too much, too little, too slowly or twice, or go away: whatever they do, the upstream
# gets nothing that was not proven, and the next request is served.
# raw without an argument is meant so
# shellcheck disable=SC2119 source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

proof -m >master.pem
http="signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;
    client_body_timeout 1s; client_header_timeout 1s; client_body_buffer_size 8k; client_max_body_size 4m;"
locations='
    location /pub { signet off; proxy_pass http://unix:'$scratch'/back:; }
    location /open/ { signet off; alias '$scratch'/html/; }
    location /prefix/ { proxy_pass http://unix:'$scratch'/back:/; }
    location /guarded { signet_purpose write; proxy_pass http://unix:'$scratch'/back:; }
    location /parent { signet off; auth_request /ask; proxy_pass http://unix:'$scratch'/back:; }
    location = /ask { internal; proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_pass http://unix:'$scratch'/back:; }
    location /mirrored { mirror /copy; proxy_pass http://unix:'$scratch'/back:; }
    location = /copy { internal; signet_purpose write; proxy_pass http://unix:'$scratch'/back:; }
    location /accel { signet off; add_header X none; proxy_pass http://unix:'$scratch'/accel:; }
    location /inner { internal; proxy_pass http://unix:'$scratch'/back:; }
    location /rewritten { rewrite ^ /guarded last; }
    location /both { satisfy all; allow all; proxy_pass http://unix:'$scratch'/back:; }
    location /denied { satisfy all; deny all; proxy_pass http://unix:'$scratch'/back:; }
    location /static/ { alias '$scratch'/html/; }
    location /limited { limit_except GET { deny all; } proxy_pass http://unix:'$scratch'/back:; }'
configure "$http
    server { listen unix:$scratch/accel; access_log off; location / { add_header X-Accel-Redirect /inner; return 200; } }" \
    "signet on; signet_errors json; $locations"
echo file >html/file
check 'starts' start

alive() { # alive SENTENCE: a good request passes
    : >reached
    with "$(proof GET $authority /alive)" /alive
    expect "$1" 200 verdict=success
    : >reached
}
# converse SCRIPT: a client in Python, which has send(bytes), wait(seconds), close(), answers() -> statuses; prints the statuses
converse() {
    cat >client.py <<'PYTHON'
import os, re, socket, sys, time
connection = socket.socket(socket.AF_UNIX)
connection.settimeout(8)
connection.connect("front")
authority = "api.example.com"
proofs = open("proofs").read().split("\n")
def send(text):
    connection.sendall(text if isinstance(text, bytes) else text.encode("latin-1"))
def head(method, target, number=0, more=""):
    return f"{method} {target} HTTP/1.1\r\nHost: {authority}\r\nSignet-Proof: {proofs[number]}\r\n{more}\r\n"
def answers():
    got = b""
    try:
        while True:
            part = connection.recv(65536)
            if not part:
                break
            got += part
    except OSError as problem:
        got += b" " + str(problem).encode()
    open("out", "wb").write(got)
    return re.findall(rb"HTTP/1\.[01] (\d+)", got)
PYTHON
    printf '%s\n' "$1" 'print(" ".join(one.decode() for one in answers()))' >>client.py
    code=$(python3 client.py 2>err)
}

# --- heads ---
: >reached
{ printf 'GET /a HTTP/1.1\r\nHost: %s\r\n' $authority; for i in $(seq 300); do printf 'X-%s: a\r\n' "$i"; done
    printf 'Connection: close\r\nSignet-Proof: %s\r\n\r\n' "$(proof GET $authority /a)"; } >sent; raw
expect 'three hundred fields that are no flood' 200 verdict=success
{ printf 'GET /a HTTP/1.1\r\nHost: %s\r\n' $authority; for i in $(seq 2000); do printf 'Signet-Proof: v1\r\n'; done; printf '\r\n'; } >sent; raw
: >reached
refused 'two thousand proofs' 400
{ printf 'GET /'; head -c 1048576 /dev/zero | tr '\0' a; printf ' HTTP/1.1\r\nHost: %s\r\n\r\n' $authority; } >sent; raw
refused 'a target of a megabyte' 414
{ printf 'GET /a HTTP/1.1\r\nHost: %s\r\n' $authority; head -c 1048576 /dev/zero | tr '\0' a; printf ': x\r\n\r\n'; } >sent; raw
refused 'a name of a megabyte' 400
one=$(proof GET $authority /a)
printf 'GET /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSignet-Proof: %s, %s\r\n\r\n' $authority "$one" "$one" >sent; raw
refused 'two proofs in one field' 400 INVALID_PROOF
printf 'GET /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSignet-Proof : %s\r\n\r\n' $authority "$one" >sent; raw
refused 'a space before the colon' 400
printf 'GET /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSignet_Proof: %s\r\n\r\n' $authority "$one" >sent; raw
refused 'an underscore for the hyphen' 401 MISSING_PROOF
printf 'GET /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSignet-Proof: %s\0\r\n\r\n' $authority "$one" >sent; raw
refused 'a zero byte' 400
printf 'GET /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSignet-Proof: \377%s\r\n\r\n' $authority "$one" >sent; raw
refused 'a byte that is no text' 400 INVALID_PROOF
printf 'GET /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nX: \r\n\tSignet-Proof: %s\r\n\r\n' $authority "$one" >sent; raw
refused 'a proof folded into another field' 400
printf 'GET /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSIGNET-PROOF: %s\r\n\r\n' $authority "$one" >sent; raw
expect 'capitals, which mean the same' 200 verdict=success
: >reached

# --- targets: what the location is chosen by, and what is signed ---
for target in '/pub/../secret' '/pub/%2e%2e/secret' '/pub/..%2fsecret' '//secret' '/pub/./../secret' '/%70ub/../secret'; do
    request "$target"
    refused "no proof for $target" 401 MISSING_PROOF
done
for target in '/a%2Fb' '/a%00b' '/a%3Fb' '/a\b' '/a%zz'; do
    with "$(proof GET $authority /a/b)" "$target"
    case $code in 400 | 401) refused "$target for /a/b" "$code" ;; *) bad "$target for /a/b" ;; esac
done
with "$(proof GET $authority /secret)" /prefix/../secret
refused 'dots out of a prefix' 401 INVALID_SIGNATURE
for target in 'http://api.example.com/a' 'https://api.example.com/a' 'HTTP://api.example.com' '*' 'api.example.com:443'; do
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSignet-Proof: %s\r\n\r\n' "$target" $authority "$(proof GET $authority /a)" >sent; raw
    refused "the target $target" 400
done
printf 'GET /a#b HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSignet-Proof: %s\r\n\r\n' $authority "$(proof GET $authority /a)" >sent; raw
case $code in 400 | 401) refused 'a fragment' "$code" ;; *) bad 'a fragment' ;; esac
printf 'GET /a\r\n' >sent; raw
refute 'a request of HTTP/0.9 gets no answer of the upstream' grep -q 'verdict=' out
refused 'nor to it' "$code"
printf 'get /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSignet-Proof: %s\r\n\r\n' $authority "$(proof GET $authority /a)" >sent; raw
refused 'a method in small letters' 400
for host in api.example.com:80 api.example.com:443 api.example.com. API.EXAMPLE.COM api.example.com:8443; do
    with "$(proof GET $authority /a)" /a -H "Host: $host"
    case $host:$code in
    api.example.com:443:200 | API.EXAMPLE.COM:200) : >reached; good "the host $host is ours" ;;
    api.example.com:443:* | API.EXAMPLE.COM:*) bad "the host $host is ours" ;;
    *) refused "the host $host is not" 401 ;;
    esac
done

# --- what is between client and upstream ---
with "$(proof GET $authority /a)" /a -H 'Connection: Signet-Proof, Token-Id, Verdict' -H 'Token-Id: forged' -H 'Verdict: forged' -H 'Issuer: forged' -H 'Key: forged'
expect 'fields named in Connection' 200 'issuer=demo-server purpose=api key='
refute 'no forged identity' grep -q forged out
check 'and the token is told' grep -qE 'token=[0-9a-f]{32} ' out
: >reached
request /pub -H 'Token-Id: forged' -H 'Verdict: success' -H 'Issuer: forged'
expect 'and where nothing is judged, none is told' 200 'token= issuer= purpose='
: >reached
with "$(proof GET $authority /a)" /a -H 'X-HTTP-Method-Override: DELETE' -H 'X-Original-URL: /pub' -H 'X-Forwarded-Host: evil.example' -H 'Forwarded: host=evil.example'
expect 'what others take for the target is not taken' 200 'method target authority'
: >reached
with "$(proof GET evil.example /a)" /a -H 'X-Forwarded-Host: evil.example'
refused 'nor is a forwarded host' 401 INVALID_SIGNATURE
printf 'POST /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nSignet-Proof: %s\r\n\r\n0\r\n\r\n' $authority "$(proof POST $authority /a)" >sent; raw
refused 'length and chunks' 400
printf 'POST /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: 5\r\nContent-Length: 6\r\nSignet-Proof: %s\r\n\r\nhello' $authority "$(proof POST $authority /a hello)" >sent; raw
refused 'two lengths' 400
printf 'POST /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: -5\r\nSignet-Proof: %s\r\n\r\nhello' $authority "$(proof POST $authority /a hello)" >sent; raw
refused 'a length below nothing' 400
printf 'POST /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: 99999999999999999999\r\nSignet-Proof: %s\r\n\r\nhello' $authority "$(proof POST $authority /a hello)" >sent; raw
refused 'a length beyond all numbers' 400
printf 'POST /a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nTransfer-Encoding: gzip, chunked\r\nSignet-Proof: %s\r\n\r\n0\r\n\r\n' $authority "$(proof POST $authority /a)" >sent; raw
refused 'another coding' 501
with "$(proof GET $authority /a)" /a -H 'Upgrade: h2c' -H 'Connection: Upgrade, HTTP2-Settings' -H 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'
expect 'an upgrade is not taken up' 200 verdict=success
: >reached

# --- content that is not as it was said ---
proof POST $authority /a hello >proofs
converse 'send(head("POST", "/a", 0, "Content-Length: 9\r\n") + "hello")'
check 'less than said, then silence: timed out' test "$code" = 408 -o -z "$code"
refused 'and nothing passed on' "$code"
proof POST $authority /a hello >proofs
converse 'send(head("POST", "/a", 0, "Content-Length: 5\r\n") + "hellohello GET / HTTP/1.1\r\n\r\n")'
check 'what is more than said is no content' test "$code" = '200 400'
check 'and does not reach the upstream' test "$(grep -c . reached)" = 1
: >reached
proof POST $authority /a hello >proofs
converse 'send(head("POST", "/a", 0, "Transfer-Encoding: chunked\r\n"))
try:
    for _ in range(2000):
        send("400\r\n" + "x" * 1024 + "\r\n")
except OSError:
    pass'
refute 'chunks without end do not pass' test "${code%% *}" = 200
refused 'nor any of them' "$code"
proof POST $authority /a hello >proofs
converse 'send(head("POST", "/a", 0, "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n")'
check 'chunks without the last one: timed out' test "$code" = 408 -o -z "$code"
refused 'and nothing passed on' "$code"
proof POST $authority /a hello >proofs
converse 'send(head("POST", "/a", 0, "Transfer-Encoding: chunked\r\n") + "5;" + "x=y;" * 20 + "\r\nhello\r\n0\r\nSignet-Proof: v1\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")'
check 'extensions of chunks and fields after them change nothing' test "${code%% *}" = 200
: >reached
for size in zz 5555555555555555555555 -5 '5 ' ''; do
    proof POST $authority /a hello >proofs
    converse "send(head('POST', '/a', 0, 'Transfer-Encoding: chunked\r\nConnection: close\r\n') + '$size\r\nhello\r\n0\r\n\r\n')"
    case $size in
    '5 ') check 'a chunk of 5 and a space' test "$code" = 200 -o "$code" = 400; : >reached ;;
    *) refused "a chunk of '$size'" "$code"; refute 'is no chunk' test "$code" = 200 ;;
    esac
done
proof POST $authority /a hello >proofs
converse 'send(head("POST", "/a", 0, "Content-Length: 5\r\nConnection: close\r\n"))
for one in "hello":
    time.sleep(0.3)
    send(one)'
check 'a byte at a time, each in time' test "$code" = 200
: >reached
proof POST $authority /a hello >proofs
converse 'send(head("POST", "/a", 0, "Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n"))
time.sleep(0.3)
send("hello")'
check 'content that waits to be asked for' test "$code" = '100 200'
: >reached
proof -s POST $authority /a hello >proofs
converse 'send(head("POST", "/a", 0, "Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n"))'
check 'of a thief it is not asked for' test "$code" = 401
refused 'nor taken' "$code"

# --- clients that go away ---
leaves() { # leaves WHERE WHAT-IT-SENT
    proof POST $authority /a hello >proofs
    converse "send($2); connection.close(); sys.exit()"
    sleep 0.1
    refused "gone in $1" ''
}
leaves 'the first line' '"POST /a HT"'
leaves 'the head' 'head("POST", "/a")[:-9]'
leaves 'the content' 'head("POST", "/a", 0, "Content-Length: 5\r\n") + "he"'
leaves 'a chunk' 'head("POST", "/a", 0, "Transfer-Encoding: chunked\r\n") + "5\r\nhel"'
leaves 'the size of a chunk' 'head("POST", "/a", 0, "Transfer-Encoding: chunked\r\n") + "5"'
proof POST $authority /a hello >proofs
converse 'send(head("POST", "/a", 0, "Content-Length: 5\r\n") + "hello"); connection.close(); sys.exit()'
sleep 0.2
: >reached
with "$(cat proofs)" /a -d hello
refused 'gone before the answer: the proof is used up' 401 REPLAY_DETECTED
proof POST $authority /a hello >proofs
converse 'send(head("POST", "/a", 0, "Content-Length: 5\r\n") + "he"); connection.close(); sys.exit()'
sleep 0.2
with "$(cat proofs)" /a -d hello
refused 'gone in the content: so is that one' 401 REPLAY_DETECTED
converse 'send("GET /a HTTP/1.1\r\nHost: " + authority + "\r\n")'
check 'a head without end: timed out' test "$code" = 408 -o -z "$code"
alive 'after all this'

# --- many requests in one connection ---
{ for i in 1 2 3 4; do proof GET $authority /$i; done; proof -s GET $authority /5; proof GET $authority /6; } >proofs
converse 'send("".join(head("GET", f"/{i}", i - 1) for i in (1, 2, 3, 4)) + head("GET", "/1", 0) + head("GET", "/5", 4) + head("GET", "/6", 5, "Connection: close\r\n"))'
check 'seven at once, with a replay and a thief among them' test "$code" = '200 200 200 200 401 401 200'
check 'five reach the upstream' test "$(grep -c . reached)" = 5
refute 'not the thief' grep -q '/5 ' reached
: >reached
{ proof POST $authority /1 hello; proof POST $authority /2 hello; proof POST $authority /3 hello; } >proofs
converse 'send(head("POST", "/1", 0, "Content-Length: 5\r\n") + "hellx" + head("POST", "/2", 1, "Content-Length: 5\r\n") + "hello" + head("POST", "/3", 2, "Content-Length: 5\r\nConnection: close\r\n") + "hello")'
check 'content refused, and what follows is served' test "$code" = '401 200 200'
check 'without the refused' test "$(grep -c . reached)" = 2
: >reached
proof GET $authority /a >proofs
converse 'send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + str(len(head("GET", "/a", 0))) + "\r\n\r\n" + head("GET", "/a", 0) + "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")'
check 'a request hidden in the content of a refused one' test "$code" = '401 401'
refused 'is not served' "$code"

# --- other requests that nginx makes of one ---
with "$(proof GET $authority /parent)" /parent
expect 'where only a subrequest would ask, it is not asked: the location is off' 200
: >reached
with "$(proof GET $authority /rewritten)" /rewritten
refused 'a rewrite to where the purpose does not do' 403 PURPOSE_MISMATCH
with "$(proof -u write GET $authority /rewritten)" /rewritten
expect 'and where it does' 200 purpose=write
: >reached
request /accel
refused 'an upstream leads inside without proof' 401 MISSING_PROOF
: >reached
with "$(proof GET $authority /accel)" /accel
expect 'and with one' 200 verdict=success
: >reached
request /inner
check 'what is internal is not there' test "$code" = 404 -o "$code" = 401
refused 'for anybody' "$code"
with "$(proof GET $authority /both)" /both
expect 'satisfy all' 200
: >reached
with "$(proof GET $authority /denied)" /denied
refused 'satisfy all, and another says no' 403
with "$(proof POST $authority /limited)" /limited -X POST
refused 'a method that is denied' 403
with "$(proof GET $authority /static/file)" /static/file -r 0-1
expect 'a range of a file' 206 'fi'
request /static/file
refused 'a file without proof' 401
request /static/none
refused 'nor is it told what is not there' 401
request /open/file
expect 'a file where it is off' 200 file

# --- HTTP/2 ---
if curl --version | grep -q HTTP2; then
    two() { with "$@" --unix-socket front2 --http2-prior-knowledge; }
    one=$(proof GET $authority /two)
    two "$one" /two
    expect 'HTTP/2' 200
    : >reached
    two "$one" /two
    refused 'HTTP/2, a replay' 401 REPLAY_DETECTED
    with "$one" /two
    refused 'and in HTTP/1' 401 REPLAY_DETECTED
    two "$(proof GET $authority /a)" /a -H "signet-proof: $(proof GET $authority /a)"
    refused 'HTTP/2, two fields' 400 INVALID_PROOF
    head -c 2000000 /dev/zero >big
    two "$(proof POST $authority /a x)" /a -T - -X POST <big
    refused 'HTTP/2, content without end' "$code"
    refute 'does not pass' test "$code" = 200
    two "$(proof POST $authority /a hello)" /a -d hell -H 'Content-Length: 5'
    refute 'HTTP/2, less than said' test "$code" = 200
    refused 'is not passed on' "$code"
    head -c 60000 /dev/zero | tr '\0' a >field
    two "$(proof GET $authority /a)" /a -H "X: $(cat field)"
    refute 'HTTP/2, a large field' test "$code" = 200
    refused 'is not passed on' "$code"
else
    count=$((count + 1))
    echo "ok $count - HTTP/2 # SKIP curl cannot"
fi
alive 'after all this too'
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
# nginx itself, at the level info, writes down lines that are no field.
grep -v 'client sent invalid header line' logs/error.log >our.log
refute 'no proof is in a log' grep -q 'm=full' our.log logs/access.log
stop

# --- a store that is full: it refuses, and forgets nothing ---
sed -i -e 's/seen:4m/seen:128k quota=0/' nginx.conf
check 'starts with a small zone' start
one=$(proof GET $authority /full)
with "$one" /full
expect 'a proof' 200
proof -n 6000 GET $authority /full >proofs
cat >fill.py <<'PYTHON'
import http.client, socket
class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect("front")
connection, count = Connection("api.example.com"), {}
for line in open("proofs"):
    connection.request("GET", "/full", headers={"Signet-Proof": line.strip()})
    answer = connection.getresponse()
    answer.read()
    count[answer.status] = count.get(answer.status, 0) + 1
    if count.get(503, 0) == 20:
        break
print(" ".join(f"{status}:{number}" for status, number in sorted(count.items())))
PYTHON
python3 fill.py >filled 2>err
check "fills: $(cat filled)" grep -qE '^200:[0-9]+ 503:20$' filled
: >reached
with "$(proof GET $authority /full)" /full
refused 'the next is told to come again' 503 STORE_UNAVAILABLE
check 'when' grep -qi '^retry-after: ' head
with "$one" /full
refused 'and what was seen is still a replay' 401 REPLAY_DETECTED
refute 'no worker died there' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
