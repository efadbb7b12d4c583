#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records of tokens, in each kind of store: what is there counts, what was tampered with does not, and who cannot tell says so.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=redis_lib.sh
. "$here/redis_lib.sh"

proof -m >master.pem
head -c 32 /dev/urandom >record.key
head -c 32 /dev/urandom >other.key
now=$(date +%s)
common="signet_replay_zone seen:1m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;"

begin() { # begin RECORDS [HTTP]
    stop
    configure "$common $2" "signet on; signet_errors json; signet_records $1;
        location = /v1/pop/token { signet_enrol on; }"
    : >logs/error.log
    start
}
enrol() { # enrol ID [ISSUED]: with a key of its own
    with "$(proof -t "${2:-$now}" -i "$1" -k "$1" POST $authority /v1/pop/token)" /v1/pop/token -X POST
}
named() { # named ID [ISSUED]
    with "$(proof -c -t "${2:-$now}" -i "$1" -k "$1" GET $authority /)" /
}
forget() {
    with "$(proof -c -t "$now" -i "$1" -k "$1" DELETE $authority /v1/pop/token)" /v1/pop/token -X DELETE
}
hex() { # hex ID: the id of that token
    i=0
    while [ $i -lt 16 ]; do
        printf '%02x' "$1"
        i=$((i + 1))
    done
}
all_gone() { for worker; do gone "$worker" || return 1; done; }
reload() {
    before=$(workers)
    kill -HUP "$(cat nginx.pid)"
    # shellcheck disable=SC2086 # words
    until_true all_gone $before
}
each() { # each NAME: what is so in every store
    named 1
    refused "$1: nothing is there" 401 TOKEN_NOT_FOUND
    enrol 1
    expect "$1: a record is kept" 201
    enrol 2
    expect "$1: and another" 201
    for _ in 1 2 3 4 5 6; do
        named 1
        [ "$code" = 200 ] || break
    done
    expect "$1: and found, by all workers" 200
    : >reached
    check "$1: reloads" reload
    named 2
    expect "$1: and still found" 200
    : >reached
    forget 2
    expect "$1: it is forgotten" 204
    named 2
    refused "$1: and not there" 401 TOKEN_NOT_FOUND
    named 1
    expect "$1: but the other is" 200
    : >reached
    short=$(($(date +%s) - 298))
    enrol 3 $short
    expect "$1: a token that is nearly over" 201
    sleep 3.2
    named 3 $short
    refused "$1: and then is" 401 TOKEN_EXPIRED
    check "$1: no worker died" no_worker_died
}
one=$(hex 1) four=$(hex 4)

key="signet_record_key $scratch/record.key;"
check 'starts with a zone' begin zone "$key signet_record_zone records:128k;"
each zone
for i in $(seq 10 250); do
    enrol "$i"
    [ "$code" = 201 ] || break
done
refused 'a full zone refuses' 503 STORE_UNAVAILABLE
check 'when some are there' test "$i" -gt 20
check 'and says so' grep -q 'record zone "records" is full' logs/error.log
named 10
expect 'and forgets none that live' 200
: >reached
named $((i - 1))
expect 'not the last' 200
: >reached
forget 10
enrol "$i"
expect 'what is forgotten makes room' 201

check 'starts with files' begin "file=$scratch/records" "$key"
check 'in a folder of its own' test "$(stat -c %a records)" = 700
each file
check 'each a file' test -s "records/$one"
cp "records/$one" "records/$four"
named 4
refused 'a record under the name of another' 503 STORE_UNAVAILABLE
rm "records/$four"
named 4
refused 'there is none' 401 TOKEN_NOT_FOUND
cp "records/$one" kept
sed 's/"purpose":"api"/"purpose":"all"/' kept >"records/$one"
named 1
refused 'a record that was changed' 503 STORE_UNAVAILABLE
check 'in the log: the authentication' grep -qE 'record: .*(authentic|MAC|hmac)' logs/error.log
printf 'nothing' >"records/$one"
named 1
refused 'a damaged file' 503 STORE_UNAVAILABLE
cp kept "records/$one"
chmod 644 "records/$one"
named 1
refused 'a file that others may read' 503 STORE_UNAVAILABLE
chmod 600 "records/$one"
named 1
expect 'and the right one again' 200
: >reached
check 'starts with another key' begin "file=$scratch/records" "signet_record_key $scratch/other.key;"
named 1
refused 'which authenticates other records' 503 STORE_UNAVAILABLE

