#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Editing trusted_signers, and what it does to verdicts.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

trusted=$HOME/.signet/trusted_signers
echo content >file

mkdir alice bob
HOME=$scratch/work/alice make_key hybrid
HOME=$scratch/work/alice "$signet" export-key >alice.pem
HOME=$scratch/work/alice "$signet" export-key --algorithm ml-dsa-44 >alice2.pem
HOME=$scratch/work/alice "$signet" sign -o alice.sig file >/dev/null 2>&1
HOME=$scratch/work/bob make_key ed25519
bob=$(HOME=$scratch/work/bob "$signet" export-key-id)
HOME=$scratch/work/bob "$signet" sign -o bob.sig file >/dev/null 2>&1

run "$signet" trust list
expect 'nobody at first' 0 '' ''
run "$signet" verify file bob.sig
expect 'a stranger without any home' 1 '' '* file: unknown signer: *'
run "$signet" trust add bob@example.com "$bob"
expect 'add a key id' 0 '* bob@example.com is trusted' ''
run "$signet" verify file bob.sig
expect 'now it is good' 0 '* file: good signature by bob@example.com (ed25519), signed *' ''
run "$signet" trust add robert "$bob"
expect 'a key stands once' 1 '' '*trusted_signers: that key is bob@example.com'\''s already, line 1'
run "$signet" trust add alice@example.com alice.pem alice2.pem
expect 'add two keys of a hybrid signer' 0 '* alice@example.com is trusted' ''
run "$signet" verify --require hybrid file alice.sig
expect 'both are good' 0 '* file: good signature by alice@example.com (ed25519 + ml-dsa-44), signed *' ''
run "$signet" verify --signer alice@example.com file bob.sig
expect 'but not of each other' 1 '' '* file: unknown signer: *'
run "$signet" trust list
expect 'list' 0 "bob@example.com
  ed25519 $bob
alice@example.com
  ed25519 *
  ml-dsa-44 *..." ''
run "$signet" trust list --json
expect 'list as JSON' 0 '{*"name": "bob@example.com"*"algorithm": "ml-dsa-44"*}' ''
check_json

# what must be refused
run "$signet" trust add
expect 'add nothing' 2 '' '*trust add does not take 0 words*'
run "$signet" trust add carol
expect 'add no key' 2 '' '*trust add does not take 1 words*'
run "$signet" trust add carol nowhere
expect 'add no such file' 2 '' '*nowhere: neither a key id*'
run "$signet" trust add carol "$(printf %064d 0)"
expect 'add a weak key' 1 '' 'signet: *'
run "$signet" trust add carol "${bob}00"
expect 'add an id that is too long' 2 '' '*neither a key id*'
run "$signet" trust add '' alice.pem
expect 'add an empty name' 2 '' '*'
run "$signet" trust add "$(printf 'a\nb')" "$(printf %064d 1)"
expect 'add a name of two lines' 2 '' '*'
run "$signet" trust add carol "alice/.signet/master.key"
expect 'add a private key' 1 '' '*master.key: holds a private key*'
run "$signet" trust add carol alice.pem alice.pem
expect 'add one key twice' 2 '' 'signet: *'
run "$signet" trust remove carol
expect 'remove nobody' 2 '' '*nobody is called carol'
run "$signet" trust revoke carol --since 2026-01-01
expect 'revoke nobody' 2 '' '*nobody is called carol'
run "$signet" trust revoke bob@example.com
expect 'revoke without time' 2 '' '*--since*'
run "$signet" trust revoke bob@example.com --since yesterday
expect 'revoke at no time' 2 '' '*--since: *'
run "$signet" trust forget bob@example.com
expect 'an unknown command' 2 '' '*unknown command: trust forget*'
check 'nothing of this changed anything' test "$(wc -l <"$trusted")" -eq 2

