#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Caddy in front asks our nginx, by the configuration of docs/edge.md.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib.sh
. "$here/lib.sh"
caddy=$(command -v caddy || echo "$here/../../.deps/caddy/usr/bin/caddy") # or as setup unpacked it
[ -x "$caddy" ] || { echo '1..0 # SKIP caddy is not installed'; exit 0; }
# shellcheck source=edge.sh
. "$here/edge.sh"

HOME=$scratch XDG_DATA_HOME=$scratch/data XDG_CONFIG_HOME=$scratch/config
export HOME XDG_DATA_HOME XDG_CONFIG_HOME
check 'nginx starts' start_asked 'location = /check { signet_check forwarded; }
    location = /unverified { signet_check forwarded body=unverified; }'
cat >Caddyfile <<END
{
	admin off
	auto_https off
}
http://$authority {
	bind unix/$scratch/edge
	map {method}:{header.Content-Length} {length} {
		~^(?:GET|HEAD|OPTIONS|DELETE):$ 0
		~^[A-Z]+:([0-9]+)$ \${1}
		default unknown
	}
	route /digest* {
		request_header -X-Original-*
		forward_auth unix/$scratch/ask {
			uri /unverified
			header_up X-Forwarded-Host {http.request.hostport}
			header_up X-Forwarded-Proto {scheme}
			copy_headers Signet-Token-Id Signet-Issuer Signet-Purpose Signet-Capabilities Signet-Key Signet-Covers Signet-Dialect Signet-Subject Signet-Scopes Signet-Agent Signet-Body-Digest
		}
		request_header -Signet-Proof
		reverse_proxy unix/$scratch/back
	}
	route {
		request_header -X-Original-*
		request_header -Signet-Body-Digest
		forward_auth unix/$scratch/ask {
			uri /check
			header_up X-Original-Content-Length {length}
			header_up X-Forwarded-Host {http.request.hostport}
			header_up X-Forwarded-Proto {scheme}
			copy_headers Signet-Token-Id Signet-Issuer Signet-Purpose Signet-Capabilities Signet-Key Signet-Covers Signet-Dialect Signet-Subject Signet-Scopes Signet-Agent
		}
		request_header -Signet-Proof
		reverse_proxy unix/$scratch/back
	}
}
END
check 'caddy starts' start_edge "$caddy" run --config Caddyfile --adapter caddyfile
common_cases
edge "$(proof POST $authority /a '')" /a -X POST -H 'Content-Length: 0'
passed 'content of no bytes' 'covers=method target authority body digest=-'
edge "$(proof POST $authority /a hello)" /a -d hello
refused 'content, which nobody compares' 403 POLICY_MISMATCH
edge "$(proof POST $authority /a)" /a -d hello -H 'Transfer-Encoding: chunked'
refused 'nor in chunks' 400
edge "$(proof POST $authority /digest/a hello)" /digest/a -d hello -H 'Signet-Body-Digest: x'
passed 'content that the service compares' 'covers=method target authority digest=sha-256=:LPJNul\+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=: body=hello'
edge "$(proof GET $authority /digest/a)" /digest/a -X GET -d hello -H 'Transfer-Encoding: chunked'
passed 'also that of GET' 'digest=sha-256=:47DEQpj8HBSa\+/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=: '
edge "$(proof -d POST $authority /digest/a)" /digest/a -d hello
refused 'but not what is not signed' 401
dead_cases
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
