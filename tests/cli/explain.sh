#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Why a saved request is refused: each kind of change is made to a genuine one, and must be found.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

root=$(cd "$here/../.." && pwd)
run "$signet" explain --help
expect 'explain --help' 0 'usage: signet explain *example: *signet explain *' ''
# shellcheck disable=SC2013 # words, on purpose
for option in $(sed '/^usage:/d; /^example:/d' "$scratch/out" | grep -o -e '--[a-z-]*' | sort -u); do
    check "explain $option is in the manual" grep -q -e "Fl [^\"]*${option#-}" "$root/docs/man/signet-explain.1"
    for shell in bash zsh fish; do
        check "explain $option is in the completion of $shell" grep -q -e "${option#--}" "$root/tools/completion/signet.$shell"
    done
done
make_key ed25519
"$signet" export-key >own.pub
SIGNET_NOW=1800000000
export SIGNET_NOW
printf 'line\nend' >body

explain() { run_with request "$signet-test" explain --master-key own.pub --origin https://api.example.com "$@"; }
# save METHOD TARGET [FIELD]: the request of `value` as it came, with `body`
save() {
    {
        printf '%s %s HTTP/1.1\r\nHost: %s\r\nSignet-Proof: %s\r\n' "$1" "$2" "${host:-api.example.com}" "$(cat value)"
        [ -z "$3" ] || printf '%s\r\n' "$3"
        printf 'Content-Length: %s\r\n\r\n' "$(wc -c <body | tr -d ' ')"
        cat body
    } >request
}
prove() { "$signet-test" proof "$@" 2>/dev/null | sed -n 's/^Signet-Proof: //p' >value; }
url='https://api.example.com/a%2Fb?x=1'

prove --body body POST "$url"
save POST '/a%2Fb?x=1'
explain
expect 'a genuine one' 0 '*signature  *passed*content  *passed*verdict  *accepted*purpose  *"http"' ''
explain --json
expect 'as JSON' 0 '{*"steps": {*"proof": "passed",*"content": "passed"*"verdict": "accepted"*}' ''
check_json
tr -d '\r' <request >unix && mv unix request
sed -i 's/Content-Length: .*/Content-Length: 8/' request
explain
expect 'with the line ends of Unix' 0 '*"http"' ''

differs() { # differs SENTENCE COMPONENT SEEN SIGNED
    explain
    expect "$1" 1 "*signature  *refused*verdict  *refused*code  *INVALID_SIGNATURE*differs*  $2*
    seen  *\"$3\"
    signed  *\"$4\"" ''
}
save PUT '/a%2Fb?x=1'
differs 'another method' method PUT POST
save POST '/a/b?x=1' 'X-Original-URI: /a%2Fb?x=1'
differs 'a target that was rewritten' target '/a/b?x=1' '/a%2Fb?x=1'
save POST '/a%2fb?x=1'
differs 'an escape in lower case' target '/a%2fb?x=1' '/a%2Fb?x=1'
prove --body body POST 'https://api.example.com/a'
save POST '/a/'
differs 'a slash more' target '/a/' /a
save POST '/a?added=1'
differs 'a query more' target '/a?added=1' /a
save POST '/v1/a' && differs 'a folder more' target /v1/a /a
prove --body body POST 'https://api.example.com:8443/a'
save POST /a
differs 'a port that was lost' authority api.example.com api.example.com:8443
prove --body body POST 'https://www.example.com/a'
save POST /a 'X-Forwarded-Host: www.example.com'
differs 'another host' authority api.example.com www.example.com
prove --body body POST 'https://api.example.com/a'
sed 's/;bd=[^;]*;/;bd=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU;/' value >changed && mv changed value
save POST /a
explain
expect 'a digest that was changed' 1 '*differs*  content*seen *"47DEQpj8*"*signed *"*"' ''
sed 's/;bd=[^;]*;/;/' value >changed && mv changed value
save POST /a
explain --unsigned-body
expect 'a digest that was taken away' 1 '*differs*  content*seen *""*signed *"*"' ''
prove --body body POST 'https://api.example.com/a'
sed 's/;ts=1800000000/;ts=1800000060/' value >changed && mv changed value
save POST /a
differs 'a time that was changed' time 1800000060 1800000000
prove --body body POST 'https://api.example.com/a'
save DELETE '/a?x'
explain
expect 'two changes' 1 '*differs*  method*"DELETE"*"POST"*  target*"/a?x"*"/a"' ''
explain --json
expect 'two changes as JSON' 1 '{*"signature": "refused"*"differs": {*"method": {*"seen": "DELETE",*"signed": "POST"*"target": {*}' ''
check_json
sed 's/;n=./;n=A/' value >changed && mv changed value
save POST /a
explain
expect 'a nonce that was changed is not guessed' 1 '*differs*none of * likely changes makes it genuine*' ''

# the content
prove --body body POST 'https://api.example.com/a'
came() { # came SENTENCE CHANGE: with the content in `body`
    save POST /a
    explain
    expect "$1" 1 "*signature  *passed*content  *refused*differs*seen *signed *came *$2" ''
}
printf 'line\r\nend' >body && came 'line ends of the network' '*line ends became CR LF'
printf 'line\nend\n' >body && came 'a line end more' '*one byte more than was signed*'
printf 'line\nENd' >body && came 'other bytes' 'announced*'
printf 'line\nend' >body
save POST /a && printf 'x' >>request
explain
expect 'more than was announced' 1 '*content of 9 bytes, not the 8 that were announced*' ''

# the log of the service
prove --body body POST 'https://api.example.com/a'
save POST /a
{
    echo '2026/11/25 13:45:37 [warn] 1#1: *64 signet: INVALID_SIGNATURE: s2: x, client: 127.0.0.1, server: '
    echo '2026/11/25 13:45:37 [warn] 1#1: *65 signet: CLOCK_SKEW: ts: -31 seconds from now, at most 30, client: 127.0.0.1, server: , request: "POST /a HTTP/1.1"'
    echo '2026/11/25 13:45:37 [info] 1#1: *66 client 127.0.0.1 closed keepalive connection'
} >log
explain --log log
expect 'its clock is judged by' 1 '*clock  *refused*-31 seconds*code  *CLOCK_SKEW*service*code  *"CLOCK_SKEW"*agrees  *yes*' ''
explain --log log --now 1800000000
expect 'unless another is given' 0 '*service*agrees  *no*' ''
head -n 1 log >other
explain --log other --json
expect 'one that does not agree' 0 '{*"service": {*"code": "INVALID_SIGNATURE",*"reason": "s2: x",*"agrees": false*}' ''
check_json
for line in 'nothing' '1#1: signet: lower: x' '1#1: signet: CODE' '1#1: signet: CODE:x' ' signet: ' ' signet: : x'; do
    echo "$line" >other
    explain --log other
    expect "a log of '$line'" 2 '' '*other: holds no refusal*'
done

# other steps
save POST /a
explain --now 1800000031
expect 'too late' 1 '*clock  *refused*31 seconds*code  *CLOCK_SKEW*' ''
explain --now 1800000031 --skew 60
expect 'with more skew' 0 '*accepted*' ''
explain --now 2027-01-15T08:00:00Z
expect 'a time in words' 0 '*accepted*' ''
explain --purpose reports
expect 'another purpose' 1 '*purpose  *refused*code  *PURPOSE_MISMATCH*' ''
explain --purpose reports --purpose http
expect 'one of two purposes' 0 '*' ''
explain --issuer you
expect 'another issuer' 1 '*issuer  *refused*code  *KEY_NOT_FOUND*' ''
explain --body-max 7
expect 'too much content' 1 '*size  *refused*' ''
explain --no-full
expect 'where no token is presented, its record is needed' 2 '' '*--record*'
host=other.example.com && save POST /a && unset host
explain
expect 'a host that is not ours' 1 '*signature  *refused*not one of our*' ''
sed -i '/^Signet-Proof/d' request
explain
expect 'no proof' 1 '*proof  *refused*code  *MISSING_PROOF*' ''
echo 'v1;m=full' >value && save GET /
explain
expect 'half a proof' 1 '*form  *refused*code  *INVALID_PROOF*' ''

# other dialects
save_dialect() { # save_dialect METHOD TARGET DIALECT URL
    {
        printf '%s %s HTTP/1.1\nHost: api.example.com\n' "$1" "$2"
        "$signet-test" proof --dialect "$3" --body body POST "$4" 2>/dev/null
        printf 'Content-Length: 8\n\n'
        cat body
    } >request
}
save_dialect POST /a message-signature https://api.example.com/a
explain --dialect proof --dialect message-signature
expect 'a message signature beside the token' 0 '*accepted*' ''
sed -i 's/^nothing$//; s/^end$/enD/' request
explain --dialect proof --dialect message-signature
expect 'with other content' 1 '*content  *refused*' ''
save_dialect POST /b message-signature https://api.example.com/a
explain --dialect proof --dialect message-signature
expect 'of another target' 1 '*refused*INVALID_SIGNATURE*' ''
save_dialect POST /a message-signature https://api.example.com/a
right=$(sed -n 's/^Content-Digest: //p' request)
sed -i 's/^Content-Digest: .*/Content-Digest: sha-256=:47DEQpj8HBSa+\/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:/' request
explain --dialect proof --dialect message-signature
expect 'with another digest beside the same content' 1 "*refused*INVALID_SIGNATURE*differs*  content
    seen  *\"sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\"
    signed  *\"$right\"" ''
save_dialect POST /a message-signature https://api.example.com/a
sed -i 's/;expires=[0-9]*/;expires=1800000031/' request
explain --dialect proof --dialect message-signature
expect 'with parameters that nobody guesses' 1 '*refused*INVALID_SIGNATURE*none of * likely changes makes it genuine*' ''
run_with request "$signet-test" explain --master-key own.pub --origin https://a --dialect jwt
expect 'a dialect that there is not' 2 '' '*--dialect must be*'
run_with request "$signet-test" explain --master-key own.pub --origin https://a --jwks own.pub
expect 'keys of nobody' 2 '' '*--jwks and --jwks-issuer go together*'

# what is no request: could not tell
refuse() { # refuse SENTENCE STDERR: of the request that was saved last
    explain
    expect "$1" 2 '' "$2"
}
: >request && refuse 'nothing' '*line 1: has no end'
printf 'GET / HTTP/1.1\nHost: a' >request && refuse 'no end' '*line 2: has no end'
printf 'GET / HTTP/1.1\nHost: a\n' >request && refuse 'no empty line' '*line 3: has no end'
printf 'GET /\nHost: a\n\n' >request && refuse 'no version' '*line 1: does not end with a version*'
printf 'GET  / HTTP/1.1\nHost: a\n\n' >request && refuse 'two spaces' '*line 1: *'
printf 'G(T / HTTP/1.1\nHost: a\n\n' >request && refuse 'no method' '*line 1: must be a method*'
printf 'GET / HTTP/1.1\n Host: a\n\n' >request && refuse 'a folded line' '*line 2: must be the name of a field*'
printf 'GET / HTTP/1.1\nHost : a\n\n' >request && refuse 'a space before the colon' '*line 2: must be the name*'
printf 'GET / HTTP/1.1\nHost: a\001\n\n' >request && refuse 'a control character' '*line 2: byte 01'
printf 'GET / HTTP/1.1\nX: a\n\n' >request && refuse 'no host' '*Host: 0 fields*'
printf 'GET / HTTP/1.1\nHost: a\nhost: a\n\n' >request && refuse 'two hosts' '*Host: 2 fields*'
printf 'GET / HTTP/1.1\nHost: a\nContent-Length: 1x\n\nx' >request && refuse 'a length that is none' '*Content-Length: not one number'
printf 'GET / HTTP/1.1\nHost: a\nContent-Length: 1\nContent-Length: 1\n\nx' >request && refuse 'two lengths' '*Content-Length: not one number'
printf 'GET / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n0\n\n' >request && refuse 'chunks' '*Transfer-Encoding: *'

# wrong use
run "$signet" explain request
expect 'no key' 2 '' '*--master-key and --origin are needed*'
run "$signet" explain --master-key own.pub --origin https://a a b
expect 'two requests' 2 '' '*one request at a time*'
run "$signet" explain --master-key own.pub --origin https://a missing
expect 'a file that is not there' 2 '' '*missing*'
save GET /
run "$signet" explain --master-key own.pub --origin a request
expect 'an origin that is none' 2 '' '*origin a*'
run "$signet" explain --master-key own.pub --origin https://a --binding maybe request
expect 'a binding that is none' 2 '' '*--binding must be*'
run "$signet" explain --master-key own.pub --origin https://a --skew 61 request
expect 'a skew too large' 2 '' '*--skew*'
run "$signet" explain --master-key request --origin https://a request
expect 'a key that is none' 2 '' '*request*'
finish
