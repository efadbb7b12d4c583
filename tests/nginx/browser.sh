#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Scripts of other origins (CORS), caches, and early data.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

proof -m >master.pem
http="signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority; signet_errors json;
    server {
        listen unix:$scratch/own;
        add_header Cache-Control 'public, max-age=5';
        add_header Access-Control-Allow-Origin https://own.example;
        location / { return 200 own; }
    }"
configure "$http" "signet on; signet_cors https://app.example.com http://localhost:3000;
    location /own { proxy_pass http://unix:$scratch/own:; }
    location /expires { expires 60s; proxy_pass http://unix:$scratch/back:; }
    location /all { signet_cors *; proxy_pass http://unix:$scratch/back:; }
    location /off { signet off; proxy_pass http://unix:$scratch/back:; }
    location /check { signet_check on; }"
check 'starts' start
ours='Origin: https://app.example.com' theirs='Origin: https://evil.example'
says() {
    grep -qi "^$1.\$" head
}

request /a -X OPTIONS -H "$ours" -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: signet-proof'
refused 'a preflight needs no proof' 204
check 'its origin may ask' says 'access-control-allow-origin: https://app.example.com'
check 'with a proof' grep -qi '^access-control-allow-headers: Signet-Proof, ' head
check 'by these methods' grep -qi '^access-control-allow-methods: .*POST' head
check 'which depends on the origin' says 'vary: origin'
request /a -X OPTIONS -H "$theirs" -H 'Access-Control-Request-Method: POST'
refused 'a preflight of another origin' 401
refute 'is told nothing' grep -qi '^access-control-allow' head
request /a -X OPTIONS -H "$ours.evil.example" -H 'Access-Control-Request-Method: POST'
refused 'of an origin that begins as ours' 401
for other in https://bpp.example.com https://App.example.com https://app.example.com:443 http://app.example.com; do
    request /a -X OPTIONS -H "Origin: $other" -H 'Access-Control-Request-Method: POST'
    refused "nor of $other" 401
done
request /a -X OPTIONS -H 'Origin: null' -H 'Access-Control-Request-Method: POST'
refused 'of no origin' 401
request /a -X OPTIONS -H "$ours"
refused 'OPTIONS that is no preflight' 401
request /a -H "$ours" -H 'Access-Control-Request-Method: POST'
refused 'GET that looks like one' 401
request /all -X OPTIONS -H "$theirs" -H 'Access-Control-Request-Method: PUT'
refused 'where all may' 204
check 'all may' says 'access-control-allow-origin: \*'

request /a -H "$ours"
refused 'no proof' 401
check 'the challenge can be read' says 'access-control-expose-headers: WWW-Authenticate, Date'
check 'by its origin' says 'access-control-allow-origin: https://app.example.com'
request /a -H "$theirs"
refused 'no proof, of another origin' 401
refute 'which cannot' grep -qi '^access-control' head
with "$(proof GET $authority /a)" /a -H "$ours"
expect 'a proof' 200
check 'its answer can be read' says 'access-control-allow-origin: https://app.example.com'
refute 'there is no challenge to read' grep -qi '^access-control-expose' head
with "$(proof GET $authority /own)" /own -H "$ours"
expect 'an upstream that speaks for itself' 200
check 'is not contradicted' test "$(grep -ci '^access-control-allow-origin' head)" = 1

check 'nor about caching' test "$(tr -d '\r' <./head | grep -i '^cache-control')" = 'Cache-Control: public, max-age=5'
with "$(proof GET $authority /a)" /a
check 'what is answered to a proof is private' says 'cache-control: private'
with "$(proof GET $authority /expires)" /expires
check 'unless nginx is told otherwise' test "$(tr -d '\r' <./head | grep -i '^cache-control')" = 'Cache-Control: max-age=60'
request /off
expect 'without judgement' 200
refute 'nothing is said of caching' grep -qi '^cache-control' head
request /a
refute 'nor of a refusal' grep -qi '^cache-control' head
: >reached

with "$(proof GET $authority /a)" /a -H 'Early-Data: 1'
refused 'early data, as a proxy says' 425
request /off -H 'Early-Data: 1'
expect 'where nothing is judged' 200
request /check -H 'Early-Data: 1' -H 'X-Original-Method: GET' -H 'X-Original-URI: /' -H "Signet-Proof: $(proof GET $authority /)"
expect 'asked about, as a status that auth_request understands' 403

nonsense() { # nonsense SENTENCE DIRECTIVES TEXT
    stop
    configure "$http" "$2"
    if start >check.out 2>&1; then bad "$1"; elif grep -qF -e "$3" err; then good "$1"; else bad "$1"; fi
}
nonsense 'a host is no origin' 'signet_cors app.example.com;' 'wants origins'
nonsense 'nor has it a path' 'signet_cors https://app.example.com/;' 'wants origins'
nonsense 'nor is it a scheme' 'signet_cors https://;' 'wants origins'
nonsense 'null is none' 'signet_cors null;' 'wants origins'
nonsense 'twice' 'signet_cors *; signet_cors *;' 'is duplicate'
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
