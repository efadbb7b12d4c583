#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Some hundred requests of every kind through a nginx that valgrind watches: no error, and nothing lost.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v valgrind >/dev/null || { echo '1..0 # SKIP valgrind is not installed'; exit 0; }

proof -m >master.pem
http="signet_replay_zone seen:1m quota=20; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;
    signet_failures bad:64k rate=1 burst=3; set_real_ip_from unix:; real_ip_header Peer;"
configure "$http client_body_buffer_size 4k;" "signet on; signet_errors json;
    location /end { proxy_pass http://unix:$scratch/end:; }
    location /text { signet_errors text; }
    location /late { signet_body_timeout 300ms; }
    location /limited { signet_failure_limit on; }
    location /small { signet_body_max 10; }
    location /write { signet_purpose write; }
    location /narrow { signet_skew 1s; }
    location /tried { try_files /nothing /end; }
    location /any { satisfy any; deny all; proxy_pass http://unix:$scratch/end:; }"
sed -i -e 's/^worker_processes 2/daemon off; master_process off/' -e '/^user /d' nginx.conf

cat >nginx.supp <<'SUPPRESSION'
{
   the environment that nginx makes anew when it starts, eight bytes
   Memcheck:Leak
   match-leak-kinds: definite
   fun:malloc
   fun:ngx_alloc
   fun:ngx_set_environment
}
SUPPRESSION
valgrind --quiet --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --keep-debuginfo=yes \
    --suppressions=nginx.supp --log-file=valgrind.log "$nginx" -p "$scratch" -e logs/error.log -c "$scratch/nginx.conf" >out 2>err &
server=$!
trap 'kill -KILL $server 2>/dev/null; cd / && rm -rf "$scratch"' EXIT
check 'starts' until_true test -S end

# batch NAME STATUSES PATH COUNT [CURL'S...]: the lines of the file `proofs`, one request each, over one connection
batch() {
    name=$1 statuses=$2 path=$3
    shift 3
    : >curl.conf
    while read -r value; do
        printf 'next\nunix-socket = front\nheader = "Signet-Proof: %s"\nurl = "http://%s%s"\noutput = answer\nwrite-out = "%%{http_code}\\n"\n' "$value" $authority "$path"
        for line; do printf '%s\n' "$line"; done
    done <proofs | sed 1d >curl.conf
    curl -sS -m 40 -K curl.conf >codes 2>err
    code=$(sort codes | uniq -c | tr -s ' \n' ' ')
    if grep -qE "^($statuses)\$" codes && ! grep -qvE "^($statuses)\$" codes; then good "$name:$code"; else bad "$name"; fi
}

proof -n 20 GET $authority /end >proofs
batch 'accepted' 200 /end
batch 'their replays' 401 /end
proof -n 80 GET $authority /end >proofs
batch 'more than the quota' '200|503' /end
check 'which is told' grep -q 503 codes
proof -n 20 POST $authority /end hello >proofs
batch 'content' 200 /end 'data = "hello"'
for socket in front front2; do
    version=--http1.1
    [ $socket = front ] || version=--http2-prior-knowledge
    (printf hel; sleep 3) | curl -sS -m 20 $version --unix-socket $socket -o out -w '%{http_code}' -T . -X POST \
        -H "Signet-Proof: $(proof POST $authority /late hello)" "http://$authority/late" >code 2>err
    check "content that comes too late, $version" grep -qx 408 code
done
proof -p -n 20 GET $authority /limited >proofs
batch 'refused too often' '401|429' /limited 'header = "Peer: 192.0.2.1"'
check 'of which the last are limited' grep -q 429 codes
proof -n 20 POST $authority /end hello >proofs
batch 'content changed' 401 /end 'data = "hellx"'
head -c 20000 /dev/zero | tr '\0' x >big
proof -n 10 POST $authority /end "$(cat big)" >proofs
batch 'content in a file' 200 /end 'data-binary = "@big"'
proof -n 10 POST $authority /end "$(cat big)" >proofs
batch 'content in chunks' 200 /end 'data-binary = "@big"' 'header = "Transfer-Encoding: chunked"'
proof -n 10 POST $authority /small 0123456789a >proofs
batch 'too much content' 413 /small 'data = "0123456789a"'
batch 'too much content in chunks' 413 /small 'data = "0123456789a"' 'header = "Transfer-Encoding: chunked"'
proof -s -n 20 GET $authority /text >proofs
batch 'forged' 401 /text
proof -n 20 GET $authority /other >proofs
batch 'another target' 401 /end
proof -n 20 GET $authority /write >proofs
batch 'another purpose' 403 /write
proof -l 20 -n 20 GET $authority /narrow >proofs
batch 'too late' 401 /narrow
proof -p -n 20 GET $authority /end >proofs
batch 'no record' 401 /end
proof -n 20 GET $authority /tried >proofs
batch 'redirected' 200 /tried
proof -n 20 GET $authority /any >proofs
batch 'satisfy any' 200 /any
proof -n 20 GET $authority /end | cut -c 1-200 >proofs
batch 'cut' 400 /end
for i in 1 2 3 4 5 6 7 8 9 10; do proof GET $authority /end | sed "s/./;/$((i * 30))"; done >proofs
batch 'broken' '400|401' /end
for i in 1 2 3 4 5 6 7 8 9 10; do
    printf 'POST /end HTTP/1.1\r\nHost: %s\r\nContent-Length: 5\r\nSignet-Proof: %s\r\n\r\nhe' $authority "$(proof POST $authority /end hello)" |
        curl -sS -m 0.3 --unix-socket front "telnet://$authority:80" >/dev/null 2>&1
done
request /end
expect 'ten hung up in their content, and it still answers' 401 MISSING_PROOF

kill -QUIT $server
check 'ends' until_true gone $server
wait $server
check 'as it should' test $? = 0
check 'valgrind has seen no error, and nothing was lost' test ! -s valgrind.log
[ ! -s valgrind.log ] || head -n 60 valgrind.log | sed 's/^/# /'
finish
