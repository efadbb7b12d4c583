#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Help, wrong use, versions, colours, doctor; and that help, manual and completion agree.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

root=$(cd "$here/../.." && pwd)
commands='sign verify trust lock doctor export-ca export-key export-key-id version help'

run "$signet" --version
expect '--version' 0 'signet version [0-9]*.[0-9]*.[0-9]*' ''
run "$signet" version
expect 'version' 0 'signet version [0-9]*.[0-9]*.[0-9]*' ''
run "$signet" --help
expect '--help' 0 'usage: signet *sign *verify *trust *example: signet *' ''
run "$signet" help
expect 'help' 0 'usage: signet *example: signet *' ''
run "$signet"
expect 'nothing' 2 '' 'usage: signet *
try: signet --help'
run "$signet" bogus
expect 'an unknown command' 2 '' 'signet: unknown command bogus
try: signet --help'
run "$signet" help bogus
expect 'help of an unknown command' 2 '' 'signet: unknown command bogus*'
run "$signet" --bogus sign
expect 'an unknown option before the command' 2 '' 'signet: unknown or ambiguous option --bogus
try: signet --help'

for command in $commands; do
    run "$signet" "$command" --help
    expect "$command --help" 0 "usage: signet $command*example: *signet $command*" ''
    cp "$scratch/out" "help.$command"
    run "$signet" help "$command"
    expect "help $command" 0 "usage: signet $command*" ''
    run "$signet" "$command" --bogus
    expect "$command --bogus" 2 '' "signet: unknown or ambiguous option --bogus
try: signet $command --help"
done

"$signet" --help >help.signet
for command in $commands; do
    page=$root/docs/man/signet-$command.1
    [ -f "$page" ] || page=$root/docs/man/signet.1
    # shellcheck disable=SC2013 # words, on purpose
    for option in $(grep -o -e '--[a-z-]*' "help.$command" | sort -u); do
        check "$command $option is in the manual" grep -q -e "Fl [^\"]*${option#-}" "$page"
        check "$command $option is in the completion of bash" grep -q -e "$option" "$root/tools/completion/signet.bash"
        check "$command $option is in the completion of zsh" grep -q -e "$option" "$root/tools/completion/signet.zsh"
        check "$command $option is in the completion of fish" grep -q -e "-l ${option#--} " "$root/tools/completion/signet.fish"
    done
done
# shellcheck disable=SC2013
for option in $(grep -o -e '--[a-z-]*' help.signet | sort -u); do
    case $option in
    --init) continue ;; # of the example
    esac
    check "signet $option is in the manual" grep -q -e "Fl [^\"]*${option#-}" "$root/docs/man/signet.1"
done
for page in signet signet-sign signet-verify signet-trust; do
    for option in $(sed -n 's/^\.It Fl \(.*\)/\1/p' "$root/docs/man/$page.1" | grep -o -e ' *-[a-z-][a-z-]*' | tr -d ' ' | grep '^-'); do
        check "$page.1: -$option is in the help" grep -q -e "-$option" help.sign help.verify help.trust help.signet
    done
done

run "$signet" sign
expect 'sign nothing' 2 '' '*a file to sign is missing
try: signet sign --help'
run "$signet" sign -o
expect 'an option without its argument' 2 '' '*option -o needs an argument*'
run "$signet" sign --json=yes file
expect 'an argument without its option' 2 '' '*option --json=yes takes no argument*'
run "$signet" sign -x file
expect 'an unknown short option' 2 '' '*unknown option -x*'
run "$signet" sign --init file
expect 'init with a file' 2 '' '*--init makes a key and signs no file*'
run "$signet" sign --force file
expect 'force without init' 2 '' '*belong to --init*'
run "$signet" sign --signer-module pkcs11 file
expect 'a module that is not built in' 2 '' '*only '\''software'\'' is built in*'
run "$signet" sign --json -
expect 'two things for one stdout' 2 '' '*--json*'
run "$signet" sign - -
expect 'one stdin twice' 2 '' '*standard input can be signed once*'
run "$signet" verify
expect 'verify nothing' 2 '' '*a file to verify is missing*'
run "$signet" verify a b c
expect 'verify too much' 2 '' '*at a time*'
run "$signet" verify -
expect 'verify stdin without signature' 2 '' '*needs the name of its signature*'
run "$signet" verify - -
expect 'verify stdin with stdin' 2 '' '*needs the name of its signature*'
run "$signet" verify --at noon file
expect 'a time that is none' 2 '' '*--at: *'
run "$signet" verify --require rsa file
expect 'a requirement that is none' 2 '' '*--require is hybrid*'
run "$signet" verify --key a --ca b file
expect 'two kinds of only trust' 2 '' '*give one of them*'
run "$signet" verify --cert a b
expect 'a certificate and a file' 2 '' '*--cert checks a certificate and no file*'
for command in lock doctor version export-ca export-key export-key-id; do
    run "$signet" "$command" more
    expect "$command takes no word" 2 '' "usage: signet $command*
