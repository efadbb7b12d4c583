#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# verify --cert, the certificate check of the Go reference.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

openssl=$3

# issue NAME CA EXTENSION...: NAME.pem under CA.pem
issue() {
    name=$1
    ca=$2
    shift 2
    {
        echo '[v3]'
        for line in "$@"; do echo "$line"; done
    } >extensions
    "$openssl" genpkey -algorithm "${key:-ed25519}" -out "$name.key" 2>/dev/null &&
        "$openssl" req -new -key "$name.key" -subj "/CN=${subject:-$name}" -out "$name.csr" &&
        "$openssl" x509 -req -in "$name.csr" -CA "$ca.pem" -CAkey "$ca.key" -days "${days:-2}" \
            -extfile extensions -extensions v3 -out "$name.pem" 2>/dev/null
}

"$openssl" genpkey -algorithm ed25519 -out ca.key
"$openssl" req -x509 -new -key ca.key -subj '/CN=The CA' -days 30 -out ca.pem \
    -addext basicConstraints=critical,CA:TRUE
"$openssl" genpkey -algorithm ed25519 -out other.key
"$openssl" req -x509 -new -key other.key -subj '/CN=Other CA' -days 30 -out other.pem \
    -addext basicConstraints=critical,CA:TRUE

issue client ca extendedKeyUsage=clientAuth '1.3.6.1.4.1.99999.1.1=DER:0C:07:73:70:6F:6E:73:6F:72' \
    '1.3.6.1.4.1.99999.1.5=DER:61:67:65:6E:74' '1.3.6.1.4.1.99999.1.6=DER:0C:04:72:65:61:64'
run "$signet" verify --cert client.pem --ca ca.pem
expect 'a client certificate' 0 '' "
* Certificate valid
  Subject:   client
  Agent:     agent
  Scope:     read
  Sponsor:   sponsor
  Issuer:    The CA
  Key:       Ed25519
  Valid:     ????-??-??T??:??:??Z → ????-??-??T??:??:??Z
  Remaining: 4[78]h*m0s
"
run "$signet" verify --cert client.pem --ca ca.pem --json
expect 'as JSON' 0 '{*"valid": true*"subject": "client"*"issuer": "The CA"*}' ''
check_json
run "$signet" verify --cert client.pem --ca other.pem
expect 'another CA' 1 '' '*Certificate invalid: *  Issuer:    The CA*certificate verification failed: *'
run "$signet" verify --cert client.pem --ca ca.pem --at 2020-01-01
expect 'before its time' 1 '' '*Certificate invalid: *certificate verification failed: *'
run "$signet" verify --cert client.pem --ca ca.pem --at 2099-01-01
expect 'after its time' 1 '' '*Certificate invalid: *'
refute 'an invalid one has no time remaining' grep -q Remaining "$scratch/err"
run "$signet" verify --cert client.pem
expect 'no CA at all' 2 '' '*no CA at *ca.pem; *--ca'
mkdir -p "$HOME/.signet" && cat other.pem ca.pem >"$HOME/.signet/ca.pem"
run "$signet" verify --cert client.pem
expect 'the CA of the home, the second in its file' 0 '' '*Certificate valid*'

issue server ca extendedKeyUsage=serverAuth
run "$signet" verify --cert server.pem --ca ca.pem
expect 'a certificate for another purpose' 1 '' '*Certificate invalid: *'
issue code ca extendedKeyUsage=codeSigning
run "$signet" verify --cert code.pem --ca ca.pem
expect 'a certificate for signing code' 1 '' '*Certificate invalid: *'
subject=$(printf 'evil\033[31m')
issue evil ca extendedKeyUsage=clientAuth
subject=
run "$signet" verify --cert evil.pem --ca ca.pem
expect 'a name that acts on the terminal does not' 0 '' '*Subject:   evil\\x1b*31m*'

: >empty
run "$signet" verify --cert empty --ca ca.pem
expect 'an empty certificate' 1 '' '*failed to decode cert PEM'
run "$signet" verify --cert missing --ca ca.pem
expect 'a missing certificate' 2 '' '*read cert: missing: No such file or directory'
run "$signet" verify --cert ca.key --ca ca.pem
expect 'a key' 1 '' '*failed to decode cert PEM'
run "$signet" verify --cert client.pem --ca empty
expect 'an empty CA file' 1 '' '*no valid certificates found in CA file empty'
run "$signet" verify --cert client.pem --ca ca.key
expect 'a CA file without certificates' 1 '' '*no valid certificates found in CA file ca.key'
run "$signet" verify --cert client.pem --ca missing
expect 'a missing CA file' 2 '' '*missing: No such file or directory'
sed 's/^M/A/' client.pem >broken.pem
run "$signet" verify --cert broken.pem --ca ca.pem
expect 'a broken certificate' 1 '' '*cert*'
sed '3s/^..../AAAA/' ca.pem >brokenca.pem
run "$signet" verify --cert client.pem --ca brokenca.pem
expect 'a broken CA' 1 '' '*'
finish
