#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Our signatures by GnuTLS, and those of GnuTLS by us.  GnuTLS knows no ML-DSA in the versions of
# Debian 12; of a hybrid message it could judge half.
# shellcheck source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

command -v certtool >/dev/null || {
    echo "1..0 # SKIP no certtool of GnuTLS"
    exit 0
}

echo content >file
echo other >other
make_key ed25519
"$signet" export-ca >ca.pem 2>/dev/null
"$signet" sign -f der -o file.sig file >/dev/null 2>&1

theirs() { # certtool's exit status, and its words in one place
    run certtool --p7-verify --inder --load-data "$1" --load-ca-certificate "$2" --infile "$3"
    cat "$scratch/err" >>"$scratch/out"
    : >"$scratch/err"
}

theirs file ca.pem file.sig
expect 'certtool verifies ours' 0 '*Signature status: ok*' ''
theirs other ca.pem file.sig
expect 'not of another content' 1 '*' ''
make_key ed25519
"$signet" export-ca >stranger.pem 2>/dev/null
theirs file stranger.pem file.sig
expect 'not under another CA' 1 '*' ''

cat >template <<'END'
cn = "Gnu Signer"
organization = "Elsewhere"
ca
signing_key
code_signing_key
expiration_days = 30
END
for type in ed25519 ecdsa rsa; do
    certtool --generate-privkey --key-type $type --outfile signer.key 2>/dev/null
    certtool --generate-self-signed --load-privkey signer.key --template template --outfile signer.pem 2>/dev/null
    certtool --p7-detached-sign --p7-time --p7-include-cert --load-certificate signer.pem \
        --load-privkey signer.key --infile file --outfile file.p7s 2>/dev/null
    run "$signet" verify --ca signer.pem file file.p7s
    expect "$type: we verify certtool's" 0 '* file: good signature by Gnu Signer (*), signed *' ''
    run "$signet" verify --ca signer.pem other file.p7s
    expect "$type: not of another content" 1 '' '* other: BAD signature: *'
    run "$signet" verify file file.p7s
    expect "$type: not without its anchor" 1 '' '* file: unknown signer: *'
done

make_key hybrid
"$signet" export-ca --algorithm ed25519 >ca.pem 2>/dev/null
"$signet" sign -f der -o file.sig file >/dev/null 2>&1
theirs file ca.pem file.sig
if [ "$status" = 0 ]; then
    good 'certtool verifies a hybrid message'
else
    skip 'certtool verifies a hybrid message' 'this GnuTLS knows no ML-DSA in CMS'
fi
finish
