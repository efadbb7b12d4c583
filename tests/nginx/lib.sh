# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the tests of the nginx module share: the real nginx in a folder of its own, on sockets in it,
# with two workers; behind it a second server that writes down what reaches it.
#
# usage: TEST NGINX MODULE PROOF

LC_ALL=C
export LC_ALL
umask 022
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
nginx=$1 module=$2 proof_program=$3
case $module in /*) ;; *) module=$PWD/$module ;; esac
case $proof_program in /*) ;; *) proof_program=$PWD/$proof_program ;; esac
[ -n "$nginx" ] || { echo '1..0 # SKIP nginx is not installed'; exit 0; }
command -v curl >/dev/null || { echo '1..0 # SKIP curl is not installed'; exit 0; }

scratch=$(mktemp -d "${TMPDIR:-/tmp}/signet-nginx.XXXXXX") || exit 1
mkdir "$scratch/logs" "$scratch/temp" "$scratch/html"
cd "$scratch" || exit 1
: >err
: >reached
trap 'stop; cd / && rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT PIPE TERM
count=0 code='' authority=api.example.com

good() {
    count=$((count + 1))
    echo "ok $count - $1"
}

bad() {
    count=$((count + 1))
    echo "not ok $count - $1"
    echo "#   code: $code"
    tail -n 3 out err logs/error.log 2>/dev/null | sed 's/^/#   /'
}

check() { # check SENTENCE COMMAND...
    sentence=$1
    shift
    if "$@" >check.out 2>&1; then good "$sentence"; else bad "$sentence"; fi
}

refute() {
    sentence=$1
    shift
    if "$@" >check.out 2>&1; then bad "$sentence"; else good "$sentence"; fi
}

proof() {
    "$proof_program" "$@"
}

by() { # by STATUS SENTENCE PATTERN COMMAND...: exit status, and what it printed on both
    wanted=$1 sentence=$2 pattern=$3
    shift 3
    "$@" >out 2>err
    code=$?
    if [ $code = "$wanted" ] && { cat out err && echo; } | tr '\n' ' ' | grep -q -e "$pattern"; then good "$sentence"; else bad "$sentence"; fi
}

finish() {
    echo "1..$count"
}

# configure HTTP SERVER: directives of http and of the server in front; `location /` goes upstream.
configure() {
    user=''
    [ "$(id -u)" != 0 ] || user='user root;'
    cat >nginx.conf.new <<END
load_module $module;
$user
worker_processes 2;
pid nginx.pid;
error_log logs/error.log info;
events { worker_connections 256; }
http {
    client_body_temp_path temp/body;
    proxy_temp_path temp/proxy;
    fastcgi_temp_path temp/fastcgi;
    uwsgi_temp_path temp/uwsgi;
    scgi_temp_path temp/scgi;
    default_type text/plain;
    keepalive_requests 1000000;
    log_format verdict '\$status \$request_method \$uri verdict=\$signet_verdict reason=\$signet_reason allows=\$signet_capabilities until=\$signet_expires for=\$signet_audience';
    log_format reached '\$request proof=\$http_signet_proof body=\$request_body';
    access_log logs/access.log verdict;
    $1
    server {
        listen unix:$scratch/front;
        listen unix:$scratch/front2 http2;
        $2
        add_header Worker \$pid always;
        proxy_set_header Token-Id \$signet_token_id;
        proxy_set_header Issuer \$signet_issuer;
        proxy_set_header Purpose \$signet_purpose;
        proxy_set_header Key \$signet_key;
        proxy_set_header Covers "\$signet_covers";
        proxy_set_header Verdict \$signet_verdict;
        location / {
            proxy_pass http://unix:$scratch/back:;
        }
    }
    server {
        listen unix:$scratch/back;
        access_log reached reached;
        location / {
            signet off;
            proxy_pass http://unix:$scratch/end:;
        }
    }
    server {
        listen unix:$scratch/end;
        access_log off;
        location / {
            return 200 'token=\$http_token_id issuer=\$http_issuer purpose=\$http_purpose key=\$http_key covers=\$http_covers verdict=\$http_verdict proof=\$http_signet_proof';
        }
    }
}
END
    mv nginx.conf.new nginx.conf
}

start() {
    rm -f front front2 back end # what a killed one left
    "$nginx" -p "$scratch" -e "$scratch/logs/error.log" -c "$scratch/nginx.conf" >out 2>err || { cat err; return 1; }
    until_true test -s nginx.pid && until_true test -S end
}

stop() {
    [ -s "$scratch/nginx.pid" ] || return 0
    master=$(cat "$scratch/nginx.pid")
    kill -QUIT "$master" 2>/dev/null
    until_true gone "$master" || kill -KILL "$master"
    rm -f "$scratch/nginx.pid"
}

gone() {
    ! kill -0 "$1" 2>/dev/null
}

until_true() { # within ten seconds
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || return 1
        sleep 0.05
    done
}

workers() {
    ps -o pid= --ppid "$(cat nginx.pid)"
}

# request TARGET [CURL'S...]: through the front; its status in $code, its body in out, head in head.
request() {
    target=$1
    shift
    : >out
    code=$(curl -sS -m 20 --path-as-is --unix-socket front -D head -o out -w '%{http_code}' \
        "$@" "http://$authority$target" 2>err) || true
}

# with PROOF TARGET [CURL'S...]
with() {
    value=$1
    shift
    request "$@" -H "Signet-Proof: $value"
}

# expect SENTENCE STATUS [TEXT]: of the last answer
expect() {
    if [ "$code" = "$2" ] && { [ $# -lt 3 ] || grep -qF -e "$3" out; }; then good "$1"; else bad "$1"; fi
}

# refused SENTENCE STATUS [CODE]: and nothing of it reached the upstream
refused() {
    if [ "$code" = "$2" ] && [ ! -s reached ] && { [ $# -lt 3 ] || grep -qF -e "$3" out; }; then
        good "$1"
    else
        bad "$1"
    fi
    : >reached
}

# raw [CUT]: the bytes of the file `sent` to the front as they are; the answer's status in $code, all of it in out;
# with a word the client then closes its side
raw() {
    python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(20)
s.connect("front")
try:
    s.sendall(open("sent", "rb").read())
    if sys.argv[1:]:
        s.shutdown(socket.SHUT_WR)
except OSError:
    pass
answer = b""
try:
    while True:
        got = s.recv(65536)
        if not got:
            break
        answer += got
except OSError:
    pass
sys.stdout.buffer.write(answer)' "$@" >out 2>err
    code=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' out)
}
