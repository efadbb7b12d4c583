#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bytes that take their time: streams, events, long content both ways, upgrades, an upstream that is slow.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
upstream
check 'starts' launch --unsigned-body --body-max 300000000 --upstream-timeout 2s --write-timeout 2s --read-timeout 2s

# memory: the most that a worker had, in kB
peak() { for worker in $(ps -o pid= --ppid "$(cat run/*/nginx.pid)"); do sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$worker/status"; done | sort -n | tail -n 1; }

signed GET /x --
small=$(peak)
signed GET '/big?200' -- -o /dev/null -w '%{http_code} %{size_download}'
check '200 MiB down' test "$code" = '200 209715200'
check 'in constant memory' test $(($(peak) - small)) -lt 4096
head -c 209715200 /dev/zero >large
request /sink -H "Signet-Proof: $(proof -d POST $authority /sink)" -T large -X POST
expect '200 MiB up, unsigned' 200 "body 209715200 $(sha256sum large | cut -d' ' -f1)"
check 'in constant memory' test $(($(peak) - small)) -lt 4096
# the same signed: read whole, to a file, and compared before the upstream sees any of it
files_left() { find run/*/temp/body -type f | wc -l; }
request /sink -H "Signet-Proof: $(proof -f POST $authority /sink large)" -T large -X POST
expect '200 MiB up, signed' 200 "body 209715200 $(sha256sum large | cut -d' ' -f1)"
check "in constant memory ($(($(peak) - small)) kB more than for nothing)" test $(($(peak) - small)) -lt 4096
request /sink -H "Signet-Proof: $(proof -f POST $authority /sink large)" -H 'Transfer-Encoding: chunked' -T large -X POST
expect 'in chunks' 200 "body 209715200 $(sha256sum large | cut -d' ' -f1)"
check 'in constant memory' test $(($(peak) - small)) -lt 4096
check 'of which no file is left' test "$(files_left)" = 0
field=$(proof -f POST $authority /changed large)
printf x | dd of=large bs=1 seek=209715199 conv=notrunc 2>dd.err
request /changed -H "Signet-Proof: $field" -T large -X POST
expect 'with another last byte' 401
check 'and no file is left' test "$(files_left)" = 0
rm -f large

# a mebibyte a second, for longer than any time-out here
signed GET '/steady?5' -- -o /dev/null -w '%{http_code} %{size_download} %{time_total}'
check 'a stream outlives the time-outs, which are for silence' sh -c '[ "${1%% *}" = 200 ] && [ "$(echo "$1" | cut -d" " -f2)" = 5242900 ] && [ "$(echo "$1" | cut -d" " -f3 | cut -d. -f1)" -ge 5 ]' sh "$code"

# events come when they happen
field=$(proof GET $authority /events)
check 'events are not held back' python3 - "$field" <<'END'
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect("front")
s.sendall(b"GET /events HTTP/1.1\r\nHost: api.example.com\r\nSignet-Proof: " + sys.argv[1].encode() + b"\r\n\r\n")
seen, buffer = [], b""
while len(seen) < 5:
    buffer += s.recv(65536)
    now = time.time()
    while b"data: " in buffer and b"\n\n" in buffer.split(b"data: ", 1)[1]:
        said = buffer.split(b"data: ", 1)[1]
        seen.append(now - float(said.split(b"\n")[0]))
        buffer = said.split(b"\n\n", 1)[1]
assert max(seen) < 0.15, seen
END

# an upgrade
field=$(proof GET $authority /upgrade)
check 'an upgraded connection carries bytes both ways' python3 - "$field" <<'END'
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect("front")
s.sendall(b"GET /upgrade HTTP/1.1\r\nHost: api.example.com\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
          b"Sec-WebSocket-Key: x\r\nSignet-Proof: " + sys.argv[1].encode() + b"\r\n\r\n")
head = b""
while b"\r\n\r\n" not in head:
    head += s.recv(4096)
assert head.startswith(b"HTTP/1.1 101 "), head
for text in (b"hello\0\xff", b"x" * 1000):
    s.sendall(text)
    got = b""
    while len(got) < len(text):
        got += s.recv(4096)
    assert got == text.upper(), got
END
request /upgrade -H 'Connection: Upgrade' -H 'Upgrade: websocket'
expect 'not without a proof' 401

# an upstream that is slow
began=$(date +%s)
signed GET '/slow?6' --
expect 'an upstream that does not answer' 504
check 'in a line' test "$(cat out)" = 'Gateway Timeout'
check 'after the time-out' test $(($(date +%s) - began)) -le 4
check 'logged' until_true grep -q '"msg":"proxy error","error":"upstream timed out' log
signed GET '/slow?1' --
expect 'one that answers in time' 200 late

# a client that is slow
check 'a client that stops in its head is let go' python3 - <<'END'
import socket, time
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect("front")
s.sendall(b"GET / HTTP/1.1\r\nHost: api")
began = time.time()
while s.recv(4096):
    pass
assert 1 < time.time() - began < 5
END
check 'stops' stop TERM
finish
