#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Other proofs than Signet-Proof through signet-proxy, metadata, and scripts of other origins.
# usage: as lib.sh, then CLIENT PKI
client_program=$5 pki=$6
case $client_program in /*) ;; *) client_program=$PWD/$client_program ;; esac
case $pki in /*) ;; *) pki=$PWD/$pki ;; esac
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
upstream
client() {
    "$client_program" "$@"
}
client -w
cat >resources.json <<'END_OF_FILE'
[{"resource": "https://api.example.com/docs", "path_prefix": "/docs", "authorization_servers": ["https://as.example"], "bearer_methods_supported": ["header"]}]
END_OF_FILE
openssl req -x509 -newkey rsa:2048 -nodes -keyout one.key -out one.pem -subj /CN=$authority -days 2 2>err ||
    { echo '1..0 # SKIP openssl is not installed'; exit 0; }
openssl x509 -in one.pem -outform DER -out one.der
FULL=$((1 << 14)) FORGED_DPOP=$((1 << 2))

send() { # send TARGET [CURL'S...]: with the lines of the file `fields`
    request "$@" -H @fields
}

start() { # start FLAG...: as clients see it, behind TLS
    origin=https://$authority
    launch "$@"
    is_started=$?
    origin=http://$authority
    return $is_started
}

# --- nothing of it without being asked for ---

check 'starts' start
client dpop GET /x >fields
send /x
expect 'DPoP where nothing was said of it' 401
request /.well-known/oauth-protected-resource/docs
expect 'metadata too' 401
request /x -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: GET'
expect 'and preflights' 401
check 'stops' stop TERM

# --- each ---

check 'starts with all of it' start --dialects proof,message-signature,dpop \
    --jwks https://as.example=issuer.jwks --pki "$pki" --resource resources.json --cors https://app.example --cors https://two.example
client dpop POST '/x?a=b' hello >fields
send '/x?a=b' -d hello
expect 'DPoP goes upstream' 200 'POST /x?a=b HTTP/1.1'
check 'with the credential' grep -qxF 'Authorization: Bearer the-secret-credential' out
check 'and no other' test "$(grep -ci '^authorization:' out)" = 1
refute 'and no proof' grep -qi '^dpop' out
send '/x?a=b' -d hello
expect 'and not again' 401
client -e dpop GET /es256 >fields
send /es256
expect 'ES256' 200
client -o $FORGED_DPOP dpop GET /forged >fields
send /forged
expect 'a forged one' 401
client -o $FULL proof,message-signature,dpop GET /three >fields
send /three
expect 'all three' 200
refute 'of which the upstream sees nothing' grep -qiE '^(dpop|signature|signature-input|signet-proof):' out
client -o $FULL proof GET /y >fields
send /y
expect 'a proof alone' 200
request /.well-known/oauth-protected-resource/docs
expect 'metadata' 200 '"resource":"https://api.example.com/docs"'
request /docs/x
expect 'which a challenge' 401
check 'leads to' grep -qi '^WWW-Authenticate: Bearer .*resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/docs"' head
request /x -X OPTIONS -H 'Origin: https://two.example' -H 'Access-Control-Request-Method: GET'
expect 'a preflight' 204
check 'is for its origin' grep -qi '^access-control-allow-origin: https://two.example' head
request /x -X OPTIONS -H 'Origin: https://other.example' -H 'Access-Control-Request-Method: GET'
expect 'which another has not' 401
kill -HUP "$pid"
client dpop GET /reload >fields
send /reload
expect 'all of it after a reload' 200
check 'stops' stop TERM

# --- certificates ---

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
over_tls() { # over_tls TARGET [CURL'S...]
    where=$1
    shift
    : >out
    code=$(curl -sS -k -m 20 --resolve "$authority:$port:127.0.0.1" -o out -w '%{http_code}' -H "Host: $authority" -H @fields \
        "https://$authority:$port$where" "$@" 2>err) || true
}
answers_there() {
    gone "$pid" || curl -sk -m 5 -o /dev/null "https://127.0.0.1:$port/healthz"
}
origin=https://$authority launch_as --audience "https://$authority" --listen "127.0.0.1:$port" --tls-cert one.pem --tls-key one.key --dialects certificate \
    --jwks https://as.example=issuer.jwks
check 'starts with certificates' until_true answers_there
client -c one.der certificate GET /tls >fields
over_tls /tls --cert one.pem --key one.key
expect 'a token with its certificate' 200 'GET /tls HTTP/1.1'
check 'which the upstream does not see' test "$(grep -ci '^authorization:' out)" = 1
over_tls /tls
expect 'without it' 401
check 'stops' stop TERM
finish
