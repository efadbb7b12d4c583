#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# With a Redis a proof is good once on all hosts; and whatever happens to that Redis, nothing is let pass meanwhile.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=redis_lib.sh
. "$here/redis_lib.sh"

proof -m >master.pem
printf 'word\n' >password
common="signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;"
http="signet_redis main unix:$scratch/redis.sock timeout=200; $common"
configure "$http" 'signet on; signet_replay redis=main; signet_errors json;'
check 'Redis starts' redis_start
check 'nginx starts, without a zone' start
check 'another nginx too' second_start

one=$(proof GET $authority /)
with "$one" /
expect 'a proof passes' 200
: >reached
for i in 1 2 3 4; do
    with "$one" /
    refused "and not twice, $i" 401 REPLAY_DETECTED
done
second "$one" /
expect 'nor on another host' 401 REPLAY_DETECTED
one=$(proof GET $authority /)
second "$one" /
expect 'the other host takes a new one' 200
with "$one" /
refused 'and then this one does not' 401 REPLAY_DETECTED
check 'the keys are those of the other programs' test "$(redis --raw keys 'signet:nonces:*' | grep -cE '^signet:nonces:[0-9a-f]{32}$')" = 2
ttl=$(redis --raw pttl "$(redis --raw keys 'signet:nonces:*' | head -n 1)")
check "which live as long as the proof ($ttl ms)" test "$ttl" -gt 55000 -a "$ttl" -le 124000
before=$(workers)
kill -HUP "$(cat nginx.pid)"
all_gone() { for worker; do gone "$worker" || return 1; done; }
# shellcheck disable=SC2086 # words
check 'reloads' until_true all_gone $before
with "$one" /
refused 'a replay after a reload' 401 REPLAY_DETECTED
check 'a new one after it' recovers

race() { # race COUNT: half of them to each host; one passes
    shared=$(proof GET $authority /race)
    printf '' >race.conf
    for place in front second/front; do
        for i in $(seq $(($1 / 2))); do
            printf 'next\nunix-socket = %s\nheader = "Signet-Proof: %s"\nurl = "http://%s/race"\noutput = race.%s\nwrite-out = "%%{http_code}\\n"\n' \
                $place "$shared" $authority "$i" >>race.conf
        done
    done
    sed -i 1d race.conf
    curl -sS --parallel --parallel-immediate --parallel-max "$1" -K race.conf >codes 2>err
    test "$(grep -c '^200$' codes)" = 1 && test "$(grep -c '^401$' codes)" = $(($1 - 1))
}
for i in 1 2 3; do
    check "of forty at once on both hosts one passes, $i" race 40
done
: >reached

refuses() { # refuses SENTENCE: now
    with "$(proof GET $authority /)" /
    refused "$1" 503 STORE_UNAVAILABLE
    check "$1: and says when to come again" grep -qi '^Retry-After: 1' head
}
: >logs/error.log
redis_stop
refuses 'killed'
check 'the log says so' grep -q '\[error\].*signet: redis "main"' logs/error.log
check 'Redis starts again' redis_start
check 'and all is well by itself' recovers
kill -STOP "$redis_pid"
before=$(date +%s%N)
refuses 'stopped'
after=$(date +%s%N)
check 'within the time-out' test $(((after - before) / 1000000)) -lt 1500
kill -CONT "$redis_pid"
check 'and continued' recovers

# The client goes away while the answer is awaited.
kill -STOP "$redis_pid"
for _ in 1 2 3 4 5 6 7 8; do
    curl -sS -m 0.05 --unix-socket front -H "Signet-Proof: $(proof GET $authority /)" "http://$authority/" >/dev/null 2>&1
    curl -sS -m 0.05 --http2-prior-knowledge --unix-socket front2 -H "Signet-Proof: $(proof GET $authority /)" "http://$authority/" >/dev/null 2>&1
done
kill -CONT "$redis_pid"
check 'clients that hang up hurt nobody' recovers
check 'no worker died' no_worker_died

redis config set maxmemory 1 >/dev/null
refuses 'full'
check 'in the log: OOM' grep -q 'refused: OOM' logs/error.log
redis config set maxmemory 0 >/dev/null
check 'and with room again' recovers
redis config set min-replicas-to-write 1 >/dev/null
refuses 'without replicas that it needs'
redis config set min-replicas-to-write 0 >/dev/null
check 'and with them' recovers
redis replicaof 127.0.0.1 1 >/dev/null
refuses 'a replica that is read only'
redis replicaof no one >/dev/null
check 'and a master again' recovers
redis config set requirepass word >/dev/null
redis_pass() { redis -a word --no-auth-warning "$@"; }
redis_pass client kill type normal skipme yes >/dev/null
refuses 'a password that it wants'
redis_pass config set requirepass '' >/dev/null
check 'and none' recovers
redis_stop

for mode in garbage text number status array huge many half readonly loading denied moved binary null minus close; do
    pretend $mode
    with "$(proof GET $authority /)" /
    [ "$mode" = many ] || refused "what only pretends to be Redis: $mode" 503 STORE_UNAVAILABLE
    with "$(proof GET $authority /)" /
    [ "$mode" = many ] || refused "and again: $mode" 503 STORE_UNAVAILABLE
    : >reached
    redis_stop
done
check 'the real one again' redis_start
check 'and all is well' recovers
check 'no worker died of it' no_worker_died
redis_stop
check 'with a password' redis_start --requirepass word
stop
configure "signet_redis main unix:$scratch/redis.sock password_file=password; signet_replay_zone seen:1m; $common" 'signet on; signet_replay redis=main; signet_errors json;'
check 'and a zone before it' start
one=$(proof GET $authority /)
with "$one" /
expect 'passes' 200
: >reached
with "$one" /
refused 'once' 401 REPLAY_DETECTED
redis_stop
with "$one" /
refused 'also when Redis is not there: the zone knows' 401 REPLAY_DETECTED
refuses 'but nothing new'
stop
printf 'wrong\n' >password
check 'with another password' redis_start --requirepass word
check 'nginx starts' start
refuses 'the wrong password'
check 'the log says so' grep -q 'refused: WRONGPASS' logs/error.log
refute 'and never the password' grep -rq 'word\|wrong' logs
check 'no worker died at all' no_worker_died
finish
