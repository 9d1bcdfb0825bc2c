# bash completion for reticle-probe
_reticle_probe() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local options='--token-file --host-id --host-name --cluster --state-dir --proc-root --process-interval
        --connection-interval --host-interval --cpu-budget --redact --redact-pattern --print --print=json --once
        --watch --check --config --log-level --log-format --help --version'
    case $previous in
    --token-file | --config | -c) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --state-dir | --proc-root) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    --redact) mapfile -t COMPREPLY < <(compgen -W 'off on everything' -- "$current") ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'trace debug info warn error off' -- "$current") ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$current") ;;
    --process-interval | --connection-interval | --host-interval)
        mapfile -t COMPREPLY < <(compgen -W '500ms 1s 2s 5s' -- "$current") ;;
    --host-id | --host-name | --cluster | --cpu-budget | --redact-pattern) COMPREPLY=() ;;
    *)
        if [[ $current == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
        else
            mapfile -t COMPREPLY < <(compgen -A hostname -- "$current")
        fi
        ;;
    esac
}
complete -F _reticle_probe reticle-probe
