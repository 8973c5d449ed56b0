# Completion of redwire in PowerShell: add to $PROFILE
#     redwire completions powershell | Out-String | Invoke-Expression
#
# On a Tab redwire itself is asked. It gets the words as the parser read them; nothing on the line is run for that.

Register-ArgumentCompleter -Native -CommandName redwire -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $textOf = {
        param($element)
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $element.Value
        } else {
            $element.Extent.Text
        }
    }
    $elements = $commandAst.CommandElements
    $before = @($elements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { & $textOf $_ })
    $after = @($elements | Where-Object { $_.Extent.StartOffset -gt $cursorPosition } | ForEach-Object { & $textOf $_ })
    $words = $before + @("$wordToComplete".Trim("'", '"')) + $after
    # Before version 7.3 an empty word is not handed over: with nothing behind it, the index still counts it.
    if ($wordToComplete -eq '') { $words = $before }

    $complete = $env:COMPLETE
    $index = $env:COMPLETE_INDEX
    try {
        $env:COMPLETE = 'powershell'
        $env:COMPLETE_INDEX = "$($before.Count)"
        $answer = @(redwire -- $words 2>$null)
    } catch {
        $answer = @()
    } finally {
        $env:COMPLETE = $complete
        $env:COMPLETE_INDEX = $index
    }

    foreach ($line in $answer) {
        $value, $help = $line.Split("`t", 2)
        if (-not $help) { $help = $value }
        $typed = $value
        if ($value -match '[^\w./\\:=@%+-]') { $typed = "'" + $value.Replace("'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($typed, $value, 'ParameterValue', $help)
    }
}
