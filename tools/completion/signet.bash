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
        _signet_words 'sign verify trust token capability identity proof curl session explain policy lock doctor export-ca export-key export-key-id version help --home --version --help'
        return
    fi
    case $command:$previous in
    proof:--algorithm | curl:--algorithm | session:--algorithm) _signet_words 'ed25519 ml-dsa-44'; return ;;
    *:--algorithm) _signet_words 'ed25519 ml-dsa-44 hybrid'; return ;;
    sign:--format | sign:-f) _signet_words 'pem der raw-mldsa'; return ;;
    sign:--signer-module) _signet_words 'software'; return ;;
    verify:--require) _signet_words 'hybrid ed25519 ml-dsa-44'; return ;;
    verify:--at | verify:--signer | trust:--since) return ;;
    token:--as) _signet_words 'sig1 token cose cbor certificate cms key trust proof'; return ;;
    proof:--dialect) _signet_words 'proof message-signature dpop'; return ;;
    explain:--dialect) _signet_words 'proof message-signature dpop certificate'; return ;;
    explain:--binding) _signet_words 'required if-present off'; return ;;
    explain:--record-format) _signet_words 'v2 reference'; return ;;
    *:--accept) _signet_words 'ed25519 es256 ml-dsa-44'; return ;;
    token:--capability) _signet_words 'read write admin env:prod limit:100 impersonate'; return ;;
    esac
    if [[ $current == -* ]]; then
        case $command in
        sign) _signet_words '--output --algorithm --format --signer-module --init --force --insecure --home --json --help' ;;
        verify) _signet_words '--at --require --signer --trust --key --ca --cert --home --json --help' ;;
        trust) _signet_words '--since --home --json --help' ;;
        token)
            case ${COMP_WORDS[i + 1]} in
            mint) _signet_words '--issuer --audience --subject-of --ppid-secret-fd --ephemeral --confirmation --capability --actor --delegator --validity --nonce --epoch --kid --key --algorithm --holder --purpose --ephemeral-out --home --json --help' ;;
            verify) _signet_words '--issuer --key --is-master --audience --allow-no-audience --holder --master --ephemeral --binding --purpose --accept --skew --at --home --json --help' ;;
            inspect) _signet_words '--as --hex --json --help' ;;
            *) _signet_words '--help' ;;
            esac
            ;;
        capability) _signet_words '--json --help' ;;
        identity) _signet_words '--issuer --key --is-master --audience --allow-no-audience --unverified --root --secret-fd --reference --accept --skew --at --home --json --help' ;;
        proof) _signet_words '--dialect --access-token --nonce --algs --cover-request --session --body --unsigned-body --purpose --audience --issuer --validity --key --algorithm --home --json --help' ;;
        curl) _signet_words '--session --retry-signed --purpose --audience --issuer --validity --key --algorithm --home --help' ;;
        policy) _signet_words 'compile verify eval explain --scim --after --key --out --signer --home --help' ;;
        session) _signet_words '--admin --file --renew --end --new --cacert --purpose --audience --issuer --validity --key --algorithm --home --help' ;;
        explain) _signet_words '--dialect --jwks --jwks-issuer --master-key --issuer --origin --record --record-key --record-format --binding --no-full --unsigned-body --purpose --audience --skew --body-max --now --log --json --help' ;;
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
    token)
        if [[ $previous == token ]]; then
            _signet_words 'mint verify inspect'
            return
        fi
        ;;
    capability)
        if [[ $previous == capability ]]; then
            _signet_words 'list id'
        else
            _signet_words 'read write admin env:prod limit:100 impersonate'
        fi
        return
        ;;
    identity)
        if [[ $previous == identity ]]; then
            _signet_words 'show'
            return
        fi
        ;;
    help)
        _signet_words 'sign verify trust token capability identity proof curl session explain policy lock doctor export-ca export-key export-key-id version'
        return
        ;;
    esac
    compopt -o default
}

complete -F _signet signet
