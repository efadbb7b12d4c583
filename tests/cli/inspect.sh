#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Names and ids of what tokens allow.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

run "$signet" capability list
expect 'list' 0 '0x0001  read         action
0x0002  write        action
0x0004  admin        action
0x0100  env:prod     resource
0x0200  limit:100    constraint
0x0300  impersonate  special' ''
run "$signet" capability list --json
expect 'list as JSON' 0 '{*"number": 768*"name": "impersonate"*"range": "special"*}' ''
check_json
run "$signet" capability id
expect 'the id of the empty list' 0 '9c21aa880ab80206776ab32845e7caf3' ''
run "$signet" capability id 3 1 2
expect 'the id of a list, sorted' 0 '91aa183924c40a97c04b7cd446d38d49
  0x0001  read         action
  0x0002  write        action
  0x0003  -            action' ''
run "$signet" capability id 0x3 write read 2 1
expect 'names, hex, doubles' 0 '91aa183924c40a97c04b7cd446d38d49*' ''
run "$signet" capability id --json 0xffffffffffffffff read
expect 'the largest, as JSON' 0 '{
  "cap_id": "*",
  "cap_tokens": ?
    1,
    18446744073709551615
  ?
}' ''
check_json
for name in fly '' ' 1' +1 1x 0x 18446744073709551616 0x10000000000000000 'read ' READ; do
    run "$signet" capability id "$name"
    expect "no such capability: '$name'" 2 '' 'signet: no capability is called *'
done
run "$signet" capability id read "$(printf 'a\033[31m')"
expect 'a name that would act on the terminal' 2 '' 'signet: no capability is called a?[[]31m'
run "$signet" capability id -- -1
expect 'a negative number' 2 '' 'signet: no capability is called -1'
run "$signet" capability
expect 'capability alone' 2 '' 'usage: signet capability *'
run "$signet" capability list more
expect 'list takes no word' 2 '' '*capability list does not take 1 words*'
run "$signet" capability drop
expect 'an unknown command' 2 '' '*unknown command: capability drop*'
# shellcheck disable=SC2046 # many words
run "$signet" capability id $(seq 1 4097)
expect 'too many' 2 '' '*capability id does not take 4097 words*'
# shellcheck disable=SC2046
run "$signet" capability id $(seq 1 4096)
expect 'as many as there may be' 0 '*' ''
run sh -c 'exec "$1" capability list >&-' sh "$signet"
expect 'a closed standard output' 2 '' '*cannot write*'
run sh -c 'exec "$1" capability list >/dev/full' sh "$signet"
expect 'a full one' 2 '' '*cannot write to standard output'
finish
