#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proofs for HTTP requests: what the program prints, what curl sends with it, and what a service says to both.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

root=$(cd "$here/../.." && pwd)
judge_proof=$build/tests/cli/judge_proof

for command in proof curl; do
    run "$signet" "$command" --help
    expect "$command --help" 0 "usage: signet $command *example: *signet $command *" ''
    # shellcheck disable=SC2013 # words, on purpose
    for option in $(sed '/^usage:/d; /^example:/d' "$scratch/out" | grep -o -e '--[a-z-]*' | sort -u); do
        check "$command $option is in the manual" grep -q -e "Fl [^\"]*${option#-}" "$root/docs/man/signet-$command.1"
        for shell in bash zsh fish; do
            check "$command $option is in the completion of $shell" grep -q -e "${option#--}" "$root/tools/completion/signet.$shell"
        done
    done
    run "$signet" "$command" --bogus
    expect "$command --bogus" 2 '' "signet: unknown or ambiguous option --bogus
try: signet $command --help"
done

run "$signet" proof GET https://a.example/
expect 'a proof without a key' 2 '' '*master key not found*'
make_key ed25519
"$signet" export-key >own.pub
printf '{"hello": "world"}' >body

# --- signet proof ---
SIGNET_NOW=1800000000
export SIGNET_NOW
prove() { "$signet-test" proof "$@" 2>/dev/null | sed -n 's/^Signet-Proof: //p' >value; }
# judge METHOD ORIGIN TARGET [BODY [AUDIENCE]]: at the time of $SIGNET_NOW
judge() { run_with value "$judge_proof" own.pub '' "$SIGNET_NOW" "$@"; }

run "$signet-test" proof GET https://a.example/b
expect 'a proof' 0 'Signet-Proof: v1;m=full;jti=*;cap=*;s=*;n=*;ts=1800000000;x=2;bd=*;s2=*;t=SIG1.*;ek=*;p=*;pu=*' '*stored unprotected*'
check 'one line' test "$(wc -l <"$scratch/out")" -eq 1
prove GET https://a.example/b
cp value first
judge GET https://a.example /b
expect 'a service takes it' 0 'accepted http ????????????????????????????????' ''
judge GET https://A.EXAMPLE:443 /b
expect 'also under another spelling of its name' 0 'accepted http *' ''
judge GET https://a.example /c
expect 'not for another target' 1 'refused INVALID_SIGNATURE*' ''
judge GET https://b.example /b
expect 'not at another host' 1 'refused INVALID_SIGNATURE*' ''
judge POST https://a.example /b
expect 'not with another method' 1 'refused INVALID_SIGNATURE*' ''
judge GET https://a.example /b body
expect 'not with a body' 1 'refused INVALID_SIGNATURE*' ''
SIGNET_NOW=1800000031
judge GET https://a.example /b
expect 'not half a minute later' 1 'refused CLOCK_SKEW*' ''
SIGNET_NOW=1800000000
prove GET https://a.example/b
refute 'no two are the same' cmp first value
prove --purpose reports --audience api --issuer me GET 'https://a.example:8443?q=%7C#part'
judge GET https://a.example:8443 '/?q=%7C' '' api
expect 'purpose, issuer, audience, port, query' 0 'accepted reports me' ''
judge GET https://a.example:8443 '/?q=%7C' '' web
expect 'for another audience' 1 'refused POLICY_MISMATCH*' ''
run_with value "$judge_proof" own.pub you "$SIGNET_NOW" GET https://a.example:8443 '/?q=%7C'
expect 'of another issuer' 1 'refused KEY_NOT_FOUND*' ''
prove --body body POST http://127.0.0.1/b
judge POST http://127.0.0.1 /b body
expect 'a body' 0 'accepted http *' ''
judge POST http://127.0.0.1 /b own.pub
expect 'another body' 1 'refused INVALID_SIGNATURE*' ''
judge POST http://127.0.0.1 /b
expect 'no body' 1 'refused INVALID_SIGNATURE*' ''
"$signet-test" proof --body - POST http://127.0.0.1/b <body 2>/dev/null | sed 's/^Signet-Proof: //' >value
judge POST http://127.0.0.1 /b body
expect 'a body from standard input' 0 'accepted http *' ''
prove --unsigned-body POST http://127.0.0.1/b
judge POST http://127.0.0.1 /b unsigned
expect 'an unsigned body' 0 'accepted http *' ''
judge POST http://127.0.0.1 /b body
expect 'where none may be' 1 'refused INVALID_SIGNATURE*' ''
run "$signet-test" proof --json --validity 60 GET https://a.example/
expect 'as JSON' 0 '{*"name": "Signet-Proof",*"value": "v1;*"jti": "*"ts": 1800000000,*"exp": 1800000060*}' '*'
check_json
umask 077
"$signet-test" token mint --holder --issuer me --purpose p --ephemeral-out key.pem --json >/dev/null 2>&1
umask 022
prove --key key.pem GET https://a.example/
judge GET https://a.example /
expect 'with a key that the service does not know' 1 'refused INVALID_SIGNATURE*' ''

