#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Argument forms, and what goes wrong: one clear line, the right exit status, no half signature.
# shellcheck disable=SC1091,SC2016,SC2154 # out, err and work are of lib.sh; what is in single quotes is for another shell
. "${0%/*}/lib.sh"

"$SIGNET_GIT" init --insecure >/dev/null 2>&1
mine=$("$SIGNET_GIT" export-key-id)
printf 'data\n' >data
printf '' >empty

# sign STATUS NAME ARGUMENT...: over the file data; standard output in sig, standard error in err.
sign() {
	expected=$1
	name=$2
	shift 2
	"$SIGNET_GIT" "$@" <data >sig 2>err
	is "$name" $? "$expected"
}

is_armour() { # NAME
	is "$1" "$(sed -n '1p;$p' sig)" "-----BEGIN SIGNED MESSAGE-----
-----END SIGNED MESSAGE-----"
}

one_line() { # NAME FILE; beside status lines, and the remark on a key without passphrase
	is "$1" "$(grep -v '^\[GNUPG:\]' "$2" | grep -cv unprotected)" 1
}

sign 0 "as git signs" --status-fd=2 -bsau "$mine"
is_armour "... armour only"
is "... status lines" "$(grep -a GNUPG err | sed 's/[0-9]\{10\} [0-9a-f]\{40\}$/TIME FPR/')" "[GNUPG:] BEGIN_SIGNING
[GNUPG:] SIG_CREATED D 22 10 00 TIME FPR"
cp sig good.sig
run 0 "the signature is good" "$SIGNET_GIT" --verify good.sig data
sign 0 "without --status-fd there are none" -bsau "$mine"
matches_not "... none" "$(cat err)" GNUPG
sign 0 "status-fd 0: none" --status-fd=0 -bsau "$mine"
matches_not "... none" "$(cat err sig)" GNUPG
sign 0 "negative: none" --status-fd=-1 -bsau "$mine"
matches_not "... none" "$(cat err sig)" GNUPG
"$SIGNET_GIT" --status-fd=3 -bsau "$mine" <data >sig 3>third 2>err
is "descriptor 3" $? 0
is "... two lines there" "$(grep -c GNUPG third)" 2
sign 1 "a descriptor that is not open" --status-fd=9 -bsau "$mine"
sign 0 "-bsauKEY" "-bsau$mine"
sign 0 "-s" -s
is_armour "... armour"
sign 0 "-b" -b
sign 0 "long names" --detach-sign --sign --armor --local-user "$mine"
sign 0 "--local-user=KEY" --detach-sign --local-user="$mine"
sign 0 "a committer" -bsau 'C O Mitter <committer@example.com>'
matches_not "... silently" "$(cat err)" 'no id'
sign 0 "the beginning of a key id" -bsau "$(printf '%.8s' "$mine")"
sign 0 "0x before it, in capitals" -bsau "0x$(printf '%.16s' "$mine" | tr a-f A-F)"
sign 1 "another key's id" --status-fd=2 -bsau deadbeef
is "... no signature" "$(cat sig)" ""
matches "... FAILURE" "$(cat err)" '^\[GNUPG:\] FAILURE sign 54$'
matches_not "... no SIG_CREATED" "$(cat err)" SIG_CREATED
one_line "... one line for people" err
sign 1 "another key's id, whole" -bsau "$(printf '%s' "$mine" | tr 0-9 1-90)"
sign 0 "a word" -bsau x
sign 0 "a key id that is a command" -bsau init
ok "... did not run it" "$([ "$("$SIGNET_GIT" export-key-id)" = "$mine" ]; echo $?)"
"$SIGNET_GIT" -bsau "$mine" <empty >sig 2>err
is "nothing to sign is signed" $? 0
run 0 "... and good" "$SIGNET_GIT" --verify sig empty
run 1 "... over nothing else" "$SIGNET_GIT" --verify sig data