check 'Redis starts' redis_start
check 'nginx starts with it' begin 'redis=main' "$key signet_redis main unix:$scratch/redis.sock timeout=200;"
each redis
name=signet:tokens:$one
check 'under the name that all use' test "$(redis --raw exists "$name")" = 1
ttl=$(redis --raw pttl "$name")
check "until ten minutes after it expires ($ttl ms)" test "$ttl" -gt 800000 -a "$ttl" -le 905000
redis --raw get "$name" | tr -d '\n' >kept
redis_put() { # redis_put NAME FILE
    redis -x set "$1" <"$2" >/dev/null
}
check 'in version 2' grep -q '^{"v":2,' kept
redis_put "signet:tokens:$four" kept
named 4
refused 'a record under the name of another' 503 STORE_UNAVAILABLE
sed 's/"purpose":"api"/"purpose":"all"/' kept | tr -d '\n' >changed
redis_put "$name" changed
named 1
refused 'a record that was changed' 503 STORE_UNAVAILABLE
redis del "$name" >/dev/null
redis lpush "$name" x >/dev/null
named 1
refused 'something else under that name' 503 STORE_UNAVAILABLE
redis del "$name" >/dev/null
head -c 20000 /dev/zero | tr '\0' x >changed
redis_put "$name" changed
named 1
refused 'a value that is too large' 503 STORE_UNAVAILABLE
redis_put "$name" kept
named 1
while [ "$code" = 503 ] && [ "${tries_left:=20}" -gt 0 ]; do
    tries_left=$((tries_left - 1))
    sleep 0.1
    named 1
done
expect 'and the right one again' 200
: >reached
redis_stop
named 1
refused 'without Redis nobody knows' 503 STORE_UNAVAILABLE
enrol 5
refused 'and nothing is enrolled' 503 STORE_UNAVAILABLE
check 'Redis starts again, empty' redis_start
sleep 1.1
named 1
refused 'it forgot' 401 TOKEN_NOT_FOUND
enrol 5
expect 'and learns' 201
kill -STOP "$redis_pid"
for _ in 1 2 3 4; do
    curl -sS -m 0.05 --unix-socket front -X POST -H "Signet-Proof: $(proof -t "$now" -i 6 -k 6 POST $authority /v1/pop/token)" "http://$authority/v1/pop/token" >/dev/null 2>&1
    curl -sS -m 0.05 --http2-prior-knowledge --unix-socket front2 -X POST -H "Signet-Proof: $(proof -t "$now" -i 6 -k 6 POST $authority /v1/pop/token)" "http://$authority/v1/pop/token" >/dev/null 2>&1
done
kill -CONT "$redis_pid"
sleep 1.1
named 5
expect 'clients that hang up while they enrol hurt nobody' 200
: >reached
check 'no worker died' no_worker_died
check 'starts with the form of the reference, and its own prefix' begin 'redis=main prefix=shared:' "signet_record_format reference; signet_redis main unix:$scratch/redis.sock;"
enrol 7
expect 'enrols' 201
check 'in that form' sh -c "redis-cli -s redis.sock --raw get shared:$(hex 7) | grep -q '^{\"token\":{\"IssuerID\":\"demo-server\"'"
named 7
expect 'and reads it' 200
: >reached
redis_put "shared:$one" kept
named 1
refused 'but not the other form' 503 STORE_UNAVAILABLE
finish
