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
head -c 32 /dev/urandom >record.key
head -c 31 /dev/urandom >short.key
printf 'user:word\n' >password
: >empty
rk="signet_record_key $scratch/record.key;"
rz='signet_record_zone records:1m;'
redis="signet_redis main unix:$scratch/none.sock;"
records="$zone $key $origin $rk $rz $redis"
takes 'a Redis and no zone' "$redis $key $origin" 'signet on; signet_replay redis=main;'
takes 'a Redis that is named before it is defined' "$key $origin signet_replay redis=main prefix=a:; $redis" 'signet on;'
takes 'a Redis with all there is' "$zone signet_redis main redis://127.0.0.1:6380/3 timeout=5 password_file=password; signet_redis other redis://[::1];" ''
takes 'a Redis above and the zone below' "$redis $zone $key $origin signet_replay redis=main;" 'signet on; location /a { signet_replay zone; }'
takes 'records in a zone' "$records" 'signet on; signet_records zone;'
takes 'records in files' "$records" "signet on; signet_records file=$scratch/records;"
takes 'records in Redis' "$records" 'signet on; signet_records redis=main prefix=x:;'
takes 'records of the reference need no key' "$zone $key $origin $redis" 'signet on; signet_records redis=main; signet_record_format reference;'
takes 'records off' "$zone $key $origin signet_records off;" 'signet on;'
takes 'enrolment' "$records" 'signet on; signet_full off; signet_records zone; location /e { signet_enrol on; }'

rejects 'a Redis that is not defined' "$key $origin" 'signet on; signet_replay redis=main;' 'the "signet_redis" that "signet_replay" names'
rejects 'another one that is not' "$records" 'signet on; signet_records redis=mains;' 'the "signet_redis" that "signet_records" names'
rejects 'a Redis twice' "$redis $redis" '' 'duplicate'
rejects 'a Redis with TLS and no CA' 'signet_redis main rediss://127.0.0.1;' '' 'wants ca=FILE'
rejects 'a CA that is not there' "signet_redis main rediss://127.0.0.1 ca=$scratch/none.pem;" '' 'ca= file'
rejects 'a CA that is none' "signet_redis main rediss://127.0.0.1 ca=$scratch/bad.pem;" '' 'ca= file'
rejects 'a Redis with a CA' "signet_redis main redis://127.0.0.1 ca=$scratch/bad.pem;" '' 'without TLS'
rejects 'a Redis of another kind' 'signet_redis main http://127.0.0.1;' '' 'begins with redis://'
rejects 'a Redis without a place' 'signet_redis main redis://;' '' 'no host'
rejects 'a Redis whose name nobody knows' 'signet_redis main redis://nowhere.invalid;' '' 'not found'
rejects 'no time at all' "signet_redis main redis://127.0.0.1 timeout=0;" '' 'timeout=MILLISECONDS'
rejects 'too much time' "signet_redis main redis://127.0.0.1 timeout=60001;" '' 'timeout=MILLISECONDS'
rejects 'no file with a password' "signet_redis main redis://127.0.0.1 password_file=none;" '' 'none'
rejects 'an empty file instead of a password' "signet_redis main redis://127.0.0.1 password_file=empty;" '' 'password_file=FILE'
head -c 600 /dev/urandom >long
rejects 'a password that is too long' "signet_redis main redis://127.0.0.1 password_file=long;" '' 'more than 511'
head -c 5000 /dev/urandom >large.key
rejects 'a key of records that is too long' "$zone signet_record_key $scratch/large.key;" '' 'more than 4095'
rejects 'an option that is none' "signet_redis main redis://127.0.0.1 cluster=on;" '' 'wants NAME URL'
rejects 'a Redis in a server' '' "$redis" 'not allowed here'
rejects 'a replay state that is none' "$zone $key $origin" 'signet on; signet_replay files;' 'wants zone or redis='
rejects 'a prefix with a space' "$records" "signet on; signet_replay redis=main 'prefix=a b';" 'wants zone or redis='
rejects 'a prefix that is too long' "$records" "signet on; signet_replay redis=main prefix=$(printf '%065d' 0);" 'wants zone or redis='
rejects 'two replay states' "$records" "signet on; signet_replay redis=main; signet_replay redis=main;" 'duplicate'
rejects 'records without a key' "$zone $key $origin $rz" 'signet on; signet_records zone;' '"signet_record_key"'
rejects 'records without a zone' "$zone $key $origin $rk" 'signet on; signet_records zone;' '"signet_record_zone"'
rejects 'records of no kind' "$records" 'signet on; signet_records memory;' 'wants off, zone'
rejects 'records in no folder' "$records" 'signet on; signet_records file=;' 'wants file='
rejects 'a key of records that is short' "$zone signet_record_key $scratch/short.key;" '' 'less than 32 bytes'
rejects 'a key of records that is not there' "$zone signet_record_key $scratch/none.key;" '' 'none.key'
rejects 'a form of records that is none' "$records" 'signet_record_format v3;' 'invalid value'
rejects 'a zone of records that is too small' 'signet_record_zone records:64k;' '' 'smaller than'
rejects 'two zones of records' "$rz signet_record_zone other:1m;" '' 'duplicate'
rejects 'one zone for both' "$zone signet_record_zone seen:1m;" '' 'already declared'
rejects 'enrolment without signet' "$records signet_records zone;" 'location /e { signet_enrol on; }' '"signet" is not'
rejects 'enrolment without records' "$records" 'signet on; location /e { signet_enrol on; }' 'which "signet_enrol" needs'
rejects 'enrolment with a weak binding' "$records signet_records zone;" 'signet on; signet_binding off; location /e { signet_enrol on; }' 'of enrolment'
rejects 'enrolment with unsigned content' "$records signet_records zone;" 'signet on; signet_unsigned_body on; location /e { signet_enrol on; }' 'of enrolment'
rejects 'enrolment in a server' "$records signet_records zone;" 'signet on; signet_enrol on;' 'not allowed here'

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
