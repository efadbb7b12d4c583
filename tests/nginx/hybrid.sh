#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Message signatures of ML-DSA-44 against the real nginx: taken where signet_hybrid is on, and nowhere else.
client_program=$4 pki=$5
case $pki in /*) ;; *) pki=$PWD/$pki ;; esac
case $client_program in /*) ;; *) client_program=$PWD/$client_program ;; esac
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

OTHER_SIGNER=$((1 << 9)) FORGED=$((1 << 1)) LATE=$((1 << 26)) EARLY=$((1 << 28))
client() { "$client_program" -m "$@"; }
client -w
mkdir -m 700 records
{ echo $(($(date +%s) + 290)) && cat record; } >records/31323334353637383930313233343536
chmod 600 records/* secret

common="signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;
    signet_record_key $scratch/secret; signet_records file=$scratch/records;"
on="signet on; signet_errors json; signet_dialects message-signature; signet_hybrid on;"
configuration() {
    "$nginx" -t -p "$scratch" -e "$scratch/logs/error.log" -c "$scratch/nginx.conf" >out 2>&1
}
configure "$common" "$on"
refute 'it needs signet_pki' configuration
check 'and says so' grep -q '"signet" is on without "signet_pki", which "signet_hybrid" needs in .*nginx.conf:[0-9]' out
configure "signet_pki $pki; $common" "$on"
check 'with it, it is taken' configuration
configure "signet_pki $pki; $common" 'signet on; signet_hybrid maybe;'
refute 'it is on or off' configuration
printf -- '-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n' \
    "$(python3 -c 'import base64; print(base64.b64encode(bytes.fromhex("30820532300b0609608648016503040311038205210" + "0") + b"\x07" * 1312).decode())')" >mldsa.pem
configure "signet_pki $pki; $common signet_master_key demo-server $scratch/mldsa.pem;" 'signet on;'
refute 'a master key of ML-DSA-44 needs it' configuration
check 'and that is said' grep -q '"signet" is on without "signet_hybrid", which a master key of ML-DSA-44 needs in .*nginx.conf:[0-9]' out
configure "signet_pki $pki; $common signet_master_key demo-server $scratch/mldsa.pem;" 'signet on; signet_hybrid on;'
check 'with it, it is one' configuration
configure "$common signet_master_key demo-server $scratch/mldsa.pem;" 'signet on;'
refute 'without signet_pki it is no key' configuration

configure "signet_pki $pki; $common" "$on location /off { signet_hybrid off; proxy_pass http://unix:$scratch/back:; }"
check 'starts' start
send() { # send ODD TARGET [CURL'S...]: signed as POST of "hello" to TARGET
    client -o "$1" message-signature POST "$2" hello >fields
    target=$2
    shift 2
    request "$target" -X POST -d hello -H @fields "$@"
}
send 0 '/x?a=b'
expect 'a signature is taken' 200 'purpose=api'
expect 'and covers the request' 200 'covers=method target authority body'
check 'it is of ML-DSA-44' grep -q 'alg="ml-dsa-44"' fields
: >reached
request '/x?a=b' -X POST -d hello -H @fields
refused 'once' 401 REPLAY_DETECTED
send 0 '/x?a=b' -d other
refused 'not with more content' 401 INVALID_SIGNATURE
send 0 '/x?a=b' -X PUT
refused 'not with another method' 401 INVALID_SIGNATURE
client message-signature POST '/x?a=b' hello >fields
request '/x?a=c' -X POST -d hello -H @fields
refused 'not with another query' 401 INVALID_SIGNATURE
send $FORGED /x
refused 'not forged' 401 INVALID_SIGNATURE
send $OTHER_SIGNER /x
refused 'not of a key that is not the one of the token' 401 INVALID_SIGNATURE
send $LATE /x
refused 'not two minutes later' 401 CLOCK_SKEW
send $EARLY /x
refused 'nor before' 401 CLOCK_SKEW
send 0 /off
refused 'nor where it is off' 401 INVALID_SIGNATURE
send 0 /y
expect 'all the while it is taken' 200 'purpose=api'
finish
