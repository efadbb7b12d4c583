#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# signet-proxy over TLS, to clients and to the upstream.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || { echo '1..0 # SKIP openssl is not installed'; exit 0; }
upstream

make_ca() { # make_ca NAME
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days 2 2>/dev/null
}

make_cert() { # make_cert CA NAME SAN
    openssl req -newkey rsa:2048 -nodes -keyout "$2.key" -out "$2.csr" -subj "/CN=$2" 2>/dev/null &&
        printf 'subjectAltName=%s\n' "$3" >"$2.ext" &&
        openssl x509 -req -in "$2.csr" -CA "$1.pem" -CAkey "$1.key" -CAcreateserial -days 2 -extfile "$2.ext" -out "$2.pem" 2>/dev/null
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

over_tls() { # over_tls TARGET CURL'S...: as request() does
    target=$1
    shift
    : >out
    code=$(curl -sS -m 20 --cacert ca.pem --resolve "localhost:$port:127.0.0.1" -D head -o out -w '%{http_code}' "$@" "https://localhost:$port$target" 2>err) || true
}

# shellcheck disable=SC2317 # until_true calls it
answers() {
    gone "$pid" || curl -sk -m 5 -o /dev/null "https://127.0.0.1:$port/healthz"
}

start_tls() {
    port=$(free_port)
    "$proxy" --master-key-file master.pem --issuer demo-server --upstream "http://127.0.0.1:$up" --upstream-token-file token \
        --listen "127.0.0.1:$port" --tls-cert server.pem --tls-key server.key --runtime-dir "$scratch/run" "$@" >>log 2>>err &
    pid=$!
    until_true answers && ! gone "$pid"
}

make_ca ca && make_cert ca server DNS:localhost && make_ca other && make_cert ca client DNS:client && make_cert other stranger DNS:client
check 'starts' start_tls
over_tls /x -H "Signet-Proof: $(proof GET "localhost:$port" /x)"
expect 'a request over TLS' 200 'GET /x HTTP/1.1'
if curl --version | grep -q HTTP2; then
    over_tls /y --http2 -H "Signet-Proof: $(proof GET "localhost:$port" /y)"
    expect 'over HTTP/2' 200 'GET /y HTTP/1.1'
    check 'is HTTP/2' grep -q '^HTTP/2 200' head
    over_tls /z --http2 -H "Signet-Proof: $(proof POST "localhost:$port" /z hello)" -d hello
    expect 'with content' 200 'body 5 '
    over_tls /.. --http2 --path-as-is
    expect 'an unclean path over HTTP/2' 400
    over_tls / --http2
    expect 'no proof over HTTP/2' 401
else
    good 'HTTP/2 # SKIP this curl has none'
fi
over_tls /x --tls-max 1.1
refute 'not with TLS 1.1' test "$code" = 200
code=$(curl -sS -m 20 -o out -w '%{http_code}' "http://localhost:$port/x" 2>err)
expect 'plain HTTP on that port' 400 'This Port Speaks HTTPS'
check 'stops' stop TERM

check 'starts with client certificates' start_tls --tls-client-ca ca.pem
over_tls /x --cert client.pem --key client.key -H "Signet-Proof: $(proof GET "localhost:$port" /x)"
expect 'a client with a certificate' 200
over_tls /x -H "Signet-Proof: $(proof GET "localhost:$port" /x)"
expect 'one without' 400 'Client Certificate Required'
over_tls /x --cert stranger.pem --key stranger.key -H "Signet-Proof: $(proof GET "localhost:$port" /x)"
refute 'one of another CA' test "$code" = 200
check 'stops' stop TERM

# the upstream over TLS
cat >tls_upstream.conf <<END
daemon off;
pid up.pid;
events {}
http {
    access_log off;
    client_body_temp_path up-body;
    proxy_temp_path up-proxy;
    fastcgi_temp_path up-fastcgi;
    uwsgi_temp_path up-uwsgi;
    scgi_temp_path up-scgi;
    server {
        listen 127.0.0.1:$(free_port | tee up.tls) ssl;
        ssl_certificate server.pem;
        ssl_certificate_key server.key;
        location / { return 200 "\$request \$ssl_server_name \$http_host \$http_authorization"; }
    }
}
END
"$nginx" -p "$scratch" -c "$scratch/tls_upstream.conf" -e stderr >up.log 2>&1 &
helpers="$helpers $!"
tls_up=$(cat up.tls)
until_true curl -sk -o /dev/null "https://127.0.0.1:$tls_up/"
answers() { gone "$pid" || [ "$(curl -s -m 5 --unix-socket front -o /dev/null -w '%{http_code}' http://x/healthz)" != 000 ]; }
check 'starts with an upstream over TLS' launch --upstream "https://localhost:$tls_up" --upstream-ca "$scratch/ca.pem"
signed GET /x --
expect 'which is asked' 200 "GET /x HTTP/1.1 localhost localhost:$tls_up Bearer the-secret-credential"
check 'stops' stop TERM
check 'starts with another CA' launch --upstream "https://localhost:$tls_up" --upstream-ca "$scratch/other.pem"
signed GET /x --
expect 'then it is not believed' 502
check 'stops' stop TERM
check 'starts with another name' launch --upstream "https://127.0.0.1:$tls_up" --upstream-ca "$scratch/ca.pem"
signed GET /x --
expect 'then it is not believed' 502
check 'stops' stop TERM
finish
