#compdef signet
# SPDX-License-Identifier: Apache-2.0

_signet() {
    local context state line
    local -a commands
    commands=(
        'sign:sign files'
        'verify:check the signature of a file, and say whose it is'
        'trust:say whose signatures are good'
        'token:make, check and explain tokens'
        'capability:name what tokens allow'
        'identity:say for whom a token or certificate speaks'
        'proof:prove to a service, for one request, that you have your key'
        'curl:run curl with such a proof'
        'session:obtain a token of minutes, for programs that sign requests'
        'explain:say why a service refuses a request'
        'policy:say who may have certificates'
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
        proof)
            _arguments \
                '--dialect=[which fields]:name:(proof message-signature dpop)' \
                '--access-token=[access token of dpop]:file:_files' \
                '--nonce=[the last DPoP-Nonce]:value:' \
                '--algs=[signatures that the service takes]:value:' \
                '--cover-request[sign query and content with dpop too]' \
                '--session=-[sign with a session]::file:_files' \
                '--body=[content of the request]:file:_files' \
                '--unsigned-body[leave the content unsigned]' \
                '--purpose=[what the proof is for]:value:' \
                '--audience=[for which service]:value:' \
                '--issuer=[as whose the service knows your key]:value:' \
                '--validity=[seconds]:value:' \
                '--key=[key that vouches]:file:_files' \
                '--algorithm=[which key]:algorithm:(ed25519 ml-dsa-44)' \
                '--home=[where keys and configuration are]:directory:_directories' \
                '--json[print JSON]' '--help[explain]' \
                '1:method:(GET HEAD POST PUT PATCH DELETE)' '2:URL:_urls'
            ;;
        policy)
            _arguments \
                '--scim[the source is SCIM]' \
                '--after=[the bundle before]:file:_files' \
                '--key=[sign with this key]:file:_files' \
                '--out=[where the bundle goes]:file:_files' \
                '--signer=[whose bundles count]:file:_files' \
                '--home=[where keys and configuration are]:directory:_directories' \
                '--help[explain]' \
                '1:command:(compile verify eval explain)' \
                '*:file:_files'
            ;;
        session)
            _arguments \
                '--admin=[where the service takes new tokens]:URL:_urls' \
                '--file=[where the session is kept]:file:_files' \
                '--renew[stay, and renew it]' \
                '--end[end it]' \
                '--new[obtain a new one]' \
                '--cacert=[certificates of the service]:file:_files' \
                '--purpose=[what the proof is for]:value:' \
                '--audience=[for which service]:value:' \
                '--issuer=[as whose the service knows your key]:value:' \
                '--validity=[seconds]:value:' \
                '--key=[key that vouches]:file:_files' \
                '--algorithm=[which key]:algorithm:(ed25519 ml-dsa-44)' \
                '--home=[where keys and configuration are]:directory:_directories' \
                '--help[explain]' \
                '*::command:_normal'
            ;;
        explain)
            _arguments \
                '*--master-key=[public key that vouches]:file:_files' \
                '--issuer=[whose tokens it vouches for]:value:' \
                '*--origin=[service as clients see it]:URL:_urls' \
                '*--dialect=[that the service takes]:name:(proof message-signature dpop certificate)' \
                '--jwks=[keys of access tokens]:file:_files' \
                '--jwks-issuer=[who issues them]:value:' \
                '--record=[record of the token]:file:_files' \
                '--record-key=[key of records]:file:_files' \
                '--record-format=[of the record]:name:(v2 reference)' \
                '--binding=[must the proof bind all of it]:name:(required if-present off)' \
                '--no-full[tokens may not be presented whole]' \
                '--unsigned-body[content may be unsigned]' \
                '*--purpose=[that is accepted]:value:' \
                '--audience=[refuse tokens for another]:value:' \
                '--skew=[seconds of tolerance]:value:' \
                '--body-max=[bytes of content]:value:' \
                '--now=[judge as of that time]:time:' \
                '--log=[error log of nginx]:file:_files' \
                '--json[print JSON]' '--help[explain]' \
                '1:request:_files'
            ;;
        curl)
            _arguments \
                '--session=-[sign with a session]::file:_files' \
                '--retry-signed[once more, with another proof]' \
                '--purpose=[what the proof is for]:value:' \
                '--audience=[for which service]:value:' \
                '--issuer=[as whose the service knows your key]:value:' \
                '--validity=[seconds]:value:' \
                '--key=[key that vouches]:file:_files' \
                '--algorithm=[which key]:algorithm:(ed25519 ml-dsa-44)' \
                '--home=[where keys and configuration are]:directory:_directories' \
                '--help[explain]' \
                '*::argument of curl:_files'
            ;;
        token)
            _arguments \
                '--issuer=[who makes it]:value:' \
                '--audience=[for whom it is]:value:' \
                '--subject-of=[whom it is about]:value:' \
                '--ppid-secret-fd=[where the secret of pseudonyms is]:value:' \
                '--ephemeral=[key that signs requests]:file:_files' \
                '--confirmation=[master key of whom it is for]:file:_files' \
                '*--capability=[what it allows]:value:(read write admin env\:prod limit\:100 impersonate)' \
                '--actor=[who acts]:value:' \
                '--delegator=[on whose behalf]:value:' \
                '--validity=[seconds]:value:' \
                '--nonce=[what the client sent]:value:' \
                '--epoch=[of revocation]:value:' \
                '--kid=[id of the key]:value:' \
                '--key=[key that signs, or of the issuer]:file:_files' \
                '--holder[in holder mode]' \
                '--purpose=[what the ephemeral key is for]:value:' \
                '--ephemeral-out=[where the ephemeral key goes]:file:_files' \
                '--is-master[the key is the master key too]' \
                '--allow-no-audience[it may be for nobody]' \
                '--master=[master key]:file:_files' \
                '--binding=[signature of the master key]:value:' \
                '--accept=[algorithms]:value:(ed25519 es256 ml-dsa-44)' \
                '--skew=[seconds of tolerance]:value:' \
                '--at=[judge as of that time]:value:' \
                '--as=[what it is]:value:(sig1 token cose cbor certificate cms key trust proof)' \
                '--hex[the input is hex]' \
                '--algorithm=[which key]:algorithm:(ed25519 ml-dsa-44)' \
                '--home=[where keys and configuration are]:directory:_directories' \
                '--json[print JSON]' \
                '--help[explain]' \
                '1:command:(mint verify inspect)' \
                '*:file:_files'
            ;;
        capability)
            _arguments '--json[print JSON]' '--help[explain]' '1:command:(list id)' \
                '*:capability:(read write admin env\:prod limit\:100 impersonate)'
            ;;
        identity)
            _arguments \
                '--issuer=[who makes it]:value:' \
                '--audience=[for whom it is]:value:' \
                '--key=[key that signs, or of the issuer]:file:_files' \
                '--is-master[the key is the master key too]' \
                '--allow-no-audience[it may be for nobody]' \
                '--accept=[algorithms]:value:(ed25519 es256 ml-dsa-44)' \
                '--skew=[seconds of tolerance]:value:' \
                '--at=[judge as of that time]:value:' \
                '--unverified[show what is claimed]' \
                '*--root=[who may begin a chain]:file:_files' \
                '--secret-fd=[where the secret of pseudonyms is]:value:' \
                '--reference[as the reference does it]' \
                '--home=[where keys and configuration are]:directory:_directories' \
                '--json[print JSON]' \
                '--help[explain]' \
                '1:command:(show)' \
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
