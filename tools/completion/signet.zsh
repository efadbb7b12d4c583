#compdef signet
# SPDX-License-Identifier: Apache-2.0

_signet() {
    local context state line
    local -a commands
    commands=(
        'sign:sign files'
        'verify:check the signature of a file, and say whose it is'
        'trust:say whose signatures are good'
        'lock:forget the passphrase now'
        'doctor:find what is wrong, and the command that mends it'
        'export-ca:print a certificate of your key, for other programs'
        'export-key:print your public key as PEM'
        'export-key-id:print your key id'
        'version:print the version'
        'help:explain a command'
    )
    _arguments -C \
        '--home=[where keys and configuration are]:directory:_directories' \
        '--version[print the version]' \
        '--help[explain]' \
        '1:command:->command' \
        '*::argument:->argument'
    case $state in
    command) _describe command commands ;;
    argument)
        case $words[1] in
        sign)
            _arguments \
                '(-o --output)'{-o,--output=}'[where the signature goes]:file:_files' \
                '--algorithm=[which signatures to make]:algorithm:(ed25519 ml-dsa-44 hybrid)' \
                '(-f --format)'{-f,--format=}'[how it is written]:format:(pem der raw-mldsa)' \
                '--signer-module=[where the key is made]:module:(software)' \
                '--init[make the master key]' \
                '--force[replace the key there is]' \
                '--insecure[no passphrase]' \
                '--home=[where keys and configuration are]:directory:_directories' \
                '--json[report as JSON]' \
                '--help[explain]' \
                '*:file:_files'
            ;;
        verify)
            _arguments \
                '--at=[judge as if signed at that time]:time:' \
                '--require=[what must have signed]:what:(hybrid ed25519 ml-dsa-44)' \
                '--signer=[it must be this signer]:name:' \
                '*--trust=[trust the signers in this file too]:file:_files' \
                '*--key=[trust this key and no other]:key:_files' \
                '--ca=[trust these certificates and no other]:file:_files' \
                '--cert=[check a client certificate instead]:file:_files' \
                '--home=[where keys and configuration are]:directory:_directories' \
                '--json[report as JSON]' \
                '--help[explain]' \
                '*:file:_files'
            ;;
        trust)
            _arguments \
                '--since=[from when on the key is revoked]:time:' \
                '--home=[where keys and configuration are]:directory:_directories' \
                '--json[list as JSON]' \
                '--help[explain]' \
                '1:command:(add list remove revoke import export)' \
                '*:file:_files'
            ;;
        lock) _arguments '--home=[where keys are]:directory:_directories' '--help[explain]' ;;
        doctor)
            _arguments '--home=[where keys are]:directory:_directories' '--json[report as JSON]' '--help[explain]'
            ;;
        export-*)
            _arguments '--algorithm=[which key]:algorithm:(ed25519 ml-dsa-44 hybrid)' \
                '--home=[where keys are]:directory:_directories' '--help[explain]'
            ;;
        help) _describe command commands ;;
        esac
        ;;
    esac
}

_signet "$@"
