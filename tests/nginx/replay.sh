#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A proof is good once: on either worker, after a reload, after a worker was killed, for many at once.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

proof -m >master.pem
http="signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;"
configure "$http" 'signet on; signet_errors json;'
check 'starts' start

# The other worker sleeps, so this one answers.
only() { # only WORKER OTHER
    kill -CONT "$1" && kill -STOP "$2"
}
worker() {
    sed -n 's/^Worker: \([0-9]*\).*/\1/p' head
}

have_two() {
    [ "$(workers | wc -l)" = 2 ]
}
until_true have_two
# shellcheck disable=SC2046 # words
set -- $(workers)
check 'has two workers' test $# = 2
one=$(proof GET $authority /)
only "$1" "$2"
with "$one" /
expect 'a worker takes a proof' 200
check 'this worker' test "$(worker)" = "$1"
: >reached
with "$one" /
refused 'and not twice' 401 REPLAY_DETECTED
only "$2" "$1"
with "$one" /
refused 'nor does the other' 401 REPLAY_DETECTED
check 'the other one' test "$(worker)" = "$2"
with "$(proof GET $authority /)" /
expect 'which takes a new one' 200
: >reached
kill -CONT "$1"

kill -KILL "$1"
respawned() { [ "$(workers | wc -l)" = 2 ] && ! workers | grep -qw "$1"; }
check 'a worker that is killed comes back' until_true respawned "$1"
fresh=$(workers | grep -vw "$2" | tr -d ' ')
only "$fresh" "$2"
with "$one" /
refused 'and refuses what was seen before' 401 REPLAY_DETECTED
check 'the new one' test "$(worker)" = "$fresh"
with "$(proof GET $authority /)" /
expect 'and takes what was not' 200
: >reached
kill -CONT "$2"

reload() { # with the workers that were there gone
    before=$(workers)
    kill -HUP "$(cat nginx.pid)"
    # shellcheck disable=SC2086 # words
    until_true all_gone $before
}
all_gone() { for one_worker; do gone "$one_worker" || return 1; done; }
check 'reloads' reload
with "$one" /
refused 'a replay after a reload' 401 REPLAY_DETECTED
with "$(proof GET $authority /)" /
expect 'a new one after it' 200
: >reached

sed -i 's/signet on; signet_errors/signet on; signet_skew 60s; signet_errors/' nginx.conf
check 'reloads with another skew' reload
with "$one" /
refused 'a replay under another skew' 401 REPLAY_DETECTED

cp nginx.conf good.conf
sed -i 's/seen:4m/seen:8m/' nginx.conf
before=$(workers)
kill -HUP "$(cat nginx.pid)"
check 'a reload that would forget is refused' until_true grep -q 'would forget the proofs' logs/error.log
check 'the workers go on' test "$before" = "$(workers)"
with "$one" /
refused 'and remember' 401 REPLAY_DETECTED
sed -i 's/seen:8m/other:4m/' nginx.conf
: >logs/error.log
kill -HUP "$(cat nginx.pid)"
check 'so is one with another zone' until_true grep -q 'would forget the proofs' logs/error.log
cp good.conf nginx.conf

race() { # race COUNT: that many at once with one proof; how many got 200, how many 401
    shared=$(proof GET $authority /race)
    printf '' >race.conf
    for i in $(seq "$1"); do
        printf 'next\nunix-socket = front\nheader = "Signet-Proof: %s"\nurl = "http://%s/race"\noutput = race.%s\nwrite-out = "%%{http_code}\\n"\n' \
            "$shared" $authority "$i" >>race.conf
    done
    sed -i 1d race.conf
    curl -sS --parallel --parallel-immediate --parallel-max "$1" -K race.conf >codes 2>err
    test "$(grep -c '^200$' codes)" = 1 && test "$(grep -c '^401$' codes)" = $(($1 - 1)) && test "$(grep -c /race reached)" = 1
}
for i in 1 2 3 4 5; do
    : >reached
    check "of twenty at once one passes, $i" race 20
done
: >reached

# In flight: the first waits for its content while the second comes.
slow=$(proof POST $authority /slow hello)
slow_request() {
    (printf 'POST /slow HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: 5\r\nSignet-Proof: %s\r\n\r\nhel' $authority "$slow"
        sleep 1
        printf 'lo') | curl -sS --unix-socket front "telnet://$authority:80" >slow.out 2>/dev/null
}
slow_request &
slow_pid=$!
sleep 0.4
with "$slow" /slow -d hello
refused 'a replay while the first is still sending' 401 REPLAY_DETECTED
wait $slow_pid
check 'which is then answered' grep -q '^HTTP/1.1 200' slow.out
finish