# wrong use: nothing is printed
refuse() { # refuse SENTENCE STATUS STDERR ARGUMENT...
    sentence=$1 wanted=$2 message=$3
    shift 3
    run "$signet-test" proof "$@"
    expect "$sentence" "$wanted" '' "$message"
}
refuse 'no URL' 2 '*one METHOD and one URL*' GET
refuse 'two URLs' 2 '*one METHOD and one URL*' GET https://a.example/ https://b.example/
refuse 'no scheme' 1 '*URL: does not begin with*' GET a.example
refuse 'another scheme' 1 '*neither http nor https' GET ftp://a.example/
refuse 'a user in the URL' 1 '*user name*' GET https://me:secret@a.example/
refuse 'a space' 1 '*byte 20 at 19*' GET 'https://a.example/a b'
refuse 'a method that is none' 1 '*method: not a token' 'GE T' https://a.example/
refuse 'a body that is not there' 2 '*missing*' --body missing GET https://a.example/
refuse 'a body signed and unsigned' 2 '*--unsigned-body*' --body body --unsigned-body GET https://a.example/
refuse 'a validity of nothing' 2 '*--validity must be a number from 1 to 600*' --validity 0 GET https://a.example/
refuse 'a validity too long' 2 '*--validity must be a number from 1 to 600*' --validity 601 GET https://a.example/
refuse 'an empty purpose' 2 '*must not be empty*' --purpose '' GET https://a.example/
refuse 'a key and an algorithm' 2 '*--key names one*' --key key.pem --algorithm ed25519 GET https://a.example/
refuse 'two algorithms' 2 '*one signature*' --algorithm hybrid GET https://a.example/
refuse 'a key that is not there' 2 '*' --key missing GET https://a.example/
chmod 644 key.pem
refuse 'a key that others can read' 2 '*key.pem: *' --key key.pem GET https://a.example/

# --- other dialects ---
run "$signet-test" proof --dialect message-signature GET https://a.example/b
expect 'a message signature presents its token' 0 'Signet-Proof: v1;m=full;*
Signature-Input: signet=("@method" "@target-uri" "signet-proof");created=1800000000;expires=1800000030;*keyid="????????????????????????????????";tag="signet-pop"
Signature: signet=:*:' '*'
run "$signet-test" proof --dialect message-signature --body body --json POST https://a.example/b
expect 'and content, as JSON' 0 '{*"Signet-Proof": "v1*"Content-Digest": "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"*"Signature-Input"*"Signature"*}' '*'
check_json
refuse 'a message signature without its content' 2 '*does not leave content unsigned' --dialect message-signature --unsigned-body POST https://a.example/b
printf 'abc.def\n' >access
run "$signet-test" proof --dialect dpop --access-token access --nonce n0nce GET https://a.example/b
expect 'DPoP' 0 'DPoP: eyJ*.*.*
Authorization: DPoP abc.def' '*'
sed -n 's/^DPoP: [^.]*\.\([^.]*\)\..*/\1/p' "$scratch/out" | tr -- -_ +/ | sed 's/$/==/' | base64 -d >claims 2>/dev/null
check 'its claims' grep -q '"htm":"GET","htu":"https://a.example/b","iat":1800000000,"ath":".*","nonce":"n0nce"' claims
run_with access "$signet-test" proof --dialect dpop --access-token - --cover-request --body body POST 'https://a.example/b?q'
expect 'DPoP over the whole request' 0 'DPoP: *Authorization: DPoP abc.def' '*'
refuse 'a dialect that there is not' 2 '*must be proof, message-signature or dpop, not jwt*' --dialect jwt GET https://a.example/
refuse 'DPoP without a token' 2 '*needs --access-token*' --dialect dpop GET https://a.example/
refuse 'a nonce for another dialect' 2 '*are of --dialect dpop*' --nonce x GET https://a.example/
refuse 'an access token for another dialect' 2 '*are of --dialect dpop*' --dialect message-signature --access-token access GET https://a.example/
refuse 'an algorithm that the key cannot' 1 '*signs none of ES256' --dialect dpop --access-token access --algs ES256 GET https://a.example/
printf 'abc def' >bad
refuse 'an access token of two words' 1 '*not a token68' --dialect dpop --access-token bad GET https://a.example/
refuse 'an access token that is not there' 2 '*missing*' --dialect dpop --access-token missing GET https://a.example/

