#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Making tokens and checking them: what passes, and above all what does not.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
openssl=$3
root=$(cd "$here/../.." && pwd)

for command in mint verify inspect; do
    run "$signet" token "$command" --help
    expect "token $command --help" 0 "usage: signet token $command*example: *signet token *" ''
    # shellcheck disable=SC2013 # words, on purpose
    for option in $(grep -o -e '--[a-z-]*' "$scratch/out" | sort -u); do
        check "token $command $option is in the manual" grep -q -e "Fl [^\"]*${option#-}" "$root/docs/man/signet-token.1"
        for shell in bash zsh fish; do
            check "token $command $option is in the completion of $shell" grep -q -e "${option#--}" "$root/tools/completion/signet.$shell"
        done
    done
    run "$signet" token "$command" --bogus
    expect "token $command --bogus" 2 '' "signet: unknown or ambiguous option --bogus
try: signet token $command --help"
done
run "$signet" token
expect 'token alone' 2 '' 'usage: signet token *
try: signet token --help'
run "$signet" token forge
expect 'an unknown command' 2 '' '*unknown command: token forge*'

make_key ed25519
umask 077
"$openssl" genpkey -algorithm ed25519 -out other.pem 2>"$scratch/err"
"$openssl" pkey -in other.pem -pubout -out other.pub 2>"$scratch/err"
"$openssl" genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem 2>"$scratch/err"
"$openssl" pkey -in ec.pem -pubout -out ec.pub 2>"$scratch/err"
"$signet" export-key >own.pub
head -c 32 /dev/zero >secret

# --- mint and verify ---
SIGNET_NOW=1800000000
export SIGNET_NOW
run "$signet-test" token mint --issuer me --audience api --capability write --capability 1 --capability read \
    --ephemeral other.pub --actor alice --delegator bob --epoch 7 --nonce 000102030405060708090a0b0c0d0e0f
expect 'mint' 0 'SIG1.*.*' '*stored unprotected*'
cp "$scratch/out" token
check 'one line' test "$(wc -l <token)" -eq 1
verify() { "$signet" token verify --issuer me --audience api --key own --at @1800000000 "$@"; }
run verify token
expect 'verify' 0 '* token: genuine and valid; the issuer says:
claims
  iss_id           "me"  (issuer)
  aud_id           "api" *
  sub_ppid         *
  exp              1800000300 2027-01-15T08:05:00Z *
  nbf              1800000000 *
  cap_tokens *
    - 1  (read, action)
    - 2  (write, action)
  jti *
  act              {"id": "alice"} *
  del              {"id": "bob"} *
  nonce            000102030405060708090a0b0c0d0e0f *
  eph_kid *
  epoch            7 *' ''
run verify --json token
expect 'verify as JSON' 0 '{*"verified": true*"mode": "issuer"*"iss_id": "me"*"act": {"id": "alice"}*"epoch": 7*}' ''
check_json
check 'cap_id is formula A of the list' grep -q "\"cap_id\": \"$("$signet" capability id read write | head -n 1)\"" "$scratch/json"
run_with token verify
expect 'from standard input' 0 '* standard input: genuine*' ''
run_with token verify -
expect 'from -' 0 '* standard input: genuine*' ''
run verify --key own.pub token
expect 'a key in a file' 0 '*' ''
run verify --key "$("$signet" export-key-id)" token
expect 'a key id' 0 '*' ''
run verify --is-master token
expect 'the key is the master of the token too' 0 '*' ''
run sh -c '"$1" token mint --issuer me --audience api --ephemeral other.pub 2>/dev/null | "$1" token verify --issuer me --audience api --key own' sh "$signet"
expect 'mint | verify' 0 '* standard input: genuine*' ''
run sh -c '"$1" token mint --issuer me --audience api --ephemeral other.pub 2>/dev/null | "$1" token inspect --json' sh "$signet"
expect 'mint | inspect' 0 '{*"trusted": false*"form": "sig1"*"now": "valid"*}' ''