# comments and other lines stay byte for byte
{
    printf '# my friends\r\n\n'
    printf '  "Carol C" \t ed25519=%s   revoked-since=2020-01-01\t\n' "$("$signet" export-key-id --home alice/.signet)"
    printf '# the end, without newline'
} >elsewhere
sed -i "/^alice/d" "$trusted"
cat elsewhere >>"$trusted"
cp "$trusted" before
run "$signet" trust revoke 'Carol C' --since 2026-11-25T02:00:00Z
expect 'revoke one who was revoked' 0 '* Carol C is revoked since 2026-11-25T02:00:00Z' ''
sed 's/revoked-since=2020-01-01/revoked-since=2026-11-25T02:00:00Z/' before >after
check 'only the time changed' cmp after "$trusted"
run "$signet" trust revoke bob@example.com --since 2030-01-01
expect 'revoke' 0 '* bob@example.com is revoked since 2030-01-01T00:00:00Z' ''
run "$signet" verify file bob.sig
expect 'an older signature stays good, with a note' 0 '* file: good signature by bob@example.com *' '* the key of bob@example.com is revoked since 2030-01-01T00:00:00Z; this signature is older'
run "$signet" verify --json file bob.sig
expect 'also as JSON' 0 '{*"revoked_later": true*"revoked_since": "2030-01-01T00:00:00Z"*}' '*'
run "$signet" trust revoke bob@example.com --since 2026-01-01
expect 'revoke earlier' 0 '* bob@example.com is revoked since 2026-01-01T00:00:00Z' ''
run "$signet" verify file bob.sig
expect 'a younger one does not' 1 '' '* file: revoked: signature by bob@example.com *'
run "$signet" trust remove bob@example.com
expect 'remove' 0 '* bob@example.com is not trusted any more' ''
sed '/^bob/d' after >after2
check 'only that line is gone' cmp after2 "$trusted"
run "$signet" trust add dave "$bob"
expect 'add behind a last line without newline' 0 '*' ''
check 'gives it one' grep -qx '# the end, without newline' "$trusted"

# import and export
run "$signet" trust export dave
expect 'export one' 0 "dave ed25519=$bob" ''
cp "$scratch/out" dave.trust
run "$signet" trust export nobody
expect 'export nobody' 2 '' '*nobody is called nobody'
run "$signet" trust export
cp "$scratch/out" all.trust
expect 'export all' 0 '*Carol C*dave*' ''
mkdir eve
run "$signet" trust import all.trust --home eve/.signet
expect 'import' 0 '* 2 new, 0 known already' ''
run "$signet" trust import all.trust --home eve/.signet
expect 'import again' 0 '* 0 new, 2 known already' ''
check 'export and import agree' sh -c "'$signet' trust export --home eve/.signet | cmp - all.trust"
cp eve/.signet/trusted_signers before
sed 's/^dave/mallory/' all.trust >conflict.trust
echo "frank ed25519=$(HOME=$scratch/work/eve make_key ed25519 && "$signet" export-key-id --home eve/.signet)" >>conflict.trust
mkdir -p eve/.signet && cp before eve/.signet/trusted_signers
run "$signet" trust import conflict.trust --home eve/.signet
expect 'import with a conflict' 1 '' '*the key of mallory is dave*1 conflicts, nobody was imported'
check 'imports nobody' cmp before eve/.signet/trusted_signers
echo 'garbage' >>dave.trust
run "$signet" trust import dave.trust --home eve/.signet
expect 'import a file with a bad line' 1 '' '*dave.trust: line 2: *'
check 'imports nobody' cmp before eve/.signet/trusted_signers
run "$signet" verify --trust conflict.trust --signer mallory file bob.sig --home nowhere
expect '--trust trusts the signers in a file' 0 '* file: good signature by mallory *' ''
run "$signet" verify --trust dave.trust file bob.sig --home nowhere
expect '--trust of a bad file' 1 '' '*dave.trust: line 2: *'

# ten at once
mkdir many
HOME=$scratch/work/many
for i in 1 2 3 4 5 6 7 8 9 10; do
    make_key ed25519
    "$signet" export-key-id >"id$i"
done
rm -rf many/.signet
for i in 1 2 3 4 5 6 7 8 9 10; do
    "$signet" trust add "signer$i" "$(cat "id$i")" >/dev/null &
done
wait
check 'ten edits at once are ten lines' test "$(wc -l <many/.signet/trusted_signers)" -eq 10
finish
