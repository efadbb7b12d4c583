#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Questions of other servers, where proofs are remembered in Redis: the answer comes later, or never.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=redis_lib.sh
. "$here/redis_lib.sh"

proof -m >master.pem
configure "signet_redis main unix:$scratch/redis.sock timeout=200; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;" \
    "signet on; signet_replay redis=main; signet_errors json;
    location = /check { signet_check on; }"
check 'Redis starts' redis_start
check 'nginx starts' start
ask() { # ask PROOF [CURL'S...]
    with "$1" /check -H 'X-Original-Method: GET' -H 'X-Original-URI: /a' -H 'X-Original-Content-Length: 0'
}
one=$(proof GET $authority /a)
ask "$one"
expect 'a proof may pass' 200
check 'with its identity' grep -qE '^Signet-Token-Id: [0-9a-f]{32}' head
for i in 1 2 3; do
    ask "$one"
    expect "and not twice, $i" 401 REPLAY_DETECTED
done
ask "$(proof -s GET $authority /a)"
expect 'a stolen token' 401 INVALID_SIGNATURE
redis_stop
ask "$(proof GET $authority /a)"
expect 'without Redis nothing may pass' 503
check 'Redis starts again' redis_start
asked() {
    ask "$(proof GET $authority /a)"
    [ "$code" = 200 ]
}
check 'and then it may' until_true asked
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
