#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What inspect says of anything, and the first rule that it finds broken.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

openssl=$3
inspect() { run "$signet" token inspect "$@"; }
"$openssl" genpkey -algorithm ed25519 -out key.pem 2>"$scratch/err"
"$openssl" pkey -in key.pem -pubout -out key.pub 2>"$scratch/err"
"$signet" token mint --issuer auth.example --audience api --capability read --key key.pem --ephemeral key.pub >t.sig1

inspect t.sig1
expect 'a SIG1 text' 0 'NOT VERIFIED*form               sig1*iss_id           "auth.example"*cap_tokens*(read, action)*signature*(not checked)*' ''
inspect --json t.sig1
expect 'a SIG1 text as JSON' 0 '{*"sig1"*"auth.example"*' ''
check_json
tr -d '\n' <t.sig1 | sed 's/^SIG1/SIG2/' >prefix
inspect --as sig1 prefix
expect 'another prefix' 1 '*the first rule it breaks: *SIG1*' '*'
cut -c 1-400 t.sig1 >shorter
inspect shorter
expect 'one that was cut off' 1 '*the first rule it breaks: *' '*'
inspect --as token t.sig1
expect 'a SIG1 text is no token' 1 '*the first rule it breaks: *' '*'
echo a10102 >canonical
inspect --hex --as cbor canonical
expect 'other CBOR' 0 'NOT VERIFIED*form               cbor*' ''
echo a1180102 >long
inspect --hex --as cbor long
expect 'a head that is not the shortest' 1 '*the first rule it breaks: *shortest*' '*'
inspect key.pub
expect 'a public key' 0 'NOT VERIFIED*form               key*ed25519*' ''
inspect key.pem
expect 'a private key' 0 'NOT VERIFIED*form               key*' ''
refute 'of which the private half is not shown' grep -q "$("$openssl" pkey -in key.pem -outform DER | tail -c 32 | od -An -tx1 | tr -d ' \n')" "$scratch/out"
printf 'v1;m=compact;jti=MTIzNDU2Nzg5MDEyMzQ1Ng;s=x;n=cmVxdWVzdC1ub25jZTEyMw;ts=1700000000' >proof
inspect --as proof proof
expect 'a proof with a short signature' 1 '*the first rule it breaks: *' '*'
: >empty
inspect empty
expect 'nothing' 1 '*there is nothing*' '*'
inspect missing
expect 'no such file' 2 '' 'signet: missing: *'
inspect --as letter t.sig1
expect 'a form that is none' 2 '' '*'

finish
