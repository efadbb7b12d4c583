#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is installed is enough to build with: the examples are compiled against an installed tree by pkg-config, and agree with the
# installed programs.  Arguments: the program, the build, meson, the source, the C compiler.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

meson=$3 source=$4 compiler=$5
run "$meson" install -C "$build" --no-rebuild --quiet --destdir "$scratch/tree"
expect 'installs' 0 '*' '*'
prefix=$(dirname "$(dirname "$(find "$scratch/tree" -path '*/bin/signet' -type f)")")
library=$(dirname "$(find "$prefix" -name 'libsignet.so.0')")
signet=$prefix/bin/signet

# --- the tree ---

nothing_beside() { [ -z "$(find "$scratch/tree" -type f ! -path "$prefix/*")" ]; }

# The sanitizers' libraries come with a build that has them.
needs_only_libc() {
    ! readelf -d "$1" | grep NEEDED | grep -vE '\[(libc|libm|libdl|libpthread|libasan|libubsan|libgcc_s|ld-linux[^]]*)\.so'
}

looks_nowhere_else() { ! readelf -d "$1" | grep -E 'R(UN)?PATH' | grep -vF "[\$ORIGIN"; }

check 'nothing lies outside of the prefix' nothing_beside
for name in signet signet-git; do
    check "$name needs only libc" needs_only_libc "$prefix/bin/$name"
    check "$name has no RUNPATH" sh -c "! readelf -d '$prefix/bin/$name' | grep -E 'R(UN)?PATH'"
done
for name in libsignet libsignet-pki; do
    check "$name looks for libraries beside itself only" looks_nowhere_else "$library/$name.so.0"
    check "$name has a pkg-config file" test -f "$library/pkgconfig/$name.pc"
done

# --- the programs, which must use the library beside them ---

echo "release 1" >release && echo "release 2" >other
make_key hybrid
run "$signet" sign --algorithm hybrid release
expect 'signs with both algorithms' 0 '*' '*'
LD_DEBUG=libs LD_DEBUG_OUTPUT=$scratch/loader "$signet" verify --require hybrid release >/dev/null 2>&1
loaded=$(sed -n 's/.*calling init: \(.*libsignet-pki.so.0\)$/\1/p' "$scratch"/loader.* | head -n 1)
check 'libsignet-pki is the installed one' test "$(realpath "$loaded")" = "$(realpath "$library/libsignet-pki.so.0")"

# --- the libraries ---

flags() { # flags LIBRARY: as pkg-config has it, for a tree that is not at its prefix yet
    PKG_CONFIG_PATH="$library/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}" \
        pkg-config --define-variable=prefix="$prefix" --cflags --libs "$1"
}

sanitizers() { # an instrumented library wants an instrumented program
    ! nm -D "$library/libsignet.so.0" | grep -q __asan_init || echo -fsanitize=address,undefined
}

compile() { # compile SOURCE PROGRAM LIBRARY
    # shellcheck disable=SC2046 # flags are words
    "$compiler" -std=c17 -Wall -Wextra -Werror "$1" -o "$2" $(sanitizers) $(flags "$3") -Wl,-rpath,"$library"
}

check 'examples/sign.c builds' compile "$source/examples/sign.c" example-sign libsignet
check 'examples/verify.c builds' compile "$source/examples/verify.c" example-verify libsignet
printf '%s\n' '#include <signet/pki.h>' '#include <stdio.h>' \
    'int main(void) { return puts(signet_pki_openssl_version()) < 0 || !signet_mldsa44.sign; }' >pki.c
check 'a program with libsignet-pki builds' compile pki.c example-pki libsignet-pki
run ./example-pki
expect 'and runs, on OpenSSL 3.5 or later' 0 'OpenSSL 3.[5-9]*' ''

# The key of RFC 8032, 7.1 test 1.
public=d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
printf '%s\n' '-----BEGIN PRIVATE KEY-----' \
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g '-----END PRIVATE KEY-----' >key.pem
echo "example ed25519=$public" >trusted

run ./example-sign key.pem release
expect 'examples/sign signs' 0 '-----BEGIN CMS-----*-----END CMS-----' ''
cp "$scratch/out" release.example.sig
run "$signet" verify --key "$public" release release.example.sig
expect 'signet verify takes that' 0 '* release: good signature by *' ''
run ./example-verify trusted release release.example.sig
expect 'examples/verify takes it too' 0 'good: signed by example' ''
run ./example-verify trusted other release.example.sig
expect 'examples/verify refuses another file' 1 'bad: *' ''
run ./example-verify /dev/null release release.example.sig
expect 'examples/verify refuses a stranger' 1 'unknown: *' ''
run ./example-verify trusted missing release.example.sig
expect 'examples/verify refuses a missing file' 1 '' 'verify: missing: *'
run ./example-verify trusted release release
expect 'examples/verify refuses what is no signature' 1 '' 'verify: *'
run ./example-sign key.pem missing
expect 'examples/sign refuses a missing file' 1 '' 'sign: missing: *'
run ./example-sign release release
expect 'examples/sign refuses what is no key' 1 '' 'sign: *'

# The other direction: what signet made with its own key.
make_key ed25519
run "$signet" sign release
run "$signet" trust export
cp "$scratch/out" trusted
run ./example-verify trusted release release.sig
expect 'examples/verify takes what signet sign made' 0 'good: signed by *' ''

# --- tokens, under valgrind where it can be ---

watched= # several words, or none
if command -v valgrind >/dev/null && [ -z "$(sanitizers)" ]; then
    watched="valgrind --quiet --leak-check=full --error-exitcode=99 --suppressions=$source/tests/valgrind.supp"
fi

# shellcheck disable=SC2086
issue_token() { run $watched ./example-issue "$@"; }

verify_token() { # verify_token FILE KEY ISSUER AUDIENCE
    from=$1
    shift
    # shellcheck disable=SC2086
    run_with "$from" $watched ./example-accept "$@"
}

check 'examples/issue_token.c builds' compile "$source/examples/issue_token.c" example-issue libsignet
check 'examples/verify_token.c builds' compile "$source/examples/verify_token.c" example-accept libsignet
printf '%s\n' '-----BEGIN PUBLIC KEY-----' MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo= \
    '-----END PUBLIC KEY-----' >public.pem
issue_token key.pem issuer.example api.example
expect 'examples/issue_token issues' 0 'SIG1.*.*' ''
cp "$scratch/out" token
sed 's/A/B/' token >changed
verify_token token public.pem issuer.example api.example
expect 'examples/verify_token takes it' 0 'good: until *' ''
verify_token token public.pem issuer.invalid api.example
expect 'examples/verify_token refuses another issuer' 1 '' 'verify_token: iss_id: *'
verify_token token public.pem issuer.example api.invalid
expect 'examples/verify_token refuses another audience' 1 '' 'verify_token: aud_id: *'
verify_token changed public.pem issuer.example api.example
expect 'examples/verify_token refuses a changed token' 1 '' 'verify_token: *'
verify_token /dev/null public.pem issuer.example api.example
expect 'examples/verify_token refuses nothing' 1 '' 'verify_token: SIG1 text is empty'
issue_token public.pem issuer.example api.example
expect 'examples/issue_token refuses a public key' 1 '' 'issue_token: *'
issue_token key.pem '' api.example
expect 'examples/issue_token refuses an empty issuer' 1 '' 'issue_token: iss_id: missing'

# --- an HTTP request, when there is libcurl ---

if ! pkg-config --exists 'libcurl >= 7.85'; then
    skip 'examples/http_client.c' 'libcurl-dev is not installed'
    finish
    exit
fi
# shellcheck disable=SC2046 # flags are words
check 'examples/http_client.c builds' "$compiler" -std=c17 -Wall -Wextra -Werror "$source/examples/http_client.c" \
    -o example-client $(sanitizers) $(flags libsignet) $(pkg-config --cflags --libs libcurl) -Wl,-rpath,"$library"
mkdir served
python3 "$here/record_requests.py" served &
server=$!
trap 'kill "$server"; cd / && rm -rf "$scratch"' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -s served/port ] || sleep 0.3
done
origin=http://127.0.0.1:$(cat served/port)

arrives() { # arrives METHOD TARGET: with a proof that is accepted
    check "it sends $1 $2" test "$(cat served/request)" = "$1 $2"
    sed -n 's/^[Ss]ignet-[Pp]roof: //p' served/fields >value
    run_with value "$build/tests/cli/judge_proof" public.pem me "$(date +%s)" "$1" "$origin" "$2" served/content
    expect "$1 $2 is accepted" 0 'accepted example me' ''
}
run ./example-client key.pem me "$origin/a/../b?c=%20"
expect 'examples/http_client asks' 0 'hi' ''
arrives GET '/a/../b?c=%20'
run ./example-client key.pem me "$origin" body
expect 'examples/http_client sends a body' 0 'hi' ''
arrives POST /
run ./example-client key.pem me "$origin/again"
expect 'examples/http_client follows no redirect' 0 'hi' ''
arrives GET /again
run ./example-client key.pem me http://127.0.0.1:1/
expect 'examples/http_client says that nobody answers' 1 '' 'http_client: *'
run ./example-client key.pem me 'http://me@127.0.0.1/'
expect 'examples/http_client refuses a user name' 1 '' 'http_client: URL: *'
run ./example-client public.pem me "$origin/"
expect 'examples/http_client refuses a public key' 1 '' 'http_client: *'
finish
