# Completion of redwire in fish: keep this file as ~/.config/fish/completions/redwire.fish, or source it.
#
# On a Tab redwire itself is asked. It gets the words without their quotes; fish shows none behind the cursor.

function __redwire_complete
    set -l words (commandline --current-process --tokenize)
    set -l index (count (commandline --current-process --tokenize --cut-at-cursor))
    COMPLETE=fish COMPLETE_INDEX=$index command redwire -- $words 2>/dev/null
end

complete --command redwire --no-files --keep-order --arguments '(__redwire_complete)'
