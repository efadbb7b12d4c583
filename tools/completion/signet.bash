# SPDX-License-Identifier: Apache-2.0
# bash completion for signet(1).

_signet_words() {
    local word
    COMPREPLY=()
    while IFS= read -r word; do
        COMPREPLY+=("$word")
    done < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")
}

_signet() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --home) ((i++)) ;;
        -*) ;;
        *) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    if [[ -z $command ]]; then
        case $previous in
        --home) compopt -o default; return ;;
        esac
        _signet_words 'sign verify trust lock doctor export-ca export-key export-key-id version help --home --version --help'
        return
    fi
    case $command:$previous in
    *:--algorithm) _signet_words 'ed25519 ml-dsa-44 hybrid'; return ;;
    sign:--format | sign:-f) _signet_words 'pem der raw-mldsa'; return ;;
    sign:--signer-module) _signet_words 'software'; return ;;
    verify:--require) _signet_words 'hybrid ed25519 ml-dsa-44'; return ;;
    verify:--at | verify:--signer | trust:--since) return ;;
    esac
    if [[ $current == -* ]]; then
        case $command in
        sign) _signet_words '--output --algorithm --format --signer-module --init --force --insecure --home --json --help' ;;
        verify) _signet_words '--at --require --signer --trust --key --ca --cert --home --json --help' ;;
        trust) _signet_words '--since --home --json --help' ;;
        lock) _signet_words '--home --help' ;;
        doctor) _signet_words '--home --json --help' ;;
        export-*) _signet_words '--algorithm --home --help' ;;
        esac
        return
    fi
    case $command in
    trust)
        if [[ $previous == trust ]]; then
            _signet_words 'add list remove revoke import export'
            return
        fi
        ;;
    help)
        _signet_words 'sign verify trust lock doctor export-ca export-key export-key-id version'
        return
        ;;
    esac
    compopt -o default
}

complete -F _signet signet
