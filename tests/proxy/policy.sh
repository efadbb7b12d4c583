#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What each purpose may do.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
upstream
cat >policy <<END
# purpose  methods    prefixes
reports    GET,HEAD   /repos/acme/,/orgs/acme
reports    POST       /repos/acme/issues     issues.token
Writer.1   PUT        /                      $scratch/issues.token
END
(umask 077 && echo 'token-of-issues' >issues.token)
check 'starts' launch --purpose "$scratch/policy"

# may PURPOSE METHOD TARGET CREDENTIAL; may_not PURPOSE METHOD TARGET
may() {
    purpose=$1
    signed "$2" "$3" --
    purpose=''
    if [ "$2" = HEAD ]; then
        check "$1 may $2 $3" test "$code" = 200
    else
        expect "$1 may $2 $3" 200 "Authorization: Bearer $4"
    fi
}

may_not() {
    purpose=$1
    signed "$2" "$3" --
    purpose=''
    if [ "$code" = 403 ] && ! grep -q HTTP/1.1 out; then good "$1 may not $2 $3"; else bad "$1 may not $2 $3"; fi
}

may reports GET /repos/acme/x the-secret-credential
may reports GET '/repos/acme/?q=1' the-secret-credential
may reports HEAD /repos/acme/x
may reports GET /orgs/acme the-secret-credential
may reports GET '/orgs/acme?x=/repos/' the-secret-credential
may reports GET /orgs/acme/teams the-secret-credential
may reports POST /repos/acme/issues token-of-issues
may Writer.1 PUT /anything token-of-issues
may_not reports GET /orgs/acmes
may_not reports GET /orgs/acm
may_not reports GET /orgs/acme%2fteams/..x
may_not reports GET /repos/acme
may_not reports GET /repos/%61cme/x
may_not reports GET /x/repos/acme/
may_not reports GET '/x?/repos/acme/'
may_not reports GET /REPOS/acme/x
may_not reports DELETE /repos/acme/x
may_not reports POST /repos/acme/x
may_not reports PUT /anything
may_not Writer.1 GET /anything
may_not writer.1 PUT /anything
may_not Writer-1 PUT /anything
may_not other GET /repos/acme/x
may_not 'reports GET /x Writer.1' PUT /anything
may_not api GET /
request /repos/acme/x
expect 'nobody may without a proof' 401

# reload
echo 'reports GET /new' >policy
kill -s HUP "$pid"
new_policy() { purpose=reports && signed GET /new -- && purpose='' && [ "$code" = 200 ]; }
check 'a new policy' until_true new_policy
may_not reports GET /orgs/acme

# what is no policy
broken() { # broken SENTENCE TEXT RULES
    printf '%b' "$3" >broken
    timeout 20 "$proxy" --master-key-file master.pem --upstream-token-file token --upstream http://127.0.0.1:9 --runtime-dir "$scratch/run" \
        --purpose "$scratch/broken" >said 2>&1
    code=$?
    if [ $code = 1 ] && grep -qF -e "$2" said; then good "$1"; else cp said out && bad "$1"; fi
}
broken 'an empty one' 'allows nothing' ''
broken 'a line of two words' 'line 2: not PURPOSE METHODS PREFIXES' '# x\nreports GET\n'
broken 'of five' 'line 1: not PURPOSE' 'a GET / b c\n'
broken 'a method that is none' 'line 1: a strange letter in methods' 'a get /\n'
broken 'a prefix without slash' 'line 1: a prefix must be a clean path: x' 'a GET x\n'
broken 'one that is not clean' 'a clean path' 'a GET /x/../y\n'
broken 'one with a quote' 'a strange letter in prefixes' 'a GET /x"y\n'
broken 'a purpose with a quote' 'a purpose may hold' 'a"b GET /\n'
broken 'a credential that is not there' 'no such file' 'a GET / nothing.token\n'
broken 'too many' 'more than 64 rules' "$(i=0; while [ $i -lt 65 ]; do printf '%s' 'a GET /\n'; i=$((i + 1)); done)"
broken 'bytes' 'a policy is text' 'a GET /\0\n'
check 'stops' stop TERM
finish
