#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A key under a passphrase: given by descriptor, asked once for a whole rebase, never needed to verify.
# shellcheck disable=SC1091,SC2016,SC2154 # out, err and work are of lib.sh; what is in single quotes is for another shell
. "${0%/*}/lib.sh"

printf 'open sesame\n' >secret
chmod 0600 secret
with_secret() { # COMMAND...
	SIGNET_PASSPHRASE_FD=7 "$@" 7<"$work/secret"
}

with_secret "$SIGNET_GIT" init >init.out 2>init.err
is "init takes the passphrase from a descriptor" $? 0
matches_not "the key is not in the clear" "$(cat "$HOME/.signet/master.key")" 'ED25519 PRIVATE KEY'
matches_not "the passphrase is in no output" "$(cat init.out init.err)" sesame
configure "$SIGNET_GIT"
new_repository repository
cd repository || exit 2
keyctl_problem=
if ! command -v keyctl >/dev/null; then
	keyctl_problem="there is no keyctl"
elif ! keyctl new_session >/dev/null 2>&1 && ! keyctl show @s >/dev/null 2>&1; then
	keyctl_problem="the kernel keeps no keys here"
fi

run 0 "commit with the passphrase at hand" with_secret git commit -q -S --allow-empty -m first
run 0 "verify-commit without it" git verify-commit HEAD
run 0 "verify without it" "$SIGNET_GIT" verify --require-all
run 0 "export-key-id without it" "$SIGNET_GIT" export-key-id
printf 'wrong\n' >"$work/wrong"
# another home: nothing in the kernel knows it
SIGNET_PASSPHRASE_FD=7 "$SIGNET_GIT" init --home "$work/second" 7<"$work/secret" >/dev/null 2>&1
SIGNET_PASSPHRASE_FD=7 "$SIGNET_GIT" --home "$work/second" --status-fd=2 -bsau x 7<"$work/wrong" <"$work/secret" >"$work/sig" 2>"$work/err"
is "a wrong passphrase" $? 1
matches "... FAILURE" "$(cat "$work/err")" '\[GNUPG:\] FAILURE sign 11'
is "... no signature" "$(cat "$work/sig")" ""
"$SIGNET_GIT" --home "$work/second" --status-fd=2 -bsau x <"$work/secret" >"$work/sig" 2>"$work/err" &
wait $!
is "nobody to ask" $? 1

if [ -n "$keyctl_problem" ]; then
	skip "a rebase of 100 commits asks once" "$keyctl_problem"
else
	git checkout -q -b topic
	for i in $(seq 100); do
		git commit -q --no-gpg-sign --allow-empty -m "topic $i"
	done
	with_secret git commit -q -S --amend --allow-empty --no-edit # the one time
	git rebase -q -S --force-rebase --keep-empty main >"$work/log" 2>&1 </dev/null
	status=$?
	if [ "$status" -ne 0 ] && "$SIGNET_GIT" --home "$HOME/.signet" -bsau x </dev/null 2>&1 | grep -q passphrase; then
		skip "a rebase of 100 commits asks once" "the kernel keeps no keys here"
	else
		is "a rebase of 100 commits asks once" "$status" 0
		run 0 "... and all are good" "$SIGNET_GIT" verify --require-all main..topic
	fi
fi
finish
