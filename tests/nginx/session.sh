#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The programs of the client against the real service: sessions are enrolled, used, stolen in part, renewed and
# ended; curl is run again when the service says why; and what it refused is explained.
#
# usage: TEST NGINX MODULE PROOF SIGNET
signet=$4
case $signet in /*) ;; *) signet=$PWD/$signet ;; esac
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

unset SIGNET_SESSION SIGNET_HOME XDG_RUNTIME_DIR XDG_CONFIG_HOME SIGNET_NOW
HOME=$scratch/home
export HOME
mkdir "$HOME" work
"$signet" sign --init --insecure >/dev/null 2>&1 || { echo 'Bail out! cannot make a key'; exit 1; }
"$signet" export-key >own.pem
head -c 32 /dev/urandom >record.key

# curl reaches the service by name and port only, so this one test listens on one; another one when it is taken.
serve() {
    for _ in 1 2 3 4 5; do
        port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        origin=http://127.0.0.1:$port
        configure "signet_replay_zone seen:1m; signet_record_zone records:1m; signet_master_key me $scratch/own.pem;
            signet_origin $origin; signet_records zone; signet_record_key $scratch/record.key;" \
            "listen 127.0.0.1:$port; signet on; signet_full off; signet_errors json;
            location = /v1/pop/token { signet_enrol on; }
            location = /full { signet_full on; proxy_pass http://unix:$scratch/back:/; }
            location = /orders { signet_purpose orders; proxy_pass http://unix:$scratch/back:/; }"
        start && return 0
    done
    return 1
}
check 'starts' serve
signed() { "$signet" curl "$@"; }

by 22 'a token that nobody enrolled' 'error: 401' signed --issuer me -- -sS --fail "$origin/"
by 0 'a session is enrolled' 'good for 300 seconds' "$signet" session --admin "$origin" --issuer me
mv "$HOME/.signet/master.key" away
by 0 'and used without the master key' 'purpose=http' signed --session --issuer me -- -sS "$origin/"
by 0 'with content' 'covers=method target authority body' signed --session --issuer me -- -sS -d a=b "$origin/x?y=%20"
by 0 'again and again' 'purpose=http' signed --session --issuer me -- -sS "$origin/"
by 22 'not for another purpose' 'error: 403' signed --session --issuer me -- -sS --fail "$origin/orders"
mv away "$HOME/.signet/master.key"

# one value twice, and another request with it
"$signet" proof --session --issuer me GET "$origin/once" >field
by 0 'a value is good' 'purpose=http' curl -sS -H @field "$origin/once"
by 0 'once' REPLAY_DETECTED curl -sS -H @field "$origin/once"
"$signet" proof --session --issuer me GET "$origin/once" >field
by 0 'and for nothing else' INVALID_SIGNATURE curl -sS -H @field "$origin/twice"

# a thief has the token, but not the key: a new key for the old token is no session
session=$(ls "$HOME"/.signet/sessions/*.session)
sed 's/^seed .*/seed 0000000000000000000000000000000000000000000000000000000000000001/' "$session" >stolen
chmod 600 stolen
by 2 'a token without its key' 'eph_kid' "$signet" proof --session=stolen GET "$origin/"

# what was refused is explained
{
    printf 'GET /twice HTTP/1.1\nHost: 127.0.0.1:%s\n' "$port"
    cat field
    printf 'X-Original-URI: /once\n\n'
} >request
by 2 'explaining needs the record' '--record' "$signet" explain --master-key own.pem --origin "$origin" request
"$signet" proof --issuer me GET "$origin/once" 2>/dev/null >field
{
    printf 'GET /twice HTTP/1.1\nHost: 127.0.0.1:%s\n' "$port"
    cat field
    printf 'X-Original-URI: /once\n\n'
} >request
by 1 'a refusal is explained' 'differs.*target.*seen *"/twice" .*signed *"/once"' "$signet" explain --master-key own.pem --origin "$origin" request

# another session of the same, revoked behind its back: curl finds the renewed one
by 0 'a second session' 'good for' "$signet" session --new --admin "$origin" --issuer me
cp "$session" old
by 0 'a third' 'good for' "$signet" session --new --admin "$origin" --issuer me
cp "$session" new
cp old second && chmod 600 second
by 0 'the second is ended' '^ *$' "$signet" session --end --file second
refute 'its file is gone' test -e second
cp old second && chmod 600 second
by 22 'its token is not known any more' 'error: 401' signed --session=second -- -sS --fail "$origin/"
by 22 'and once more changes nothing' 'does not know the session any more' signed --retry-signed --session=second -- -sS "$origin/"
# the file changes between the two requests: curl itself, which is run for the first one, does it
mkdir bin
printf '#!/bin/sh\ncat %s/new >%s/second\nPATH=${PATH#*:} exec curl "$@"\n' "$scratch" "$scratch" >bin/curl
chmod 755 bin/curl
by 0 'unless the file holds another by then' 'purpose=http' env PATH="$scratch/bin:$PATH" "$signet" curl --retry-signed --session=second -- -sS "$origin/"
by 0 'the third is still good' 'purpose=http' signed --session=new -- -sS "$origin/"

# the clock
signed_late() { # signed_late SECONDS [OPTION]
    ahead=$1
    shift
    SIGNET_NOW=$(($(date +%s) + ahead)) "$signet-test" curl --issuer me "$@" -- -sS "$origin/full"
}
by 0 'a clock that is ahead is refused' CLOCK_SKEW signed_late 100
by 0 'and corrected by the answer' 'purpose=http' signed_late 100 --retry-signed
by 0 'also one that is behind' 'purpose=http' signed_late -100 --retry-signed
by 22 'but not by more than five minutes' 'error: 401' signed_late 400 --retry-signed
: >reached
by 22 'a forged signature is sent once' 'error: 403' signed --retry-signed --issuer me --session -- -sS "$origin/orders"
check 'indeed' test "$(grep -c '^403 GET /orders' logs/access.log)" -eq 2

# a command with a session of its own
printf '#!/bin/sh\nset -e\n"$1" curl -- -sS "$2/"\necho\necho "$SIGNET_SESSION" >path\ncp "$SIGNET_SESSION" kept\n' >job
chmod 755 job
by 0 'a command' 'purpose=job' "$signet" session --admin "$origin" --issuer me --purpose job -- ./job "$signet" "$origin"
refute 'its session is gone' test -e "$(cat path)"
chmod 600 kept
by 0 'and its token forgotten' TOKEN_NOT_FOUND signed --session=kept -- -sS "$origin/"
by 0 'an end' '^ *$' "$signet" session --end --issuer me
by 2 'is an end' 'there is no such session' signed --session --issuer me -- -sS "$origin/"
finish
