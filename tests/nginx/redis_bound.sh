#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A Redis that hangs: so many may wait for it, and the others are refused at once.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
# shellcheck source=redis_lib.sh
. "$here/redis_lib.sh"
# shellcheck disable=SC3045 # dash has it
ulimit -n 4096 2>/dev/null || { echo '1..0 # SKIP too few open files are allowed'; exit 0; }

proof -m >master.pem
configure "signet_redis main unix:$scratch/redis.sock timeout=8000; signet_master_key demo-server $scratch/master.pem;
    signet_origin https://$authority;" 'signet on; signet_replay redis=main; location = /here { root html; }'
echo here >html/here
sed -i -e 's/worker_processes 2/worker_processes 1/' -e 's/worker_connections 256/worker_connections 4000/' nginx.conf
check 'Redis starts' redis_start
check 'nginx starts' start
check 'a proof passes' passes
proof -n 1100 GET $authority /here >proofs
kill -STOP "$redis_pid"
flood() { # 1100 at once: those beyond 1024 are answered within two seconds, the others when Redis goes on
    python3 -c '
import os, select, signal, socket, sys
waiting = {}
for line in open("proofs"):
    s = socket.socket(socket.AF_UNIX)
    s.connect("front")
    s.sendall(b"GET /here HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\nSignet-Proof: " + line.strip().encode() + b"\r\n\r\n")
    waiting[s] = line
def answers(seconds):
    count = {}
    while waiting:
        ready = select.poll()
        for s in waiting:
            ready.register(s, select.POLLIN)
        got = ready.poll(seconds * 1000)
        if not got:
            break
        names = {s.fileno(): s for s in waiting}
        for number, _ in got:
            s = names[number]
            status = s.recv(4096)[9:12].decode()
            count[status] = count.get(status, 0) + 1
            s.close()
            del waiting[s]
    return count
early = answers(2)
os.kill(int(sys.argv[1]), signal.SIGCONT)
late = answers(8)
print(early, late, len(waiting))
sys.exit(not (early == {"503": 76} and late == {"200": 1024} and not waiting))' "$redis_pid"
}
check 'of 1100 at once 1024 wait' flood
check 'the log says so' grep -q 'commands wait for an answer, and no more may' logs/error.log
check 'and then all is well' recovers
check 'no worker died' no_worker_died
finish
