#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Our signatures by `openssl cms -verify`, and those of `openssl cms -sign` by us.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

openssl=$3
"$openssl" version | grep -qE 'OpenSSL (3\.[5-9]|3\.[1-9][0-9]|[4-9])' || {
    echo "1..0 # SKIP no OpenSSL 3.5 or later"
    exit 0
}

echo content >file
echo other >other

# ours FORM SIGNATURE CONTENT CA OPTION...
ours() {
    form=$1
    signature=$2
    content=$3
    ca=$4
    shift 4
    run "$openssl" cms -verify -binary -inform "$form" -in "$signature" -content "$content" \
        -CAfile "$ca" -purpose codesign -out verified "$@"
}

make_key ed25519
"$signet" export-ca >stranger.pem 2>/dev/null
for algorithm in ed25519 ml-dsa-44 hybrid; do
    make_key $algorithm
    "$signet" export-ca >ca.pem 2>/dev/null
    run "$signet" sign file
    ours PEM file.sig file ca.pem -no_check_time
    expect "$algorithm: openssl verifies ours" 0 '' '*Verification successful*'
    check "$algorithm: and gives the content back" cmp verified file
    ours PEM file.sig file ca.pem
    expect "$algorithm: also with its time, within five minutes" 0 '' '*Verification successful*'
    ours PEM file.sig other ca.pem -no_check_time
    expect "$algorithm: not of another content" 4 '' '*'
    ours PEM file.sig file stranger.pem -no_check_time
    expect "$algorithm: not under another CA" 4 '' '*'
    ours PEM file.sig file ca.pem -attime 4070908800
    expect "$algorithm: not in the year 2099" 4 '' '*'
    run "$signet" sign -f der -o file.der file
    ours DER file.der file ca.pem -no_check_time
    expect "$algorithm: DER too" 0 '' '*Verification successful*'
done

# a bare signature
"$signet" export-key --algorithm ml-dsa-44 >mldsa.pem
"$signet" sign -f raw-mldsa -o file.raw file >/dev/null 2>&1
run "$openssl" pkeyutl -verify -pubin -inkey mldsa.pem -rawin -in file -sigfile file.raw
expect 'openssl verifies our bare signature' 0 '*Verified Successfully*' ''
run "$openssl" pkeyutl -verify -pubin -inkey mldsa.pem -rawin -in other -sigfile file.raw
expect 'not of another content' 1 '*Failure*' '*'
"$openssl" genpkey -algorithm ML-DSA-44 -out their.key 2>/dev/null
"$openssl" pkey -in their.key -pubout -out their.pem
"$openssl" pkeyutl -sign -inkey their.key -rawin -in file -out their.raw
run "$signet" verify --key their.pem file their.raw
expect 'we verify the bare signature of openssl' 0 '* file: good signature by key * (ml-dsa-44)' ''
run "$signet" verify --key their.pem other their.raw
expect 'not of another content' 1 '' '* other: BAD signature: *'
run "$signet" verify --key mldsa.pem file their.raw
expect 'not by another key' 1 '' '* file: BAD signature: *'

# theirs
for algorithm in ED25519 ML-DSA-44 RSA EC; do
    set --
    [ $algorithm != EC ] || set -- -pkeyopt ec_paramgen_curve:P-256
    "$openssl" genpkey -algorithm $algorithm -out signer.key "$@" 2>/dev/null
    "$openssl" req -x509 -new -key signer.key -subj "/CN=Signer $algorithm/O=Elsewhere" -days 30 -out signer.pem
    "$openssl" cms -sign -binary -md sha512 -outform PEM -in file -signer signer.pem -inkey signer.key -out file.p7s
    run "$signet" verify --ca signer.pem file file.p7s
    expect "$algorithm: we verify theirs" 0 "* file: good signature by Signer $algorithm (*), signed *" ''
    "$openssl" cms -sign -binary -md sha512 -outform DER -in file -signer signer.pem -inkey signer.key -out file.der
    run "$signet" verify --ca signer.pem --signer "Signer $algorithm" file file.der
    expect "$algorithm: DER too, by name" 0 '* file: good signature *' ''
    run "$signet" verify --ca signer.pem --signer Somebody file file.p7s
    expect "$algorithm: not by another name" 1 '' '* file: unknown signer: *'
    run "$signet" verify --ca signer.pem other file.p7s
    expect "$algorithm: not of another content" 1 '' '* other: BAD signature: *'
    run "$signet" verify file file.p7s
    expect "$algorithm: not without its anchor" 1 '' '* file: unknown signer: genuine signature by *'
    run "$signet" verify --ca ca.pem file file.p7s
    expect "$algorithm: never under the CA of a Signet signer" 1 '' '*cannot vouch for signatures of other programs'
    run "$signet" verify --ca signer.pem --at 2099-01-01 file file.p7s
    expect "$algorithm: not in the year 2099" 1 '' '* file: outside its time: *'
    run "$signet" verify --ca signer.pem --require hybrid file file.p7s
    expect "$algorithm: is not hybrid" 1 '' '* file: BAD signature: *required*'
done

# two signers, and a Signet message under somebody's CA
"$openssl" genpkey -algorithm ED25519 -out second.key
"$openssl" req -x509 -new -key second.key -subj '/CN=Second/O=Elsewhere' -days 30 -out second.pem
"$openssl" cms -sign -binary -md sha512 -outform PEM -in file -signer signer.pem -inkey signer.key \
    -signer second.pem -inkey second.key -out two.p7s
cat signer.pem second.pem >both.pem
run "$signet" verify --ca both.pem file two.p7s
expect 'two signers' 0 '* file: good signature by * (* + *)*' ''
run "$signet" verify --ca signer.pem file two.p7s
expect 'two signers, one anchor' 1 '' '* file: *'
run "$signet" verify --ca signer.pem file
expect 'a Signet message under the CA of others' 1 '' '*no certificate of a Signet signer*'
finish
