# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154,SC2086
#
# What the tests of servers in front of ours share: nginx answers questions on the socket `ask`, and
# a server in front, which listens on `edge` and lets pass to `back` what is answered 200.

edge_process=''
trap 'stop_edge; stop; cd / && rm -rf "$scratch"' EXIT

stop_edge() {
    [ -n "$edge_process" ] || return 0
    kill -TERM "$edge_process" 2>/dev/null
    until_true gone "$edge_process" || kill -KILL "$edge_process"
    edge_process=''
}

# start_asked LOCATIONS: nginx with these locations on `ask`
start_asked() {
    proof -m >master.pem
    configure "signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority; signet_errors json;
    server { listen unix:$scratch/ask; $1 location / { return 403; } }" "signet on;"
    sed -i 's/log_format reached .*/log_format reached "$request proof=$http_signet_proof token=$http_signet_token_id purpose=$http_signet_purpose covers=$http_signet_covers digest=$http_signet_body_digest body=$request_body";/' nginx.conf
    start
}

# start_edge COMMAND...: the server in front
start_edge() {
    "$@" >edge.log 2>&1 &
    edge_process=$!
    until_true test -S edge
}

# edge PROOF TARGET [CURL'S...]
edge() {
    value=$1 target=$2
    shift 2
    : >out
    code=$(curl -sS -m 20 --path-as-is --unix-socket edge -D head -o out -w '%{http_code}' \
        -H "Signet-Proof: $value" "$@" "http://$authority$target" 2>err) || true
}

passed() { # passed SENTENCE TEXT: it was answered, and TEXT stands in the log of the upstream, which may be a little later
    if [ "$code" = 200 ] && until_true grep -qE -e "$2" reached; then good "$1"; else
        bad "$1"
        tail -n 3 reached edge.log | sed 's/^/#   /'
    fi
    : >reached
}

# What every server in front must get right.
common_cases() {
    one=$(proof GET $authority '/a/b%20c%2Fd?x=1,2&y=%7C')
    edge "$one" '/a/b%20c%2Fd?x=1,2&y=%7C'
    passed 'a signed request passes' 'GET /a/b%20c%2Fd\?x=1,2&y=%7C .*proof=- token=[0-9a-f]{32} purpose=api covers=method target authority'
    edge "$one" '/a/b%20c%2Fd?x=1,2&y=%7C'
    refused 'its replay' 401 REPLAY_DETECTED
    check 'is challenged' grep -qi '^WWW-Authenticate: Signet .*error="replayed"' head
    edge '' /a
    refused 'no proof' 401 MISSING_PROOF
    edge "$(proof GET $authority /a)" /b
    refused 'another path' 401 INVALID_SIGNATURE
    edge "$(proof GET $authority /a)" '/a?x'
    refused 'a query' 401 INVALID_SIGNATURE
    edge "$(proof GET $authority /a)" /%61
    refused 'the path otherwise written' 401 INVALID_SIGNATURE
    edge "$(proof GET $authority /a)" /x/../a
    refused 'dots' 401 INVALID_SIGNATURE
    edge "$(proof GET $authority /a)" //a
    refused 'slashes' 401 INVALID_SIGNATURE
    edge "$(proof GET $authority /a)" /a -X DELETE
    refused 'another method' 401 INVALID_SIGNATURE
    edge "$(proof -s GET $authority /a)" /a
    refused 'a stolen token' 401 INVALID_SIGNATURE
    edge "$(proof -l 31 GET $authority /a)" /a
    refused 'too late' 401 CLOCK_SKEW
    edge nonsense /a
    refused 'nonsense' 400 INVALID_PROOF
    edge "$(proof GET $authority /a)" /a -H "Signet-Proof: $(proof GET $authority /a)"
    refused 'two proofs' 400 INVALID_PROOF
    for field in X-Original-Method X-Forwarded-Method; do
        edge "$(proof GET $authority /a)" /a -X DELETE -H "$field: GET"
        refused "$field of the client" 401
    done
    for field in X-Original-URI X-Forwarded-Uri x_original_uri x_forwarded_uri; do
        edge "$(proof GET $authority /a)" /b -H "$field: /a"
        refused "$field of the client" 401
    done
    edge "$(proof GET $authority /a)" /b -H 'X-Forwarded-Uri: /a' -H 'X-Forwarded-Uri: /a'
    refused 'twice' 401
    edge "$(proof GET $authority /a)" /a -H 'Signet-Token-Id: admin' -H 'Signet-Purpose: admin' -H 'signet-covers: all' -H 'Signet-Body-Digest: x'
    passed 'an identity of the client is not believed' 'token=[0-9a-f]{32} purpose=api covers=method target authority'
    edge "$(proof POST $authority /a hello)" /a -d hellx -H 'X-Original-Content-Length: 0'
    refute 'content that is said not to be there' grep -q 'covers=.* body digest' reached
}

dead_cases() { # when nginx does not answer
    stop
    edge "$(proof GET $authority /a)" /a
    refute 'nobody to ask, and nothing passes' test "$code" = 200
}
