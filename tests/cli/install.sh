#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An installed tree runs from wherever it lies, and without libsignet-pki does what it can.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

meson=$3
make_key hybrid
echo content >file
"$signet" sign -o hybrid.sig file >/dev/null 2>&1
run "$meson" install -C "$build" --no-rebuild --quiet --destdir "$scratch/tree"
expect 'installs' 0 '*' '*'
prefix=$(dirname "$(dirname "$(find "$scratch/tree" -path '*/bin/signet' -type f)")")
library=$(find "$prefix" -name 'libsignet-pki.so.0' | head -n 1)
installed=$prefix/bin/signet

check 'the library is there' test -e "$library"
check 'no path of the build is in the program' sh -c "! readelf -d '$installed' | grep -F '$build'"
run "$installed" verify file hybrid.sig
expect 'the installed program finds its library' 0 '* file: good signature by *' ''
mv "$prefix" "$scratch/moved" && prefix=$scratch/moved installed=$scratch/moved/bin/signet
run "$installed" verify file hybrid.sig
expect 'also where it was moved to' 0 '* file: good signature by *' ''
for page in signet signet-sign signet-verify signet-trust; do
    check "$page(1) is installed" test -f "$prefix/share/man/man1/$page.1"
done
check 'completion is installed' test -f "$prefix/share/bash-completion/completions/signet"
check 'for zsh' test -f "$prefix/share/zsh/site-functions/_signet"
check 'for fish' test -f "$prefix/share/fish/vendor_completions.d/signet.fish"

find "$prefix" -name 'libsignet-pki.so*' -exec rm -f {} +
run "$installed" verify file hybrid.sig
expect 'without the library: hybrid cannot be told' 2 '' 'signet: file: *libsignet-pki*'
run "$installed" sign --algorithm hybrid file
expect 'nor made' 2 '' '*failed to load master key: *libsignet-pki*'
run "$installed" doctor
expect 'doctor says so' 1 '*ml-dsa-44 *libsignet-pki*' ''
rm -rf "$HOME/.signet"
run "$installed" sign --init --insecure
expect 'Ed25519 works: init' 0 '*Signet initialized successfully*' '*'
run "$installed" sign file
expect 'sign' 0 '*Signed successfully*' '*'
run "$installed" verify file
expect 'verify' 0 '* file: good signature by *' ''
finish
