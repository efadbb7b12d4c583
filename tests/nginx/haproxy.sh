#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# HAProxy in front asks our nginx, by the script and the configuration of docs/edge.md.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
haproxy=$(command -v haproxy || echo /usr/sbin/haproxy)
[ -x "$haproxy" ] || { echo '1..0 # SKIP haproxy is not installed'; exit 0; }
"$haproxy" -vv | grep -q '+LUA' || { echo '1..0 # SKIP haproxy has no Lua'; exit 0; }
lua=$(cd "$here/../../docs/edge" && pwd)/signet.lua
# shellcheck source=edge.sh
. "$here/edge.sh"

check 'nginx starts' start_asked 'location = /check { signet_check original statuses=all; }'
cat >haproxy.cfg <<END
global
    log stdout format raw local0
    setenv SIGNET_CHECK unix@$scratch/ask
    lua-load $lua
defaults
    mode http
    timeout client 10s
    timeout server 10s
    timeout connect 2s
frontend edge
    bind unix@$scratch/edge
    http-request lua.signet
    default_backend app
backend app
    server app unix@$scratch/back
END
check 'haproxy starts' start_edge "$haproxy" -db -f haproxy.cfg
common_cases
edge "$(proof POST $authority /a '')" /a -X POST -H 'Content-Length: 0'
passed 'content of no bytes' 'covers=method target authority body digest=-'
edge "$(proof POST $authority /a hello)" /a -d hello
refused 'content, which nobody compares' 403 POLICY_MISMATCH
edge "$(proof POST $authority /a)" /a -d hello -H 'Transfer-Encoding: chunked'
refused 'nor in chunks' 403 POLICY_MISMATCH
edge "$(proof GET $authority /a)" /a -X GET -d hello -H 'Transfer-Encoding: chunked'
refused 'nor with GET' 403 POLICY_MISMATCH
edge "$(proof GET $authority /a)" /a -H 'Host: evil.example'
refused 'a host that is not ours' 401 INVALID_SIGNATURE
dead_cases
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
