#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command line of signet-proxy, and what it refuses before anything runs.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

key=$(openssl pkey -pubin -in master.pem -outform DER 2>/dev/null | tail -c 32 | od -An -tx1 | tr -d ' \n')
[ ${#key} = 64 ] || key=d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
up=9

said() { # said SENTENCE STATUS TEXT FLAG...: on either stream
    sentence=$1 wanted=$2 text=$3
    shift 3
    status=0
    timeout 20 "$proxy" "$@" >out 2>err </dev/null || status=$?
    if [ $status = "$wanted" ] && cat out err | grep -qF -e "$text"; then good "$sentence"; else code=$status && bad "$sentence"; fi
}

good_flags="--master-key $key --upstream-token-file $scratch/token --upstream http://127.0.0.1:9 --runtime-dir $scratch/run"
# shellcheck disable=SC2086 # words
refused() { # refused SENTENCE TEXT FLAG...: with otherwise good flags, as a configuration
    sentence=$1 text=$2
    shift 2
    said "$sentence" 1 "$text" $good_flags "$@"
}

said 'help' 0 'usage: signet-proxy' --help
said 'help, short' 0 'usage: signet-proxy' -h
said 'an unknown flag' 2 'flag provided but not defined: -nope' --nope
said 'with one dash' 2 'flag provided but not defined: -nope' -nope=1
said 'prints usage' 2 'usage: signet-proxy' --nope
said 'a flag without its value' 2 'flag needs an argument: -port' --port
said 'three dashes' 2 'bad flag syntax: ---port' ---port 1
said 'a number is no duration' 2 'invalid value "30" for flag -read-timeout: parse error' --read-timeout 30
said 'nor is minus one second' 2 'invalid value "-1s" for flag -body-timeout: parse error' --body-timeout -1s
said 'nor is a word' 2 'invalid value "soon" for flag -idle-timeout: parse error' -idle-timeout=soon
said 'a switch wants a truth' 2 'invalid value "maybe" for flag -insecure-http' --insecure-http=maybe
said 'no key' 1 '"error":"master public key required: set --master-key or SIGNET_MASTER_PUBLIC_KEY"' --github-token x
said 'as a line of JSON' 1 '"msg":"configuration error"' --github-token x
said 'no credential' 1 'github token required: set --github-token or GITHUB_TOKEN' --master-key "$key"
said 'flags end at the first word that is none' 1 'master public key required' word --master-key "$key"
said 'a key that is no hex' 1 'invalid master key hex: ' --master-key zz --github-token x --nginx "$nginx"
said 'a key that is too short' 1 'invalid master key length: got 2 bytes, expected 32' -master-key=abcd -github-token=x
SIGNET_MASTER_PUBLIC_KEY=abcd GITHUB_TOKEN=x
export SIGNET_MASTER_PUBLIC_KEY GITHUB_TOKEN
said 'key and credential of the environment' 1 'got 2 bytes, expected 32'
unset SIGNET_MASTER_PUBLIC_KEY GITHUB_TOKEN

refused 'another scheme' 'github API URL must use http or https: ftp://x' --github-api ftp://x
refused 'a user in the address' 'invalid github API URL: ' --upstream https://a:b@host/
refused 'a query in it' 'the path of the upstream' --upstream 'https://host/a?b=c'
refused 'a semicolon in it' 'the path of the upstream' --upstream 'https://host/a;b'
refused 'a line in it' 'invalid github API URL' --upstream 'http://host
server evil'
refused 'a port that is none' 'not a port from 1 to 65535: 70000' --port 70000
refused 'an address that is none' 'not ADDRESS:PORT' --listen here
refused 'port and listen' 'give one of them' --port 1 --listen 127.0.0.1:1
refused 'plain HTTP for everybody' 'wants --insecure-http' --listen :8080 --origin http://a
refused 'and on an address' 'wants --insecure-http' --listen 192.0.2.1:8080 --origin http://a
refused 'a certificate without key' 'belong together' --tls-cert x
refused 'no origin for everybody' '--origin is required' --listen :8080 --insecure-http
refused 'an origin with a path' 'not http[s]://HOST[:PORT]' --origin https://a/b
refused 'an empty health path' '--health-path' --health-path ''
refused 'the root as health path' '--health-path' --health-path /
refused 'a health path without slash' '--health-path' --health-path healthz
refused 'one that is two directives' '--health-path' --health-path '/h {} location /x'
refused 'a store that is none' '--token-store' --token-store somewhere
refused 'no store and nothing else' 'no token can get in' --no-full
refused 'a store nobody can fill' 'nobody can fill the token store' --no-full --token-store memory
refused 'a replay store that is none' '--replay' --replay here
refused 'too many workers' '--workers' --workers 10000
for names in saml proof,saml ',' 'proof,' ,proof proof,proof 'proof dpop' ''; do
    refused "dialects '$names'" '--dialects: not names of' --dialects "$names" --jwks a=b
done
refused 'access tokens without keys' 'want the keys of access tokens' --dialects proof,dpop
refused 'keys without access tokens' 'want --dialects with dpop' --jwks a=b
refused 'and of ES256' 'want --dialects with dpop' --pki x
refused 'certificates without TLS' 'certificate wants TLS' --dialects certificate --jwks a=b
for pair in issuer =file issuer= ''; do
    refused "keys of '$pair'" '--jwks: not ISSUER=FILE' --dialects dpop --jwks "$pair"
done
refused 'keys that are not there' 'nginx refuses the configuration: ' --dialects dpop --jwks https://as.example=nothing.jwks
refused 'an issuer that is a variable' 'holds a control character or a dollar sign' --dialects dpop --jwks '$host=x'
for scripts in app.example https://a/b https://a/ ftp://a '' 'https://a;b'; do
    refused "scripts of '$scripts'" '--cors: not http[s]://HOST[:PORT], or *' --cors "$scripts"
done
refused 'metadata that is not there' 'nginx refuses the configuration: ' --resource nothing.json
refused 'a limit that is no number' '--failure-rate' --failure-rate many
refused 'a policy that is not there' 'nothing.policy' --purpose "$scratch/nothing.policy"
refused 'a program that is not there' 'no program that can be run' --nginx /nowhere/nginx
refused 'a program that is not nginx' 'not nginx' --nginx /bin/echo
refused 'a module that is not there' 'no module that can be read' --module /nowhere/module.so
refused 'a module that is none: the words of nginx' 'nginx refuses the configuration: ' --module "$scratch/master.pem"
refused 'a certificate that is none: too' 'nginx refuses the configuration: cannot load certificate' --tls-cert "$scratch/master.pem" --tls-key "$scratch/master.pem"
refused 'a dollar where nginx would see a variable' 'holds a control character or a dollar sign' --issuer '$request_uri'
refused 'a line in a name' 'holds a control character' --audience 'a
b'
refused 'a runtime directory with a blank' '--runtime-dir' --runtime-dir '/tmp/a b'

(umask 077 && printf 'a\nInjected: yes' >broken && : >empty && printf 'x' >open && chmod 644 open)
said 'a credential with a line in it' 1 'holds what no header field may' --master-key "$key" --github-token-file "$scratch/broken"
said 'an empty one' 1 'is empty' --master-key "$key" --github-token-file "$scratch/empty"
said 'one that others can read' 1 'others may read it' --master-key "$key" --github-token-file "$scratch/open"
said 'one that is not there' 1 'there is no such file' --master-key "$key" --github-token-file "$scratch/nothing"
check 'nothing is left behind' test -z "$(ls run)"

root=$(dirname "$(dirname "$here")")
"$proxy" --help | sed -n 's/^      --\([a-z-]*\).*/\1/p' >options
check 'help has options' test -s options
while read -r option; do
    check "--$option is in the manual" grep -qE -e "Fl -$option( |,|\$)" "$root/docs/man/signet-proxy.1"
    for shell in bash zsh fish; do
        check "--$option is in the completion of $shell" grep -qE -e "-( |l )?${option}[[ ]" "$root/tools/completion/signet-proxy.$shell"
    done
done <options
finish
