# bash completion for reticle-app
_reticle_app() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local options='--listen --allow-unauthenticated --allowed-host --join-token-file --data --web --config --threads
        --max-connections --max-report-bytes --max-writers --max-nodes-per-writer --max-flows-per-writer
        --stale-after --retention --log-level --log-format --version --help'
    case $previous in
    --join-token-file | --config) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    --data | --web) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    --listen) mapfile -t COMPREPLY < <(compgen -W '127.0.0.1:4040 [::1]:4040' -- "$current") ;;
    --allowed-host) mapfile -t COMPREPLY < <(compgen -A hostname -- "$current") ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'trace debug info warn error off' -- "$current") ;;
    --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$current") ;;
    --threads | --max-* | --stale-after | --retention) COMPREPLY=() ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current") ;;
    esac
}
complete -F _reticle_app reticle-app
