#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Signing and verifying files, the good ways and the refusals.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

echo content >file

run "$signet" sign file
expect 'without a key says how to make one' 2 '' '* Run signet sign --init to initialize*failed to load master key: *'
refute 'and leaves no file' test -e file.sig

for algorithm in ed25519 ml-dsa-44 hybrid; do
    make_key "$algorithm"
    rm -f file.sig
    run "$signet" sign file
    expect "$algorithm: signs" 0 '* Signed successfully
  Input: file
  Output: file.sig
  Format: pem' '*'
    check "$algorithm: as PEM with the label CMS" grep -qx -e '-----BEGIN CMS-----' file.sig
    run "$signet" verify file
    expect "$algorithm: verifies" 0 '* file: good signature by * (*), signed 20??-??-??T??:??:??Z' ''
    cp file other && echo more >>other
    run "$signet" verify other file.sig
    expect "$algorithm: refuses another content" 1 '' '* other: BAD signature: *'
    : >empty
    run "$signet" verify empty file.sig
    expect "$algorithm: refuses an empty content" 1 '' '* empty: BAD signature: *'
    run "$signet" verify --signer somebody@example.com file
    expect "$algorithm: refuses another signer's name" 1 '' '* file: unknown signer: *'
    run "$signet" verify --at 2020-01-01 file
    expect "$algorithm: refuses it years before its time" 1 '' '* file: outside its time: *'
    run "$signet" verify --at 2099-01-01 file
    expect "$algorithm: refuses it years after its time" 1 '' '* file: outside its time: *'
    for form in pem der cms; do
        run "$signet" sign -f $form -o file.$form file
        expect "$algorithm: signs as $form" 0 "*Format: *" '*'
        run "$signet" verify file file.$form
        expect "$algorithm: verifies $form" 0 '* file: good signature by *' ''
    done
    run_with file "$signet" sign -
    cp "$scratch/out" stream.sig
    expect "$algorithm: signs standard input to standard output" 0 '-----BEGIN CMS-----*' '*'
    run_with file "$signet" verify - stream.sig
    expect "$algorithm: verifies standard input" 0 '* standard input: good signature by *' ''
    run_with stream.sig "$signet" verify file -
    expect "$algorithm: reads the signature from standard input" 0 '* file: good signature by *' ''
done

make_key hybrid
check 'a hybrid signer makes hybrid signatures' sh -c "'$signet' sign file && '$signet' verify file | grep -q 'ed25519 + ml-dsa-44'"
run "$signet" verify --require hybrid file
expect 'hybrid satisfies --require hybrid' 0 '* file: good signature *' ''
run "$signet" sign --algorithm ed25519 -o one.sig file
run "$signet" verify file one.sig
expect 'one signature of a signer with two keys is not enough' 1 '' '* file: BAD signature: *'
run "$signet" verify --require ed25519 file one.sig
expect '--require takes nothing away from that' 1 '' '* file: BAD signature: *'
"$signet" export-key >ed25519.pem
"$signet" export-key --algorithm ml-dsa-44 >mldsa44.pem
run "$signet" verify --key ed25519.pem file one.sig
expect '--key names the only key that counts' 0 '* file: good signature by key ???????????????? (ed25519)*' ''
run "$signet" verify --key mldsa44.pem file one.sig
expect '--key of another key' 1 '' '* file: unknown signer: *'
run "$signet" verify --key mldsa44.pem --require hybrid file one.sig
expect '--require hybrid of one signature' 1 '' '* file: *'
run "$signet" verify --key ed25519.pem --key mldsa44.pem --require hybrid file
expect 'two keys are one hybrid signer' 0 '* file: good signature by key *' ''
run "$signet" verify --key "$("$signet" export-key-id)" file one.sig
expect '--key takes a key id' 0 '* file: good signature by key *' ''
run "$signet" verify --key nowhere file
expect '--key that is neither id nor file' 2 '' 'signet: *nowhere: neither a key id*'
run "$signet" verify --key "$HOME/.signet/master.key" file
expect '--key refuses a private key' 1 '' '*master.key: holds a private key*'
"$signet" export-ca >ca.pem 2>/dev/null
run "$signet" verify --ca ca.pem file
expect '--ca takes the certificates of export-ca' 0 '* file: good signature by key *' ''
"$signet" export-ca --algorithm ed25519 >ca-ed25519.pem 2>/dev/null
run "$signet" verify --ca ca-ed25519.pem file one.sig
expect '--ca of one key and its signature' 0 '* file: good signature by key *' ''