try: signet $command --help"
done
run "$signet" export-key --algorithm rsa
expect 'export of an algorithm that there is not' 2 '' '*--algorithm: *rsa*'
for command in lock export-ca export-key export-key-id; do
    run "$signet" "$command"
    expect "$command without a key" 2 '' '*there is no key yet (signet sign --init)'
done

# doctor
run "$signet" doctor
expect 'doctor finds that there is no key' 1 '*signet *libsodium *ed25519 *key *no key yet*signet sign --init*clock*' ''
make_key ed25519
export GIT_CONFIG_GLOBAL="$scratch/gitconfig"
git config --global gpg.format x509
git config --global gpg.x509.program /nowhere/signet-git
run "$signet" doctor
expect 'doctor finds a program that is not there' 1 '*/nowhere/signet-git cannot be run*signet-git config --global*' ''
git config --global gpg.x509.program signet-git
git config --global user.signingKey abcdef
run "$signet" doctor
expect 'doctor finds a foreign signing key' 1 '*user.signingKey is abcdef, which is not your key*' ''
git config --global user.signingKey "$("$signet" export-key-id)"
run "$signet" doctor
expect 'doctor finds nothing wrong' 0 '*' ''
run "$signet" doctor --json
expect 'doctor as JSON' 0 '{*"findings"*"wrong": 0*}' ''
check_json
echo garbage >>"$HOME/.signet/trusted_signers"
run "$signet" doctor
expect 'doctor finds a bad line of trust' 1 '*trusted_signers: line *edit that line*' ''
SIGNET_NOW=86400
export SIGNET_NOW
run "$signet-test" doctor
expect 'doctor finds a clock that is wrong' 1 '*1970-01-02T00:00:00Z cannot be*' ''
run "$signet" doctor
expect 'an installed program does not obey SIGNET_NOW' 1 '* 20[2-9]?-??-??T*' ''
unset SIGNET_NOW
chmod 644 "$HOME/.signet/master.key"
run "$signet" doctor
expect 'doctor finds a key that others can read' 1 '*insecure permissions*chmod 600*' ''

# exports
make_key hybrid
run "$signet" export-key-id
expect 'the id of the first key' 0 "$(printf %64s '' | tr ' ' '?')" ''
run "$signet" export-key-id --algorithm ml-dsa-44
check 'that of the other has 2624 digits' test "$(wc -c <"$scratch/out")" -eq 2625
run "$signet" export-key --algorithm hybrid
expect 'both keys' 0 '-----BEGIN PUBLIC KEY-----*-----BEGIN PUBLIC KEY-----*' ''
run "$signet" export-ca
expect 'both CAs' 0 '-----BEGIN CERTIFICATE-----*-----BEGIN CERTIFICATE-----*' '*'

# colours
echo content >file
"$signet" sign file >/dev/null 2>&1
escape=$(printf '\033')
run "$signet" verify file
refute 'no colours on a file' grep -q "$escape" "$scratch/out"
run env FORCE_COLOR=1 "$signet" verify file
expect 'FORCE_COLOR' 0 "${escape}[38;5;42m*${escape}[0m file: good*" ''
run env CLICOLOR_FORCE=1 "$signet" verify file
expect 'CLICOLOR_FORCE' 0 "${escape}[92m*${escape}[0m file: good*" ''
run env FORCE_COLOR=0 CLICOLOR_FORCE=1 "$signet" verify file
refute 'FORCE_COLOR=0 is off' grep -q "$escape" "$scratch/out"
run env FORCE_COLOR=1 NO_COLOR=1 "$signet" verify file
refute 'NO_COLOR wins' grep -q "$escape" "$scratch/out"
run "$signet" sign --json file file
expect 'sign as JSON' 0 '{*"files"*"signed": true*"algorithms"*"ed25519"*"ml-dsa-44"*}' '*'
check_json
run "$signet" sign --json missing
expect 'a failure as JSON' 2 '{*"signed": false*"code": "NOT_FOUND"*}' '*missing: No such file*'
check_json
name=$(printf 'q"b\\c\tt\377.txt')
cp file "$name"
run "$signet" sign --json "$name"
expect 'a name full of JSON' 0 '*' '*'
check_json
finish
