#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Built without hiredis: the directives say so, and all the rest works.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

proof -m >master.pem
head -c 32 /dev/urandom >record.key
common="signet_replay_zone seen:1m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;"
said() { # said HTTP: where it is
    configure "$common $1" 'signet on;'
    ! "$nginx" -t -p "$scratch" -e "$scratch/logs/error.log" -c "$scratch/nginx.conf" >out 2>&1 &&
        grep -q 'built without hiredis.* in .*nginx\.conf:[0-9]' out
}
check 'a Redis is refused with a reason' said 'signet_redis main redis://127.0.0.1;'
check 'so is replay state in one' said 'signet_replay redis=main;'
check 'and records in one' said 'signet_records redis=main;'
configure "$common signet_record_key $scratch/record.key;" "signet on; signet_records file=$scratch/records; location = /v1/pop/token { signet_enrol on; }"
check 'without it nginx starts' start
now=$(date +%s)
with "$(proof -t "$now" -i 1 POST $authority /v1/pop/token)" /v1/pop/token -X POST
expect 'tokens are enrolled' 201
with "$(proof -c -t "$now" -i 1 GET $authority /)" /
expect 'and named' 200
finish
