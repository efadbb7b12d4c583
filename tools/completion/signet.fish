# SPDX-License-Identifier: Apache-2.0
# fish completion for signet(1).

set -l commands sign verify trust token capability identity proof curl lock doctor export-ca export-key export-key-id version help

complete -c signet -f
complete -c signet -l home -x -a '(__fish_complete_directories)' -d 'where keys and configuration are'
complete -c signet -l help -d explain
complete -c signet -n "not __fish_seen_subcommand_from $commands" -l version -d 'print the version'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a sign -d 'sign files'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a verify -d 'check the signature of a file, and say whose it is'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a trust -d 'say whose signatures are good'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a token -d 'make, check and explain tokens'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a capability -d 'name what tokens allow'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a identity -d 'say for whom a token or certificate speaks'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a proof -d 'prove to a service that you have your key'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a curl -d 'run curl with such a proof'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a lock -d 'forget the passphrase now'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a doctor -d 'find what is wrong, and the command that mends it'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a export-ca -d 'print a certificate of your key, for other programs'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a export-key -d 'print your public key as PEM'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a export-key-id -d 'print your key id'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a version -d 'print the version'
complete -c signet -n "not __fish_seen_subcommand_from $commands" -a help -d 'explain a command'

complete -c signet -n '__fish_seen_subcommand_from sign' -F
complete -c signet -n '__fish_seen_subcommand_from sign' -s o -l output -r -F -d 'where the signature goes'
complete -c signet -n '__fish_seen_subcommand_from sign' -s f -l format -x -a 'pem der raw-mldsa' -d 'how it is written'
complete -c signet -n '__fish_seen_subcommand_from sign' -l signer-module -x -a software -d 'where the key is made'
complete -c signet -n '__fish_seen_subcommand_from sign' -l init -d 'make the master key'
complete -c signet -n '__fish_seen_subcommand_from sign' -l force -d 'replace the key there is'
complete -c signet -n '__fish_seen_subcommand_from sign' -l insecure -d 'no passphrase'
complete -c signet -n '__fish_seen_subcommand_from sign export-ca export-key export-key-id' -l algorithm -x -a 'ed25519 ml-dsa-44 hybrid' -d 'which signatures or keys'
complete -c signet -n '__fish_seen_subcommand_from sign verify trust doctor token capability identity' -l json -d 'report as JSON'

complete -c signet -n '__fish_seen_subcommand_from verify' -F
complete -c signet -n '__fish_seen_subcommand_from verify' -l at -x -d 'judge as if signed at that time'
complete -c signet -n '__fish_seen_subcommand_from verify' -l require -x -a 'hybrid ed25519 ml-dsa-44' -d 'what must have signed'
complete -c signet -n '__fish_seen_subcommand_from verify' -l signer -x -d 'it must be this signer'
complete -c signet -n '__fish_seen_subcommand_from verify' -l trust -r -F -d 'trust the signers in this file too'
complete -c signet -n '__fish_seen_subcommand_from verify' -l key -r -F -d 'trust this key and no other'
complete -c signet -n '__fish_seen_subcommand_from verify' -l ca -r -F -d 'trust these certificates and no other'
complete -c signet -n '__fish_seen_subcommand_from verify' -l cert -r -F -d 'check a client certificate instead'

complete -c signet -n '__fish_seen_subcommand_from trust' -F
complete -c signet -n '__fish_seen_subcommand_from trust' -a 'add list remove revoke import export'
complete -c signet -n '__fish_seen_subcommand_from trust' -l since -x -d 'from when on the key is revoked'

