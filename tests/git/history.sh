#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# signet-git verify: ranges, tags, JSON, hooks, and what counts as a failure.
# shellcheck disable=SC1091,SC2016,SC2154 # out, err and work are of lib.sh; what is in single quotes is for another shell
. "${0%/*}/lib.sh"

"$SIGNET_GIT" init --insecure >/dev/null 2>&1
configure "$SIGNET_GIT"
new_repository repository
cd repository || exit 2

run 2 "no commit yet" "$SIGNET_GIT" verify
for i in 1 2 3; do
	git commit -q -S --allow-empty -m "signed $i"
done
git tag -s -m release v1
git commit -q --no-gpg-sign --allow-empty -m unsigned
git tag -a -m unsigned v2
git tag light
git commit -q -S --allow-empty -m "signed 4"

rows() { # VERDICT
	printf '%s\n' "$out" | grep -c " $1 "
}

run 0 "all of HEAD's history" "$SIGNET_GIT" verify
is "... four good" "$(rows good)" 4
is "... one unsigned" "$(rows unsigned)" 1
matches "... counts" "$err" '4 good, 1 unsigned of 5'
is "... in git's order" "$(printf '%s\n' "$out" | sed 's/.*  //' | tr '\n' '|')" "signed 4|unsigned|signed 3|signed 2|signed 1|"
run 1 "--require-all" "$SIGNET_GIT" verify --require-all
run 0 "a range" "$SIGNET_GIT" verify --require-all HEAD~4..HEAD~2
is "... of two" "$(rows good)" 2
run 0 "an empty range" "$SIGNET_GIT" verify --require-all HEAD..HEAD
run 0 "--no-walk" "$SIGNET_GIT" verify --require-all --no-walk HEAD
is "... one" "$(rows good)" 1
run 0 "-n 1" "$SIGNET_GIT" verify --require-all -n 1
run 0 "two revisions, one excluded" "$SIGNET_GIT" verify --require-all HEAD ^HEAD~1
run 0 "--quiet" "$SIGNET_GIT" verify -q
is "... shows the unsigned one" "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 1
run 0 "a tag" "$SIGNET_GIT" verify --no-walk --require-all v1
is "... and its commit" "$(rows good)" 2
run 0 "refs/tags/v1" "$SIGNET_GIT" verify --no-walk --require-all refs/tags/v1
run 1 "an unsigned tag" "$SIGNET_GIT" verify --no-walk --require-all v2
matches "... is one" "$out" 'tag v2: unsigned'
run 1 "a light tag is its commit" "$SIGNET_GIT" verify --no-walk --require-all light
git tag -s -m nested nested v1 2>/dev/null
run 0 "a tag of a tag" "$SIGNET_GIT" verify --no-walk --require-all nested
is "... both, and the commit" "$(rows good)" 3
run 2 "no such revision" "$SIGNET_GIT" verify nonsense
run 2 "a revision that looks like an option" "$SIGNET_GIT" verify -- --output=x
ok "... is none" "$([ ! -e x ]; echo $?)"
run 2 "an empty revision" "$SIGNET_GIT" verify ''
run 2 "no number" "$SIGNET_GIT" verify -n x
run 2 "a hook with arguments" "$SIGNET_GIT" verify --pre-receive HEAD

# JSON
if command -v python3 >/dev/null; then
	run 0 "--json" "$SIGNET_GIT" verify --json HEAD v1
	printf '%s\n' "$out" | python3 -c '
