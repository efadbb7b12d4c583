#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A nginx in front asks ours with auth_request (docs/edge.md), and nobody fools either of them.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

proof -m >master.pem
http="signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority; signet_errors json;
    map \$http_transfer_encoding:\$content_length \$asked_length { default ''; '~^:([0-9]+)\$' \$1; ':' 0; }
    server {
        listen unix:$scratch/ask;
        location = /check { signet_check on; signet_purpose api; }
        location = /unverified { signet_check original body=unverified; }
        location = /all { signet_check original statuses=all; }
        location = /forwarded { signet_check forwarded body=unverified; }
        location /path/ { signet_check path; }
        location /sent/ { signet_check path body=sent; }
        location = /any { satisfy any; allow all; signet_check on; }
        location /within { signet off; auth_request /inside; proxy_pass http://unix:$scratch/back:; }
        location = /inside { internal; signet_check on; }
        location / { return 403; }
    }"
asks="location = /asked_NAME {
            internal;
            proxy_pass http://unix:$scratch/ask:/NAME;
            proxy_pass_request_body off;
            proxy_set_header Host \$http_host;
            proxy_set_header Content-Length '';
            proxy_set_header X-Original-Method \$request_method;
            proxy_set_header X-Original-URI \$request_uri;
            proxy_set_header X-Original-Content-Length \$asked_length;
            proxy_set_header X-Original-Transfer-Encoding \$http_transfer_encoding;
        }"
protected="auth_request_set \$token \$upstream_http_signet_token_id;
            auth_request_set \$purpose \$upstream_http_signet_purpose;
            auth_request_set \$issuer \$upstream_http_signet_issuer;
            auth_request_set \$covers \$upstream_http_signet_covers;
            auth_request_set \$digest \$upstream_http_signet_body_digest;
            proxy_set_header Token-Id \$token;
            proxy_set_header Purpose \$purpose;
            proxy_set_header Issuer \$issuer;
            proxy_set_header Covers \$covers;
            proxy_set_header Verdict \$digest;
            proxy_set_header Signet-Proof '';
            proxy_pass http://unix:$scratch/back:;"
configure "$http" "$(echo "$asks" | sed s/NAME/check/g) $(echo "$asks" | sed s/NAME/unverified/g)
        location /app { auth_request /asked_check; $protected }
        location /digest { auth_request /asked_unverified; $protected }"
check 'starts' start

# --- through the front ---
one=$(proof GET $authority '/app/x%20y?q=1')
with "$one" '/app/x%20y?q=1'
expect 'a signed request passes' 200 'issuer=demo-server purpose=api'
check 'with its identity, and without its proof' grep -qE 'token=[0-9a-f]{32} .* covers=method target authority body verdict= proof=$' out
: >reached
with "$one" '/app/x%20y?q=1'
refused 'its replay' 401
check 'is challenged' grep -q '^WWW-Authenticate: Signet .*error="replayed"' head
request /app
refused 'no proof' 401
with "$(proof GET $authority /app)" /app/other
refused 'another path' 401
with "$(proof GET $authority /app)" '/app?q'
refused 'a query' 401
with "$(proof GET $authority /app)" /app -X DELETE
refused 'another method' 401
with "$(proof -s GET $authority /app)" /app
refused 'a stolen token' 401
with "$(proof GET $authority /app)" /app -H 'Host: evil.example'
refused 'a host that is not ours' 401
with "$(proof -u write GET $authority /app)" /app
refused 'another purpose' 403
with nonsense /app
refused 'nonsense, as a status that auth_request understands' 403
with "$(proof GET $authority /app)" /app/other -H 'X-Original-URI: /app' -H 'X-Original-Method: GET'
refused 'fields that the client itself sent' 401
with "$(proof GET $authority /app)" /app/other -H 'X_Original_URI: /app' -H 'X-Forwarded-Uri: /app'
refused 'and their likes' 401
with "$(proof GET $authority /app)" /app -H 'Signet-Token-Id: admin' -H 'X-Original-Content-Length: 7'
expect 'which do not matter' 200
: >reached
with "$(proof GET $authority /app)" /app -H "Signet-Proof: $(proof GET $authority /app)"
refused 'two proofs' 403
with "$(proof POST $authority /app hello)" /app -d hello
refused 'content, which cannot be seen' 403
check 'which the log says' grep -q 'there is content, which cannot be seen here' logs/error.log
with "$(proof POST $authority /app '')" /app -X POST -H 'Content-Length: 0'
expect 'content of no bytes' 200
: >reached
with "$(proof POST $authority /app)" /app -d hello
refused 'content where none was signed' 403
with "$(proof POST $authority /app)" /app -d hello -H 'Transfer-Encoding: chunked'
refused 'the same in chunks' 403
with "$(proof POST $authority /digest hello)" /digest -d hello
expect 'unverified content, and its digest' 200 "covers=method target authority verdict=sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:"
: >reached
with "$(proof -d POST $authority /digest hello)" /digest -d hello
refused 'content that is not signed' 401
with "$(proof GET $authority /digest)" /digest
expect 'no content needs no digest' 200 'covers=method target authority body verdict= '
: >reached