# --- signet curl: what it refuses, before a passphrase or the network ---
refuse_curl() { # refuse_curl SENTENCE STDERR CURL-ARGUMENT...
    sentence=$1 message=$2
    shift 2
    run "$signet" curl -- "$@"
    expect "$sentence" 2 '' "$message"
}
url=https://a.example/x
run "$signet" curl
expect 'no arguments' 2 '' '*arguments of curl are missing*'
refuse_curl 'no URL' '*a URL is missing' -s
refuse_curl 'two URLs' '*for one URL' $url $url
refuse_curl 'two URLs, one as option' '*for one URL' --url $url $url
refuse_curl 'redirects' '*--location cannot be signed: a redirect*' -sL $url
refuse_curl 'redirects, in words' '*--location cannot be signed*' --location $url
refuse_curl 'several requests' '*--next cannot be signed*' $url --next $url
refuse_curl 'a form' '*--form cannot be signed*' -F a=b $url
refuse_curl 'a query of data' '*--get cannot be signed*' -G -d a=b $url
refuse_curl 'data that curl escapes' '*--data-urlencode cannot be signed*' --data-urlencode a=b $url
refuse_curl 'a configuration' '*--config cannot be signed*' -K file $url
refuse_curl 'a second attempt' '*--retry cannot be signed*' --retry 3 $url
refuse_curl 'another target' '*--request-target cannot be signed*' --request-target / $url
refuse_curl 'an option that is not known' '*--frobnicate is not understood*' --frobnicate $url
refuse_curl 'part of an option' '*--loc is not understood*' --loc $url
refuse_curl 'a letter that is not known' '*-? is not understood*' '-s?' $url
refuse_curl 'an option without its argument' '*--output needs an argument' $url --output
refuse_curl 'a letter without its argument' '*-o needs an argument' $url -so
refuse_curl 'another host' '*host is not yours to set' -H 'Host: b.example' $url
refuse_curl 'another host, otherwise written' '*host is not yours to set' -HhOsT:b $url
refuse_curl 'no host' '*host is not yours to set' -H 'Host;' $url
refuse_curl 'another proof' '*signet-proof is not yours to set' -H 'SIGNET-Proof : v1' $url
refuse_curl 'another length' '*content-length is not yours to set' -H 'Content-Length: 1' $url
refuse_curl 'fields in a file' '*--header from a file*' -H @fields $url
refuse_curl 'data and an upload' '*data besides' -d a -T body $url
refuse_curl 'an upload and data' '*data besides' -T body -d a $url
refuse_curl 'an upload into a folder' '*a URL with a file name' -T body https://a.example/
refuse_curl 'a head with data' '*--head, and content besides' -I -d a $url
refuse_curl 'data that is not there' '*missing: *' -d @missing $url
unset SIGNET_NOW
for bad in a.example ftp://a.example/ 'https://a.example/{a,b}' 'https://me@a.example/'; do
    run "$signet" curl -- "$bad"
    expect "the URL $bad" 1 '' '*URL: *'
