#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Of identical proofs that reach both workers at the same time exactly one passes, round after round: undisturbed, while
# workers are killed, and while nginx reloads. SIGNET_RACE_ROUNDS says how many rounds; a million takes a quarter of an hour.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
race_program=$4 rounds=${SIGNET_RACE_ROUNDS-2000}
case $race_program in /*) ;; *) race_program=$OLDPWD/$race_program ;; esac
disturbed=$((2 * rounds < 20000 ? 2 * rounds : 20000))

proof -m >master.pem
# Refusals are what is wanted here, and a million lines of them are not.
configure "signet_replay_zone seen:32m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;" \
    "signet on; keepalive_requests 1000000000; access_log off; error_log logs/error.log error; location = /race { empty_gif; }"
check 'starts' start

race() { # race [-d] TARGET ROUNDS
    flag=''
    [ "$1" != -d ] || { flag=-d && shift; }
    "$race_program" $flag "$scratch/front" "$1" "$2" 4 >out 2>err
    raced=$?
    sed 's/^/# /' out
    return $raced
}

# While a race runs, ten times a second.
disturb() { # disturb COMMAND...
    while sleep 0.1; do "$@"; done
}
kill_worker() { # shellcheck disable=SC2046 # the first word
    set -- $(workers)
    kill -KILL "$1"
}
settled() { # two workers, the same as half a second ago
    seen=$(workers)
    sleep 0.5
    [ "$seen" = "$(workers)" ] && [ "$(workers | wc -l)" = 2 ]
}
reload() { kill -HUP "$(cat nginx.pid)"; }
race_while() { # race_while COMMAND ROUNDS
    disturb "$1" 2>/dev/null &
    disturber=$!
    "$race_program" -d "$scratch/front" /race "$2" 4 >out 2>err
    raced=$?
    kill $disturber
    wait $disturber 2>/dev/null
    sed 's/^/# /' out
    return $raced
}

# Without check(): what a race prints is worth reading.
if race / 200; then good 'one of four passes, to an upstream'; else bad 'one of four passes, to an upstream'; fi
check 'which sees one of each' test "$(wc -l <reached)" = 200
if race /race "$rounds"; then good 'one of four passes'; else bad 'one of four passes'; fi
if race_while kill_worker "$disturbed"; then good 'never two, while workers are killed'; else bad 'never two, while workers are killed'; fi
check 'which some copies felt' grep -q 'lost=[1-9]' out
if race_while reload "$disturbed"; then good 'never two, while nginx reloads'; else bad 'never two, while nginx reloads'; fi
check 'and settles' until_true settled
if race /race 200; then good 'and one of four afterwards'; else bad 'and one of four afterwards'; fi
finish