# --- the questions themselves ---
ask() { # ask LOCATION [CURL'S...]
    location=$1
    shift
    : >out
    code=$(curl -sS -m 20 --path-as-is --unix-socket ask -D head -o out -w '%{http_code}' "$@" "http://$authority$location" 2>err) || true
}
about() { # about LOCATION PROOF METHOD TARGET [CURL'S...]
    location=$1 value=$2 method=$3 target=$4
    shift 4
    ask "$location" -H "Signet-Proof: $value" -H "X-Original-Method: $method" -H "X-Original-URI: $target" "$@"
}
none='X-Original-Content-Length: 0'
one=$(proof GET $authority /a)
ask /all -H "Signet-Proof: $one" -H 'X-Original-URI: /a' -H "$none"
expect 'no method' 400
ask /all -H "Signet-Proof: $one" -H 'X-Original-Method: GET' -H "$none"
expect 'no target' 400
ask /all -H "Signet-Proof: $one" -H 'X-Forwarded-Method: GET' -H 'X-Forwarded-Uri: /a' -H 'X-Forwarded-Host: api.example.com' -H 'X-Forwarded-Proto: https'
expect 'another form of question' 400
about /all "$one" GET /a -H "$none" -H 'X-Original-URI: /b'
expect 'two targets' 400
about /all "$one" GET /a -H "$none" -H 'X-Original-Method: GET'
expect 'two methods' 400
about /all "$one" 'GET, GET' /a -H "$none"
expect 'two methods in one field' 400
about /all "$one" 'GET /a' /a -H "$none"
expect 'a method that is none' 400
about /all "$one" GET 'http://api.example.com/a' -H "$none"
expect 'a target in absolute form' 400
about /all "$one" GET '/a b' -H "$none"
expect 'a target with a blank' 400
about /all "$one" GET /a -H "$none" -H 'X-Original-Transfer-Encoding: chunked'
expect 'a length and a coding' 400
about /all "$one" GET /a -H "$none" -H "$none"
expect 'two lengths' 400
for wrong in -1 +0 0x0 '0 ' 00000000000000000001 9223372036854775808 '0,0'; do
    case $wrong in '0 ') continue ;; esac
    about /all "$one" GET /a -H "X-Original-Content-Length: $wrong"
    expect "a length of $wrong" 400
done
about /all "$one" GET /a -H 'X-Original-Content-Length;'
expect 'an empty length' 400
about /check "$one" GET /a -H "$none" -H "$none"
expect 'what is malformed, for auth_request' 403
about /all nonsense GET /a -H "$none"
expect 'a malformed proof' 400 INVALID_PROOF
about /all "$one" GET /a
expect 'unknown whether there is content' 403
one=$(proof GET $authority /a)
about /all "$one" GET /a -H "$none" -H 'Host: evil.example'
expect 'a host that is not ours' 401
about /all "$one" GET /a -H "$none"
expect 'and the proof is still good' 200
check 'nothing is stored of the answer' grep -qi '^cache-control: no-store' head
check 'nor in it' test ! -s out
about /all "$(proof GET $authority /a)" GET /a -H "$none" -d content
expect 'content of the question means nothing' 200
about /any "$(proof -s GET $authority /a)" GET /a -H "$none"
expect 'whom somebody else let in nobody judged' 500
ask /within -H "Signet-Proof: $(proof GET $authority /within)" -H 'X-Original-Method: GET' -H 'X-Original-URI: /within' -H "$none"
expect 'a client cannot ask about itself' 500

