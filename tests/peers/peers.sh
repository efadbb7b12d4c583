#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# usage: peers.sh JUDGE FOLDER
#
# Packages of npm sign and we verify, we sign and they verify.  They are installed into FOLDER, in
# the build directory, in exactly the versions of package-lock.json; no script of theirs is run.

judge=$(realpath "$1")
folder=$2
here=$(cd "$(dirname "$0")" && pwd)

skip() {
    echo "1..0 # SKIP $*"
    exit 0
}

for program in node npm timeout; do
    command -v "$program" >/dev/null || skip "$program is not installed"
done
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || skip 'node is older than 18'

mkdir -p "$folder" && cd "$folder" || exit 1
exec 9>lock && flock 9
cp "$here/peers.mjs" "$here/package.json" . || exit 1
if ! [ -d node_modules ] || ! cmp -s "$here/package-lock.json" package-lock.json; then
    rm -rf node_modules package-lock.json
    cp "$here/package-lock.json" package-lock.json
    timeout 40 npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --fetch-retries=0 \
        --fetch-timeout=15000 >npm.log 2>&1 9>&-
    status=$?
    if [ "$status" != 0 ]; then
        rm -rf node_modules
        # only what a missing network does is a skip; a wrong digest, say, is a failure
        if [ "$status" = 124 ] ||
            grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|EHOSTUNREACH|ERR_SOCKET_TIMEOUT' npm.log; then
            skip 'npm reaches no registry'
        fi
        sed 's/^/# /' npm.log
        echo 'Bail out! npm ci'
        exit 1
    fi
fi
exec timeout 60 node peers.mjs "$judge" 9>&-