# bare signatures
run "$signet" sign -f raw-mldsa -o raw.sig file
expect 'a bare ML-DSA-44 signature' 0 '*Format: raw-mldsa' '*'
check 'has 2420 bytes' test "$(wc -c <raw.sig)" -eq 2420
run "$signet" verify --key mldsa44.pem file raw.sig
expect 'verifies with its key' 0 '* file: good signature by key * (ml-dsa-44)' ''
run "$signet" verify --key mldsa44.pem other raw.sig
expect 'refuses another content' 1 '' '* other: BAD signature: *'
run "$signet" verify --key ed25519.pem file raw.sig
expect 'needs an ML-DSA-44 key' 2 '' '*no ML-DSA-44 key is trusted*'
run "$signet" verify --key mldsa44.pem --require ed25519 file raw.sig
expect 'is no Ed25519 signature' 1 '' '* file: BAD signature: *required*'
run "$signet" verify file raw.sig
expect 'is one of the two that a hybrid signer owes' 1 '' '* file: BAD signature: both *'
run "$signet" verify --key mldsa44.pem file.sig raw.sig
expect 'is of this file only' 1 '' '* BAD signature: *'

printf '\060\202\001\000\240\003\002\001\002' >tbs
printf '\060\200\240\200\002\001\002' >tbs-ber
printf '\060\202\001\000\002\001\001\060\005\006\003' >tbs-v1
printf '\061\030\060\026\006\011' >attributes
printf 'signet-ephemeral-binding-v1:xxxx' >binding
printf '\204jSignature1' >cose
for shape in tbs tbs-ber tbs-v1 attributes binding cose; do
    run "$signet" sign -f raw-mldsa "$shape"
    expect "no bare signature of what begins like $shape" 1 '' "*$shape: begins like *"
    refute 'and no file' test -e "$shape.sig"
    run "$signet" sign "$shape"
    expect 'but CMS' 0 '*Signed successfully*' '*'
done

make_key ml-dsa-44
run "$signet" sign -f raw -o raw.sig file
expect 'raw is raw-mldsa of an ML-DSA-44 key' 0 '*Format: raw-mldsa' '*'
run "$signet" verify file raw.sig
expect 'and is verified by the own key' 0 '* file: good signature by * (ml-dsa-44)' ''
make_key ed25519
run "$signet" sign -f raw file
expect 'raw of an Ed25519 key is explained away' 1 '' '*could be a certificate of yours*--format pem*'
run "$signet" sign -f raw-mldsa file
expect 'raw-mldsa needs such a key' 2 '' '*failed to load master key*'
run "$signet" sign --algorithm hybrid file
expect 'hybrid needs both keys' 2 '' '*failed to load master key*'
run "$signet" sign --algorithm rsa file
expect 'an algorithm that there is not' 2 '' '*rsa*'
run "$signet" sign -f gif file
expect 'a format that there is not' 2 '' '*unsupported format: gif*'

# several files, and where signatures go
echo one >one
echo two >two
rm -f ./*.sig
run "$signet" sign one missing two
expect 'of several files all are tried' 2 '*Input: one*Input: two*' '*missing: No such file or directory'
check 'the others are signed' sh -c "'$signet' verify one && '$signet' verify two"
run "$signet" sign -o x.sig one two
expect 'one output for two files' 2 '' '*one file*signet sign --help'
run "$signet" sign -o one one
expect 'the input is not overwritten' 1 '' '*one: is one of the files to sign*'
ln one alias
run "$signet" sign -o alias one
expect 'nor under another name' 1 '' '*alias: is one of the files to sign*'
ln -s one link
run "$signet" sign -o link one
expect 'nor through a link' 1 '' '*link: is one of the files to sign*'
run "$signet" sign one one.sig
expect 'nor as the signature of another' 1 '*Output: one.sig.sig*' '*one.sig: is one of the files to sign*'
check 'the input is what it was' test "$(cat one)" = one
run "$signet" sign -o - one
cp "$scratch/out" one.out
expect '-o - is standard output' 0 '-----BEGIN CMS-----*' '*'
check 'which verifies' "$signet" verify one one.out
check 'the mode obeys the umask' sh -c "umask 027; rm -f one.sig; '$signet' sign one; test \"\$(stat -c %a one.sig)\" = 640"
check 'nothing temporary is left' nothing_left

run "$signet" verify one two.sig
expect 'signatures that were swapped' 1 '' '* one: BAD signature: *'
finish
