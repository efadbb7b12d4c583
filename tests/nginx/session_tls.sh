#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# signet session over real TLS, and with master keys of ML-DSA-44: the certificate of the service is judged by
# --cacert, and by the name that the URL has; a hybrid signer says which of the two keys it means.
#
# usage: TEST NGINX MODULE PROOF SIGNET PKI OPENSSL
signet=$4 pki=$5 openssl=$6
case $signet in /*) ;; *) signet=$PWD/$signet ;; esac
case $pki in /*) ;; *) pki=$PWD/$pki ;; esac
case $openssl in /*) ;; *) openssl=$PWD/$openssl ;; esac
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
[ -x "$openssl" ] || { echo '1..0 # SKIP openssl is not there'; exit 0; }

unset SIGNET_SESSION SIGNET_HOME XDG_RUNTIME_DIR XDG_CONFIG_HOME SIGNET_NOW CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR
HOME=$scratch/home
export HOME
mkdir "$HOME"
own() { # own NAME ALGORITHM: a signer with a home of its own
    "$signet" sign --init --insecure --home "$scratch/$1" --algorithm "$2" >out 2>&1 || { cat out; echo 'Bail out! no key'; exit 1; }
}
own ed ed25519
own pq ml-dsa-44
own both hybrid
public() { "$signet" export-key --home "$scratch/$1" --algorithm "$2" >"$3" 2>err || { cat err; echo 'Bail out! no public key'; exit 1; }; }
public ed ed25519 ed.pem
public pq ml-dsa-44 pq.pem
public both ed25519 both-ed.pem
public both ml-dsa-44 both-pq.pem
head -c 32 /dev/urandom >record.key
mkdir -m 700 records

# an authority, and certificates of it: for this machine, for another name, and one that has expired
authority() {
    "$openssl" req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
        -keyout "$1.key" -out "$1.pem" 2>err
}
certificate() { # certificate FILE SAN [OPTION...]
    name=$1
    printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\n' "$2" >"$name.ext"
    shift 2
    "$openssl" req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout "$name.key" \
        -out "$name.csr" 2>err &&
        "$openssl" x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -extfile "$name.ext" -out "$name.pem" \
            "$@" 2>err
}
printf '[req]\ndistinguished_name=dn\nx509_extensions=ca\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n' >openssl.cnf
OPENSSL_CONF=$scratch/openssl.cnf
export OPENSSL_CONF
{ authority ca && authority stranger && certificate here IP:127.0.0.1 -days 2 && certificate elsewhere DNS:elsewhere.example -days 2 &&
    certificate old IP:127.0.0.1 -not_before 20200101000000Z -not_after 20200201000000Z; } ||
    { cat err; echo 'Bail out! openssl makes no certificates'; exit 1; }

serve() {
    for _ in 1 2 3 4 5; do
        # shellcheck disable=SC2046 # words
        set -- $(python3 -c '
import socket
all = [socket.socket() for _ in range(3)]
for s in all: s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in all])')
        here=https://127.0.0.1:$1 elsewhere=https://127.0.0.1:$2 old=https://127.0.0.1:$3
        # one server with all three certificates: what is signed for one origin is of no use at another
        locations="signet on; signet_full off; signet_errors json; signet_records file=$scratch/records; signet_dialects proof message-signature; signet_hybrid on;
            location = /v1/pop/token { signet_enrol on; }"
        configure "signet_pki $pki; signet_replay_zone seen:1m; signet_record_key $scratch/record.key;
            signet_master_key ed $scratch/ed.pem; signet_master_key pq $scratch/pq.pem;
            signet_master_key both $scratch/both-ed.pem; signet_master_key both $scratch/both-pq.pem;
            signet_origin $here; signet_origin $elsewhere; signet_origin $old;
            server { listen 127.0.0.1:$2 ssl; ssl_certificate $scratch/elsewhere.pem; ssl_certificate_key $scratch/elsewhere.key; $locations }
            server { listen 127.0.0.1:$3 ssl; ssl_certificate $scratch/old.pem; ssl_certificate_key $scratch/old.key; $locations }" \
            "listen 127.0.0.1:$1 ssl; ssl_certificate $scratch/here.pem; ssl_certificate_key $scratch/here.key; $locations"
        start && return 0
    done
    return 1
}
check 'starts' serve
session() { # session HOME ALGORITHM URL [OPTION...]
    home=$1 algorithm=$2 url=$3
    shift 3
    "$signet" session --home "$scratch/$home" --algorithm "$algorithm" --admin "$url" --issuer "$home" "$@"
}
signed() { # signed HOME [CURL'S...]
    home=$1
    shift
    "$signet" curl --home "$scratch/$home" --session --issuer "$home" -- -sS --cacert ca.pem "$@"
}

# --- whose certificate is believed ---
: >logs/access.log
by 2 'an authority nobody named' 'certificate' session ed ed25519 "$here"
by 2 'another authority' 'certificate' session ed ed25519 "$here" --cacert stranger.pem
by 2 'a certificate for another name' 'certificate' session ed ed25519 "$elsewhere" --cacert ca.pem
by 2 'a certificate of the past' 'certificate' session ed ed25519 "$old" --cacert ca.pem
by 2 'a file that is not there' 'none.pem' session ed ed25519 "$here" --cacert none.pem
printf 'nothing\n' >empty.pem
by 2 'a file without certificates' . session ed ed25519 "$here" --cacert empty.pem
by 2 'and http to elsewhere is none' 'use https' session ed ed25519 http://elsewhere.example
check 'none of them got the proof' test ! -s logs/access.log
by 0 'the right one' 'good for 300 seconds' session ed ed25519 "$here" --cacert ca.pem
by 0 'its session is used' 'purpose=http' signed ed "$here/x"
by 0 'and ended, over TLS too' '^ *$' "$signet" session --home "$scratch/ed" --end --issuer ed --cacert ca.pem

# --- master keys of ML-DSA-44 ---
by 0 'a master key of ML-DSA-44' 'good for 300 seconds' session pq ml-dsa-44 "$here" --cacert ca.pem
by 0 'its session is used' 'issuer=pq purpose=http' signed pq "$here/x"
by 0 'with content' 'covers=method target authority body' signed pq -d a=b "$here/x?y"
by 0 'a hybrid signer, by Ed25519' 'good for 300 seconds' session both ed25519 "$here" --cacert ca.pem
by 0 'is known' 'issuer=both' signed both "$here/x"
by 0 'and by ML-DSA-44' 'good for 300 seconds' session both ml-dsa-44 "$here" --cacert ca.pem --new
check 'by a signature that is as long' sh -c 'find both/sessions -name "*.session" | xargs awk "length > 3000 { found = 1 } END { exit !found }"'
by 0 'is known as well' 'issuer=both' signed both "$here/x"
by 2 'but by both at once there is no session' 'ed25519 or ml-dsa-44' session both hybrid "$here" --cacert ca.pem --new
by 1 'a key of ML-DSA-44 under the name of another' '40[13]' \
    "$signet" session --home "$scratch/pq" --algorithm ml-dsa-44 --admin "$here" --issuer ed --cacert ca.pem

# --- a message signature that is refused: which covered component differs ---
"$signet" proof --home "$scratch/both" --session --issuer both --dialect message-signature --body ed.pem POST "$here/a%2Fb?x=1" >fields 2>err
by 0 'a message signature of a session is taken' 'issuer=both' \
    curl -sS --cacert ca.pem -H @fields -H 'Content-Type:' --data-binary @ed.pem "$here/a%2Fb?x=1"
keyid=$(sed -n 's/.*keyid="\([0-9a-f]*\)".*/\1/p' fields)
sed 1d "records/$keyid" >record
save() { # save METHOD TARGET HOST [FIELD]
    {
        printf '%s %s HTTP/1.1\nHost: %s\n' "$1" "$2" "$3"
        cat fields
        [ -z "$4" ] || printf '%s\n' "$4"
        printf 'Content-Length: %s\n\n' "$(wc -c <ed.pem)"
        cat ed.pem
    } >request
}
explained() { # explained STATUS SENTENCE PATTERN [ORIGIN]
    by "$1" "$2" "$3" "$signet" explain --dialect message-signature --master-key both-pq.pem --master-key both-ed.pem \
        --origin "${4:-$here}" --record record --record-key record.key request
}
host=${here#https://}
save POST '/a%2Fb?x=1' "$host"
explained 0 'explained, it is accepted' 'verdict *accepted'
save PUT '/a%2Fb?x=1' "$host"
explained 1 'another method' 'dialect *message-signature.*differs.* method  *seen *"PUT" *signed *"POST" *$'
save POST '/a/b?x=1' "$host" 'X-Original-URI: /a%2Fb?x=1'
explained 1 'another target' 'differs.* target  *seen *"/a/b?x=1" *signed *"/a%2Fb?x=1" *$'
save POST '/a%2fb?x=1' "$host"
explained 1 'another spelling of it' 'differs.* target  *seen *"/a%2fb?x=1" *signed *"/a%2Fb?x=1" *$'
save PUT '/a%2fb?x=1' "$host"
explained 1 'both' 'differs.* method  *seen.* target  *seen.*signed *"/a%2Fb?x=1" *$'
save POST '/a%2Fb?x=1' 127.0.0.1 "X-Forwarded-Host: $host"
explained 1 'another authority' 'differs.* authority  *seen *"127.0.0.1" *signed *"127.0.0.1:[0-9]*" *$' https://127.0.0.1
save POST '/a%2Fb?x=1' "$host"
explained 1 'another scheme' 'differs.* scheme  *seen *"http" *signed *"https" *$' "http://$host"
sed -i 's/^Content-Digest: .*/Content-Digest: sha-256=:47DEQpj8HBSa+\/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:/' request
explained 1 'another digest' 'differs.* content  *seen *"sha-256=:47DEQ.*signed *"sha-256=:'
save POST '/a%2Fb?x=1' "$host"
printf x >>request
sed -i 's/^Content-Length: .*/Content-Length: '$(($(wc -c <ed.pem) + 1))'/' request
explained 1 'content with a byte more' 'differs.* content  .*signed .*one byte more'
save POST /nobody "$host"
explained 1 'what nobody guesses' 'none of [0-9]* likely changes'
finish
