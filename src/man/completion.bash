# bash completion for tcpprobe. Commands and options are asked from the program itself, so that this
# file cannot fall behind it.
_tcpprobe()
{
    local word=${COMP_WORDS[COMP_CWORD]} program=${COMP_WORDS[0]} command=${COMP_WORDS[1]}

    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ] || { [ "$COMP_CWORD" -eq 2 ] && [ "$command" = help ]; }; then
        COMPREPLY=($(compgen -W "$("$program" help 2>/dev/null |
            sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p')" -- "$word"))
    elif [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$("$program" "$command" --help 2>/dev/null |
            sed -n 's/^ \{1,6\}\(-[^ ], \)\{0,1\}\(--[a-z-]\{1,\}\).*/\2/p')" -- "$word"))
    fi
}
complete -o default -F _tcpprobe tcpprobe