# times, both ends inclusive
verify_at() { "$signet" token verify --issuer me --audience api --key own --at "$@" token; }
run verify_at @1800000300
expect 'on its last second' 0 '*genuine*' ''
run verify_at @1800000301
expect 'on the second after' 1 '' 'signet: token: exp: token has expired'
run verify_at @1800000301 --skew 1
expect 'with one second of skew' 0 '*genuine*' ''
run verify_at @1799999999
expect 'a second early' 1 '' 'signet: token: nbf: token is not valid yet'
run verify_at 2027-01-15T08:00:00Z
expect 'a time in words' 0 '*genuine*' ''
run "$signet-test" token verify --issuer me --audience api --key own token
expect 'the clock' 0 '*genuine*' ''
run "$signet" token verify --issuer me --audience api --key own token
refute 'an installed program does not obey SIGNET_NOW' "$signet" token verify --issuer me --audience api --key own token
run verify_at @1800000301 --skew 61
expect 'too much skew' 2 '' '*--skew must be a number from 0 to 60*'
run verify_at noon
expect 'a time that is none' 2 '' '*--at: *'

# whose and for whom
run verify --issuer you token
expect 'another issuer' 1 '' 'signet: token: iss_id: the token is of another issuer'
run verify --audience web token
expect 'another audience' 1 '' 'signet: token: aud_id: the token is for another audience'
run verify --key other.pub token
expect 'another key' 1 '' 'signet: token: *'
run verify --key other.pub --json token
expect 'a refusal as JSON' 1 '{*"verified": false*"code": "SIGNATURE"*}' 'signet: token: *'
check_json
run "$signet" token verify --issuer me --key own --at @1800000000 --allow-no-audience token
expect 'a token for somebody is not for nobody' 1 '' '*aud_id: the token is for an audience*'
"$signet-test" token mint --issuer me --ephemeral other.pub >no_audience 2>/dev/null
run verify no_audience
expect 'a token for nobody' 1 '' '*aud_id: the token is for no audience*'
run verify --allow-no-audience no_audience
expect 'when it may be' 0 '*genuine*' ''
"$signet-test" token mint --issuer me --audience api --ephemeral other.pub --confirmation other.pub >confirmed 2>/dev/null
run verify confirmed
expect 'bound to another master key' 0 '*genuine*' ''
run verify --is-master confirmed
expect 'which the key is not' 1 '' '*cnf: the token names another key'

# algorithms
"$signet-test" token mint --issuer me --audience api --key ec.pem --ephemeral other.pub >es256
run verify --accept es256 --key ec.pub es256
expect 'ES256' 0 '*genuine*' ''
run verify --key ec.pub es256
expect 'an algorithm that is not accepted, by its key' 1 '' '*ec.pub: a key of an algorithm not accepted here'
run verify --key own es256
expect 'an algorithm that is not accepted, by the message' 1 '' 'signet: es256: *algorithm*'
run verify --accept es256 --key ec.pub token
expect 'a message of the other algorithm' 1 '' '*'
run verify --accept es256,ed25519 --key ec.pub token
expect 'and of both' 1 '' '*'
run verify --accept rsa token
expect 'an algorithm that there is not' 2 '' "*--accept: 'rsa' is no algorithm*"
run verify --accept ed25519,ed25519 token
expect 'an algorithm twice' 2 '' '*ed25519 stands twice*'
run verify --accept '' token
expect 'no algorithm' 2 '' '*is no algorithm*'
rm -rf "$HOME/pq" && HOME=$HOME/pq && mkdir "$HOME" && make_key hybrid
"$signet-test" token mint --issuer me --audience api --algorithm ml-dsa-44 --ephemeral other.pub >pq 2>/dev/null
run verify --accept ml-dsa-44 pq
expect 'ML-DSA-44' 0 '*genuine*' ''
run verify --accept ed25519,ml-dsa-44 pq
expect 'own is the key of the algorithm' 0 '*genuine*' ''
run verify pq
expect 'ML-DSA-44 is not accepted by default' 1 '' '*'
run "$signet" token mint --issuer me --algorithm hybrid --ephemeral other.pub
expect 'a token has one signature' 2 '' '*a token has one signature*'
HOME=${HOME%/pq}

