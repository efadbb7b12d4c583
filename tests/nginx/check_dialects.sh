#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Questions of other servers about requests with message signatures and DPoP.
client_program=$4
case $client_program in /*) ;; *) client_program=$PWD/$client_program ;; esac
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

STOLEN=$((1 << 5)) FULL=$((1 << 14)) SHA512=$((1 << 19)) # what is odd, as in dialects.h
"$client_program" -w
mkdir -m 700 records
{ echo $(($(date +%s) + 290)) && cat record; } >records/31323334353637383930313233343536
chmod 600 records/* secret
configure "signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;
    signet_jwks https://as.example $scratch/issuer.jwks; signet_record_key $scratch/secret; signet_records file=$scratch/records;" \
    "signet on; signet_errors json; signet_dialects proof message-signature dpop;
    location = /check { signet_check original statuses=all; }
    location = /unverified { signet_check original body=unverified; }"
check 'starts' start

made() { # made CLIENT'S...: a request's fields
    "$client_program" "$@" >fields
}
ask() { # ask LOCATION METHOD TARGET LENGTH
    request "$1" -H @fields -H "X-Original-Method: $2" -H "X-Original-URI: $3" -H "X-Original-Content-Length: $4"
}
for dialect in message-signature dpop; do
    made $dialect GET '/a?b'
    ask /check GET /c 0
    expect "$dialect: another target" 401
    ask /check DELETE '/a?b' 0
    expect "$dialect: another method" 401
    ask /check GET '/a?b' 0
    expect "$dialect: may pass" 200
    ask /check GET '/a?b' 0
    expect "$dialect: not twice" 401 REPLAY_DETECTED
done
made dpop GET /who
ask /check GET /who 0
check 'DPoP says who' grep -q '^Signet-Subject: user-1.$' head
check 'and what for' grep -q '^Signet-Scopes: read api.$' head
check 'but no token of ours' grep -q '^Signet-Token-Id: *.$' head
made -o $STOLEN dpop GET /a
ask /check GET /a 0
expect 'a stolen token' 401
made message-signature POST /a hello
ask /check POST /a 5
expect 'signed content that cannot be seen' 403 POLICY_MISMATCH
made message-signature POST /a hello
ask /unverified POST /a 5
expect 'which somebody else compares' 200
check 'by its digest' grep -q '^Signet-Body-Digest: sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:' head
refute 'it is not covered yet' grep -q '^Signet-Covers:.*body' head
made -o $SHA512 message-signature POST /a hello
ask /unverified POST /a 5
expect 'unless there is only another digest' 403 POLICY_MISMATCH
made -o $FULL proof,message-signature POST /a hello
ask /unverified POST /a 5
expect 'both proofs say the same' 200
check 'one digest' grep -q '^Signet-Body-Digest: sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:' head
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
