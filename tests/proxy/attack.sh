#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What got past the reference's proxy, and what might.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
upstream
check 'starts' launch

# closed SENTENCE STATUS: and nothing of it went upstream
closed() {
    if [ "$code" = "$2" ] && ! grep -q HTTP/1.1 out; then good "$1"; else bad "$1"; fi
}

# H-13: everything below the health path went upstream with the credential
for target in /healthz/ /healthz/x /healthz%2fx /healthz/repos /healthz%2Frepos; do
    request $target
    closed "below the health path: $target" 401
done
for target in '/healthz/..%2f..%2frepos/o/r' /healthz/%2e%2e/repos/o/r /x/../healthz /./healthz //healthz /a//b /a/./b /a/../b /a/.. /a/. \
    /a/%2e%2E/b /a/%2e /a/.%2e/b /a%2f..%2fb /a%2f/b '/a\..\b' '/a/..\b' /a%5c..%5cb '/a/..;/b' '/a%00b' /..; do
    request "$target"
    closed "not clean: $target" 400
    field=$(proof GET $authority "$target" 2>/dev/null) || continue
    request "$target" -H "Signet-Proof: $field"
    closed "not clean, with a proof: $target" 400
done
for target in /a/.b /a..b /...a /a/b/ '/a?x=/../b' '/a?//' /a%2fb /.well-known/x; do
    signed GET "$target" --
    expect "clean: $target" 200 "GET $target HTTP/1.1"
done

# H-14: a Connection that takes fields away
for name in Authorization authorization Signet-Proof Host 'close, Authorization' 'x ,	signet-PROOF' Content-Length; do
    signed GET /h14 -- -H "Connection: $name"
    closed "Connection: $name" 400
done
signed GET /h14 -- -H 'Connection: close' -H 'Connection: Authorization'
closed 'in a second field' 400
signed GET /h14 -- -H 'Connection: X-Hop, close' -H 'X-Hop: 1' -H 'X-Hop-2: 2'
expect 'a field of the connection only' 200 'X-Hop-2: 2'
refute 'goes no further' grep -q '^X-Hop:' out
signed GET /h14 -- -H 'Connection: Upgrade, HTTP2-Settings' -H 'Upgrade: h2c' -H 'HTTP2-Settings: AAMAAABkAAQAAP__'
expect 'an upgrade to something else' 200
refute 'is not passed on' grep -qiE '^(upgrade|http2-settings)' out
signed GET /h14 -- -H 'Upgrade: h2c' -H 'Connection: upgrade, X-Forwarded-For'
check 'what is set here cannot be taken away' grep -qx 'X-Forwarded-For: unix:' out

raw() { # raw BYTES: the answer's status in $code, all of it in out
    printf '%b' "$1" | python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect("front")
s.sendall(sys.stdin.buffer.read())
answer = b""
try:
    while True:
        got = s.recv(65536)
        if not got:
            break
        answer += got
except OSError:
    pass
sys.stdout.buffer.write(answer)' >out 2>err
    code=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' out)
}
raw 'GET http://api.example.com/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
expect 'health in absolute form is health' 200 '"status":"ok"'
raw 'GET http://api.example.com/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
refute 'other targets in absolute form are not passed on' grep -q 'HTTP/1.1 200' out
raw 'CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com\r\n\r\n'
refute 'CONNECT' grep -q 'HTTP/1.1 200' out
raw 'TRACE / HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n'
expect 'TRACE' 405
raw 'OPTIONS * HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n'
expect 'a target that is no path' 400
raw 'POST / HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n'
expect 'two lengths' 400
raw 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'
expect 'two hosts' 400
raw "GET / HTTP/1.1\\r\\nHost: a\\r\\nX: $(printf '%020000d' 0)\\r\\n\\r\\n"
expect 'a head that is too long' 431
request "/$(printf '%020000d' 0)"
expect 'a target that is too long' 414

# a log line of the attacker's
signed GET '/"},{"msg":"forged' --
request '/%0a{"msg":"forged"}' -H "$(printf 'X-A: \001')" -A '","forged":"yes'
check 'every line of the log is ours' python3 -c '
import json
for line in open("log"):
    assert json.loads(line)["msg"] != "forged" and "forged" not in json.loads(line)'
check 'stops' stop TERM

# a store that holds nothing (H-12) is no way in: presented whole, tokens are accepted; without, it does not start
refute 'a store that nobody can fill' launch --no-full --token-store memory
pid=''
finish