# misuse: exit 2, one line, nothing on standard output
misuse() {
	name=$1
	shift
	run 2 "misuse: $name" "$SIGNET_GIT" "$@"
	is "... nothing on stdout" "$out" ""
	one_line "... one line" "$work/err"
}
misuse "unknown option" --frobnicate
misuse "unknown letter" -x
misuse "unknown word" frobnicate
misuse "word without mode" -a word
misuse "no key" -bsau
misuse "no file" --verify
misuse "no number" --status-fd=x -bsau x
misuse "sign and verify" -s --verify good.sig
misuse "two data files" --verify good.sig data data
misuse "an abbreviation" --vers
misuse "gpgsm's other work" --list-keys
run 0 "alone: help" "$SIGNET_GIT"
matches "... usage" "$out" '^usage: signet-git'
run 0 "--help" "$SIGNET_GIT" --help
run 0 "help" "$SIGNET_GIT" help
run 0 "help verify" "$SIGNET_GIT" help verify
matches "... of that command" "$out" '^usage: signet-git verify'
run 0 "--version" "$SIGNET_GIT" --version
run 0 "-a alone: help" "$SIGNET_GIT" -a
for command in init config verify export-key-id export-bridge-cert; do
	run 0 "$command --help" "$SIGNET_GIT" "$command" --help
	run 2 "$command --frobnicate" "$SIGNET_GIT" "$command" --frobnicate
done
run 2 "init with a word" "$SIGNET_GIT" init word
run 2 "init for no time" "$SIGNET_GIT" init --email a@b --bridge-validity-days 0 --home "$work/none"
ok "... makes nothing" "$([ ! -e "$work/none" ]; echo $?)"
run 2 "init with ML-DSA-44 alone" "$SIGNET_GIT" init --algorithm ml-dsa-44 --home "$work/none"
run 2 "init with an unknown algorithm" "$SIGNET_GIT" init --algorithm rsa --home "$work/none"
run 1 "init twice" "$SIGNET_GIT" init --insecure
is "... keeps the key" "$("$SIGNET_GIT" export-key-id)" "$mine"
run 0 "--home before a command" "$SIGNET_GIT" --home "$HOME/.signet" export-key-id
is "... is heard" "$out" "$mine"

# verify: forms
run 0 "stdin as -" sh -c '"$SIGNET_GIT" --status-fd=1 --verify good.sig - <data'
matches "... status on stdout" "$out" '^\[GNUPG:\] GOODSIG'
run 0 "stdin without -" sh -c '"$SIGNET_GIT" --status-fd=1 --verify good.sig <data'
run 0 "no descriptor: stderr" "$SIGNET_GIT" --verify good.sig data
is "... nothing on stdout" "$out" ""
matches "... all on stderr" "$err" '^\[GNUPG:\] GOODSIG'
run 0 "nowhere" "$SIGNET_GIT" --status-fd=-1 --verify good.sig data
matches_not "... no lines" "$out$err" GNUPG
run 0 "keyid-format is accepted" "$SIGNET_GIT" --keyid-format=long --status-fd=1 --verify good.sig data
run 1 "other data" "$SIGNET_GIT" --status-fd=1 --verify good.sig empty
is "... three lines" "$(printf '%s\n' "$out" | cut -d' ' -f2 | tr '\n' ' ')" "NEWSIG BADSIG TRUST_NEVER "
for file in nope.sig empty data "$work"; do
	run 1 "a signature that is none: $file" "$SIGNET_GIT" --status-fd=1 --verify "$file" data
	is "... three lines" "$(printf '%s\n' "$out" | cut -d' ' -f2 | tr '\n' ' ')" "NEWSIG ERRSIG TRUST_UNDEFINED "
	one_line "... one line for people" "$work/err"
done
head -c 2000000 /dev/zero >huge.sig
run 1 "a huge signature" "$SIGNET_GIT" --status-fd=1 --verify huge.sig data
run 1 "missing data" "$SIGNET_GIT" --status-fd=1 --verify good.sig nope
run 1 "a directory as data" "$SIGNET_GIT" --status-fd=1 --verify good.sig "$work"
run 1 "data that cannot end" timeout 20 "$SIGNET_GIT" --status-fd=1 --verify good.sig /dev/null

