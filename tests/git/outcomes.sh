#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every outcome as git sees it: the letters of %G?, the fields, the exit status, the stream of status lines.
# shellcheck disable=SC1091,SC2016,SC2154 # out, err and work are of lib.sh; what is in single quotes is for another shell
. "${0%/*}/lib.sh"

"$SIGNET_GIT" init --insecure >/dev/null 2>&1
mine=$("$SIGNET_GIT" export-key-id)
trust=$HOME/.signet/trusted_signers
configure "$SIGNET_GIT_TEST"
zeros=0000000000000000000000000000000000000000

new_repository repository
cd repository || exit 2

# What git makes of an object.
fields() { # REV
	git log -1 --format='%G?|%GT|%GP' "$1" 2>/dev/null
}

status_of() { # REV
	git verify-commit --raw "$1" 2>&1 | sed -n 's/^\[GNUPG:\] //p' | cut -d' ' -f1 | tr '\n' ' '
}

# Change a commit without signing it again.
tampered() { # SED-SCRIPT
	git cat-file commit HEAD | sed "$1" | git hash-object -t commit -w --stdin --literally
}

SIGNET_NOW=1780000000 GIT_COMMITTER_DATE='1780000000 +0000' git commit -q -S --allow-empty -m good
good=$(git rev-parse HEAD)
is "good" "$(fields HEAD)" "G|fully|"
is "good, status" "$(status_of HEAD)" "NEWSIG GOODSIG VALIDSIG TRUST_FULLY "
matches "VALIDSIG has the times" "$(git verify-commit --raw HEAD 2>&1)" \
	'VALIDSIG [0-9a-f]\{40\} 2026-05-28 1780000000 1780000300 0 0 22 10 00$'
run 0 "good, verify" "$SIGNET_GIT" verify -n1

bad=$(tampered 's/^good$/evil/')
is "tampered message" "$(fields "$bad")" "B|never|"
is "tampered message, status" "$(status_of "$bad")" "NEWSIG BADSIG TRUST_NEVER "
matches_not "BADSIG has the fingerprint" "$(git verify-commit --raw "$bad" 2>&1)" "BADSIG $zeros"
run 1 "tampered message, verify-commit" git verify-commit "$bad"
matches "tampered message, on the terminal" "$err" 'bad signature'
run 1 "tampered message, verify" "$SIGNET_GIT" verify --no-walk "$bad"
is "tampered author" "$(fields "$(tampered 's/^author A U Thor/author A U Thief/')")" "B|never|"
is "tampered date" "$(fields "$(tampered 's/^author \(.*\) [0-9]* +0000/author \1 17 +0000/')")" "B|never|"
is "a header more" "$(fields "$(tampered 's/^committer/x y\ncommitter/')")" "B|never|"

garbage=$(tampered 's/^ MII.*/ bm90aGluZw==/')
is "garbage" "$(fields "$garbage")" "E|undefined|"
is "garbage, status" "$(status_of "$garbage")" "NEWSIG ERRSIG TRUST_UNDEFINED "
run 1 "garbage, verify-commit" git verify-commit "$garbage"
run 1 "garbage, verify" "$SIGNET_GIT" verify --no-walk "$garbage"
is "cut short" "$(fields "$(tampered '/^ -----END/d')")" "E|undefined|"
is "twice" "$(fields "$(git cat-file commit HEAD | awk '/^gpgsig/,/^ -----END/ {s = s $0 "\n"} {print} /^ -----END/ {printf "%s", s}' |
	git hash-object -t commit -w --stdin --literally)")" "E|undefined|"

# Somebody else's key.
"$SIGNET_GIT" init --insecure --home "$work/other" >/dev/null 2>&1
SIGNET_HOME=$work/other git commit -q -S --allow-empty -m foreign
is "foreign" "$(fields HEAD)" "E|undefined|"
is "foreign, status" "$(status_of HEAD)" "NEWSIG ERRSIG TRUST_UNDEFINED "
matches "foreign, ERRSIG has the fingerprint" "$(git verify-commit --raw HEAD 2>&1)" \
	'ERRSIG [0-9a-f]\{40\} 22 10 00 [0-9]* 9$'
run 1 "foreign, verify-commit" git verify-commit HEAD
matches "foreign, on the terminal" "$err" 'not trusted'
foreign=$(git rev-parse HEAD)
trust_line other@example.com "$work/other" >>"$trust"
is "foreign, but trusted" "$(git log -1 --format='%G?|%GS')" "G|other@example.com"

