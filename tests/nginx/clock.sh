#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The system's clock is stepped under a running nginx that has work to do: no proof passes twice, no
# worker dies, and what is refused because of the step is refused no longer than that.
#
# usage: clock.sh NGINX MODULE PROOF CLOCK_STEP
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }
case $4 in /*) preload=$4 ;; *) preload=$OLDPWD/$4 ;; esac

proof -m >master.pem
http="signet_replay_zone seen:4m quota=0; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority;"
configure "$http" "signet on; signet_errors json; location /wide { signet_skew 60s; proxy_pass http://unix:$scratch/back:; }"
SIGNET_CLOCK_STEP=$scratch/step
export SIGNET_CLOCK_STEP

step() { # step SECONDS: from the true time, at once
    python3 -c 'import struct, sys; open("step", "r+b").write(struct.pack("=q", int(sys.argv[1])))' "$1"
    stepped=$1
}
now() { # a proof made by a client whose clock went the same way
    proof -l $((-stepped)) "$@"
}
head -c 8 /dev/zero >step
step 0
begin() {
    LD_PRELOAD=$preload
    export LD_PRELOAD
    start >check.out 2>&1
    started=$?
    unset LD_PRELOAD
}
begin
check 'starts' test $started = 0

step 60
with "$(proof GET $authority /)" /
refused 'the clock that is stepped is the one that counts' 401 CLOCK_SKEW
with "$(now GET $authority /)" /
expect 'and by it a proof is good' 200
: >reached

# Load: each proof is sent twice, by clients who keep their own time, while the clock goes to and fro.
# What the two answers may be: one 200 at most.
cat >load.py <<'PYTHON'
import http.client, socket, sys, time

class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect("front")

connection = Connection("api.example.com")
count, twice = {}, 0
proofs = [line.strip() for line in open(sys.argv[1])]
end = time.monotonic() + float(sys.argv[2])
passed = {}
while time.monotonic() < end:
    for proof in proofs:
        connection.request("GET", "/wide", headers={"Signet-Proof": proof})
        answer = connection.getresponse()
        answer.read()
        count[answer.status] = count.get(answer.status, 0) + 1
        if answer.status == 200:
            passed[proof] = passed.get(proof, 0) + 1
            twice += passed[proof] > 1
print(count, "passed", len(passed), "twice", twice)
sys.exit(twice != 0 or set(count) - {200, 401, 503} != set() or not passed)
PYTHON
step 0
{
    for late in 60 45 31 30 15 1 0 -1 -15 -30 -31 -45 -60 -75 -90 -119; do proof -n 20 -l $late GET $authority /wide; done
} >proofs
python3 load.py proofs 6 >load.out 2>&1 &
load_pid=$!
for one in 60 0 -60 0 60 -60 30 -30 120 0 59 1; do
    sleep 0.4
    step $one
done
wait $load_pid
check 'under load no step lets a proof pass twice' test $? = 0
sed 's/^/# /' load.out
step 0
with "$(now GET $authority /)" /
expect 'and once the clock is right, proofs are good' 200
: >reached

# Each step by itself: what was accepted before is refused after, and new proofs pass at once.  With
# a store that has not seen the times of the load.
stop
begin
check 'starts again' test $started = 0
for there in 60 -60 61 -61; do
    step 0
    old=$(now GET $authority /wide)
    with "$old" /wide
    expect "before a step of $there s" 200
    : >reached
    step $there
    with "$old" /wide
    refused "a replay after a step of $there s" 401
    with "$(now GET $authority /wide)" /wide
    expect "new proofs after a step of $there s" 200
    : >reached
    step 0
    with "$old" /wide
    refused "a replay after the step back" 401
    with "$(now GET $authority /wide)" /wide
    expect "new proofs after the step back" 200
    : >reached
done

# The last second: by the clock of the store the proof is just still good, and then it is not.
step 0
old=$(now GET $authority /)
with "$old" /
expect 'a proof' 200
: >reached
for one in 28 29 30 31 32; do
    step $one
    with "$old" /
    refused "is not good again $one s later" 401
done
step 0
with "$old" /
refused 'nor when the clock comes back' 401 REPLAY_DETECTED

# Between head and content: nginx asks for the content once the proof was found new, and then the clock is stepped.
slow=$(proof POST $authority /slow hello)
slow_request() {
    python3 -c '
import socket, struct, sys
client = socket.socket(socket.AF_UNIX)
client.settimeout(20)
client.connect("front")
client.sendall(sys.argv[1].encode() + b"\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 5\r\n\r\n")
asked = client.recv(4096)
open("step", "r+b").write(struct.pack("=q", 60))
client.sendall(b"hello")
answer = client.recv(4096)
sys.exit(not asked.startswith(b"HTTP/1.1 100") or not answer.startswith(b"HTTP/1.1 200"))' \
        "$(printf 'POST /slow HTTP/1.1\r\nHost: %s\r\nSignet-Proof: %s' $authority "$slow")"
}
check 'a step while content is sent leaves the verdict as it was' slow_request
: >reached
step 0
with "$slow" /slow -d hello
refused 'and its replay is one' 401 REPLAY_DETECTED

# A step back by more than the store can tell apart: it refuses what it might have forgotten, until
# the clock is where it was.
step 600
with "$(now GET $authority /)" /
expect 'ten minutes ahead' 200
: >reached
step 0
with "$(now GET $authority /)" /
refused 'ten minutes back, nothing passes' 503
check 'and the log says that it is the store' grep -q 'STORE_UNAVAILABLE: the replay store cannot tell' logs/error.log
step 600
with "$(now GET $authority /)" /
expect 'and all passes when the time has come again' 200
: >reached
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