# standard output that is closed or full
sh -c '"$SIGNET_GIT" --status-fd=2 -bsau x <data >&- 2>err'
is "closed stdout" $? 1
matches_not "... no promise" "$(cat err)" SIG_CREATED
matches "... FAILURE" "$(cat err)" '\[GNUPG:\] FAILURE sign'
if [ -w /dev/full ]; then
	sh -c '"$SIGNET_GIT" --status-fd=2 -bsau x <data >/dev/full 2>err'
	is "full disk" $? 1
	matches_not "... no promise" "$(cat err)" SIG_CREATED
	run 2 "full disk, help" sh -c '"$SIGNET_GIT" --help >/dev/full'
	run 2 "full disk, export-key-id" sh -c '"$SIGNET_GIT" export-key-id >/dev/full'
	run 1 "full disk, verify" sh -c '"$SIGNET_GIT" --status-fd=1 --verify good.sig data >/dev/full'
else
	skip "full disk" "there is no /dev/full"
fi
"$SIGNET_GIT" --status-fd=2 -bsau x <&- >sig 2>err
is "closed stdin" $? 1
is "... no signature" "$(cat sig)" ""

# homes and keys
export SIGNET_HOME="$work/nokey"
run 1 "no key, sign" "$SIGNET_GIT" --status-fd=2 -bsau x
matches "... FAILURE" "$err" '\[GNUPG:\] FAILURE sign 17'
one_line "... one line" "$work/err"
run 2 "no key, export-key-id" "$SIGNET_GIT" export-key-id
run 2 "no key, config" "$SIGNET_GIT" config
export SIGNET_HOME="$work/copy"
cp -a "$HOME/.signet" "$SIGNET_HOME"
chmod 0644 "$SIGNET_HOME/master.key"
run 1 "a key that others can read" "$SIGNET_GIT" -bsau x
chmod 0600 "$SIGNET_HOME/master.key"
mv "$SIGNET_HOME/master.key" "$work/elsewhere"
ln -s "$work/elsewhere" "$SIGNET_HOME/master.key"
run 1 "a key that is a link" "$SIGNET_GIT" -bsau x
rm "$SIGNET_HOME/master.key"
printf 'nonsense\n' >"$SIGNET_HOME/master.key"
chmod 0600 "$SIGNET_HOME/master.key"
run 1 "a key that is none" "$SIGNET_GIT" -bsau x
cp "$work/elsewhere" "$SIGNET_HOME/master.key"
chmod 0777 "$SIGNET_HOME"
run 1 "a home that others can write" "$SIGNET_GIT" -bsau x
chmod 0700 "$SIGNET_HOME"
run 1 "ML-DSA-44 alone" env SIGNET_ALGORITHM=ml-dsa-44 "$SIGNET_GIT" -bsau x
matches "... says what it needs" "$err" 'git signing requires Ed25519'
run 1 "an unknown algorithm" env SIGNET_ALGORITHM=rsa "$SIGNET_GIT" -bsau x
run 1 "a name with a control character" env SIGNET_DID="$(printf 'did:web:a\001b')" "$SIGNET_GIT" -bsau x
printf '{' >"$SIGNET_HOME/config.json"
run 1 "a broken config.json" "$SIGNET_GIT" -bsau x
matches "... is named" "$err" config.json
rm "$SIGNET_HOME/config.json"
printf 'broken line here\n' >"$SIGNET_HOME/trusted_signers"
run 1 "a broken trust file" "$SIGNET_GIT" --status-fd=1 --verify good.sig data
matches "... its line is named" "$err" 'line 1'
printf 'nonsense\n' >"$SIGNET_HOME/x509_roots.pem"
rm "$SIGNET_HOME/trusted_signers"
run 1 "roots that are none" "$SIGNET_GIT" --status-fd=1 --verify good.sig data
matches "... the file is named" "$err" x509_roots.pem
unset SIGNET_HOME

# git itself is missing
mkdir "$work/bin"
run 2 "no git, verify" env PATH="$work/bin" "$SIGNET_GIT" verify
one_line "... one line" "$work/err"
run 2 "no git, config" env PATH="$work/bin" "$SIGNET_GIT" config
run 2 "not a repository" "$SIGNET_GIT" verify
finish
