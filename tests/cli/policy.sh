#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A policy: written, compiled, followed by another, asked; and what is refused.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

signet=$build/tools/signet/signet-test
at() { SIGNET_NOW=$1 && export SIGNET_NOW; }
at 1800000000

make_key ed25519
own=$("$signet" export-key-id)
cat >policy.yaml <<'END'
epoch: 1
groups:
  developers: {cap_tokens: [1, 2], max_cert_ttl: 86400}
subjects:
  "github-12345": {active: true, groups: [developers]}
  "github-99999": {active: false}
END

"$signet" policy compile --out probe policy.yaml 2>why
if grep -q 'without libyaml' why; then
    skip 'compile YAML' 'built without libyaml'
    finish
    exit 0
fi
rm -f probe

run "$signet" policy compile --out one.cbor policy.yaml
expect 'compile' 0 '' '*the master key is stored unprotected*'
run "$signet" policy verify --signer "$own" one.cbor
expect 'verify' 0 'epoch     1
sequence  1
issued    2027-01-15T08:00:00Z
subjects  2
groups    1' ''
run "$signet" policy eval --signer "$own" one.cbor github-12345
expect 'an active subject' 0 'allowed: github-12345: the subject is active (subject-active, epoch 1, sequence 1)' ''
run "$signet" policy eval --signer "$own" one.cbor github-99999
expect 'an inactive subject' 1 'denied: github-99999: *(deactivated, *' ''
run "$signet" policy eval --signer "$own" one.cbor nobody
expect 'a stranger' 1 'denied: nobody: no such subject (not-provisioned, *' ''
run "$signet" policy explain --signer "$own" one.cbor github-12345
expect 'explain' 0 'allowed: *
group         developers
capability    1
capability    2
certificates  at most 86400 seconds' ''

grep -v 99999 policy.yaml >fewer.yaml
run "$signet" policy compile --after one.cbor --out two.cbor fewer.yaml
expect 'compile the next' 0 '' '*the master key is stored unprotected*'
run "$signet" policy verify --signer "$own" two.cbor
expect 'who was removed ends the epoch' 0 'epoch     2
sequence  2
*' ''
run "$signet" policy compile --after two.cbor --out three.cbor fewer.yaml
expect 'an epoch of the source that has passed' 2 '' '*fewer.yaml: *epoch 1 is below 2'
refute 'nothing was written' test -e three.cbor

head -c 60 one.cbor >short.cbor
run "$signet" policy verify --signer "$own" short.cbor
expect 'half a bundle' 1 '' '*short.cbor: policy: *'
run "$signet" policy verify one.cbor
expect 'no signer' 2 '' '*--signer is needed*'
at 1800003600
check 'an hour old' "$signet" policy verify --signer "$own" one.cbor
at 1800003601
run "$signet" policy eval --signer "$own" one.cbor github-12345
expect 'a second older' 1 '' '*one.cbor: policy: issued 3601 seconds ago, at most 3600'
at 1799999939
run "$signet" policy eval --signer "$own" one.cbor github-12345
expect 'from the future' 1 '' '*one.cbor: policy: issued in the future*'
at 1800000000

echo 'subjects: {ann: {active: true, groups: [typo]}}' >typo.yaml
run "$signet" policy compile --out typo.cbor typo.yaml
expect 'a group that nobody defined' 2 '' '*typo.yaml: subject "ann" is in group "typo", which nobody defined'
echo 'subjects: {ann: &a {active: true}, bob: *a}' >alias.yaml
run "$signet" policy compile alias.yaml
expect 'an alias' 1 '' '*alias.yaml: line 1: anchors, aliases and tags are not taken'

cat >list.json <<'END'
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 1, "Resources": [
 {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "bob", "active": true}]}
END
run "$signet" policy compile --scim --out scim.cbor list.json
expect 'compile SCIM' 0 '' '*the master key is stored unprotected*'
check 'and ask it' "$signet" policy eval --signer "$own" scim.cbor bob
run "$signet" policy compile --scim policy.yaml
expect 'YAML is no SCIM' 1 '' '*policy.yaml: line 1: *'
root=$(dirname "$(dirname "$here")")
run "$signet" policy --help
cp "$scratch/out" usage
# shellcheck disable=SC2013 # words, on purpose
for option in $(sed '/^usage:/d; /^example:/d' usage | grep -o -e '--[a-z-]*' | sort -u); do
    check "$option is in the manual" grep -q -e "Fl [^\"]*${option#-}" "$root/docs/man/signet-policy.1"
    for shell in bash zsh fish; do
        check "$option is in the completion of $shell" grep -q -e "${option#--}" "$root/tools/completion/signet.$shell"
    done
done
run "$signet" policy
expect 'no command' 2 '' '*which command?*'
run "$signet" policy frob
expect 'an unknown command' 2 '' '*unknown command: policy frob*'
run "$signet" policy eval --signer "$own" one.cbor
expect 'no subject' 2 '' '*does not take 1 words*'
finish
