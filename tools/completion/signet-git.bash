# SPDX-License-Identifier: Apache-2.0
# bash completion for signet-git

_signet_git() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' i
	local commands='init config verify export-key-id export-bridge-cert help'

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--home) i=$((i + 1)) ;;
		-*) ;;
		*)
			command=${COMP_WORDS[i]}
			break
			;;
		esac
	done
	case $before in
	--home)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		return
		;;
	--algorithm)
		mapfile -t COMPREPLY < <(compgen -W 'ed25519 hybrid' -- "$word")
		return
		;;
	esac
	case $command in
	'') mapfile -t COMPREPLY < <(compgen -W "$commands --home --help --version --verify --status-fd" -- "$word") ;;
	init) mapfile -t COMPREPLY < <(compgen -W '--email --bridge-validity-days --algorithm --insecure --force --home --help' -- "$word") ;;
	config) mapfile -t COMPREPLY < <(compgen -W '--global --local --yes --home --help' -- "$word") ;;
	verify)
		if [[ $word == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W '--max-count --no-walk --require-all --pre-receive --json --quiet --home --help' -- "$word")
		else
			mapfile -t COMPREPLY < <(compgen -W "HEAD $(git for-each-ref --format='%(refname:short)' 2>/dev/null)" -- "$word")
		fi
		;;
	export-key-id | export-bridge-cert) mapfile -t COMPREPLY < <(compgen -W '--home --help' -- "$word") ;;
	help) mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word") ;;
	esac
}
complete -o default -F _signet_git signet-git
