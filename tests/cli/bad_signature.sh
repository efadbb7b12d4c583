#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Signatures that are not what they should be: one clear line, the right exit status.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

echo content >file
echo other >other

size_of() {
    wc -c <"$1" | tr -d ' '
}

# broken NAME FILE PATTERN: a signature of `file` that must be refused with that on stderr
broken() {
    run "$signet" verify file "$2"
    expect "$1" 1 '' "* file: $3"
}

for algorithm in ed25519 hybrid; do
    make_key "$algorithm"
    "$signet" sign -f der -o good.der file 2>/dev/null >/dev/null
    "$signet" sign -o good.pem file 2>/dev/null >/dev/null
    "$signet" sign -o other.sig other 2>/dev/null >/dev/null
    size=$(size_of good.der)

    for keep in 0 1 2 10 100 $((size / 2)) $((size - 1)); do
        head -c "$keep" good.der >short
        broken "$algorithm: cut to $keep bytes" short '*'
    done
    head -n 5 good.pem >cut.pem
    broken "$algorithm: cut PEM" cut.pem 'not a signature that can be read: *'
    cat good.der good.der >doubled
    broken "$algorithm: doubled DER" doubled '*'
    cat good.pem good.pem >doubled.pem
    broken "$algorithm: doubled PEM" doubled.pem '*after the PEM block*'
    { cat good.der && printf '\000'; } >trailing
    broken "$algorithm: a byte after the DER" trailing '*'
    { cat good.pem && echo trailing; } >trailing.pem
    broken "$algorithm: a line after the PEM" trailing.pem '*after the PEM block*'
    { printf '\060\200' && tail -c +5 good.der && printf '\000\000'; } >ber
    broken "$algorithm: BER with an indefinite length" ber '*'
    { printf '\060\204\000\000' && tail -c +3 good.der | head -c 2 && tail -c +5 good.der; } >long
    broken "$algorithm: a length with leading zeros" long '*'
    sed 's/CMS/PRIVATE KEY/' good.pem >label.pem
    broken "$algorithm: another label" label.pem 'not a signature that can be read: *'
    sed 's/-----END CMS/-----END PKCS7/' good.pem >labels.pem
    broken "$algorithm: two labels" labels.pem 'not a signature that can be read: *'
    broken "$algorithm: the signature of another file" other.sig 'BAD signature: *'
    broken "$algorithm: the file itself" file 'not a signature that can be read: *'

    # one byte changed, all over the message
    step=$((size / 23))
    survivors=0
    at=0
    while [ $at -lt "$size" ]; do
        byte=$(tail -c +$((at + 1)) good.der | head -c 1 | od -An -tu1 | tr -d ' ')
        {
            head -c $at good.der
            # shellcheck disable=SC2059 # an octal escape is made here
            printf "\\$(printf %03o $((255 - byte)))"
            tail -c +$((at + 2)) good.der
        } >changed
        "$signet" verify file changed >/dev/null 2>&1
        status=$?
        [ "$status" = 1 ] || survivors=$((survivors + 1))
        at=$((at + step))
    done
    check "$algorithm: no changed byte survives" test $survivors -eq 0
    check "$algorithm: and the unchanged one does" "$signet" verify file good.der
done

: >nothing
broken 'an empty signature' nothing '*signature is empty'
head -c 1100000 /dev/zero >zeros
broken 'a megabyte of zeros' zeros '*'
{ printf '\060\204\000\377\377\373' && head -c 1100000 /dev/zero; } >large
broken 'DER that is too large' large '*'
head -c 3000000 /dev/zero | tr '\0' A >huge
run "$signet" verify file huge
expect 'a file that is far too large' 1 '' 'signet: *huge: larger than *'
head -c 2420 /dev/zero | tr '\0' A >base64
broken 'base64 of the size of a bare signature' base64 '*'
head -c 2420 /dev/zero >zeros2420
run "$signet" verify file zeros2420
expect 'a bare signature of zeros' 1 '' '* file: BAD signature: *'
"$signet" export-key --algorithm ml-dsa-44 >key.pem
run "$signet" verify --key key.pem file zeros2420
expect 'a bare signature of zeros, by a key' 1 '' '* file: BAD signature: *'

# somebody else's
mkdir elsewhere
HOME=$scratch/work/elsewhere make_key ed25519
HOME=$scratch/work/elsewhere "$signet" sign -o stranger.sig file >/dev/null 2>&1
make_key ed25519
run "$signet" verify file stranger.sig
expect 'genuine, but by somebody unknown' 1 '' '* file: unknown signer: genuine signature by did:key:signet (ed25519), signed *'
run "$signet" verify --json file stranger.sig
expect 'the same as JSON' 1 '{*"verdict": "unknown"*"good": false*"reason"*}' ''
check_json
run "$signet" verify --json file nothing
expect 'nothing as JSON' 1 '{*"verdict": "broken"*}' ''
check_json
run "$signet" verify --json file nowhere
expect 'a missing signature as JSON' 2 '{*"verdict": "error"*}' '*nowhere: No such file or directory'
check_json
finish
