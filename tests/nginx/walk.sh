#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One signed request through the real nginx, and what a thief can make of it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

proof -m >master.pem
http="signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://api.example.com;"
configure "$http" 'signet on; signet_errors json;'
check 'starts' start

with "$(proof GET $authority '/a/b%20c?x=1')" '/a/b%20c?x=1'
expect 'a signed request is answered' 200 'issuer=demo-server purpose=api'
check 'the upstream learns whose it is' grep -qE 'token=[0-9a-f]{32} .* key=[0-9a-f]{64} covers=method target authority body verdict=success proof=$' out
check 'but not the proof' grep -qF 'GET /a/b%20c?x=1 HTTP/1.0 proof=- body=-' reached
: >reached

one=$(proof GET $authority /)
with "$one" /
expect 'a proof' 200
: >reached
with "$one" /
refused 'and its replay' 401 '{"error":{"code":"REPLAY_DETECTED","message":"This request has already been processed."}}'
check 'which is challenged' grep -qF 'WWW-Authenticate: Signet realm="signet", error="replayed", max_skew=30, versions="v1+x2"' head
check 'and logged' grep -q '\[warn\].* signet: REPLAY_DETECTED: ' logs/error.log
check 'in the access log too' grep -q '^401 GET / verdict=replay_detected reason=' logs/access.log

with "$(proof POST $authority /post hello)" /post -d hello
expect 'content' 200
check 'arrives' grep -qF 'POST /post' reached
: >reached
with "$(proof POST $authority /post hello)" /post -d hellO
refused 'changed content' 401 INVALID_SIGNATURE
with "$(proof -a GET $authority /allowed)" /allowed
expect 'a token that its issuer signed' 200
check 'shows its capabilities and its end' grep -qE '^200 GET /allowed .* allows=1 7 until=1[0-9]{9} for=' logs/access.log
: >reached
with "$(proof GET $authority /claimed)" /claimed
expect 'a token that its holder signed' 200
check 'shows none' grep -qE '^200 GET /claimed .* allows=- until=1[0-9]{9} for=-$' logs/access.log
: >reached
with "$(proof -s GET $authority /)" /
refused 'a thief without the key' 401 INVALID_SIGNATURE
request /
refused 'no proof' 401 MISSING_PROOF
check 'is challenged' grep -qF 'WWW-Authenticate: Signet realm="signet", max_skew=30, versions="v1+x2"' head
check 'as JSON' grep -qi '^content-type: application/json' head
refute 'no secret is in a log' grep -q 'v1;m=full' logs/error.log logs/access.log
finish
