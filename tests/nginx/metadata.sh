#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Protected-resource metadata (RFC 9728): documents without a proof, and challenges that lead to them.
# shellcheck disable=SC2119 # raw without CUT
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP python3 is not installed'; exit 0; }

proof -m >master.pem
http="signet_replay_zone seen:4m; signet_master_key demo-server $scratch/master.pem; signet_origin https://$authority; signet_origin https://b.example.com:8443; signet_errors json; signet_resource $scratch/resources.json;"
cat >resources.json <<END
[{"resource": "https://$authority", "authorization_servers": ["https://as.example.com"]},
 {"resource": "https://$authority/mcp", "mcp": true, "authorization_servers": ["https://as.example.com"],
  "scopes_supported": ["read", "write"], "resource_name": "a \"b\" <c>", "signet_proof_versions_supported": ["v1+x2"],
  "signet_max_clock_skew": 30, "tls_client_certificate_bound_access_tokens": false},
 {"resource": "https://b.example.com:8443/", "path_prefix": "/api", "bearer_methods_supported": ["header"]}]
END
configure "$http" "signet on;
    location /old { signet_compatible_challenge on; proxy_pass http://unix:$scratch/back:; }
    location /off { signet off; proxy_pass http://unix:$scratch/back:; }
    location /check { signet_check on statuses=all; }"
check 'starts' start
known=/.well-known/oauth-protected-resource

request $known
expect 'the document of the host' 200 "{\"resource\":\"https://$authority\",\"authorization_servers\":[\"https://as.example.com\"]}"
check 'is JSON' grep -qi '^content-type: application/json' head
check 'that all may keep' grep -qi '^cache-control: public, max-age=3600' head
check 'and scripts may read' grep -qF 'Access-Control-Allow-Origin: *' head
length=$(wc -c <out)
request $known/mcp
expect 'the document of a path' 200 "{\"resource\":\"https://$authority/mcp\",\"authorization_servers\":[\"https://as.example.com\"],\"scopes_supported\":[\"read\",\"write\"],\"resource_name\":\"a \\\"b\\\" \\u003cc\\u003e\",\"signet_proof_versions_supported\":[\"v1+x2\"],\"signet_max_clock_skew\":30}"
request $known -I
expect 'HEAD' 200
check 'has no content' test "$(grep -ci '^content-length' out)" -le 1
check 'but its length' grep -qi "^content-length: $length" head
request $known -d x
expect 'POST' 405 'method not allowed'
check 'says what is allowed' grep -qF 'Allow: GET, HEAD' head
request $known -X OPTIONS
expect 'OPTIONS alone' 405
request $known -X OPTIONS -H 'Origin: https://app.example.com' -H 'Access-Control-Request-Method: GET'
expect 'a preflight' 204
check 'says so too' grep -qF 'Access-Control-Allow-Methods: GET, HEAD' head
request "$known?x=1"
expect 'a query does not matter' 200
request $known -H 'Host: B.Example.com:8443'
expect 'of another host' 200 '{"resource":"https://b.example.com:8443/","bearer_methods_supported":["header"]}'
request $known -H "Host: $authority:443"
expect 'a port that says nothing' 200 "https://$authority\""
for path in / /mcp/ /other /mcp/x; do
    request "$known$path"
    refused "no document at $path" 401 MISSING_PROOF
done
request $known/mcp -H 'Host: b.example.com:8443'
refused 'not on another host' 401
request $known -H 'Host: evil.example'
refused 'none of a host that is not ours' 401
request $known -H 'Host: b.example.com'
refused 'nor of another port' 401
request /.well-known/oauth%2Dprotected-resource
refused 'nor in disguise' 401
printf 'GET %s HTTP/1.0\r\n\r\n' $known >sent
raw
refused 'nor without a host' 401

# --- challenges ---
lines() {
    tr -d '\r' <./head | grep -i '^www-authenticate:' | sed 's/^[^:]*: //'
}
challenge() { # challenge SENTENCE LINE...: these lines, in this order
    sentence=$1
    shift
    : >expected
    [ $# = 0 ] || printf '%s\n' "$@" >expected
    lines >got
    if cmp -s expected got; then good "$sentence"; else bad "$sentence"; diff expected got | sed 's/^/#   /'; fi
}
signet='Signet realm="signet", max_skew=30, versions="v1+x2"'
request /a
challenge 'of the host' "Bearer resource_metadata=\"https://$authority$known\"" "$signet"
request /mcp
challenge 'of a path, with its scopes' "Bearer resource_metadata=\"https://$authority$known/mcp\", scope=\"read write\"" "$signet"
request /mcp/x?y
challenge 'below it' "Bearer resource_metadata=\"https://$authority$known/mcp\", scope=\"read write\"" "$signet"
request /mcpx
challenge 'beside it' "Bearer resource_metadata=\"https://$authority$known\"" "$signet"
request /api/x -H 'Host: b.example.com:8443'
challenge 'of a prefix' "Bearer resource_metadata=\"https://b.example.com:8443$known\"" "$signet"
request /x -H 'Host: b.example.com:8443'
challenge 'outside of it' "$signet"
request /a -H 'Host: evil.example'
challenge 'of nobody' "$signet"
request /old/x
challenge 'as the reference' "Bearer resource_metadata=\"https://$authority$known\""
request /old/x -H 'Host: evil.example'
challenge 'as the reference, of nobody'
with nonsense /a
challenge 'no Bearer line with 400' 'Signet realm="signet", error="invalid_proof", max_skew=30, versions="v1+x2"'
with "$(proof GET $authority /a)" /a
expect 'a proof' 200
check 'has no challenge' test -z "$(lines)"
request /check -H 'X-Original-Method: GET' -H 'X-Original-URI: /mcp'
challenge 'of what another server asks about' "Bearer resource_metadata=\"https://$authority$known/mcp\", scope=\"read write\"" "$signet"
: >reached

# --- files that make no sense ---
nonsense() { # nonsense SENTENCE FILE TEXT
    stop
    printf '%s' "$2" >resources.json
    if start >check.out 2>&1; then bad "$1"; elif grep -qF -e "$3" err; then good "$1"; else bad "$1"; fi
}
nonsense 'no list' '{"resource":"https://a.example"}' 'not a JSON array'
nonsense 'an empty list' '[]' 'is empty'
nonsense 'no resource' '[1]' 'resource 1: not an object'
nonsense 'without identifier' '[{"mcp":true}]' 'resource: missing'
nonsense 'http' '[{"resource":"http://a.example"}]' 'resource 1: resource:'
nonsense 'a fragment' '[{"resource":"https://a.example/#x"}]' 'resource 1: resource:'
nonsense 'a member that is not known' '[{"resource":"https://a.example","scopes":["x"]}]' 'scopes: no such member'
nonsense 'a member twice' '[{"resource":"https://a.example","resource":"https://b.example"}]' 'twice'
nonsense 'an empty list inside' '[{"resource":"https://a.example","scopes_supported":[]}]' 'scopes_supported: not a list'
nonsense 'a number in a list' '[{"resource":"https://a.example","scopes_supported":[1]}]' 'scopes_supported: not a text'
nonsense 'a text for a list' '[{"resource":"https://a.example","scopes_supported":"x"}]' 'scopes_supported: not a list'
nonsense 'a text for a flag' '[{"resource":"https://a.example","mcp":"yes"}]' 'mcp: not true or false'
nonsense 'a skew of 0' '[{"resource":"https://a.example","signet_max_clock_skew":0}]' 'not a positive integer'
nonsense 'MCP without authorization server' '[{"resource":"https://a.example","mcp":true}]' 'MCP'
nonsense 'a MAC for DPoP' '[{"resource":"https://a.example","dpop_signing_alg_values_supported":["HS256"]}]' 'dpop_signing_alg_values_supported'
nonsense 'two in one place' '[{"resource":"https://a.example"},{"resource":"https://a.example/"}]' 'one location'
nonsense 'something behind it' '[{"resource":"https://a.example"}] x' 'not a JSON array'
nonsense 'too many' "[$(for i in $(seq 65); do printf '{"resource":"https://a.example/%s"}' "$i"; [ "$i" = 65 ] || printf ,; done)]" 'more than 64'
nonsense 'too long' "[\"$(head -c 70000 /dev/zero | tr '\0' a)\"]" '64 KiB'
refute 'no worker died' grep -qE 'exited on signal|\[(alert|crit)\]' logs/error.log
finish
