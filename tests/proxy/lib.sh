# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the tests of signet-proxy share: the real program with the real nginx and our module, an upstream that says what
# reached it, and curl.
#
# usage: TEST PROXY NGINX MODULE PROOF

LC_ALL=C
export LC_ALL
umask 022
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy GITHUB_TOKEN SIGNET_MASTER_PUBLIC_KEY
absolute() { case $1 in /* | '') echo "$1" ;; *) echo "$PWD/$1" ;; esac; }
proxy=$(absolute "$1") nginx=$2 module=$(absolute "$3") proof_program=$(absolute "$4")
here=$(cd "$(dirname "$0")" && pwd)
[ -n "$nginx" ] || { echo '1..0 # SKIP nginx is not there'; exit 0; }
command -v curl >/dev/null || { echo '1..0 # SKIP curl is not installed'; exit 0; }
export SIGNET_NGINX="$nginx" SIGNET_NGINX_MODULE="$module"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/sp.XXXXXX") || exit 1
mkdir "$scratch/run" "$scratch/home"
chmod 755 "$scratch"
cd "$scratch" || exit 1
export HOME="$scratch/home"
count=0 code='' pid='' helpers='' origin=http://api.example.com authority=api.example.com
: >log
: >err
: >out
trap 'end_all; cd / && rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT PIPE TERM

good() {
    count=$((count + 1))
    echo "ok $count - $1"
}

bad() {
    count=$((count + 1))
    echo "not ok $count - $1"
    echo "#   code: $code"
    tail -n 4 out err log 2>/dev/null | cut -c1-600 | sed 's/^/#   /'
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

finish() {
    echo "1..$count"
}

until_true() { # within ten seconds
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || return 1
        sleep 0.05
    done
}

gone() {
    ! kill -0 "$1" 2>/dev/null
}

end_all() {
    [ -z "$pid" ] || stop TERM
    for helper in $helpers; do kill "$helper" 2>/dev/null; done
}

# upstream: starts one; $up is its port
upstream() {
    rm -f up.port
    python3 "$here/upstream.py" up.port >up.log 2>&1 &
    helpers="$helpers $!"
    until_true test -s up.port || { echo "Bail out! no upstream"; exit 1; }
    up=$(cat up.port)
}

# launch FLAG...: starts the program on the socket `front`, and waits until it answers
launch() {
    rm -f front
    launch_as "$@" || return 1
    until_true answers && ! gone "$pid"
}

launch_as() { # the same without waiting
    "$proxy" --master-key-file master.pem --issuer demo-server --upstream "http://127.0.0.1:$up" \
        --upstream-token-file token --listen "unix:$scratch/front" --origin "$origin" \
        --runtime-dir "$scratch/run" --workers 2 "$@" >>log 2>>err &
    pid=$!
}

answers() {
    gone "$pid" || [ "$(curl -s -m 5 --unix-socket front -o /dev/null -w '%{http_code}' http://x/healthz)" != 000 ]
}

stop() { # stop SIGNAL: its status is the answer
    kill -s "$1" "$pid" 2>/dev/null
    until_true gone "$pid" || { kill -s KILL "$pid"; pid=''; return 99; }
    wait "$pid"
    status=$?
    pid=''
    return $status
}

proof() {
    "$proof_program" "$@"
}

# request TARGET [CURL'S...]: status in $code, body in out, head in head
request() {
    target=$1
    shift
    : >out
    code=$(curl -sS -m 30 --path-as-is --unix-socket front -D head -o out -w '%{http_code}' "$@" "$origin$target" 2>err) || true
}

# signed METHOD TARGET [BODY] -- [CURL'S...]
signed() {
    method=$1 target=$2 body=''
    shift 2
    if [ "$1" != -- ]; then
        body=$1
        shift
        field=$(proof ${purpose:+-u "$purpose"} "$method" "$authority" "$target" "$body")
    else
        field=$(proof ${purpose:+-u "$purpose"} "$method" "$authority" "$target")
    fi
    shift
    if [ -n "$body" ]; then
        request "$target" -X "$method" -H "Signet-Proof: $field" --data-binary "$body" "$@"
    elif [ "$method" = HEAD ]; then
        request "$target" -I -H "Signet-Proof: $field" "$@"
    else
        request "$target" -X "$method" -H "Signet-Proof: $field" "$@"
    fi
}

expect() { # expect SENTENCE STATUS [TEXT]: of the last answer
    if [ "$code" = "$2" ] && { [ $# -lt 3 ] || grep -qF -e "$3" out; }; then good "$1"; else bad "$1"; fi
}

proof -m >master.pem
(umask 077 && printf ' the-secret-credential\r\n' >token)
