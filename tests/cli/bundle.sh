#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A bundle of the reference, looked at and checked.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

anchor=72772041f5d89a081937c55384dd85fa944531da4d533f5f9212c2e0477143ef
other=a281d93b396d3cc39c7467df3963f3f720eb7647815da6ce9b13a36463c22b2c
cat >good.json <<'END'
{"epoch":3,"seqno":10,"keys":{"bc15472f4d45ad0799f11207f5e5101c":"CIY6GVRgvvQcNz7ljwrRmh4o7UHAc2eJxPPQMxPlLqs=","d9a33f1fa1cc49874c5148fdd7bc37e3":"B8agEf+YCOFjoL68wporDNUBPuyNTCJ6+fvkIPbDcP0="},"keyId":"d9a33f1fa1cc49874c5148fdd7bc37e3","prevKeyId":"bc15472f4d45ad0799f11207f5e5101c","issuedAt":1779999940,"signature":"M9ViSbujjImvICSCDIdqygv4sFCUYFCN5tGDPjlYm2oKOriOIvz/dLHNXQmadV8hcxhwMelHVv/5nz0fog5vDw=="}
END
sed 's/"epoch":3/"epoch":4/' good.json >changed.json
sed 's/"signature":"[^"]*"/"signature":null/' good.json >unsigned.json
at=@1780000000

run "$signet" bundle show good.json
expect 'show says that nothing was verified' 0 '*nothing was verified*epoch*3*seqno*10*' ''
run_with good.json "$signet" bundle show --json
expect 'show as JSON, from standard input' 0 '{*"verified": false*"epoch": 3*"seqno": 10*"signed_bytes": "a60103*}' ''
check_json
run "$signet" bundle verify --anchor $anchor --at $at good.json
expect 'genuine and fresh' 0 '*good.json: genuine and fresh*epoch*3*' ''
run "$signet" bundle verify --anchor $anchor --at $at --json good.json
expect 'the same as JSON' 0 '{*"verified": true*}' ''
check_json
run "$signet" bundle verify --anchor $anchor --at $at --min-seqno 10 good.json
expect 'the number that it must have' 0 '*genuine*' ''
run "$signet" bundle verify --anchor $anchor --at $at --min-seqno 11 good.json
expect 'an older number' 1 '' 'signet: good.json: rollback: *'
run "$signet" bundle verify --anchor $other --at $at good.json
expect 'another anchor' 1 '' 'signet: good.json: bad_signature: *'
run "$signet" bundle verify --anchor $anchor --at $at changed.json
expect 'a changed bundle' 1 '' 'signet: changed.json: bad_signature: *'
run "$signet" bundle verify --anchor $anchor --at $at --json changed.json
expect 'the same as JSON' 1 '{*"verified": false*}' 'signet: changed.json: bad_signature: *'
check_json
run "$signet" bundle verify --anchor $anchor --at $at unsigned.json
expect 'no signature' 1 '' 'signet: unsigned.json: no_signature: *'
run "$signet" bundle verify --anchor $anchor --at @1780003541 good.json
expect 'too old' 1 '' 'signet: good.json: stale: *'
run "$signet" bundle verify --anchor $anchor --at $at --max-age 59 good.json
expect 'too old for a shorter limit' 1 '' 'signet: good.json: stale: *'
run "$signet" bundle verify --anchor $anchor --at @1779999879 good.json
expect 'from the future' 1 '' 'signet: good.json: future: *'
run "$signet" bundle verify --anchor $anchor --at $at --issuer did:key:issuer good.json
expect 'no issuer in it' 1 '' 'signet: good.json: no_extension: *'
run "$signet" bundle verify --anchor $anchor --at $at --hybrid $other good.json
expect 'no second signature' 1 '' 'signet: good.json: no_extension: *'
run "$signet" bundle verify --anchor $anchor missing.json
expect 'no such file' 2 '' '*missing.json*'
echo '{"seqno":1}x' >broken.json
run "$signet" bundle show broken.json
expect 'no bundle' 1 '' 'signet: broken.json: bundle: *'
run "$signet" bundle verify good.json
expect 'no anchor' 2 '' '*bundle verify needs --anchor*'
run "$signet" bundle show --anchor $anchor good.json
expect 'show verifies nothing' 2 '' '*bundle show verifies nothing*'
run "$signet" bundle verify --anchor $anchor --max-age 0 good.json
expect 'no age' 2 '' '*--max-age*'
run "$signet" bundle drop
expect 'an unknown command' 2 '' '*unknown command: bundle drop*'
run "$signet" bundle
expect 'bundle alone' 2 '' 'usage: signet bundle *'
finish
