#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A cluster of two real nodes, of which the configuration names one: MOVED and ASK are followed.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=redis_lib.sh
. "$here/redis_lib.sh"

nodes=''
# shellcheck disable=SC2086 # words
trap '[ -z "$nodes" ] || kill -KILL $nodes 2>/dev/null; stop; cd / && rm -rf "$scratch"' EXIT
proof -m >master.pem
head -c 32 /dev/urandom >record.key
now=$(date +%s)

# shellcheck disable=SC2046 # words
set -- $(python3 -c '
import socket
all = [socket.socket() for _ in range(4)]
for s in all:
    s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in all])')
one=$1 two=$2
node() { # node PORT BUS
    mkdir "node.$1"
    redis-server --bind 127.0.0.1 --port "$1" --cluster-enabled yes --cluster-port "$2" --save '' --appendonly no \
        --dir "$scratch/node.$1" --cluster-require-full-coverage no >"node.$1/log" 2>&1 &
    nodes="$nodes $!"
}
node "$one" "$3"
node "$two" "$4"
ask() { # ask PORT COMMAND...
    port=$1
    shift
    redis-cli -p "$port" --raw "$@" 2>&1
}
pong() { [ "$(ask "$1" ping)" = PONG ]; }
check 'a node starts' until_true pong "$one"
check 'and another' until_true pong "$two"
ask "$one" cluster addslotsrange 0 8191 >out
ask "$two" cluster addslotsrange 8192 16383 >out
ask "$one" cluster meet 127.0.0.1 "$two" "$4" >out
whole() {
    info=$(ask "$1" cluster info | tr -d '\r' | tr '\n' ' ')
    case $info in *cluster_state:ok*cluster_slots_ok:16384*cluster_known_nodes:2*) ;; *) false ;; esac
}
if ! until_true whole "$one" || ! until_true whole "$two"; then
    echo "1..0 # SKIP this Redis makes no cluster"
    exit 0
fi
configure "signet_redis main redis://127.0.0.1:$one timeout=500; signet_record_key $scratch/record.key;
    signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;" \
    'signet on; signet_errors json; signet_replay redis=main; signet_records redis=main;
    location = /v1/pop/token { signet_enrol on; }'
check 'nginx starts' start

many() { # sixteen proofs pass, and not twice
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
        value=$(proof GET $authority /)
        with "$value" /
        [ "$code" = 200 ] || return 1
        with "$value" /
        [ "$code" = 401 ] || return 1
    done
}
check 'proofs pass once, whichever node they belong to' many
check 'one node has some' test "$(ask "$one" dbsize)" -gt 0
check 'the other has the rest' test $(($(ask "$one" dbsize) + $(ask "$two" dbsize))) = 16
: >reached

hex() {
    i=0
    while [ $i -lt 16 ]; do
        printf '%02x' "$1"
        i=$((i + 1))
    done
}
enrol() {
    with "$(proof -t "$now" -i "$1" -k "$1" POST $authority /v1/pop/token)" /v1/pop/token -X POST
}
named() {
    with "$(proof -c -t "$now" -i "$1" -k "$1" GET $authority /)" /
}
for id in $(seq 1 200); do # one that belongs to the first node
    slot=$(ask "$one" cluster keyslot "signet:tokens:$(hex "$id")")
    [ "$slot" -gt 8191 ] || break
done
# The slot is on its way to the other node, and new keys are there already.
ask "$two" cluster setslot "$slot" importing "$(ask "$one" cluster myid)" >out
ask "$one" cluster setslot "$slot" migrating "$(ask "$two" cluster myid)" >out
named "$id"
refused 'a slot on its way: not there' 401 TOKEN_NOT_FOUND
enrol "$id"
expect 'enrolled where it goes to' 201
named "$id"
expect 'and found there' 200
: >reached
check 'the other node has it' sh -c "redis-cli -c -p $two --raw keys 'signet:tokens:*' | grep -q $(hex "$id")"
refute 'nothing was wrong' grep -q 'signet: redis' logs/error.log

kill -KILL "${nodes##* }"
gone_wrong() { # one of twenty belonged to the node that is gone
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        with "$(proof GET $authority /)" /
        [ "$code" = 200 ] || break
    done
    [ "$code" = 503 ]
}
check 'without that node its proofs are refused' gone_wrong
check 'no worker died' no_worker_died
finish