# Dates of trust.
mine_from() { # MORE
	grep -v "$mine" "$trust" >"$work/trust"
	printf 'me@example.com ed25519=%s %s\n' "$mine" "$1" >>"$work/trust"
	cat "$work/trust" >"$trust"
}
mine_from 'valid-before=2026-05-28'
is "expired" "$(fields "$good")" "Y|undefined|"
is "expired, status" "$(status_of "$good")" "NEWSIG EXPKEYSIG TRUST_UNDEFINED "
run 1 "expired, verify-commit" git verify-commit "$good"
mine_from 'revoked-since=2026-05-28'
is "revoked" "$(fields "$good")" "R|never|"
is "revoked, status" "$(status_of "$good")" "NEWSIG REVKEYSIG TRUST_NEVER "
run 1 "revoked, verify-commit" git verify-commit "$good"
run 1 "revoked, verify" "$SIGNET_GIT" verify --no-walk "$good"
mine_from 'revoked-since=2026-05-29'
is "revoked later" "$(fields "$good")" "G|fully|"
run 0 "revoked later, verify-commit" git verify-commit "$good"
matches "... with a note" "$err" 'revoked since'
mine_from ''
is "a name from the trust file" "$(git log -1 --format=%GS "$good")" me@example.com

# Old: no clock is asked.
SIGNET_NOW=2095360000 git verify-commit "$good" 2>/dev/null
ok "ten years later" $?
SIGNET_NOW=1000000000 git verify-commit "$good" 2>/dev/null
ok "with a clock that is wrong" $?

# git's date and the signing time.
GIT_COMMITTER_DATE='1780000000 +0000' SIGNET_NOW=1780000600 git commit -q -S --allow-empty -m near
run 0 "ten minutes apart" git verify-commit HEAD
matches_not "... is not remarked" "$err" "git's date"
GIT_COMMITTER_DATE='1780000000 +0000' SIGNET_NOW=1780000601 git commit -q -S --allow-empty -m far
run 0 "more than ten minutes apart" git verify-commit HEAD
matches "... is remarked" "$err" "git's date"

# A name cannot write status lines.
printf '%s\n' "\"a b\" ed25519=$(SIGNET_HOME=$work/other "$SIGNET_GIT" export-key-id)" >"$work/one"
grep -v other@example.com "$trust" | cat - "$work/one" >"$work/trust" && cat "$work/trust" >"$trust"
is "a name with a blank" "$(git log -1 --format='%G?|%GS' "$foreign")" "G|a b"

# An e-mail certificate: master, bridge, leaf.
"$SIGNET_GIT" init --insecure --home "$work/bridged" --email dev@example.com >/dev/null 2>&1
SIGNET_HOME=$work/bridged git commit -q -S --allow-empty -m bridged
is "L1 under one's own key" "$(SIGNET_HOME=$work/bridged git log -1 --format='%G?|%GT')" "G|fully"
run 0 "L1, verify" "$SIGNET_GIT" verify --home "$work/bridged" -n1
is "L1, foreign" "$(fields HEAD)" "E|undefined|"
SIGNET_HOME=$work/bridged git tag -s -m release bridged
run 0 "L1, tag" env SIGNET_HOME="$work/bridged" git verify-tag bridged

# Tags.
git tag -s -m release v1
git cat-file tag v1 | sed 's/^release$/evil/' | git hash-object -t tag -w --stdin --literally >"$work/tag"
git update-ref refs/tags/v1bad "$(cat "$work/tag")"
run 1 "tampered tag" git verify-tag v1bad
run 1 "tampered tag, verify" "$SIGNET_GIT" verify --no-walk -q v1bad
matches "... names it" "$out" 'tag v1'

# A home without key: verification needs none, and nobody is trusted.
run 1 "no home at all" env SIGNET_HOME="$work/nowhere" git verify-commit "$good"
matches "... says who is not trusted" "$err" 'not trusted'
ok "... and makes none" "$([ ! -e "$work/nowhere" ]; echo $?)"
mkdir -m 0700 "$work/verifier"
printf 'me@example.com ed25519=%s\n' "$mine" >"$work/verifier/trusted_signers"
run 0 "only a trust file" env SIGNET_HOME="$work/verifier" git verify-commit "$good"
finish
