# SPDX-License-Identifier: Apache-2.0
# fish completion for signet-git

set -l commands init config verify export-key-id export-bridge-cert help
complete -c signet-git -f
complete -c signet-git -n "not __fish_seen_subcommand_from $commands" -a init -d 'make your key'
complete -c signet-git -n "not __fish_seen_subcommand_from $commands" -a config -d 'make git use this program'
complete -c signet-git -n "not __fish_seen_subcommand_from $commands" -a verify -d 'judge commits and tags'
complete -c signet-git -n "not __fish_seen_subcommand_from $commands" -a export-key-id -d 'print your key id'
complete -c signet-git -n "not __fish_seen_subcommand_from $commands" -a export-bridge-cert -d 'print your e-mail certificate'
complete -c signet-git -n "not __fish_seen_subcommand_from $commands" -a help -d 'print help'
complete -c signet-git -n "not __fish_seen_subcommand_from $commands" -l version -d 'print the version'
complete -c signet-git -l home -r -a '(__fish_complete_directories)' -d 'where your keys are'
complete -c signet-git -s h -l help -d 'print help'
complete -c signet-git -n '__fish_seen_subcommand_from init' -l email -x -d 'your address'
complete -c signet-git -n '__fish_seen_subcommand_from init' -l bridge-validity-days -x -d 'days'
complete -c signet-git -n '__fish_seen_subcommand_from init' -l algorithm -x -a 'ed25519 hybrid'
complete -c signet-git -n '__fish_seen_subcommand_from init' -l insecure -d 'no passphrase'
complete -c signet-git -n '__fish_seen_subcommand_from init' -l force -d 'replace an existing key'
complete -c signet-git -n '__fish_seen_subcommand_from config' -l global -d 'for all repositories'
complete -c signet-git -n '__fish_seen_subcommand_from config' -l local -d 'for this repository'
complete -c signet-git -n '__fish_seen_subcommand_from config' -s y -l yes -d 'do not ask'
complete -c signet-git -n '__fish_seen_subcommand_from verify' -a '(git for-each-ref --format="%(refname:short)" 2>/dev/null)'
complete -c signet-git -n '__fish_seen_subcommand_from verify' -s n -l max-count -x -d 'no more commits'
complete -c signet-git -n '__fish_seen_subcommand_from verify' -l no-walk -d 'revisions only'
complete -c signet-git -n '__fish_seen_subcommand_from verify' -l require-all -d 'unsigned is a failure'
complete -c signet-git -n '__fish_seen_subcommand_from verify' -l pre-receive -d 'read the lines of a hook'
complete -c signet-git -n '__fish_seen_subcommand_from verify' -l json -d 'an array of objects'
complete -c signet-git -n '__fish_seen_subcommand_from verify' -s q -l quiet -d 'not the good ones'
complete -c signet-git -n '__fish_seen_subcommand_from help' -a "$commands"
