# SPDX-License-Identifier: Apache-2.0
# bash completion for signet-proxy

_signet_proxy() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}

	case $before in
	--master-key-file | --upstream-token-file | --upstream-ca | --tls-cert | --tls-client-ca | --purpose | --pki | --resource | --record-key-file | --redis-password-file | --redis-ca | --nginx | --module | --tls-key | --github-token-file)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	--runtime-dir) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
	--log-level) mapfile -t COMPREPLY < <(compgen -W 'debug info warn error' -- "$word") ;;
	--token-store) mapfile -t COMPREPLY < <(compgen -W 'none memory file:/ redis://' -- "$word") ;;
	--replay) mapfile -t COMPREPLY < <(compgen -W 'zone redis redis://' -- "$word") ;;
	*)
		mapfile -t COMPREPLY < <(compgen -W '--master-key --master-key-file --issuer --upstream --upstream-token-file --upstream-token --upstream-ca --upstream-timeout --listen --port --insecure-http --tls-cert --tls-client-ca --origin --audience --dialects --jwks --pki --resource --cors --purpose --token-store --record-key-file --no-full --replay --redis-password-file --redis-ca --token-rate --failure-rate --body-max --unsigned-body --forward-cookies --admin-listen --admin-origin --health-path --read-timeout --body-timeout --write-timeout --idle-timeout --drain-timeout --log-level --workers --user --nginx --module --runtime-dir --help --tls-key --github-api --github-token-file' -- "$word")
		;;
	esac
}
complete -o default -F _signet_proxy signet-proxy
