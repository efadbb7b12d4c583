#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Requests through signet-proxy: what is answered, what goes upstream and what comes back.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
upstream
check 'starts' launch --upstream "http://127.0.0.1:$up/base/" --body-max 1000

request /healthz
expect 'health' 200 '{"status":"ok","timestamp":"20'
check 'as JSON' grep -qi '^content-type: application/json' head
check 'with a time of RFC 3339, and nothing behind it' python3 -c '
import datetime, json
text = open("out").read()
datetime.datetime.fromisoformat(json.loads(text)["timestamp"])
assert not text.endswith("\n") and list(json.loads(text)) == ["status", "timestamp"]'
request '/healthz?x=1' -X POST -d x
expect 'health with any method and query' 200 '"status":"ok"'
request /%68ealthz
expect 'health, encoded' 200 '"status":"ok"'
request /
expect 'no proof' 401 'missing Signet-Proof header'

signed GET '/a%2Fb/c%20d?x=1&y' -- -H 'X-Mine: kept' -H 'User-Agent: me' -H 'Accept-Encoding: br' -H 'Cookie: a=b' \
    -H 'Authorization: Basic c3RvbGVu' -H 'X-Forwarded-For: 1.2.3.4' -H 'X-Forwarded-Proto: https' -H 'Forwarded: for=1' \
    -H 'X-Internal-User: root' -H 'X-Edge-Verified: true' -H 'Client-Cert: x' -H 'Cf-Client-Cert-Sha256: x' \
    -H 'X-Request-Id: theirs' -H 'Proxy-Authorization: x' -H 'TE: gzip' -H 'Keep-Alive: 5' -H 'Signet-Nonce: x'
expect 'a signed request goes upstream' 200
check 'with base path and the very target' grep -qxF 'GET /base/a%2Fb/c%20d?x=1&y HTTP/1.1' out
check 'with the credential' grep -qxF 'Authorization: Bearer the-secret-credential' out
check 'once' test "$(grep -ci '^authorization:' out)" = 1
check 'with the host of the upstream' grep -qxF "Host: 127.0.0.1:$up" out
check 'with an id' grep -qxE 'X-Request-Id: [0-9a-f]{32}' out
check 'with the peer' grep -qx 'X-Forwarded-For: unix:' out
check 'with fields that mean nothing here' grep -qx 'X-Mine: kept' out
check 'and the user agent' grep -qx 'User-Agent: me' out
check 'and the encoding' grep -qx 'Accept-Encoding: br' out
refute 'but with no other' grep -qiE '^(signet|cookie|forwarded|x-forwarded-proto|x-internal|x-edge|client-cert|cf-client|proxy-|te:|keep-alive)|stolen|theirs|1\.2\.3\.4' out
check 'the answer keeps its fields' grep -qi '^set-cookie: a=b' head
check 'and its server' grep -qi '^server: theirs' head
check 'and is for nobody else' grep -qi '^cache-control: private' head
signed GET / --
check 'the root' grep -qxF 'GET /base/ HTTP/1.1' out
signed GET /no-agent -- -A ''
refute 'no user agent is invented' grep -qi '^user-agent' out
signed POST /post 'some content' --
check 'content arrives' grep -q '^body 12 ' out
signed PUT /put 'some content' -- -H 'Transfer-Encoding: chunked'
expect 'content in chunks' 200 'body 12 '
for method in GET POST DELETE PATCH OPTIONS; do
    signed $method /m --
    check "method $method" grep -qxF "$method /base/m HTTP/1.1" out
done
signed POST /long "$(printf '%01001d' 1)" --
expect 'content that is too long' 413
signed POST /long "$(printf '%01001d' 1)" -- -H 'Transfer-Encoding: chunked'
expect 'in chunks too' 413
signed POST /just "$(printf '%01000d' 1)" --
expect 'content that is just not' 200 'body 1000 '
signed GET /bad --
expect 'no path of ours hides one of theirs' 200 'GET /base/bad'

check 'stops' stop TERM
check 'starts without base path' launch --forward-cookies --github-api "http://127.0.0.1:$up"
signed GET /bad --
expect 'an error of the upstream' 502 'their own words'
signed GET /accelerate --
expect 'the upstream commands nginx nothing' 200 mine
check 'redirects are passed on' grep -qi '^location: http://elsewhere/' head
signed GET /x -- -H 'Cookie: a=b'
check 'cookies, if told' grep -qxF 'Cookie: a=b' out
signed GET /garbage --
expect 'garbage of the upstream' 502
check 'in a line' test "$(cat out)" = 'Bad Gateway'
one=$(proof GET $authority /once)
request /once -H "Signet-Proof: $one"
expect 'a proof' 200
request /once -H "Signet-Proof: $one"
expect 'and its replay' 401 'replay attack detected'
field=$(proof POST $authority /p hello)
request /p -H "Signet-Proof: $field" -d hellO
expect 'changed content' 401 'invalid signature'
request /p -H "Signet-Proof: $(proof -s GET $authority /p)"
expect 'a thief without the key' 401 'invalid signature'
request /p -H "Signet-Proof: $(proof GET other.example.com /p)"
expect 'a proof for another service' 401
check 'every line of the log is JSON' python3 -c '
import json
for line in open("log"):
    entry = json.loads(line)
    assert {"time", "level", "msg"} <= set(entry), line'
check 'requests are audited' python3 -c '
import json
line = [e for e in map(json.loads, open("log")) if e["msg"] == "request" and e["path"] == "/a%2Fb/c%20d"][0]
assert line["status"] == 200 and line["verdict"] == "success" and line["issuer"] == "demo-server", line
assert len(line["token_id"]) == 32 and line["upstream_status"] == "200" and line["method"] == "GET", line
assert line["bytes"] > 0 and line["duration"] >= 0 and line["purpose"] == "api", line'
check 'proxy errors too' grep -q '"msg":"proxy error","error":"upstream sent no .*"method":"GET","path":"/garbage"' log
refute 'no secret is in the log' grep -qE 'the-secret|stolen|v1;m=|x=1&y' log
check 'stops' stop INT
check 'nothing is left behind' test -z "$(ls run)"
finish
