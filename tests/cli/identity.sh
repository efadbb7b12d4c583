#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# For whom tokens and certificates speak.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
openssl=$3
root=$(cd "$here/../.." && pwd)

run "$signet" identity show --help
expect 'help' 0 'usage: signet identity show*example: *signet identity show *' ''
run "$signet" identity
expect 'identity alone' 2 '' 'usage: signet identity show *
try: signet identity show --help'
run "$signet" identity steal
expect 'an unknown command' 2 '' '*unknown command: identity steal*'
run "$signet" identity show --bogus
expect 'an unknown option' 2 '' '*unknown or ambiguous option --bogus*'

umask 077
for key in issuer root holder; do
    "$openssl" genpkey -algorithm ed25519 -out $key.pem 2>"$scratch/err"
    "$openssl" pkey -in $key.pem -pubout -out $key.pub 2>"$scratch/err"
done
head -c 32 /dev/zero >secret
now=1800000000
show() { "$signet" identity show --issuer auth.example --key issuer.pub --audience api --at "@$now" "$@"; }
with_secret() { show --secret-fd 3 "$@" 3<secret; }

# a token written by hand, with a chain of two cells
for change in none wider elsewhere unsigned stranger; do
    python3 "$here/chain.py" "$openssl" issuer.pem root.pem holder.pem "$now" $change >"$change" || echo "Bail out! chain.py"
done
run with_secret --root root.pub none
expect 'a chain' 0 'verified
form               token
identity
  actor            *
  delegator        *
  chain            *
    - *
    - *
  resource         "gcp:storage:bucket"*
  issuer           "auth.example"*
  environment *
    cluster_id     "prod-1"
    image_digest   "sha256:00"
    attestations   0*
  boundary *
    vpc            "vpc-1"
    region         "eu"
    domain         "api.example"
  issued           1800000000 *
  expires          1800000300 *' ''
run with_secret --root root.pub --json none
expect 'as JSON' 0 '{*"verified": true*"actor": "*"chain": ?*"cluster_id": "prod-1"*"region": "eu"*}' ''
check_json
run show --reference --root holder.pub --root root.pub none
expect 'without a secret, as the reference' 0 'verified*' ''
run_with none with_secret --root root.pub
expect 'from standard input' 0 'verified*' ''
run with_secret none
expect 'without a root nothing is believed' 1 '' 'signet: none: cell 0: the owner is not a root that is trusted'
run with_secret --root holder.pub none
expect 'nor with another root' 1 '' '*cell 0: the owner is not a root*'
run with_secret --root root.pub wider
expect 'a cell that allows more' 1 '' '*cell 1: the permissions are wider than those before'
run with_secret --root root.pub elsewhere
expect 'a cell of something else' 1 '' '*cell 1: the resource is not under that of the cell before'
run with_secret --root root.pub unsigned
expect 'a cell of another signer' 1 '' '*cell 1: *'
run with_secret --root root.pub stranger
expect 'a chain of somebody else' 1 '' '*its last owner is not the token*holder'
run with_secret --root root.pub --json stranger
expect 'a refusal as JSON' 1 '{*"verified": false*"code": "TRUST"*}' 'signet: stranger: *'
check_json
run show --root root.pub none
expect 'without a secret' 2 '' '*its pseudonyms need a secret: --secret-fd N, or --reference'
run sh -c '"$1" identity show --unverified --secret-fd 3 none 3</dev/null' sh "$signet"
expect 'an empty secret' 2 '' '*its pseudonyms need a secret*'
run with_secret --root root.pub --at @$((now + 301)) none
expect 'expired' 1 '' '*token has expired'
run with_secret --root root.pub --key root.pub none
expect 'another issuer'\''s key' 1 '' 'signet: none: *'
run with_secret --root root.pub --audience web none
expect 'another audience' 1 '' '*aud_id: *'
run with_secret --root nowhere none
expect 'a root that is no key' 2 '' '*nowhere: neither a key id*'
run "$signet" identity show --unverified --reference none
expect 'unverified, which is said twice' 0 'NOT VERIFIED*"gcp:storage:bucket"*' '*NOT VERIFIED: this is only what is claimed*'
run "$signet" identity show --unverified --reference --json none
expect 'unverified, as JSON' 0 '{*"verified": false*"identity"*}' '*NOT VERIFIED*'
check_json
run "$signet" identity show --unverified --reference wider
expect 'even unverified a broken chain is none' 1 '' '*cell 1: *'

# tokens without a chain: act and del
mint() { "$signet" token mint --issuer auth.example --audience api --key issuer.pem --ephemeral holder.pub "$@"; }
mint --actor alice --delegator bob >basic
now=$(date +%s) # behind what was minted, or it would not be valid yet
run with_secret basic
expect 'actor and delegator' 0 'verified*actor *delegator *issuer           "auth.example"*' ''
refute 'not in clear' grep -q -e alice -e bob "$scratch/out"
mint >plain
now=$(date +%s)
run show plain
expect 'the subject needs no secret' 0 "verified*actor            $("$openssl" pkey -pubin -in holder.pub -outform DER | tail -c 32 | sha256sum | cut -d ' ' -f 1) *" ''
run "$signet" identity show --key issuer.pub plain
expect 'a token without its issuer' 2 '' '*--issuer NAME is missing*'
run "$signet" identity show plain
expect 'a token without any word' 2 '' '*say whose word it must be with --key KEY, or --unverified*'
run "$signet" identity show --unverified --key issuer.pub plain
expect 'verified and unverified' 2 '' '*--unverified believes anybody*'
run show plain basic
expect 'two at a time' 2 '' '*at a time*'
run show --accept nothing plain
expect 'no algorithm' 2 '' '*--accept: *'
head -c 200 basic >short
run show short
expect 'a token cut short' 1 '' 'signet: short: SIG1 *'

# certificates
make_key ed25519
"$signet" export-ca >ca.pem 2>"$scratch/err"
run "$signet" identity show --key own ca.pem
expect 'a certificate' 0 'verified
form               certificate
identity
  owner            "did:key:signet" *
  (a person, without restriction)
  machine          *
  issuer           "did:key:signet" *' ''
run "$signet" identity show --key own --json ca.pem
expect 'as JSON' 0 '{*"form": "certificate"*"owner": "did:key:signet"*"machine": "*}' ''
check_json
run "$signet" identity show --key issuer.pub ca.pem
expect 'of somebody else' 1 '' 'signet: ca.pem: *'
run "$signet" identity show --key own --at @1000000000 ca.pem
expect 'not valid yet' 1 '' 'signet: ca.pem: *'
run "$signet" identity show --unverified ca.pem
expect 'unverified' 0 'NOT VERIFIED*' '*NOT VERIFIED*'
head -c 300 ca.pem >short.pem
run "$signet" identity show --unverified short.pem
expect 'cut short' 1 '' 'signet: short.pem: *'
run_with /dev/null "$signet" identity show --unverified
expect 'nothing' 2 '' 'signet: standard input: *'
run "$signet" identity show --unverified nowhere
expect 'no such file' 2 '' 'signet: nowhere: *'
run sh -c 'exec "$1" identity show --key own ca.pem >&-' sh "$signet"
expect 'a closed standard output' 2 '' '*cannot write*'
check 'the manual names what tests are about' grep -q 'Fl -unverified' "$root/docs/man/signet-identity.1"
finish
