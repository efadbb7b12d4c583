#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Push certificates, and many at once.
# shellcheck disable=SC1091,SC2016,SC2154 # out, err and work are of lib.sh; what is in single quotes is for another shell
. "${0%/*}/lib.sh"

"$SIGNET_GIT" init --insecure >/dev/null 2>&1
configure "$SIGNET_GIT"
new_repository repository
git init -q --bare server.git
git -C server.git config receive.certNonceSeed seed
git -C server.git config gpg.format x509
git -C server.git config gpg.x509.program "$SIGNET_GIT"
cat >server.git/hooks/pre-receive <<'H'
#!/bin/sh
echo "$GIT_PUSH_CERT_STATUS|$GIT_PUSH_CERT_NONCE_STATUS|$GIT_PUSH_CERT_SIGNER" >"$RESULT"
cat >/dev/null
[ "$GIT_PUSH_CERT_STATUS" = G ]
H
chmod +x server.git/hooks/pre-receive
RESULT=$work/result
export RESULT
cd repository || exit 2
git commit -q -S --allow-empty -m first
git remote add server ../server.git
run 0 "a signed push" git push -q --signed server main
matches "... its certificate is good and fresh" "$(cat "$RESULT")" '^G|OK|.'
git commit -q -S --allow-empty -m second
run 1 "an unsigned push" git push -q server main
"$SIGNET_GIT" init --insecure --home "$work/other" >/dev/null 2>&1
# the server's hook runs with the environment of whoever pushes, so it is told whose home to use
git -C ../server.git config gpg.x509.program "$work/judge"
printf '#!/bin/sh\nSIGNET_HOME=%s exec %s "$@"\n' "$HOME/.signet" "$SIGNET_GIT" >"$work/judge"
chmod +x "$work/judge"
run 1 "a push signed by somebody else" env SIGNET_HOME="$work/other" git push -q --signed server main
matches "... is not good" "$(cat "$RESULT")" '^E|OK|'

# Twenty rebases at once, each in a work tree of its own, on one repository and one home.
git checkout -q -b topic
for i in 1 2 3; do
	echo "$i" >"file$i"
	git add "file$i"
	git commit -q --no-gpg-sign -m "topic $i"
done
git checkout -q main
echo main >main
git add main
git commit -q -S -m main
for i in $(seq 20); do
	git worktree add -q -b "topic$i" "../tree$i" topic 2>/dev/null
done
for i in $(seq 20); do
	git -C "../tree$i" rebase -q -S main >"../log$i" 2>&1 &
done
wait
good=0
for i in $(seq 20); do
	if [ "$(git log --format=%s "main..topic$i" | wc -l)" -eq 3 ] &&
		"$SIGNET_GIT" verify --require-all "main..topic$i" >"../log$i" 2>&1; then
		good=$((good + 1))
	else
		sed 's/^/# /' "../log$i"
	fi
done
is "twenty rebases at once" "$good" 20
finish
