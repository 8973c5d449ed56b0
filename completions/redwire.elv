# Completion of redwire in elvish: add to rc.elv
#     eval (redwire completions elvish | slurp)
#
# On a Tab redwire itself is asked. It gets the words without their quotes, the last one up to the cursor.

use str

set edit:completion:arg-completer[redwire] = {|@words|
    try {
        tmp E:COMPLETE = elvish
        e:redwire -- $@words | from-lines | each {|line|
            var value @help = (str:split "\t" $line)
            var suffix = ' '
            if (str:has-suffix $value '/') {
                set suffix = ''
            }
            if (eq $help []) {
                edit:complex-candidate $value &code-suffix=$suffix
            } else {
                edit:complex-candidate $value &code-suffix=$suffix &display=$value' ('$help[0]')'
            }
        }
    } catch {
        # No redwire, no completion.
    }
}
