#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# signet-proxy with a store of tokens, filled at the admin listener; in memory, in files, in Redis.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
upstream
head -c 32 /dev/urandom >record.key
chmod 600 record.key

now=$(date +%s)
compact() { # compact METHOD TARGET
    proof -c -t "$now" -i 1 -k 32 "$1" $authority "$2"
}

enrol() {
    : >out
    code=$(curl -sS -m 20 --unix-socket admin -D head -o out -w '%{http_code}' -X POST \
        -H "Signet-Proof: $(proof -t "$now" -i 1 -k 32 POST admin.example.com /v1/pop/token)" \
        http://admin.example.com/v1/pop/token 2>err) || true
}

walk() { # walk WHERE: from an empty store to a token that is forgotten
    request /x -H "Signet-Proof: $(compact GET /x)"
    expect "$1: a token that nobody brought is not known" 401 'token not found'
    request /x -H "Signet-Proof: $(proof GET $authority /x)"
    expect "$1: nor may it come whole" 401
    request /v1/pop/token -X POST -H "Signet-Proof: $(proof -t "$now" -i 1 -k 32 POST $authority /v1/pop/token)"
    expect "$1: the front takes none" 401
    enrol
    expect "$1: the admin listener does" 201 '"token_id":"01010101010101010101010101010101"'
    one=$(compact GET /x)
    request /x -H "Signet-Proof: $one"
    expect "$1: then its id is enough" 200 'GET /x HTTP/1.1'
    request /x -H "Signet-Proof: $one"
    expect "$1: once for each proof" 401 'replay'
}

start_with() {
    launch --admin-listen "unix:$scratch/admin" --admin-origin http://admin.example.com --no-full "$@"
}

check 'memory: starts' start_with --token-store memory
walk memory
check 'memory: stops' stop TERM

mkdir -m 700 records
[ "$(id -u)" != 0 ] || chown www-data records # the user of the workers
check 'file: starts' start_with --token-store "file:$scratch/records" --record-key-file record.key
walk file
check 'file: stops' stop TERM
check 'file: starts again' start_with --token-store "file:$scratch/records" --record-key-file record.key
request /y -H "Signet-Proof: $(compact GET /y)"
expect 'file: a token is still known' 200
check 'file: stops again' stop TERM
refute 'file: not without the key of its records' start_with --token-store "file:$scratch/records"
pid=''

# The package of the tools has the server too, which goes by the name that it is called with.
server=$(command -v redis-server || command -v valkey-server || echo '')
tool=$(command -v redis-check-rdb || command -v valkey-check-rdb || echo '')
[ -n "$server" ] || [ -z "$tool" ] || { ln -s "$(readlink -f "$tool")" redis-server && server=$scratch/redis-server; }
if [ -z "$server" ]; then
    good 'Redis # SKIP there is no redis-server'
    finish
    exit 0
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(umask 077 && echo :the-password >redis.password)
"$server" --requirepass the-password --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$scratch" >redis.log 2>&1 &
helpers="$helpers $!"
redis=$!
until_true grep -q 'Ready to accept' redis.log
check 'Redis: starts' start_with --token-store "redis://127.0.0.1:$port" --redis-password-file redis.password --replay redis --record-key-file record.key
walk Redis
is_ready() { [ "$(curl -s --unix-socket admin -o /dev/null -w '%{http_code}' http://admin/readyz)" = "$1" ]; }
check 'Redis: ready' until_true is_ready 200
check 'Redis: stops' stop TERM
check 'Redis: starts again' start_with --token-store "redis://127.0.0.1:$port" --redis-password-file redis.password --replay redis --record-key-file record.key
request /x -H "Signet-Proof: $one"
expect 'Redis: a proof is remembered across a restart' 401 'replay'
request /y -H "Signet-Proof: $(compact GET /y)"
expect 'Redis: a token too' 200
kill "$redis"
until_true gone "$redis"
request /z -H "Signet-Proof: $(compact GET /z)"
expect 'Redis: without it nothing passes' 503
check 'Redis: and it is not ready' until_true is_ready 503
check 'Redis: stops again' stop TERM
finish