# broken texts: each is refused, and so is each of many
run_with /dev/null verify
expect 'nothing' 1 '' 'signet: standard input: SIG1 text is empty'
{ cat token && cat token; } >double
run verify double
expect 'two tokens' 1 '' 'signet: double: SIG1 signature is not base64url*'
{ tr -d '\n' <token && cat token; } >glued
run verify glued
expect 'one token twice' 1 '' 'signet: glued: SIG1 *'
printf ' %s\n' "$(cat token)" >spaced
run verify spaced
expect 'a space before it' 1 '' 'signet: spaced: SIG1 text does not begin with SIG1.'
{ cat token && echo; } >two_ends
run verify two_ends
expect 'two line ends' 1 '' 'signet: two_ends: SIG1 *'
printf '%s\r\n' "$(cat token)" >crlf
run verify crlf
expect 'CR LF is a line end too' 0 '*genuine*' ''
head -c 20000 /dev/zero >huge
run verify huge
expect 'something huge' 1 '' 'signet: huge: larger than *'
run verify /dev/zero
expect 'something endless' 1 '' '*/dev/zero: larger than *'
run verify nowhere
expect 'no such file' 2 '' 'signet: nowhere: *'
run verify .
expect 'a directory' 2 '' 'signet: *'

python3 - <<'END'
text = open('token').read().rstrip('\n')
for at in range(0, len(text), 9):
    for bit in (1, 4):
        changed = text[:at] + chr(ord(text[at]) ^ bit) + text[at + 1:]
        open('changed.%d.%d' % (at, bit), 'w').write(changed + '\n')
for length in range(0, len(text), 23):
    open('changed.cut.%d' % length, 'w').write(text[:length])
# the token of one, the signature of another
part = text.split('.')
open('changed.swap', 'w').write('.'.join([part[0], open('confirmed').read().split('.')[1], part[2]]))
END
passed=0
for file in changed.*; do
    verify "$file" >"$scratch/out" 2>"$scratch/err"
    status=$?
    if [ "$status" != 1 ] || [ -s "$scratch/out" ] || [ "$(wc -l <"$scratch/err")" -ne 1 ]; then
        passed=1
        break
    fi
done
check 'bits flipped, cut short, mixed: all refused in one line' test "$passed" = 0
check 'there were many' test "$(find . -name 'changed.*' | wc -l)" -ge 150

# --- pseudonyms ---
mint() { "$signet-test" token mint --issuer me --audience api "$@"; }
pseudonym() { # the subject of the token of that user, with descriptor 3
    mint --subject-of "$1" --ppid-secret-fd 3 2>/dev/null 3<secret | verify --json | sed -n 's/.*"sub_ppid": "\([0-9a-f]*\)".*/\1/p'
}
check 'a pseudonym of 64 digits' test "$(pseudonym alice | wc -c)" -eq 65
check 'each token has its own' test "$(pseudonym alice)" != "$(pseudonym alice)"
run sh -c '"$1" token mint --issuer me --subject-of alice --ppid-secret-fd 3 3</dev/null' sh "$signet"
expect 'no secret' 2 '' '*a secret of 0 bytes, at least 32'
run sh -c '"$1" token mint --issuer me --subject-of alice --ppid-secret-fd 3 3<&-' sh "$signet"
expect 'no descriptor' 2 '' '*--ppid-secret-fd: cannot read from descriptor 3'
run mint --subject-of alice
expect 'a pseudonym without its secret' 2 '' '*--subject-of and --ppid-secret-fd belong together*'

# --- holder mode ---
run mint --holder --purpose login --ephemeral-out holder.pem --json
expect 'mint for oneself' 0 '{*"sig1": "SIG1.*"proof": {*"ephemeral": "*"binding": "*"exp": 1800000300,*"purpose": "login"*}*}' '*'
check_json
check 'the key is for its owner only' test "$(stat -c %a holder.pem)" = 600
cp "$scratch/json" holder.json
member() { sed -n "s/.*\"$1\": \"\\([^\"]*\\)\".*/\\1/p" holder.json; }
member sig1 >holder
held() { "$signet" token verify --holder --master own --ephemeral "$(member ephemeral)" --binding "$(member binding)" --purpose login --at @1800000000 "$@"; }
run held holder
expect 'verify it' 0 '* holder: genuine and valid; the master key vouches for this, and no more:
claims
  cnf *
  eph_kid *
  jti *
  nbf *
  exp *
  purpose          "login" *' ''
