#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each dialect against the real nginx: taken, refused again on either worker, refused when anything of it changed.
client_program=$4 pki=$5
case $pki in /*) ;; *) pki=$PWD/$pki ;; esac
case $client_program in /*) ;; *) client_program=$PWD/$client_program ;; esac
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || { echo '1..0 # SKIP openssl is not installed'; exit 0; }

client() {
    "$client_program" "$@"
}
# What is odd, as in dialects.h.
STOLEN=$((1 << 5)) OTHER=$((1 << 6)) BEARER=$((1 << 10)) FULL=$((1 << 14)) BARE=$((1 << 16)) SHA512=$((1 << 19))
FORGED=$((1 << 1)) FORGED_DPOP=$((1 << 2)) FORGED_TOKEN=$((1 << 4)) FORGED_AGENT=$((1 << 3)) THUMBPRINT=$((1 << 8))
UNKNOWN=$((1 << 24)) LATE=$((1 << 26))

client -w
printf short >short
mkdir -m 700 records
{ echo $(($(date +%s) + 290)) && cat record; } >records/31323334353637383930313233343536
chmod 600 records/* secret
openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.pem -subj /CN=$authority -days 2 2>err
for who in one two; do
    openssl req -x509 -newkey rsa:2048 -nodes -keyout $who.key -out $who.pem -subj /CN=$who -days 2 2>err
    openssl x509 -in $who.pem -outform DER -out $who.der 2>err
done

common="signet_pki $pki; signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;
    signet_jwks https://as.example $scratch/issuer.jwks; signet_agent_directory $scratch/agents.jwks;
    signet_record_key $scratch/secret; signet_records file=$scratch/records;
    log_format who '\$uri dialect=\$signet_dialect subject=\$signet_subject scopes=\$signet_scopes agent=\$signet_agent covers=\$signet_covers';
    access_log logs/who.log who;
    server { listen unix:$scratch/shown; access_log reached reached; location / { signet off;
        return 200 'proof=\$http_signet_proof signature=\$http_signature signature-input=\$http_signature_input dpop=\$http_dpop authorization=\$http_authorization'; } }"
configure "$common" "listen unix:$scratch/tls ssl; ssl_certificate $scratch/server.pem; ssl_certificate_key $scratch/server.key;
    ssl_verify_client optional_no_ca;
    signet on; signet_errors json; signet_dialects proof message-signature dpop certificate;
    access_log logs/who.log who;
    location /nonce { signet_dpop_nonce $scratch/secret; proxy_pass http://unix:$scratch/back:; }
    location /loose { signet_unsigned_query on; signet_unsigned_body on; proxy_pass http://unix:$scratch/back:; }
    location /scope { signet_purpose admin; proxy_pass http://unix:$scratch/back:; }
    location /strict { signet_dialects proof; proxy_pass http://unix:$scratch/shown:; }
    location /shown { proxy_pass http://unix:$scratch/shown:; }
    location /dpop { signet_dialects dpop; proxy_pass http://unix:$scratch/back:; }"
check 'starts' start

# send TARGET [CURL'S...]: with the lines of the file `fields`
send() {
    request "$@" -H @fields
}
logged() { # logged TEXT: of the last request
    until_true grep -qF -e "$1" logs/who.log
}
only() { # only WORKER OTHER
    kill -CONT "$1" && kill -STOP "$2"
}

# --- each: taken once, by nobody again, and by nobody when it was changed ---

# shellcheck disable=SC2046 # words
set -- $(workers)
each() { # each NAME DIALECTS ODD CODE: of another target
    client -o "$3" "$2" POST '/x?a=b' hello >fields
    only "$first" "$second"
    send '/x?a=b' -X POST -d hello
    expect "$1: taken" 200
    : >reached
    send '/x?a=b' -X POST -d hello
    refused "$1: not again" 401 REPLAY_DETECTED
    only "$second" "$first"
    send '/x?a=b' -X POST -d hello
    refused "$1: nor by the other worker" 401 REPLAY_DETECTED
    kill -CONT "$first"
    client -o "$3" "$2" POST '/x?a=b' hello >fields
    send '/x?a=b' -X POST -d other
    refused "$1: not with other content" 401 INVALID_SIGNATURE
    client -o "$3" "$2" POST '/x?a=b' hello >fields
    send '/x?a=c' -X POST -d hello
    refused "$1: not with another query" 401 "$4"
    client -o "$3" "$2" POST '/x?a=b' hello >fields
    send '/y?a=b' -X POST -d hello
    refused "$1: not at another path" 401 "$4"
    client -o "$3" "$2" POST '/x?a=b' hello >fields
    send '/x?a=b' -X PUT -d hello
    refused "$1: not with another method" 401 "$4"
    client -o $((${3} | LATE)) "$2" POST '/x?a=b' hello >fields
    send '/x?a=b' -X POST -d hello
    refused "$1: not two minutes later" 401
}
first=$1 second=$2
each proof proof $FULL INVALID_SIGNATURE
each signature message-signature 0 INVALID_SIGNATURE
each 'SHA-512' message-signature $SHA512 INVALID_SIGNATURE
each DPoP dpop 0 INVALID_DPOP_PROOF
each 'proof and signature' proof,message-signature $((FULL | SHA512)) INVALID_SIGNATURE
each 'signature and DPoP' message-signature,dpop $THUMBPRINT INVALID_DPOP_PROOF
each 'three' proof,message-signature,dpop $FULL INVALID

# --- what the upstream sees of it ---

sees() { # sees DIALECTS: the fields of them that reach the upstream, with a blank between, in $seen
    client -o $FULL "$1" GET /shown >fields
    send /shown
    seen=$(tr ' ' '\n' <out | sed -n 's/^\([a-z-]*\)=.\{1,\}/\1/p' | tr '\n' ' ')
}
sees proof
check 'no proof' test "$code $seen" = '200 '
sees message-signature
check 'no signature' test "$code $seen" = '200 '
sees dpop
check 'of DPoP only the token' test "$code $seen" = '200 authorization '
sees proof,message-signature,dpop
check 'nothing else of all of them' test "$code $seen" = '200 authorization '
sees proof,agent
check 'but the signature of an agent' test "$code $seen" = '200 signature signature-input '
client -o $FULL proof,message-signature,dpop GET /strict >fields
send /strict
check 'and what was not asked for' grep -qE 'signature=.+ signature-input=.+ dpop=.+' out
: >reached

# --- who it is ---

client dpop GET /who >fields
send /who
expect 'DPoP says who' 200
check 'in the log' logged '/who dialect=dpop subject=user-1 scopes=read api agent=- covers=method target authority body'
client -o $FULL proof,message-signature,agent GET /agent >fields
send /agent
expect 'an agent with proofs' 200
check 'is named by its key' until_true grep -qE '/agent dialect=proof message-signature subject=- scopes=- agent=[A-Za-z0-9_-]{43} ' logs/who.log
client -o $((FULL | UNKNOWN)) proof,agent GET /unknown >fields
send /unknown
expect 'an agent that is not known' 200
check 'is not named' logged '/unknown dialect=proof subject=- scopes=- agent=- '
client -o $BARE dpop GET '/loose?a=b' >fields
send '/loose?a=b'
expect 'DPoP as others make it, where it may be' 200
check 'covers no query' logged '/loose dialect=dpop subject=user-1 scopes=read api agent=- covers=method path authority'
: >reached

client -e dpop GET /es256 >fields
send /es256
expect 'ES256, as others sign' 200
: >reached
send /es256
refused 'and not again' 401 REPLAY_DETECTED
client -e dpop GET /es256 >fields
send /other
refused 'nor elsewhere' 401 INVALID_DPOP_PROOF

# --- what is refused ---

no() { # no SENTENCE CODE ODD DIALECTS TARGET [CURL'S...]
    sentence=$1 wanted=$2 odd=$3 dialects=$4 at=$5
    shift 5
    client -o "$odd" "$dialects" GET "$at" >fields
    send "$at" "$@"
    refused "$sentence" 401 "$wanted"
}
no 'a stolen token' INVALID_TOKEN $STOLEN dpop /
no 'a token as Bearer that is bound to a key' INVALID_TOKEN $BEARER dpop /
no 'a token of somebody else' INVALID_TOKEN $FORGED_TOKEN dpop /
no 'a forged DPoP proof' INVALID_DPOP_PROOF $FORGED_DPOP dpop /
no 'DPoP without htq' INVALID_DPOP_PROOF $BARE dpop '/?a=b'
no 'a forged signature' INVALID_SIGNATURE $FORGED message-signature /
no 'a good proof with a forged signature' INVALID_SIGNATURE $((FULL | FORGED)) proof,message-signature /
no 'a good proof with a forged DPoP proof' INVALID_DPOP_PROOF $((FULL | FORGED_DPOP)) proof,dpop /
no 'proofs of two clients' PROOFS_DIFFER $((FULL | OTHER)) proof,dpop /
no 'a forged agent' INVALID_SIGNATURE $((FULL | FORGED_AGENT)) proof,agent /
no 'an agent alone' MISSING_PROOF 0 agent /
no 'DPoP where only proofs are taken' MISSING_PROOF 0 dpop /strict
no 'a signature where only DPoP is taken' MISSING_PROOF 0 message-signature /dpop
client dpop GET /scope >fields
send /scope
refused 'a scope that is not served' 403 INSUFFICIENT_SCOPE
check 'which the challenge says' grep -q '^WWW-Authenticate: DPoP .*error="insufficient_scope"' head

# --- challenges ---

request /
refused 'nothing' 401 MISSING_PROOF
grep -i '^www-authenticate: ' head | cut -d' ' -f2 | tr '\n' ' ' >order
check 'all ways are open, in their order' grep -qx 'Bearer DPoP Signet ' order
check 'and signatures are asked for' grep -q '^Accept-Signature: signet=("@method" "@target-uri" "content-digest")' head
request /strict
check 'one way, one challenge' test "$(grep -ci '^www-authenticate: ' head)" = 1
check 'and no other field' test "$(grep -ci '^accept-signature' head)" = 0

# --- nonces ---

nonce() { sed -n 's/\r$//; s/^DPoP-Nonce: //p' head; }
client dpop GET /nonce >fields
send /nonce
refused 'DPoP without nonce' 401 USE_DPOP_NONCE
check 'is told so' grep -q '^WWW-Authenticate: DPoP .*error="use_dpop_nonce"' head
check 'and not to be kept' grep -qi '^Cache-Control: no-store' head
given=$(nonce)
check 'and gets one' test ${#given} = 43
client -n "$given" dpop GET /nonce >fields
send /nonce
expect 'with it, it is taken' 200
check 'and the answer brings the next' test "$(nonce | wc -l)" = 1
: >reached
client -n "$(printf '%s' "$given" | tr 'A-Za-z' 'B-ZAb-za')" dpop GET /nonce >fields
send /nonce
refused 'with another, not' 401 USE_DPOP_NONCE

# --- certificates ---

secure() { # secure CERTIFICATE TARGET: over TLS
    : >out
    code=$(curl -sS -k -m 20 --unix-socket tls --cert "$1.pem" --key "$1.key" -D head -o out -w '%{http_code}' \
        -H @fields "https://$authority$2" 2>err) || true
}
client -c one.der certificate GET /tls >fields
secure one /tls
expect 'a token with its certificate' 200
check 'says who' logged '/tls dialect=certificate subject=user-1 scopes=read api agent=- covers=method target authority body'
secure one /tls?again
expect 'as often as the connection' 200
: >reached
secure two /tls
refused 'with another certificate' 401 INVALID_TOKEN
check 'which the challenge says' grep -q '^WWW-Authenticate: Bearer .*error="invalid_token"' head
send /tls
refused 'without TLS' 401 INVALID_TOKEN
client -o $FORGED_TOKEN -c one.der certificate GET /tls >fields
secure one /tls
refused 'a forged token with the certificate' 401 INVALID_TOKEN
client -o $BEARER -c one.der certificate GET /tls >fields
secure one /tls
refused 'a token of a key as Bearer' 401 INVALID_TOKEN
client -c one.der certificate GET /dpop >fields
secure one /dpop
refused 'where only DPoP is taken' 401 INVALID_TOKEN
check 'which the challenge of DPoP says' grep -q '^WWW-Authenticate: DPoP .*error="invalid_token"' head

check 'no worker died' test "$(grep -c 'exited on signal' logs/error.log)" = 0

# --- what cannot be configured ---

unusable() { # unusable SENTENCE SED TEXT
    sed "$2" nginx.conf >broken.conf
    : >logs/error.log
    refute "$1" "$nginx" -t -p "$scratch" -e "$scratch/logs/error.log" -c "$scratch/broken.conf"
    check "$1: and it is said" grep -qF -e "$3" logs/error.log
}
unusable 'a dialect that is not known' 's/signet_dialects dpop;/signet_dialects saml;/' 'wants names of proof'
unusable 'a dialect twice' 's/signet_dialects dpop;/signet_dialects dpop dpop;/' 'each once'
unusable 'a library that is none' "s,signet_pki [^;]*;,signet_pki $scratch/short;," 'signet_pki: '
unusable 'DPoP without issuers' 's/signet_jwks [^;]*;//' 'without "signet_jwks"'
unusable 'keys that are none' 's,issuer.jwks,master.pem,' 'jwks: not a JSON object'
unusable 'a nonce key that is short' "s,signet_dpop_nonce $scratch/secret,signet_dpop_nonce $scratch/short," 'the key of nonces has 5 bytes'
finish