done
run env PATH=/nonexistent "$signet" curl -- $url
expect 'no curl' 2 '' '*curl: cannot be run*'

# --- signet curl, with the real one ---
if ! command -v curl >/dev/null; then
    skip 'signet curl' 'curl is not installed'
    finish
    exit
fi
mkdir served
python3 "$here/record_requests.py" served &
server=$!
trap 'kill "$server"; cd / && rm -rf "$scratch"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -s served/port ] || sleep 0.3
done
origin=http://127.0.0.1:$(cat served/port)
echo 'location' >"$HOME/.curlrc" # must not count

arrives() { # arrives SENTENCE METHOD TARGET BODY CURL-ARGUMENT...: and is accepted
    sentence=$1 method=$2 target=$3 expected=$4
    shift 4
    rm -f served/request served/fields served/content
    run_with body "$signet" curl --purpose test -- -sS "$@"
    expect "$sentence: curl is content" 0 '*' '*stored unprotected*'
    printf '%s' "$expected" >expected
    check "$sentence: the request" test "$(cat served/request)" = "$method $target"
    check "$sentence: the content" cmp expected served/content
    check "$sentence: one proof" test "$(grep -ci '^signet-proof:' served/fields)" -eq 1
    sed -n 's/^[Ss]ignet-[Pp]roof: //p' served/fields >value
    run_with value "$judge_proof" own.pub '' "$(date +%s)" "$method" "$origin" "$target" served/content
    expect "$sentence: accepted" 0 'accepted test *' ''
}
printf 'a=1\nb=2\r\n' >lines
arrives 'plain' GET /x '' "$origin/x"
arrives 'no path' GET / '' "$origin"
arrives 'a query and a fragment' GET '/x?a[]=%20' '' "$origin/x?a[]=%20#part"
arrives 'dots' GET '/a/../b' '' "$origin/a/../b"
arrives 'HEAD' HEAD /x '' -I "$origin/x"
arrives 'a method' DELETE /x '' -X DELETE "$origin/x"
arrives 'a method, in one word' PATCH /x 'a=b' -XPATCH -da=b "$origin/x"
arrives 'data' POST /x 'a=b&c=d' -d a=b --data c=d "$origin/x"
arrives 'data of a file' POST /x 'a=1b=2' -d @lines "$origin/x"
arrives 'raw data' POST /x '@lines' --data-raw @lines "$origin/x"
arrives 'binary data' POST /x "$(cat body)" --data-binary @body "$origin/x"
arrives 'binary data from standard input' POST /x "$(cat body)" --data-binary @- "$origin/x"
arrives 'empty data' POST /x '' -d '' "$origin/x"
arrives 'JSON' POST /x "$(cat body)" --json @body "$origin/x"
check 'JSON says so' grep -qi '^content-type: application/json' served/fields
arrives 'JSON in two pieces' POST /x '{}' --json '{' --json '}' "$origin/x"
arrives 'an upload' PUT /x "$(cat body)" -T body "$origin/x"
arrives 'an upload from standard input' PUT /x "$(cat body)" -T - "$origin/x"
arrives 'a field of yours' GET /x '' -H 'X-One: 1' --url "$origin/x"
check 'it arrived' grep -q '^X-One: 1' served/fields
arrives 'a redirect is not followed' GET /again '' "$origin/again"
arrives 'options behind the URL' GET /x '' "$origin/x" -o out
arrives 'dashes' GET /x '' -- "$origin/x"
run "$signet" curl -- -sS --fail http://127.0.0.1:1/x
expect 'the exit status is that of curl' 7 '' '*curl: (7)*'

# what others see of it
printf '#!/bin/sh\nprintf "%%s\\n" "$@"\n' >curl && chmod 755 curl
run env PATH="$PWD:$PATH" "$signet" curl -- -sS -d secret=1 "$origin/x"
expect 'what curl is given' 0 "-q
--silent
--show-error
--path-as-is
--globoff
--header
@/dev/fd/*
--data-binary
@/dev/fd/*
--url
$origin/x" '*'
refute 'no proof is among it' grep -q 'v1;' "$scratch/out"
refute 'nor the data' grep -q 'secret=1' "$scratch/out"
finish
