#compdef signet-git
# SPDX-License-Identifier: Apache-2.0

local -a commands
commands=(
	'init:make your key, and on request an e-mail certificate'
	'config:make git use this program'
	'verify:judge the signatures of commits and tags'
	'export-key-id:print the id for user.signingKey'
	'export-bridge-cert:print your e-mail certificate'
	'help:print help'
)

_signet_git_revisions() {
	local -a revisions
	revisions=(HEAD ${(f)"$(git for-each-ref --format='%(refname:short)' 2>/dev/null)"})
	compadd -a revisions
}

_arguments -C \
	'--home[where your keys are]:directory:_files -/' \
	'--version[print the version]' \
	'(-h --help)'{-h,--help}'[print help]' \
	'--verify[judge a signature file]:signature:_files' \
	'--status-fd[where status lines go]:descriptor' \
	'1:command:->command' \
	'*::argument:->argument'

case $state in
command) _describe command commands ;;
argument)
	case $words[1] in
	init)
		_arguments '--email[your address]:address' '--bridge-validity-days[days]:days' \
			'--algorithm[of the key]:algorithm:(ed25519 hybrid)' '--insecure[no passphrase]' \
			'--force[replace an existing key]' '--home[directory]:directory:_files -/' '--help'
		;;
	config) _arguments '--global[for all repositories]' '--local[for this one]' '(-y --yes)'{-y,--yes}'[do not ask]' '--home[directory]:directory:_files -/' '--help' ;;
	verify)
		_arguments '(-n --max-count)'{-n,--max-count}'[no more commits]:number' '--no-walk[revisions only]' \
			'--require-all[unsigned is a failure]' '--pre-receive[read a hook'"'"'s lines]' '--json[an array]' \
			'(-q --quiet)'{-q,--quiet}'[not the good ones]' '--home[directory]:directory:_files -/' '--help' '*:revision:_signet_git_revisions'
		;;
	help) _describe command commands ;;
	*) _arguments '--home[directory]:directory:_files -/' '--help' ;;
	esac
	;;
esac
