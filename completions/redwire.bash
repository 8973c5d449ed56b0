# Completion of redwire in bash: source this file, or keep it as
# ~/.local/share/bash-completion/completions/redwire.
#
# On a Tab redwire itself is asked. It gets the line as it was typed, before and behind the cursor, because
# COMP_WORDS is broken at = and :, and the part of the last word that readline is going to replace.

_redwire() {
    local line kind=
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ -z $kind ]]; then
            kind=$line
        else
            COMPREPLY+=("$line")
        fi
    done < <(COMPLETE=bash command redwire -- "${COMP_LINE:0:COMP_POINT}" "${COMP_LINE:COMP_POINT}" "$2" 2>/dev/null)

    # bash before 4 has no compopt: there names of files are quoted always, see below.
    if [[ $kind == files ]]; then
        compopt -o filenames 2>/dev/null
        # A path with a variable in it: readline knows how to read it.
        [[ ${#COMPREPLY[@]} -eq 0 ]] && compopt -o default 2>/dev/null
    fi
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
    return 0
}

if [[ ${BASH_VERSINFO[0]} -lt 4 ]]; then
    complete -o bashdefault -o filenames -F _redwire redwire
else
    complete -o bashdefault -F _redwire redwire
fi
