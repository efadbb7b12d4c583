#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files that cannot be read or written, that are huge, that change; signals; a closed stdout.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

make_key hybrid
echo content >file
"$signet" sign file >/dev/null 2>&1

run "$signet" sign missing
expect 'sign: no such file' 2 '' '*missing: No such file or directory'
run "$signet" verify missing
expect 'verify: no such signature' 2 '' 'signet: missing.sig: No such file or directory'
run "$signet" verify missing file.sig
expect 'verify: no such file' 2 '' 'signet: missing: No such file or directory'
mkdir directory
run "$signet" sign directory
expect 'sign: a directory' 2 '' '*directory: is a directory'
run "$signet" verify directory file.sig
expect 'verify: a directory' 2 '' '*directory: is a directory'
run "$signet" verify file directory
expect 'verify: a directory as signature' 2 '' '*directory: Is a directory'
run "$signet" sign -o directory file
expect 'sign: into a directory' 2 '' '*directory: is a directory'
run "$signet" sign -o nowhere/file.sig file
expect 'sign: into no directory' 2 '' '*nowhere/file.sig: *No such file or directory'
ln -s loop loop
run "$signet" sign loop
expect 'sign: a link to itself' 2 '' '*loop: Too many levels of symbolic links'
long=$(head -c 300 /dev/zero | tr '\0' x)
run "$signet" sign "$long"
expect 'sign: a name that is too long' 2 '' '*File name too long'
control=$(printf 'a\033[31mred\nline')
run "$signet" sign "$control"
expect 'a name that acts on the terminal does not' 2 '' '*a\\x1b\[31mred\\x0aline: No such file or directory'
hidden=$(printf 'a\302\233b\342\200\256c\377d\303\244')
run "$signet" sign "$hidden"
expect 'nor one with C1 controls, turned writing, or what is not UTF-8' 2 '' \
    '*a\\xc2\\x9bb\\xe2\\x80\\xaec\\xffd'"$(printf '\303\244')"': No such file or directory'
cp file "$control"
run "$signet" sign "$control"
expect 'not on stdout either' 0 '*Input: a\\x1b\[31mred\\x0aline*' '*'
check 'stdout has no escape' sh -c "! grep -q \"\$(printf '\\033')\" '$scratch/out'"

if [ "$(id -u)" = 0 ]; then
    skip 'sign: an unreadable file' 'root reads everything'
    skip 'sign: an unwritable folder' 'root writes everywhere'
else
    cp file unreadable && chmod 0 unreadable
    run "$signet" sign unreadable
    expect 'sign: an unreadable file' 2 '' '*unreadable: Permission denied'
    mkdir closed && cp file closed/file && chmod 555 closed
    run "$signet" sign closed/file
    expect 'sign: an unwritable folder' 2 '' '*closed/file.sig: *Permission denied'
fi

# where the signature goes is full
run "$signet" sign -o /dev/full file
expect 'a full device' 2 '' '*/dev/full: cannot write: No space left on device'
check '/dev/full is still a device' test -c /dev/full
run "$signet" sign -o /dev/null file
expect 'a device is written, not replaced' 0 '*Output: /dev/null*' '*'
check '/dev/null is still a device' test -c /dev/null
mkdir small
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=4k tmpfs small 2>/dev/null; then
    run "$signet" sign -o small/file.sig file
    expect 'a full disk' 2 '' '*small/file.sig: *No space left on device'
    check 'nothing is left on it' test "$(find small -type f | wc -l)" -eq 0
    umount small
else
    skip 'a full disk' 'cannot mount a small one'
    skip 'nothing is left on it' 'cannot mount a small one'
fi
run sh -c "ulimit -f 1; exec '$signet' sign -o limited.sig file"
expect 'a limit on file sizes' 2 '' '*limited.sig: *File too large'
refute 'leaves no half signature' test -e limited.sig

# stdout
(exec "$signet" sign -o closed.sig file >&- 2>"$scratch/err")
status=$?
: >"$scratch/out"
expect 'sign: a closed stdout' 2 '' '*cannot write to standard output*'
check 'the signature is whole all the same' "$signet" verify file closed.sig
(exec "$signet" verify file >&- 2>"$scratch/err")
status=$?
: >"$scratch/out"
expect 'verify: a closed stdout' 2 '' '*cannot write to standard output*'
(exec "$signet" verify file >/dev/full 2>"$scratch/err")
status=$?
expect 'verify: a full stdout' 2 '' '*cannot write to standard output*'
(exec "$signet" sign -o - file >/dev/full 2>"$scratch/err")
status=$?
expect 'sign: a full stdout' 2 '' '*standard output: cannot write: No space left on device'
(exec "$signet" verify other file.sig >"$scratch/out" 2>&-)
status=$?
: >"$scratch/err"
expect 'verify: a closed stderr' 2 '' ''
(exec "$signet" verify - file.sig <&- >"$scratch/out" 2>"$scratch/err")
status=$?
expect 'verify: a closed stdin' 2 '' '*standard input: *'

# huge
small() {
    if grep -q __asan_init "$signet"; then
        skip 'in less than 16 MiB' 'the sanitizer has memory of its own'
    else
        check 'in less than 16 MiB' test "$(cat memory)" -lt 16384
    fi
}
truncate -s 5G huge
run "$build/tests/cli/peak" memory "$signet" sign --algorithm ed25519 huge
expect 'sign: 5 GiB' 0 '*Signed successfully*' '*'
small
echo "# peak memory: $(cat memory) KiB"
truncate -s 64M huge
run "$build/tests/cli/peak" memory "$signet" verify huge
expect 'verify: another size is another content' 1 '' '* huge: BAD signature: *'
small
rm -f huge.sig
truncate -s 1G huge

# a file that changes, or is interrupted, while it is read
"$signet" sign --algorithm ed25519 huge >"$scratch/out" 2>"$scratch/err" &
child=$!
sleep 0.1
kill -STOP $child
echo more >>huge
kill -CONT $child
wait $child
status=$?
expect 'sign: a file that changes meanwhile' 2 '' '*huge: changed while it was read'
refute 'gets no signature' test -e huge.sig
truncate -s 1G huge
for signal in INT TERM HUP; do
    # timeout runs it in the foreground, where signals act
    timeout -s $signal 0.2 "$signet" sign --algorithm ed25519 huge >/dev/null 2>&1
    refute "interrupted by $signal: no signature" test -e huge.sig
done
check 'nothing temporary is left' nothing_left
cp file vanishing
run sh -c "exec 3<vanishing; rm vanishing; '$signet' sign - <&3 >vanishing.sig"
expect 'a file that vanished is signed as it was' 0 '' '*'
check 'and verifies' "$signet" verify file vanishing.sig

mkfifo pipe
cat file >pipe &
run "$signet" verify pipe file.sig
expect 'verify: from a pipe with a name' 0 '* pipe: good signature *' ''
finish