run held --json holder
expect 'as JSON it has neither issuer nor audience' 0 '{*"mode": "holder"*}' ''
check_json
refute 'no issuer' grep -q iss_id "$scratch/json"
"$openssl" pkey -in holder.pem -pubout -out holder.pub 2>"$scratch/err"
run held --ephemeral holder.pub holder
expect 'the key that was written' 0 '*genuine*' ''
run held --purpose deploy holder
expect 'another purpose' 1 '' 'signet: holder: binding: *'
run held --master other.pub holder
expect 'another master key' 1 '' 'signet: holder: cnf: *'
run held --ephemeral other.pub holder
expect 'another ephemeral key' 1 '' 'signet: holder: *'
run held --binding "$(printf %0128d 0)" holder
expect 'another binding' 1 '' 'signet: holder: binding: *'
run held --binding xyz holder
expect 'a binding that is not hex' 2 '' '*--binding: *'
run held --at @1800000301 holder
expect 'expired' 1 '' '*token has expired'
run verify holder
expect 'a token of a holder is not one of the issuer' 1 '' 'signet: holder: *'
run held token
expect 'nor the other way' 1 '' 'signet: token: *'
run mint --holder --purpose login --ephemeral-out holder.pem --json
expect 'a key is not overwritten' 1 '' '*holder.pem*'
run mint --holder --purpose login --json
expect 'a key that would be lost' 2 '' '*--holder needs --purpose, --ephemeral-out and --json*'
run mint --holder --purpose login --ephemeral-out new.pem --json --key ec.pem
expect 'ES256 vouches for nothing' 1 '' '*'
refute 'and leaves no key behind' test -e new.pem
run mint --purpose login --ephemeral other.pub
expect 'a purpose without holder' 2 '' '*belong to --holder*'

# --- wrong use ---
run "$signet" token mint --ephemeral other.pub
expect 'no issuer' 2 '' '*--issuer NAME is missing*
try: signet token mint --help'
run mint
expect 'about nobody' 2 '' '*say whom it is about*'
for validity in 0 601 -1 five; do
    run mint --ephemeral other.pub --validity "$validity"
    expect "a validity of $validity" 2 '' '*--validity must be a number from 1 to 600*'
done
run mint --ephemeral other.pub --capability fly
expect 'no such capability' 2 '' '*no capability is called fly*'
run mint --ephemeral other.pub --nonce 00
expect 'a short nonce' 2 '' '*--nonce must be 32 hex digits*'
run mint --ephemeral nowhere
expect 'no such key' 2 '' '*--ephemeral: nowhere: neither a key id*'
run mint --ephemeral other.pub more
expect 'a word' 2 '' '*takes options only*'
run mint --ephemeral other.pub --audience "$(printf 'a\nb')"
expect 'an audience of two lines' 1 '' '*aud_id: has a control character'
run mint --ephemeral other.pub --audience "$(printf %0257d 0)"
expect 'an audience that is too long' 1 '' '*aud_id: 257 bytes, at most 256'
run mint --ephemeral other.pub --key own.pub
expect 'a public key cannot sign' 1 '' '*own.pub: holds a public key*'
chmod 644 other.pem
run mint --ephemeral other.pub --key other.pem
expect 'a key that others can read' 2 '' '*other.pem: others can read this private key*'
chmod 600 other.pem
run mint --ephemeral other.pub --key other.pem
expect 'a key of a file' 0 'SIG1.*' ''
run sh -c 'exec "$1" token mint --issuer me --ephemeral other.pub --key other.pem >&-' sh "$signet"
expect 'a closed standard output' 2 '' '*cannot write*'
run sh -c 'exec "$1" token mint --issuer me --ephemeral other.pub --key other.pem >/dev/full' sh "$signet"
expect 'a full one' 2 '' '*cannot write to standard output'
run sh -c 'exec "$1" token verify --issuer me --audience api --key own --at @1800000000 token >&-' sh "$signet"
expect 'verify with a closed standard output' 2 '' '*cannot write*'
run "$signet" token verify token
expect 'verify for nobody' 2 '' '*--issuer NAME is missing*'
run "$signet" token verify --issuer me --key own token
expect 'verify without saying who one is' 2 '' '*--audience NAME, or --allow-no-audience*'
run "$signet" token verify --issuer me --audience api token
expect 'verify without a key' 2 '' '*--key KEY is missing*'
run verify token token
expect 'two tokens at a time' 2 '' '*one token is verified at a time*'
run verify --holder token
expect 'two modes' 2 '' '*with --holder nothing is known about issuer and audience*'
run verify --purpose login token
expect 'half a mode' 2 '' '*belong to --holder*'
finish
