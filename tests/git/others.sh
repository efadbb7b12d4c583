#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What needs OpenSSL: hybrid signatures, and CMS signatures of other tools.
# shellcheck disable=SC1091,SC2016,SC2154 # out, err and work are of lib.sh; what is in single quotes is for another shell
. "${0%/*}/lib.sh"

run 0 "init --algorithm hybrid" "$SIGNET_GIT" init --insecure --algorithm hybrid
configure "$SIGNET_GIT"
new_repository repository
cd repository || exit 2
run 0 "a hybrid commit" git commit -q -S --allow-empty -m hybrid
run 0 "is good" git verify-commit HEAD
is "is good for git" "$(git log -1 --format='%G? %GT')" "G fully"
run 0 "is good for verify" "$SIGNET_GIT" verify --require-all --json
matches "... with two signatures" "$out" '"hybrid":true'
run 0 "a hybrid tag" git tag -s -m tag v1
run 0 "... is good" git verify-tag v1
bad=$(git cat-file commit HEAD | sed 's/^hybrid$/evil/' | git hash-object -t commit -w --stdin --literally)
is "a tampered one is bad" "$(git log -1 --format='%G?' "$bad")" B
run 0 "Ed25519 alone, by choice" env SIGNET_ALGORITHM=ed25519 git commit -q -S --allow-empty -m single
is "... is not enough for one's own hybrid key" "$(git log -1 --format='%G?')" B
for i in 1 2 3 4 5 6 7 8; do
	git commit -q -S --allow-empty -m "more $i"
done
run 0 "many, by threads" "$SIGNET_GIT" verify --require-all HEAD~8..HEAD
is "... all good" "$(printf '%s\n' "$out" | grep -c ' good ')" 8

# Another tool's signature: RSA, a certificate of its own, and a root.
if ! command -v openssl >/dev/null; then
	skip "CMS of others" "there is no openssl"
	finish
fi
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj '/O=Others/CN=Root' -days 30
	openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj '/O=Others/CN=Olga/emailAddress=olga@example.com'
	printf 'extendedKeyUsage=emailProtection\nkeyUsage=digitalSignature\n' >extensions
	openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile extensions -out leaf.pem -days 20
} >../openssl.log 2>&1
cat >../other-tool <<H
#!/bin/sh
echo "[GNUPG:] BEGIN_SIGNING" >&2
openssl cms -sign -binary -md sha256 -signer $PWD/leaf.pem -inkey $PWD/leaf.key -outform PEM |
	sed 's/ CMS-/ SIGNED MESSAGE-/'
echo "[GNUPG:] SIG_CREATED D 1 8 00 0 0" >&2
H
chmod +x ../other-tool
run 0 "a commit by another tool" git -c gpg.x509.program="$work/other-tool" commit -q -S --allow-empty -m other
is "nobody vouches" "$(git log -1 --format='%G? %GT')" "E undefined"
matches "... ERRSIG names RSA" "$(git verify-commit --raw HEAD 2>&1)" 'ERRSIG [0-9a-f]\{40\} 1 0 00 [0-9]* 9$'
run 1 "... verify says so" "$SIGNET_GIT" verify -n 1
matches "... unknown" "$out" ' unknown '
cp root.pem "$HOME/.signet/x509_roots.pem"
is "with its root it is good" "$(git log -1 --format='%G? %GT')" "G fully"
run 0 "... and for verify" "$SIGNET_GIT" verify --require-all -n 1
matches "... by whom" "$out" Olga
bad=$(git cat-file commit HEAD | sed 's/^other$/evil/' | git hash-object -t commit -w --stdin --literally)
is "a tampered one is bad" "$(git log -1 --format='%G?' "$bad")" B
is "... and a Signet one is judged as ever" "$(git log -1 --format='%G?' HEAD~1)" G
finish
