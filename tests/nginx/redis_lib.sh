# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A real Redis on a socket in the scratch folder, and what only pretends to be one.  After lib.sh.

# The server's program is the one that checks its files, called otherwise; the tools bring that.
mkdir bin
for name in redis-server valkey-server redis-check-rdb valkey-check-rdb; do
    [ -e bin/redis-server ] || ! command -v $name >/dev/null || ln -s "$(command -v $name)" bin/redis-server
done
for name in redis-cli valkey-cli; do
    [ -e bin/redis-cli ] || ! command -v $name >/dev/null || ln -s "$(command -v $name)" bin/redis-cli
done
PATH=$scratch/bin:$PATH
[ -e bin/redis-server ] && [ -e bin/redis-cli ] || { echo '1..0 # SKIP Redis is not installed'; exit 0; }
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }
redis_pid=''
trap 'redis_stop; second_stop; stop; cd / && rm -rf "$scratch"' EXIT

redis() { # redis COMMAND...
    redis-cli -s redis.sock --no-raw "$@" 2>&1
}
redis_answers() {
    redis ping | grep -qE 'PONG|NOAUTH'
}
redis_start() { # redis_start [OPTION...]
    rm -f redis.sock
    redis-server --port 0 --unixsocket "$scratch/redis.sock" --save '' --appendonly no --dir "$scratch" \
        --maxmemory-policy noeviction "$@" >redis.log 2>&1 &
    redis_pid=$!
    until_true test -S redis.sock && until_true redis_answers
}
redis_stop() {
    [ -n "$redis_pid" ] || return 0
    kill -CONT "$redis_pid" 2>/dev/null
    kill -KILL "$redis_pid" 2>/dev/null
    wait "$redis_pid" 2>/dev/null
    redis_pid=''
}
# pretend MODE: something on the socket that answers whatever comes with that
pretend() {
    rm -f redis.sock
    python3 -c '
import os, socket, sys, threading
answers = {
    "garbage": b"HTTP/1.1 400 Bad Request\r\n\r\n", "text": b"$2\r\nOK\r\n", "number": b":1\r\n", "status": b"+QUEUED\r\n",
    "array": b"*1\r\n+OK\r\n", "huge": b"$999999999\r\n" + b"x" * 100000, "many": b"+OK\r\n+OK\r\n+OK\r\n", "half": b"+O",
    "readonly": b"-READONLY You cannot write against a read only replica.\r\n", "loading": b"-LOADING Redis is loading\r\n",
    "denied": b"-NOAUTH Authentication required.\r\n", "moved": b"-MOVED 1 127.0.0.1:1\r\n", "binary": bytes(range(256)),
    "null": b"_\r\n", "minus": b"$-7\r\n",
}
def serve(c):
    try:
        while True:
            got = c.recv(65536)
            if not got or sys.argv[1] == "close":
                break
            c.sendall(answers.get(sys.argv[1], b""))
    except OSError:
        pass
    c.close()
s = socket.socket(socket.AF_UNIX)
s.bind("redis.sock")
s.listen(64)
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()' "$1" >pretend.log 2>&1 &
    redis_pid=$!
    until_true test -S redis.sock
}

# Another host, as far as nginx can tell: an instance of its own with the same Redis.
second_start() {
    mkdir -p second/logs second/temp second/html
    sed -e "s#unix:$scratch/\(front\|front2\|back\|end\)#unix:$scratch/second/\1#" nginx.conf >second/nginx.conf
    "$nginx" -p "$scratch/second" -e "$scratch/second/logs/error.log" -c "$scratch/second/nginx.conf" >out 2>err || return 1
    until_true test -s second/nginx.pid && until_true test -S second/end
}
second_stop() {
    [ -s "$scratch/second/nginx.pid" ] || return 0
    kill -QUIT "$(cat "$scratch/second/nginx.pid")" 2>/dev/null
    rm -f "$scratch/second/nginx.pid"
}
second() { # second PROOF TARGET: as with, there
    : >out
    code=$(curl -sS -m 20 --path-as-is --unix-socket second/front -D head -o out -w '%{http_code}' \
        -H "Signet-Proof: $1" "http://$authority$2" 2>err) || true
}

# Within five seconds a new proof passes again.
passes() {
    with "$(proof GET $authority /)" /
    [ "$code" = 200 ]
}
recovers() {
    tries=0
    until passes; do
        tries=$((tries + 1))
        [ $tries -lt 50 ] || return 1
        sleep 0.1
    done
    : >reached
}
no_worker_died() {
    ! grep -qE 'exited on signal|\[alert\]|\[emerg\]' logs/error.log
}
