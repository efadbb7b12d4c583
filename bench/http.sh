#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# usage: bench/http.sh BUILD
#
# The module on the wire, in the nginx that is installed: prints "name, tab, median in nanoseconds" lines, see http.c.
# Three nginx of one worker each, in a folder of their own and on free ports of the loopback: a plain one and one with the
# module on the first processor, what stands behind their proxies on the third, or where there are but two on the second,
# beside the load generator. What answers is empty_gif: `return` does so before the access phase, where the module is. Exit status 2 and a line that says why when it cannot be measured.

set -eu
LC_ALL=C
export LC_ALL
build=$(cd "$1" && pwd)
module=$build/nginx/ngx_http_signet_module.so
nginx=${SIGNET_NGINX-$(command -v nginx || command -v /usr/sbin/nginx || true)}
http=$build/bench/http

skip() { echo "$*"; exit 2; }
[ -n "$nginx" ] || skip "nginx is not installed"
[ -e "$module" ] || skip "nginx-dev was not installed when $1 was built"
processors=$(awk '/^Cpus_allowed_list/ {
    count = split($2, ranges, ",")
    for (i = 1; i <= count; i++) {
        split(ranges[i], ends, "-")
        for (cpu = ends[1]; cpu <= (ends[2] == "" ? ends[1] : ends[2]); cpu++) printf "%d ", cpu
    }
}' /proc/self/status)
# shellcheck disable=SC2086 # words
set -- $processors
[ $# -ge 2 ] || skip "there is one processor, and it takes two"
server_cpu=$1 load_cpu=$2 back_cpu=${3-$2}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/signet-bench.XXXXXX")
stop() {
    for pid_file in "$scratch"/*.pid; do
        [ ! -s "$pid_file" ] || kill -QUIT "$(cat "$pid_file")" 2>/dev/null || true
    done
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

"$http" keys "$scratch/master.key" "$scratch/master.pem"
# shellcheck disable=SC2046 # words
set -- $("$http" ports 6)
plain=$1 plain_proxy=$2 module_200=$3 module_proxy=$4 back=$5 compact=$6
user=''
[ "$(id -u)" != 0 ] || user='user root;'

# start NAME CPU MAIN HTTP: on one worker, which stays on that processor
start() {
    mkdir "$scratch/$1"
    cat >"$scratch/$1.conf" <<CONF
$3
$user
worker_processes 1;
pid $scratch/$1.pid;
error_log $scratch/$1.log error;
events { worker_connections 512; }
http {
    client_body_temp_path $scratch/$1;
    proxy_temp_path $scratch/$1;
    fastcgi_temp_path $scratch/$1;
    uwsgi_temp_path $scratch/$1;
    scgi_temp_path $scratch/$1;
    access_log off;
    keepalive_requests 1000000000;
    upstream back { server 127.0.0.1:$back; keepalive 64; keepalive_requests 1000000000; }
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    $4
}
CONF
    taskset -c "$2" "$nginx" -p "$scratch" -e "$scratch/$1.log" -c "$scratch/$1.conf" >&2
    tries=0
    until [ -n "$(worker "$1")" ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { cat "$scratch/$1.log" >&2; exit 1; }
        sleep 0.05
    done
}
worker() {
    [ ! -s "$scratch/$1.pid" ] || ps -o pid= --ppid "$(cat "$scratch/$1.pid")" | tr -d ' '
}
both() { # both PORT PORT: who answers itself, and who asks the one behind
    echo "server { listen 127.0.0.1:$1; location / { empty_gif; } }"
    echo "server { listen 127.0.0.1:$2; location / { proxy_pass http://back; } }"
}

start back "$back_cpu" '' "server { listen 127.0.0.1:$back; location / { empty_gif; } }"
start plain "$server_cpu" '' "$(both "$plain" "$plain_proxy")"
# One that knows tokens by their id, where the module can remember them.
enrolling='' records=''
if grep -q signet_record_zone "$module"; then
    head -c 32 /dev/urandom >"$scratch/record.key"
    records="signet_record_zone records:4m;
    server {
        listen 127.0.0.1:$compact;
        signet_records zone;
        signet_record_key $scratch/record.key;
        location / { empty_gif; }
        location = /v1/pop/token { signet_enrol on; }
    }"
    enrolling=yes
fi
start module "$server_cpu" "load_module $module;" "signet_replay_zone seen:64m; signet on;
    signet_master_key bench $scratch/master.pem; signet_origin https://api.example.com;
    $(both "$module_200" "$module_proxy") $records"
set -- "$plain/$(worker plain)" "$module_200/$(worker module)" "$plain_proxy/$(worker plain)" "$module_proxy/$(worker module)"
[ -z "$enrolling" ] || set -- "$@" "$compact/$(worker module)"
"$http" measure "$scratch/master.key" "$server_cpu" "$load_cpu" "$@"
