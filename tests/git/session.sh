#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An ordinary day: a key, commits, tags, merges, rebases, in repositories of both hashes.
# shellcheck disable=SC1091,SC2016,SC2154 # out, err and work are of lib.sh; what is in single quotes is for another shell
. "${0%/*}/lib.sh"

run 0 "init makes a key" "$SIGNET_GIT" init --insecure
run 0 "config --global --yes sets three options" "$SIGNET_GIT" config --global --yes
is "gpg.format" "$(git config --global gpg.format)" x509
is "gpg.x509.program is absolute" "$(git config --global gpg.x509.program)" "$(readlink -f "$SIGNET_GIT")"
is "user.signingKey" "$(git config --global user.signingKey)" "$("$SIGNET_GIT" export-key-id)"
run 0 "config again has nothing to do" "$SIGNET_GIT" config --global
matches "... and says so" "$err$out" already

for hash in sha1 sha256; do
	new_repository "$hash" --object-format="$hash"
	cd "$hash" || exit 2

	run 0 "$hash: commit" git commit -q -S --allow-empty -m first
	run 0 "$hash: verify-commit" git verify-commit HEAD
	matches "$hash: ... says who" "$err" 'good signature by'
	run 0 "$hash: verify-commit --raw" git verify-commit --raw HEAD
	is "$hash: four status lines" "$(printf '%s\n' "$err" | sed 's/ [0-9a-f]\{40\}.*//')" "[GNUPG:] NEWSIG
[GNUPG:] GOODSIG
[GNUPG:] VALIDSIG
[GNUPG:] TRUST_FULLY 0 shell"
	run 0 "$hash: log --show-signature" git log -1 --show-signature
	matches "$hash: ... shows it" "$out" 'good signature by'
	is "$hash: %G? %GT" "$(git log -1 --format='%G? %GT')" "G fully"
	matches "$hash: %GK is a fingerprint" "$(git log -1 --format=%GK)" '^[0-9a-f]\{40\}$'
	is "$hash: %GF is the same" "$(git log -1 --format=%GF)" "$(git log -1 --format=%GK)"
	is "$hash: %GP is empty" "$(git log -1 --format=%GP)" ""

	run 0 "$hash: amend" git commit -q -S --amend --allow-empty -m amended
	run 0 "$hash: the amended commit is good" git verify-commit HEAD
	run 0 "$hash: an empty message" git commit -q -S --allow-empty --allow-empty-message -m ''
	run 0 "$hash: ... is good" git verify-commit HEAD
	seq 20000 >../long
	run 0 "$hash: a long message" git commit -q -S --allow-empty -F ../long
	run 0 "$hash: ... is good" git verify-commit HEAD

	run 0 "$hash: tag -s" git tag -s -m release v1
	run 0 "$hash: verify-tag" git verify-tag v1
	run 0 "$hash: tag -v" git tag -v v1
	matches "$hash: verify-tag --raw" "$(git verify-tag --raw v1 2>&1)" '^\[GNUPG:\] GOODSIG '
	run 0 "$hash: tag -u KEY" git tag -u "$("$SIGNET_GIT" export-key-id)" -m 'by id' v2
	run 0 "$hash: ... is good" git verify-tag v2

	git checkout -q -b side
	echo side >side
	git add side
	git commit -q -S -m side
	git checkout -q main
	echo main >main
	git add main
	git commit -q -S -m main
	run 0 "$hash: merge --verify-signatures" git merge -q -S --verify-signatures -m merge side
	run 0 "$hash: the merge is good" git verify-commit HEAD
	git checkout -q -b unsigned
	git commit -q --no-gpg-sign --allow-empty -m unsigned
	git checkout -q main
	run 128 "$hash: an unsigned commit is not merged" git merge --ff-only --verify-signatures unsigned

	git checkout -q -b topic HEAD~1
	for i in 1 2 3 4 5; do
		echo "$i" >"topic$i"
		git add "topic$i"
		git commit -q --no-gpg-sign -m "topic $i"
	done
	run 0 "$hash: rebase --exec signs" git rebase -q --exec 'git commit -q --amend --no-edit -S' main
	run 0 "$hash: ... and git judges all of them" sh -c 'git log --format=%G? main..topic | sort -u | grep -qx G'
	run 0 "$hash: rebase -S" git rebase -q -S --force-rebase main
	is "$hash: ... five good ones" "$(git log --format=%G? main..topic | tr -d '\n')" GGGGG
	run 0 "$hash: verify says the same" "$SIGNET_GIT" verify --require-all main..topic
	is "$hash: ... five rows" "$(printf '%s\n' "$out" | grep -c ' good ')" 5
	cd ..
done
finish
