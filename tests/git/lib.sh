# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What the tests of signet-git share: TAP, a home of their own, a git that reads nobody's configuration.  Sourced with
# SIGNET_GIT (the program) and SIGNET_GIT_TEST (the same with a clock that SIGNET_NOW sets) in the environment.

count=0
failures=0

ok() { # NAME STATUS
	count=$((count + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		failures=$((failures + 1))
	fi
}

is() { # NAME ACTUAL EXPECTED
	[ "$2" = "$3" ]
	set -- "$1" "$2" "$3" $?
	ok "$1" "$4"
	[ "$4" -eq 0 ] || printf '%s\n' "is: $2" "expected: $3" | sed 's/^/# /'
}

matches() { # NAME TEXT PATTERN (of grep)
	printf '%s\n' "$2" | grep -q -e "$3"
	set -- "$1" "$2" "$3" $?
	ok "$1" "$4"
	[ "$4" -eq 0 ] || printf '%s\n' "is: $2" "expected: $3" | sed 's/^/# /'
}

matches_not() { # NAME TEXT PATTERN
	if printf '%s\n' "$2" | grep -q -e "$3"; then
		ok "$1" 1
		printf '%s\n' "is: $2" "not expected: $3" | sed 's/^/# /'
	else
		ok "$1" 0
	fi
}

# Run a command; its exit status must be STATUS.  What it says is in $out and $err.
run() { # STATUS NAME COMMAND...
	run_expected=$1
	run_name=$2
	shift 2
	"$@" >"$work/out" 2>"$work/err" </dev/null
	run_status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
	[ "$run_status" -eq "$run_expected" ]
	ok "$run_name" $?
	[ "$run_status" -eq "$run_expected" ] || {
		echo "# $* ended with $run_status, expected $run_expected"
		sed 's/^/# /' "$work/out" "$work/err"
	}
}

skip() { # NAME REASON
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

finish() {
	echo "1..$count"
	exit $((failures > 0))
}

# Names and dates that do not change, in every repository.
identify() {
	GIT_AUTHOR_NAME='A U Thor' GIT_AUTHOR_EMAIL=author@example.com
	GIT_COMMITTER_NAME='C O Mitter' GIT_COMMITTER_EMAIL=committer@example.com
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
}

# Make git sign with a program.
configure() { # PROGRAM
	git config --global gpg.format x509
	git config --global gpg.x509.program "$1"
}

new_repository() { # PATH [ARGUMENT OF git init...]
	new_path=$1
	shift
	git init -q -b main "$@" "$new_path"
}

# The key's line of a trust file, for the key of another home.
trust_line() { # NAME HOME
	printf '%s ed25519=%s\n' "$1" "$("$SIGNET_GIT" export-key-id --home "$2")"
}

: "${SIGNET_GIT:?is the program}" "${SIGNET_GIT_TEST:?is the program with a clock}"
work=$(mktemp -d) || exit 2
work=$(cd "$work" && pwd -P) # macOS and some containers have links on the way
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
HOME=$work/home
mkdir "$HOME"
export HOME
unset XDG_CONFIG_HOME SIGNET_HOME SIGNET_DID SIGNET_ALGORITHM SIGNET_NOW SIGNET_PASSPHRASE_FD
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_CONFIG GIT_CONFIG_GLOBAL GIT_CONFIG_PARAMETERS
export SIGNET_GIT SIGNET_GIT_TEST
export GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 GIT_EDITOR=: LC_ALL=C NO_COLOR=1
git config --global init.defaultBranch main
git config --global advice.detachedHead false
identify
cd "$work" || exit 2