complete -c signet -n '__fish_seen_subcommand_from token' -F
complete -c signet -n '__fish_seen_subcommand_from token' -a 'mint verify inspect'
complete -c signet -n '__fish_seen_subcommand_from token identity' -l issuer -x -d 'who makes it'
complete -c signet -n '__fish_seen_subcommand_from token identity' -l audience -x -d 'for whom it is'
complete -c signet -n '__fish_seen_subcommand_from token' -l subject-of -x -d 'whom it is about'
complete -c signet -n '__fish_seen_subcommand_from token' -l ppid-secret-fd -x -d 'where the secret of pseudonyms is'
complete -c signet -n '__fish_seen_subcommand_from token' -l ephemeral -r -F -d 'key that signs requests'
complete -c signet -n '__fish_seen_subcommand_from token' -l confirmation -r -F -d 'master key of whom it is for'
complete -c signet -n '__fish_seen_subcommand_from token' -l capability -x -a 'read write admin env:prod limit:100 impersonate' -d 'what it allows'
complete -c signet -n '__fish_seen_subcommand_from token' -l actor -x -d 'who acts'
complete -c signet -n '__fish_seen_subcommand_from token' -l delegator -x -d 'on whose behalf'
complete -c signet -n '__fish_seen_subcommand_from token' -l validity -x -d 'seconds'
complete -c signet -n '__fish_seen_subcommand_from token' -l nonce -x -d 'what the client sent'
complete -c signet -n '__fish_seen_subcommand_from token' -l epoch -x -d 'of revocation'
complete -c signet -n '__fish_seen_subcommand_from token' -l kid -x -d 'id of the key'
complete -c signet -n '__fish_seen_subcommand_from token identity' -l key -r -F -d 'key that signs, or of the issuer'
complete -c signet -n '__fish_seen_subcommand_from token' -l holder -d 'in holder mode'
complete -c signet -n '__fish_seen_subcommand_from token' -l purpose -x -d 'what the ephemeral key is for'
complete -c signet -n '__fish_seen_subcommand_from token' -l ephemeral-out -r -F -d 'where the ephemeral key goes'
complete -c signet -n '__fish_seen_subcommand_from token identity' -l is-master -d 'the key is the master key too'
complete -c signet -n '__fish_seen_subcommand_from token identity' -l allow-no-audience -d 'it may be for nobody'
complete -c signet -n '__fish_seen_subcommand_from token' -l master -r -F -d 'master key'
complete -c signet -n '__fish_seen_subcommand_from token' -l binding -x -d 'signature of the master key'
complete -c signet -n '__fish_seen_subcommand_from token identity' -l accept -x -a 'ed25519 es256 ml-dsa-44' -d 'algorithms'
complete -c signet -n '__fish_seen_subcommand_from token identity' -l skew -x -d 'seconds of tolerance'
complete -c signet -n '__fish_seen_subcommand_from token identity' -l at -x -d 'judge as of that time'
complete -c signet -n '__fish_seen_subcommand_from token' -l as -x -a 'sig1 token cose cbor certificate cms key trust proof' -d 'what it is'
complete -c signet -n '__fish_seen_subcommand_from token' -l hex -d 'the input is hex'
complete -c signet -n '__fish_seen_subcommand_from identity' -l unverified -d 'show what is claimed'
complete -c signet -n '__fish_seen_subcommand_from identity' -l root -r -F -d 'who may begin a chain'
complete -c signet -n '__fish_seen_subcommand_from identity' -l secret-fd -x -d 'where the secret of pseudonyms is'
complete -c signet -n '__fish_seen_subcommand_from identity' -l reference -d 'as the reference does it'
complete -c signet -n '__fish_seen_subcommand_from token' -l algorithm -x -a 'ed25519 ml-dsa-44' -d 'which key'
complete -c signet -n '__fish_seen_subcommand_from capability' -a 'list id read write admin env:prod limit:100 impersonate'
complete -c signet -n '__fish_seen_subcommand_from identity' -F
complete -c signet -n '__fish_seen_subcommand_from identity' -a show

complete -c signet -n '__fish_seen_subcommand_from proof' -a 'GET HEAD POST PUT PATCH DELETE'
complete -c signet -n '__fish_seen_subcommand_from curl' -F
complete -c signet -n '__fish_seen_subcommand_from proof' -l body -r -F -d 'content of the request'
complete -c signet -n '__fish_seen_subcommand_from proof' -l unsigned-body -d 'leave the content unsigned'
complete -c signet -n '__fish_seen_subcommand_from proof' -l json -d 'print JSON'
complete -c signet -n '__fish_seen_subcommand_from proof curl' -l purpose -x -d 'what the proof is for'
complete -c signet -n '__fish_seen_subcommand_from proof curl' -l audience -x -d 'for which service'
complete -c signet -n '__fish_seen_subcommand_from proof curl' -l issuer -x -d 'as whose the service knows your key'
complete -c signet -n '__fish_seen_subcommand_from proof curl' -l validity -x -d 'seconds'
complete -c signet -n '__fish_seen_subcommand_from proof curl' -l key -r -F -d 'key that vouches'
complete -c signet -n '__fish_seen_subcommand_from proof curl' -l algorithm -x -a 'ed25519 ml-dsa-44' -d 'which key'

complete -c signet -n '__fish_seen_subcommand_from help' -a 'sign verify trust token capability identity proof curl lock doctor export-ca export-key export-key-id version'
