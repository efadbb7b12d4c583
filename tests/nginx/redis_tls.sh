#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Redis over TLS: who has no certificate from the CA, or one for another host, is told nothing.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=redis_lib.sh
. "$here/redis_lib.sh"
command -v openssl >/dev/null || { echo '1..0 # SKIP openssl is not installed'; exit 0; }

authority_of() { # authority_of NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem" 2>/dev/null
}
certificate() { # certificate NAME CA HOST
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>/dev/null
    printf 'subjectAltName=DNS:%s\n' "$3" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 2 -extfile "$1.ext" -out "$1.pem" 2>/dev/null
}
authority_of ours
authority_of theirs
certificate good ours localhost
certificate foreign theirs localhost
certificate elsewhere ours example.org
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
secure() { # secure CERTIFICATE [OPTION...]
    which=$1
    shift
    redis_start --tls-port "$port" --bind 127.0.0.1 --tls-cert-file "$scratch/$which.pem" --tls-key-file "$scratch/$which.key" \
        --tls-ca-cert-file "$scratch/ours.pem" --tls-auth-clients no "$@"
}
proof -m >master.pem
common="signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;"
begin() { # begin URL
    stop
    configure "signet_redis main $1 timeout=1000 ca=$scratch/ours.pem; $common" 'signet on; signet_replay redis=main; signet_errors json;'
    : >logs/error.log
    start
}
refuses() { # refuses SENTENCE TEXT: with that in the log
    with "$(proof GET $authority /)" /
    refused "$1" 503 STORE_UNAVAILABLE
    check "$1: in the log" grep -q "signet: redis \"main\" .*$2" logs/error.log
}
if ! secure good; then
    echo '1..0 # SKIP this Redis has no TLS'
    exit 0
fi
check 'nginx starts' begin "rediss://localhost:$port"
one=$(proof GET $authority /)
with "$one" /
expect 'a proof passes' 200
: >reached
with "$one" /
refused 'and not twice' 401 REPLAY_DETECTED
many() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        passes || return 1
    done
    : >reached
}
check 'many do' many
kill -STOP "$redis_pid"
refuses 'stopped' 'no answer in time'
kill -CONT "$redis_pid"
check 'and continued' recovers
redis_stop
refuses 'killed' '.'
check 'a foreign one starts' secure foreign
sleep 1.1
refuses 'a certificate of another CA' 'not from the CA'
redis_stop
check 'one for another host starts' secure elsewhere
sleep 1.1
refuses 'a certificate for another host' 'for another host'
check 'nginx starts with a number for an address' begin "rediss://127.0.0.1:$port"
check 'where there is no name to compare' recovers
redis_stop
check 'the right one starts' secure good --requirepass word
check 'nginx starts with a password' begin "rediss://:word@localhost:$port"
check 'all is well by itself' recovers
redis_stop
check 'one without TLS starts' redis_start --bind 127.0.0.1 --port "$port"
sleep 1.1
refuses 'no TLS' '.'
check 'no worker died' no_worker_died
refute 'the password is in no log' grep -rq ':word' logs
finish
