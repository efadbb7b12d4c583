#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A location without judgement leads nowhere else, however the path is written (ngx_http_signet_module(5)).
# shellcheck disable=SC2119 # raw without CUT
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

proof -m >master.pem
http="signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority; signet_errors json;"
configure "$http" "signet on;
    location = /health { signet off; return 200 healthy; }
    location = /alive { signet off; proxy_pass http://unix:$scratch/back:/alive; }
    location ^~ /public/ {
        signet off;
        if (\$request_uri !~ '^/public/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*)?(?:\\?|\$)') { return 400; }
        proxy_pass http://unix:$scratch/back:;
    }"
check 'starts' start
request /health
expect 'health' 200 healthy
request '/health?x=../secret'
expect 'health with a query' 200 healthy
request /public/a/b.txt?x=/../y
expect 'what is public' 200
check 'reaches the upstream' grep -qF 'GET /public/a/b.txt?x=/../y ' reached
: >reached
request /public/
expect 'and its root' 200
: >reached

for path in /secret/../alive /%61live //alive /x/%2e%2e/alive '/alive?/../secret'; do
    request "$path"
    expect "alive as $path" 200
    check 'as one path for the upstream' grep -qE '^GET /alive(\?/\.\./secret)? ' reached
    : >reached
done
for path in /health/../secret /health/%2e%2e/secret /health/%2E%2E/secret /health/.%2e/secret /health/..%2fsecret /health%2f..%2fsecret \
    /health/ /health/x /health%2fx /health%00 '/health;' /HEALTH /health. /./health/../secret /health//../secret /health/.. /healthz \
    /health%5c..%5csecret '/health\..\secret' //secret /%2fsecret '/secret?/health' '/secret#/health' '/secret%3f/health'; do
    request "$path"
    if [ "$code" = 200 ] || [ -s reached ]; then bad "$path"; else good "$path"; fi
    : >reached
done
for path in /public/../secret /public/%2e%2e/secret /public/%2E./secret /public/..%2fsecret /public/..%2Fsecret /public/a%2fb /public//secret /public/./x \
    /public/%252e%252e/secret '/public/..;/secret' '/public/..\secret' /public/..%5csecret /public/x/..%00/ /public/%00 /public/.hidden \
    /public/x/../../secret //public/../secret /public%2f..%2fsecret '/public/..?x' /public/.. '/public/%2e%2e?x' /PUBLIC/x /public; do
    request "$path"
    if [ "$code" = 200 ] || [ -s reached ]; then bad "$path"; else good "$path"; fi
    : >reached
done
printf 'GET http://%s/public/../secret HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' $authority $authority >sent
raw
refute 'in absolute form' test "$code" = 200
printf 'GET public/x HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' $authority >sent
raw
refute 'without its slash' test "$code" = 200
check 'nothing of all this reached the upstream' test ! -s reached
with "$(proof GET $authority /secret)" /secret
expect 'the secret is there' 200
: >reached
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
