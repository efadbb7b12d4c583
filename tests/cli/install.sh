#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# usage: install.sh BUILD PREFIX SOURCE
#
# Installs BUILD into a temporary DESTDIR and uses only what is there: the programs, which must find the libsignet-pki beside
# themselves, and the libraries, with which the examples are built by pkg-config.

set -u
build=$1 prefix=$2 source=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
root=$dir/root

export HOME="$dir/home" LC_ALL=C
unset LD_LIBRARY_PATH XDG_CONFIG_HOME SIGNET_HOME SIGNET_DID SIGNET_ALGORITHM SIGNET_PASSPHRASE_FD DESTDIR 2>/dev/null || true
mkdir -m 700 "$HOME"
cd "$dir" || exit 99

number=0
check() { # check WHAT COMMAND...: one line of TAP, and what the command said when it is not ok
    what=$1
    shift
    number=$((number + 1))
    if "$@" >"$dir/said" 2>&1; then
        echo "ok $number - $what"
    else
        echo "not ok $number - $what"
        sed 's/^/# /' "$dir/said"
    fi
}

refused() { # refused COMMAND...: exit status 1, neither 0 nor a crash
    "$@"
    [ $? = 1 ]
}

prints() { # prints TEXT COMMAND...: exit status 0, and the text is in what it said
    text=$1
    shift
    "$@" >"$dir/printed" 2>&1 && grep -qF -- "$text" "$dir/printed" && return
    echo "failed, or no '$text' in:" && cat "$dir/printed" && false
}

signet() { "$root$prefix/bin/signet" "$@"; }
signet_git() { "$root$prefix/bin/signet-git" "$@"; }

# --- the tree ---

install_tree() { meson install -C "$build" --no-rebuild --quiet --destdir "$root"; }

only_below_prefix() { [ -z "$(find "$root" -type f ! -path "$root$prefix/*")" ]; }

needs_only_libc() { # what git waits for loads neither our libraries nor OpenSSL
    ! readelf -d "$root$prefix/bin/signet-git" | grep NEEDED | grep -vE 'lib(c|m|dl|pthread|asan|ubsan|gcc_s)\.so'
}

no_build_path() { # a RUNPATH into somebody's build would load what is there
    for file in "$root$prefix"/bin/* "$lib"/*.so.0; do
        ! readelf -d "$file" | grep -E 'R(UN)?PATH' | grep -vF "[\$ORIGIN" || return 1
    done
}

check "meson install fills a DESTDIR" install_tree
lib=$(dirname "$(find "$root$prefix" -name 'libsignet-pki.so.0')")
check "nothing lies outside of the prefix" only_below_prefix
check "signet-git needs only libc" needs_only_libc
check "no program or library looks for libraries in the build" no_build_path

# --- the programs ---

echo "release 1" >release && echo "release 2" >other

loads_installed_pki() {
    LD_DEBUG=libs LD_DEBUG_OUTPUT=$dir/ld signet verify release >/dev/null 2>&1
    grep -F "calling init" "$dir"/ld.* | grep -qF "$lib/libsignet-pki.so.0"
}

check "signet tells its version" prints "0.1.0" signet --version
check "signet sign --init makes a hybrid key" signet sign --init --algorithm hybrid --insecure
check "signet sign signs with both algorithms" signet sign --algorithm hybrid release
check "signet verify finds both" signet verify --require hybrid release
check "another file is refused" refused signet verify other release.sig
check "libsignet-pki is the installed one" loads_installed_pki
check "signet-git prints the key id" signet_git export-key-id

# --- the libraries ---

flags() { # flags LIBRARY: as pkg-config has it, for a tree that is not at its prefix yet
    PKG_CONFIG_PATH="$lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}" \
        pkg-config --define-variable=prefix="$root$prefix" --cflags --libs "$1"
}

sanitizers() { # an instrumented library wants an instrumented program
    ! nm -D "$lib/libsignet.so.0" | grep -q __asan_init || echo -fsanitize=address,undefined
}

compile() { # compile EXAMPLE
    # shellcheck disable=SC2046 # flags are words
    "${CC:-cc}" -std=c17 -Wall -Wextra -Werror "$source/examples/$1.c" -o "example-$1" $(sanitizers) \
        $(flags libsignet) -Wl,-rpath,"$lib"
}

write_pem() { # the master key of the example, from a fixed seed
    printf '%s\n' '-----BEGIN PRIVATE KEY-----' \
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g '-----END PRIVATE KEY-----' >key.pem
}

example_sign() { ./example-sign key.pem release >release.example.sig && grep -q 'BEGIN CMS' release.example.sig; }

trust_example() { # whose public key that is, RFC 8032 test 1
    echo "example ed25519=d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" >trusted
    signet trust import trusted
}

check "libsignet-pki has a pkg-config file that leads to libsignet" prints -lsignet flags libsignet-pki
check "examples/sign.c builds against the installed library" compile sign
check "examples/verify.c builds against the installed library" compile verify
check "a PEM key can be written" write_pem
check "examples/sign signs" example_sign
check "signet trusts the key of the example" trust_example
check "signet verify takes what examples/sign made" signet verify release release.example.sig
check "examples/verify takes it too" prints "good: signed by example" ./example-verify trusted release release.example.sig
check "examples/verify refuses another file" refused ./example-verify trusted other release.example.sig
check "examples/verify refuses a stranger" refused ./example-verify /dev/null release release.example.sig
check "examples/verify refuses a missing file" refused ./example-verify trusted missing release.example.sig
echo "1..$number"
