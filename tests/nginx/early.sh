#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Early data of TLS 1.3, which anybody may send again, is not judged; the same after the handshake is.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || { echo '1..0 # SKIP openssl is not installed'; exit 0; }

proof -m >master.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out certificate.pem -days 2 -subj /CN=$authority 2>err ||
    { echo '1..0 # SKIP openssl makes no certificate'; exit 0; }
configure "signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority; signet_errors json;
    ssl_certificate $scratch/certificate.pem; ssl_certificate_key $scratch/key.pem; ssl_protocols TLSv1.3; ssl_early_data on; ssl_session_cache shared:tls:1m; ssl_session_tickets on;
    server {
        listen unix:$scratch/tls ssl;
        signet on;
        location / { proxy_pass http://unix:$scratch/back:; }
        location /off { signet off; proxy_pass http://unix:$scratch/back:; }
    }" ''
check 'starts' start
tls() { # tls OPTION...: what is in `sent`, and the answer
    { sleep 0.7; cat late 2>/dev/null; sleep 0.7; } | timeout 10 openssl s_client -unix tls -servername $authority -ign_eof "$@" >out 2>err
    code=$(sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' out | head -n 1)
}
# A session that allows early data, by a request that is judged.
printf 'GET /first HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSignet-Proof: %s\r\n\r\n' $authority "$(proof GET $authority /first)" >late
tls -sess_out session.pem
expect 'a proof after the handshake' 200
check 'a session is kept' test -s session.pem
# nginx may see the end of the handshake before it looks at the request, which then is not early any more: again.
early() { # early TARGET [FIELD]: in a session of its own
    printf 'GET /off HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' $authority >late
    tls -sess_out session.pem
    : >late
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n' "$1" $authority >early
    [ $# = 1 ] || printf '%s\r\n' "$2" >>early
    printf '\r\n' >>early
    : >reached
    tls -sess_in session.pem -early_data early
}
logged() { # the client may be gone before the answer
    until_true grep -q "$1" logs/access.log
}
early /off
if grep -q 'Early data was accepted' out; then
    for try in 1 2 3 4 5 6 7 8 9; do
        one=$(proof GET $authority "/early$try")
        early "/early$try" "Signet-Proof: $one"
        logged "GET /early$try "
        grep -q "^200 GET /early$try " logs/access.log || break
    done
    check 'a proof as early data' logged "^425 GET /early$try "
    check 'which the log says' grep -q 'signet: early data is not judged' logs/error.log
    check 'reaches nobody' test ! -s reached
    printf 'GET /early%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nSignet-Proof: %s\r\n\r\n' "$try" $authority "$one" >late
    tls
    expect 'is good afterwards, for it was not used up' 200
    check 'where nothing is judged early data passes' logged '^200 GET /off '
else
    count=$((count + 1))
    echo "ok $count - early data # SKIP this openssl or nginx has none"
fi
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
