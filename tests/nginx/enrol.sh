#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A token that was presented whole once may be named by its id; until it is forgotten, and only by who has its key.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

proof -m >master.pem
head -c 32 /dev/urandom >record.key
now=$(date +%s)
http="signet_replay_zone seen:1m; signet_record_zone records:1m; signet_master_key demo-server $scratch/master.pem;
    signet_origin https://$authority; signet_records zone; signet_record_key $scratch/record.key;"
configure "$http" "signet on; signet_errors json; signet_full off;
    location = /v1/pop/token { signet_enrol on; }"
check 'starts' start

body='{"purpose":"api","audience":""}'
compact() { # compact ID KEY [PROOF'S...]
    id=$1 key=$2
    shift 2
    proof -c -t "$now" -i "$id" -k "$key" "$@"
}
enrol() { # enrol ID KEY [BODY]
    with "$(proof -t "$now" -i "$1" -k "$2" POST $authority /v1/pop/token ${3:+"$3"})" /v1/pop/token -X POST ${3:+-d "$3"}
}

with "$(compact 1 32 GET $authority /)" /
refused 'a token that nobody enrolled is not known' 401 TOKEN_NOT_FOUND
with "$(proof GET $authority /)" /
refused 'nor may it be presented whole elsewhere' 401 TOKEN_NOT_FOUND
enrol 1 32
expect 'it is enrolled' 201 '"token_id":"01010101010101010101010101010101"'
check 'with the members that clients know' grep -qE '^\{"binding_signature":"[^"]{86}","capability_id":"[^"]{22}","ephemeral_public":"[^"]{43}","expires_at":[0-9]+,"master_public":"[^"]{43}","purpose":"api","token":"[^"]+","token_id":"[0-9a-f]{32}","token_jti":"[^"]{22}"\}$' out
check 'and not to be stored' grep -qi '^Cache-Control: no-store' head
check 'as JSON' grep -qi '^Content-Type: application/json' head
refute 'and no private key' grep -q private out
one=$(compact 1 32 GET $authority /)
with "$one" /
expect 'then its id is enough' 200 'token=01010101010101010101010101010101'
check 'for all that the signature covers' grep -qF 'covers=method target authority body' out
: >reached
with "$one" /
refused 'once for each proof' 401 REPLAY_DETECTED
for _ in 1 2 3 4 5 6 7 8; do
    with "$(compact 1 32 GET $authority /)" /
    [ "$code" = 200 ] || break
done
expect 'on each worker' 200
: >reached
with "$(compact 1 32 -s GET $authority /)" /
refused 'a thief without the key is refused' 401 INVALID_SIGNATURE
with "$(compact 1 64 GET $authority /)" /
refused 'and one with another key' 401 INVALID_SIGNATURE
with "$(compact 1 32 -p GET $authority /)" /
refused 'a weaker proof is refused' 401 BINDING_REQUIRED
with "$(compact 2 32 GET $authority /)" /
refused 'another id is another token' 401 TOKEN_NOT_FOUND

value=$(proof -t "$now" -i 1 -k 32 POST $authority /v1/pop/token)
with "$value" /v1/pop/token -X POST
expect 'the same token may be enrolled again' 201
with "$value" /v1/pop/token -X POST
refused 'but not with the same proof' 401 REPLAY_DETECTED
enrol 3 32
refused 'another token with the same key is refused' 409 KEY_IN_USE
with "$(compact 3 32 GET $authority /)" /
refused 'and was not kept' 401 TOKEN_NOT_FOUND
with "$(proof -s -t "$now" -i 4 -k 40 POST $authority /v1/pop/token)" /v1/pop/token -X POST
refused 'whoever lacks the key enrols nothing' 401 INVALID_SIGNATURE
with "$(compact 1 32 POST $authority /v1/pop/token)" /v1/pop/token -X POST
refused 'a token that is only named is not enrolled' 400 INVALID_REQUEST
request /v1/pop/token -X POST
refused 'nor is nothing' 401 MISSING_PROOF
with "$(proof -d -t "$now" -i 4 -k 40 POST $authority /v1/pop/token "$body")" /v1/pop/token -X POST -d "$body"
refused 'content must be signed' 401 INVALID_SIGNATURE

enrol 5 50 "$body"
expect 'content that agrees' 201
for bad in '{"purpose":"other"}' '{"audience":"x"}' '{"purpose":1}' '{"purpos":"api"}' '{"purpose":"api"' '[]' 'x' '{"purpose":"api","purpose":"api"}' '{}x'; do
    enrol 6 60 "$bad"
    refused "content that does not: $bad" 400 INVALID_REQUEST
done
long="{\"purpose\":\"api\"$(printf '%6000s' '')}"
enrol 6 60 "$long"
refused 'content that is too long' 400 INVALID_REQUEST
with "$(compact 6 60 GET $authority /)" /
refused 'nothing of it was kept' 401 TOKEN_NOT_FOUND
with "$(proof -t "$now" -i 1 -k 32 PUT $authority /v1/pop/token)" /v1/pop/token -X PUT
refused 'another method' 405 METHOD_NOT_ALLOWED
check 'says which there are' grep -qi '^Allow: POST, DELETE' head

kill -HUP "$(cat nginx.pid)"
sleep 1
with "$(compact 1 32 GET $authority /)" /
expect 'a reload keeps records' 200
: >reached
with "$(compact 1 32 -s DELETE $authority /v1/pop/token)" /v1/pop/token -X DELETE
refused 'a thief cannot delete' 401 INVALID_SIGNATURE
with "$(compact 5 50 GET $authority /)" /
expect 'the other is there' 200
: >reached
with "$(compact 1 32 DELETE $authority /v1/pop/token)" /v1/pop/token -X DELETE
expect 'the holder deletes' 204
with "$(compact 1 32 GET $authority /)" /
refused 'and the token is not known any more' 401 TOKEN_NOT_FOUND
with "$(compact 5 50 GET $authority /)" /
expect 'the other one is' 200
: >reached
enrol 3 32
expect 'its key is free again' 201
with "$(proof -t "$now" -i 3 -k 32 DELETE $authority /v1/pop/token)" /v1/pop/token -X DELETE
expect 'a token that is presented whole is deleted too' 204
now=$((now - 320))
with "$(proof -t "$now" -i 7 -k 70 POST $authority /v1/pop/token)" /v1/pop/token -X POST
refused 'an expired token is not enrolled' 401 TOKEN_EXPIRED
refute 'no worker died' grep -qE 'exited on signal|\[alert\]' logs/error.log
finish