forwarded() { # forwarded PROOF METHOD TARGET HOST PROTO [CURL'S...]
    value=$1 method=$2 target=$3 host=$4 proto=$5
    shift 5
    ask /forwarded -H "Signet-Proof: $value" -H "X-Forwarded-Method: $method" -H "X-Forwarded-Uri: $target" -H "X-Forwarded-Host: $host" -H "X-Forwarded-Proto: $proto" "$@"
}
one=$(proof GET $authority '/a?b,c')
forwarded "$one" GET '/a?b' $authority https -H 'X-Original-URI: /a?b,c'
expect 'forwarded: another target' 401
forwarded "$one" GET '/a?b,c' b.example.com https
expect 'forwarded: another host' 401
forwarded "$one" GET '/a?b,c' "$authority, evil.example" https
expect 'forwarded: two hosts' 400
forwarded "$one" GET '/a?b,c' $authority ftp
expect 'forwarded: neither http nor https' 400
forwarded "$one" GET '/a?b,c' $authority https -H "X-Forwarded-Host: $authority"
expect 'forwarded: a field twice' 400
forwarded "$one" GET '/a?b,c' '' https
expect 'forwarded: no host' 400
forwarded "$one" GET '/a?b,c' $authority https -H 'Host: elsewhere'
expect 'forwarded: its own host does not matter' 200
check 'and content is unknown' grep -q '^Signet-Body-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:' head
forwarded "$one" GET '/a?b,c' $authority https
expect 'forwarded: its replay' 401

ask /path/a%20b -H "Signet-Proof: $(proof GET $authority /a%20b)" -H "$none"
expect 'path: what stands behind the prefix' 200
ask /path//b -H "Signet-Proof: $(proof GET $authority //b)" -H "$none"
expect 'path: as it was written' 200
ask /path/a -H "Signet-Proof: $(proof GET $authority /path/a)" -H "$none"
expect 'path: not the prefix' 401
ask /%70ath/a -H "Signet-Proof: $(proof GET $authority /a)" -H "$none"
expect 'path: a prefix in disguise' 400
ask /path/../a -H "Signet-Proof: $(proof GET $authority /../a)" -H "$none"
expect 'path: dots lead out of the location, where nothing is answered' 403
ask /path/a -X PUT -H "Signet-Proof: $(proof GET $authority /a)" -H "$none"
expect 'path: another method' 401
ask /path/a -H "Signet-Proof: $(proof POST $authority /a hello)" -d hello
expect 'path: content is not believed' 403
ask /sent/a -H "Signet-Proof: $(proof POST $authority /a hello)" -d hello
expect 'path: unless it is all sent' 200
check 'and then it is covered' grep -q '^Signet-Covers: method target authority body' head
ask /sent/a -H "Signet-Proof: $(proof POST $authority /a hello)" -d hellx
expect 'path: and compared' 401

# --- configurations that make no sense ---
nonsense() { # nonsense SENTENCE DIRECTIVES TEXT
    stop
    configure "$http" "$2"
    if start >check.out 2>&1; then bad "$1"; elif grep -qF -e "$3" err; then good "$1"; else bad "$1"; fi
}
nonsense 'a form that is none' 'location /x { signet_check maybe; }' 'must begin with'
nonsense 'an option that is none' 'location /x { signet_check on body=maybe; }' 'takes body='
nonsense 'two of one kind' 'location /x { signet_check on body=sent body=unverified; }' 'two options'
nonsense 'off and on' 'location /x { signet_check on; signet off; }' 'beside "signet off"'
nonsense 'twice' 'location /x { signet_check on; signet_check on; }' 'is duplicate'
nonsense 'path of a pattern' 'location ~ x { signet_check path; }' 'beginning of paths'
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
