#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Homes and keys that must not be used, and passphrases.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

echo content >file
key=$HOME/.signet/master.key

echo 'correct horse' >right
echo 'wrong horse' >wrong
run sh -c "SIGNET_PASSPHRASE_FD=3 '$signet' sign --init 3<right"
expect 'init with a passphrase' 0 '*Signet initialized successfully*Key ID: ????????...*Next: signet sign <file>' '*'
check 'the key file is ours alone' sh -c "test \"\$(stat -c %a '$key')\" = 600"
run sh -c "SIGNET_PASSPHRASE_FD=3 '$signet' sign --init 3<right"
expect 'init again' 1 '' '*initialization failed: *'
"$signet" lock >/dev/null 2>&1
run sh -c "SIGNET_PASSPHRASE_FD=3 '$signet' sign file 3<wrong"
expect 'a wrong passphrase' 2 '' '*failed to load master key: *passphrase*'
refute 'signs nothing' test -e file.sig
run setsid "$signet" sign file
expect 'no passphrase at all' 2 '' '*failed to load master key: *'
run sh -c "SIGNET_PASSPHRASE_FD=3 '$signet' sign file 3<right"
expect 'the right one' 0 '*Signed successfully*' ''
run "$signet" verify file
expect 'verifying asks for none' 0 '* file: good signature by *' ''
run "$signet" lock
expect 'lock' 0 '*master.key: locked' ''
run setsid "$signet" sign file
expect 'locked is locked' 2 '' '*failed to load master key: *'
check 'the public key needs no passphrase' "$signet" export-key
run setsid "$signet" export-ca
expect 'the CA needs it' 2 '' '*passphrase*'

make_key ed25519
cp "$key" saved
for mode in 640 604 660 666 644; do
    chmod $mode "$key"
    run "$signet" sign file
    expect "a key file with mode $mode" 2 '' '*master.key: insecure permissions 0'$mode'*'
    chmod 600 "$key"
done
mv "$key" "$HOME/.signet/real.key"
ln -s real.key "$key"
run "$signet" sign file
expect 'a key file that is a link' 2 '' '*master.key: a symbolic link, refused'
rm "$key"
mkfifo "$key"
run "$signet" sign file
expect 'a key file that is a pipe' 2 '' '*master.key: not a regular file'
rm "$key"
echo garbage >"$key" && chmod 600 "$key"
run "$signet" sign file
expect 'a key file that is garbage' 1 '' '*master.key: *'
head -c 60 saved >"$key"
run "$signet" sign file
expect 'a key file that is cut' 1 '' '*master.key: *'
cp saved "$key"
chmod 770 "$HOME/.signet"
run "$signet" sign file
expect 'a home that others can write' 2 '' '*others can write in this directory*'
run "$signet" trust remove me
expect 'its trust is not edited' 2 '' '*others can write in this directory*'
chmod 700 "$HOME/.signet"
if [ "$(id -u)" = 0 ]; then
    chown 65534 "$HOME/.signet"
    run "$signet" sign file
    expect 'a home that is not ours' 2 '' '*belongs to user 65534, not to us'
    chown 0 "$HOME/.signet"
    chown 65534 "$key"
    run "$signet" sign file
    expect 'a key that is not ours' 2 '' '*belongs to user 65534, not to us'
    chown 0 "$key"
else
    skip 'a home that is not ours' 'only root can make one'
    skip 'a key that is not ours' 'only root can make one'
fi

printf '{"issuer_did": 7}' >"$HOME/.signet/config.json"
run "$signet" sign file
expect 'a config.json with a wrong type' 1 '' '*config.json: *issuer_did*'
printf '{' >"$HOME/.signet/config.json"
run "$signet" sign file
expect 'a config.json that is none' 1 '' '*config.json: *'
rm "$HOME/.signet/config.json"
run "$signet" sign --home "$scratch/nowhere" file
expect 'a home that does not exist' 2 '' '*signet sign --init*'
run "$signet" --home "$scratch/nowhere" export-key
expect '--home before the command' 2 '' '*nowhere*'
run "$signet" --home "$scratch/nowhere" export-key --home "$HOME/.signet"
expect 'that of the command wins' 0 '-----BEGIN PUBLIC KEY-----*' ''
echo 'alice ed25519=00' >>"$HOME/.signet/trusted_signers"
run "$signet" verify file
expect 'a trust file with a bad line' 1 '' '*trusted_signers: line *'

make_key ed25519
old=$("$signet" export-key-id)
run "$signet" sign --init --insecure
expect 'init does not replace a key' 1 '' '*initialization failed: *'
check 'the old key is there' test "$("$signet" export-key-id)" = "$old"
run "$signet" sign --init --insecure --force
expect '--force does' 0 '*Signet initialized successfully*' '*'
refute 'the key is another' test "$("$signet" export-key-id)" = "$old"
check 'the old file is kept' test -f "$key.old"
finish
