#compdef signet-proxy
# SPDX-License-Identifier: Apache-2.0
# zsh completion for signet-proxy

_arguments \
	'--master-key[who vouches for keys; or SIGNET_MASTER_PUBLIC_KEY]:hex:' \
	'--master-key-file[the same as PEM]:file:_files' \
	'--issuer[what its tokens call it; default, the canonical key id]:name:' \
	'--upstream[default, https,//api.github.com; also --github-api]:url:' \
	'--upstream-token-file[its credential; also --github-token-file]:file:_files' \
	'--upstream-token[the same; everybody here can read it; better GITHUB_TOKEN]:text:' \
	'--upstream-ca[whom to believe that it is the upstream (PEM)]:file:_files' \
	'--upstream-timeout[how long to wait for it; default, 60s]:time:' \
	'--listen[ADDRESS,PORT or unix,/PATH; default, 127.0.0.1,8080]:address:' \
	'--port[the same on 127.0.0.1]:port:' \
	'--insecure-http[without TLS on other addresses than loopback]' \
	'--tls-cert[certificates (PEM), with --tls-key FILE]:file:_files' \
	'--tls-client-ca[want client certificates of this CA]:file:_files' \
	'--origin[as clients see this server; may be repeated]:url:' \
	'--audience[refuse tokens for other services]:name:' \
	'--dialects[names with a comma between; default, proof]:names:' \
	'*--jwks[whose access tokens are believed; may be repeated]:issuer=file:' \
	'--pki[libsignet-pki, for access tokens and DPoP of ES256]:file:_files' \
	'--resource[metadata of what is served (RFC 9728)]:file:_files' \
	'*--cors[whose scripts may ask, * for all; may be repeated]:url:' \
	'--purpose[what each purpose may do; default, everything]:file:_files' \
	'--token-store[none, memory, file,/DIRECTORY or redis,//HOST; default, none]:store:' \
	'--record-key-file[authenticates the records of tokens]:file:_files' \
	'--no-full[take only tokens that are in the store]' \
	'--replay[zone or redis,//HOST; default, zone]:where:' \
	'--redis-password-file[password of the Redis]:file:_files' \
	'--redis-ca[whom to believe that it is the Redis (PEM), with rediss]:file:_files' \
	'--token-rate[requests a second for one token; default, 256]:number:' \
	'--failure-rate[refused requests a second of one address; default, 20]:number:' \
	'--body-max[default, 1048576]:bytes:' \
	'--unsigned-body[content need not be signed, and is streamed]' \
	'--forward-cookies[pass cookies on]' \
	'--admin-listen[/livez, /readyz, /metrics and enrolment of tokens]:address:' \
	'--admin-origin[as clients see that]:url:' \
	'--health-path[default, /healthz]:path:' \
	'--read-timeout[default, 30s]:time:' \
	'--body-timeout[for the whole of a signed content; default, 30s if in chunks]:time:' \
	'--write-timeout[between two writes; default, 60s]:time:' \
	'--idle-timeout[default, 120s]:time:' \
	'--drain-timeout[default, 30s]:time:' \
	'--log-level[debug, info, warn or error; default, info]:level:' \
	'--workers[default, one for each processor]:number:' \
	'--user[of the workers, when root; default, www-data]:name:' \
	'--nginx[default, SIGNET_NGINX, or as PATH finds it]:file:_files' \
	'--module[default, SIGNET_NGINX_MODULE, or where it is installed]:file:_files' \
	'--runtime-dir[where to make the private directory; default, TMPDIR]:directory:_directories' \
	'--help[show this]' \
	'--tls-key[the key of the certificate]:file:_files' \
	'--github-api[the upstream]:url:' \
	'--github-token-file[the credential of the upstream]:file:_files'