import json, sys
rows = json.load(sys.stdin)
assert sorted(r["verdict"] for r in rows) == 5 * ["good"] + ["unsigned"], rows
assert rows[0]["type"] == "tag" and rows[0]["tag"] == "v1" and len(rows[0]["object"]) == 40
assert rows[1]["subject"] == "signed 4" and rows[1]["signed_at"].endswith("Z")
assert len(rows[1]["fingerprint"]) == 40 and rows[1]["hybrid"] is False
assert all(("signer" in r) == (r["verdict"] == "good") for r in rows)
' 2>"$work/why"
	is "... is what it should be" $? 0
	sed 's/^/# /' "$work/why"
	run 0 "--json of nothing" "$SIGNET_GIT" verify --json HEAD..HEAD
	is "... is an empty array" "$(printf '%s' "$out" | python3 -c 'import json, sys; print(json.load(sys.stdin))')" "[]"
	# ISO 8859-1 by its header, for git 2.45 and later "repair" a message only after they signed it
	git -c i18n.commitEncoding=ISO-8859-1 commit -q -S --allow-empty -m "$(printf 'quote " slash \\ tab \t bell \007 \303\244 \377')"
	run 0 "--json of an odd subject" "$SIGNET_GIT" verify --json -n1
	is "... is JSON" "$(printf '%s' "$out" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))')" 1
	run 0 "a table of it" "$SIGNET_GIT" verify -n1
	matches "... shows no control characters" "$out" 'bell \\x07'
	git reset -q --hard HEAD~1
else
	skip "JSON" "there is no python3"
fi

# signatures of others
other=$(git cat-file commit HEAD | sed 's/SIGNED MESSAGE/PGP SIGNATURE/' | git hash-object -t commit -w --stdin --literally)
run 0 "a PGP signature is other" "$SIGNET_GIT" verify --no-walk "$other"
is "... other" "$(rows other)" 1
run 1 "... and a failure when all are required" "$SIGNET_GIT" verify --no-walk --require-all "$other"

# a bad one among good ones
bad=$(git cat-file commit HEAD | sed 's/^signed 4$/signed five/' | git hash-object -t commit -w --stdin --literally)
run 1 "a bad one" "$SIGNET_GIT" verify "$bad"
is "... one bad" "$(rows bad)" 1
is "... three good" "$(rows good)" 3

# a hook
cd ..
git init -q --bare server.git
cat >server.git/hooks/pre-receive <<'H'
#!/bin/sh
exec "$SIGNET_GIT" verify --require-all --pre-receive
H
chmod +x server.git/hooks/pre-receive
cd repository || exit 2
git remote add server ../server.git
run 1 "a push with an unsigned commit" git push -q server main
run 0 "a push of signed commits" git push -q server HEAD~2:refs/heads/main
run 0 "a push of a signed tag" git push -q server v1
run 1 "a push of an unsigned tag" git push -q server v2
run 1 "a bad commit on top" git push -q server "$bad:refs/heads/bad"
git checkout -q -b clean HEAD~2
git commit -q -S --allow-empty -m "signed on top"
run 0 "another branch on what is there" git push -q server clean
run 0 "deleting it" git push -q server :clean
git commit -q --amend -S --allow-empty -m "signed instead"
run 0 "a forced push" git push -q -f server clean:main
is "... got there" "$(git --git-dir=../server.git rev-parse main)" "$(git rev-parse clean)"
hook() { # STATUS NAME INPUT
	printf '%b' "$3" >"$work/lines"
	run "$1" "$2" sh -c '"$SIGNET_GIT" verify --pre-receive <"$0"' "$work/lines"
}
id=$(git rev-parse HEAD)
hook 2 "hook: a line that is none" 'nonsense\n'
hook 2 "hook: a name that is no name" "$id --all refs/heads/x\n"
hook 2 "hook: lengths that differ" "$id ${id}00 refs/heads/x\n"
hook 2 "hook: an unknown object" "$id 1111111111111111111111111111111111111111 refs/heads/x\n"
hook 0 "hook: nothing" ''

# the program and git split objects alike, also where nobody would
cd "$work/repository" || exit 2
number=0
for script in 's/^committer/gpgsig-sha256 x\n y\ncommitter/' 's/^committer/gpgsigx y\n z\ncommitter/' \
	's/^gpgsig /gpgsiG /' 's/^committer/\ncommitter/'; do
	number=$((number + 1))
	odd=$(git cat-file commit main | sed "$script" | git hash-object -t commit -w --stdin --literally)
	git verify-commit "$odd" 2>/dev/null
	theirs=$?
	"$SIGNET_GIT" verify --no-walk --require-all "$odd" >/dev/null 2>&1
	is "odd headers, number $number, as git" $? "$((theirs > 0))"
done
finish
