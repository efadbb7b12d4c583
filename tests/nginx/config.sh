#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What makes no sense is refused when the configuration is read, with the line where it stands.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

proof -m >master.pem
zone='signet_replay_zone seen:1m;'
key="signet_master_key demo-server $scratch/master.pem;"
origin="signet_origin https://$authority;"
printf 'nothing\n' >bad.pem
printf -- '-----BEGIN ED25519 PRIVATE KEY-----\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n-----END ED25519 PRIVATE KEY-----\n' >private.pem

configuration() {
    "$nginx" -t -p "$scratch" -e "$scratch/logs/error.log" -c "$scratch/nginx.conf" >out 2>&1
}
takes() { # takes SENTENCE HTTP SERVER
    configure "$2" "$3"
    check "$1" configuration
}
rejects() { # rejects SENTENCE HTTP SERVER TEXT: which stands in the message, with file and line
    configure "$2" "$3"
    if configuration; then
        bad "$1"
    elif grep -F -e "$4" out | grep -q '\[emerg\].* in .*nginx\.conf:[0-9]'; then
        good "$1"
    else
        bad "$1"
    fi
}

takes 'nothing' '' ''
takes 'all that is needed' "$zone $key $origin" 'signet on;'
takes 'in the server' "$zone" "signet on; $key $origin"
takes 'in a location' "$zone" "location /a { signet on; $key $origin }"
takes 'two keys of one issuer, two origins' "$zone $key $key $origin signet_origin https://b.example.com:8443;" 'signet on;'
takes 'all directives' "signet_replay_zone seen:1m quota=1000; $key $origin" \
    'signet on; signet_binding if-present; signet_full off; signet_purpose a b; signet_audience x; signet_skew 60s; signet_errors json; signet_body_max 1k; signet_unsigned_body on; signet_hide off;'
takes 'no quota' "signet_replay_zone seen:1m quota=0; $key $origin" 'signet on;'
takes 'off without anything' '' 'signet off;'

rejects 'no zone' "$key $origin" 'signet on;' 'without "signet_replay_zone"'
rejects 'no key' "$zone $origin" 'signet on;' 'without "signet_master_key"'
rejects 'no origin' "$zone $key" 'signet on;' 'without "signet_origin"'
rejects 'no key in a location' "$zone $origin" 'location /a { signet on; }' 'without "signet_master_key"'
rejects 'no such file' "$zone $origin signet_master_key demo-server $scratch/none.pem;" 'signet on;' 'none.pem'
rejects 'no key in the file' "$zone $origin signet_master_key demo-server $scratch/bad.pem;" 'signet on;' 'bad.pem'
rejects 'a private key' "$zone $origin signet_master_key demo-server $scratch/private.pem;" 'signet on;' 'private key'
rejects 'no issuer' "$zone $origin signet_master_key '' $scratch/master.pem;" 'signet on;' 'issuer'
rejects 'an origin with a path' "$zone $key signet_origin https://$authority/path;" 'signet on;' 'not a host'
rejects 'an origin without scheme' "$zone $key signet_origin $authority;" 'signet on;' 'origin'
rejects 'no skew' "$zone $key $origin" 'signet on; signet_skew 0;' 'signet_skew'
rejects 'too much skew' "$zone $key $origin" 'signet on; signet_skew 61s;' 'signet_skew'
rejects 'a binding of another name' "$zone $key $origin" 'signet on; signet_binding some;' 'invalid value'
rejects 'no content at all' "$zone $key $origin" 'signet on; signet_body_max 0;' 'signet_body_max'
rejects 'an empty purpose' "$zone $key $origin" "signet on; signet_purpose '';" 'signet_purpose'
rejects 'two lists of purposes' "$zone $key $origin" 'signet on; signet_purpose a; signet_purpose b;' 'duplicate'
rejects 'two zones' "$zone signet_replay_zone other:1m; $key $origin" '' 'duplicate'
rejects 'a zone without size' "signet_replay_zone seen; $key $origin" '' 'signet_replay_zone'
rejects 'a zone without name' "signet_replay_zone :1m; $key $origin" '' 'signet_replay_zone'
rejects 'a zone that is too small' "signet_replay_zone seen:64k; $key $origin" '' 'smaller than'
rejects 'a quota that is none' "signet_replay_zone seen:1m quota=x; $key $origin" '' 'quota'
rejects 'a quota that is too large' "signet_replay_zone seen:1m quota=65536; $key $origin" '' 'quota'
rejects 'a zone in a server' '' "$zone" 'not allowed here'
finish
