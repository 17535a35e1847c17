import type { Shell } from './shells.js';

/** The script that makes a shell complete berth's command lines. It asks `berth completion words` at every TAB. */
export function completionScript(shell: Shell): string {
  return scripts[shell];
}

// `local IFS` and `read` in place of `mapfile` and `readarray`: macOS has bash 3.2, which has neither, nor `compopt`.
const bash = `# bash completion for berth. Load it in ~/.bashrc:  eval "$(berth completion bash)"
_berth() {
  local typed mode line
  local IFS=' '
  if [[ -n \${COMP_LINE-} ]]; then
    typed=\${COMP_LINE:0:\${COMP_POINT:-\${#COMP_LINE}}}
  else
    typed="\${COMP_WORDS[*]:0:COMP_CWORD+1}"
  fi
  COMPREPLY=()
  {
    IFS= read -r mode || return 0
    while IFS= read -r line; do COMPREPLY+=("$line"); done
  } < <(berth completion words --shell bash "--breaks=\${COMP_WORDBREAKS-}" "--line=$typed" </dev/null 2>/dev/null)
  IFS=$'\\n'
  case $mode in
    partial) compopt -o nospace 2>/dev/null ;;
    files) compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "\${2-}")) ;;
    directories) compopt -o dirnames 2>/dev/null || COMPREPLY=($(compgen -d -- "\${2-}")) ;;
  esac
  return 0
}
complete -F _berth berth
`;

const zsh = `#compdef berth
# zsh completion for berth. Load it in ~/.zshrc, behind compinit:  eval "$(berth completion zsh)"
_berth() {
  local mode
  local -a answer
  answer=("\${(@f)$(berth completion words --shell zsh "--current=\${(Q)PREFIX}" -- "\${(@Q)words[2,CURRENT-1]}" \\
    </dev/null 2>/dev/null)}")
  mode=$answer[1]
  shift answer
  case $mode in
    words) _describe -t berth berth answer ;;
    partial) _describe -t berth berth answer -S '' ;;
    files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files ;;
    directories) [[ $PREFIX == --*=* ]] && compset -P '*='; _files -/ ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _berth "$@"
else
  compdef _berth berth
fi
`;

const fish = `# fish completion for berth. Keep it:  berth completion fish > ~/.config/fish/completions/berth.fish
function __berth_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l reply (berth completion words --shell fish "--current=$current" -- $words[2..-1] </dev/null 2>/dev/null)
    set -l prefix (string match --regex -- '^--[^=]+=' "$current")
    set -l path (string replace --regex -- '^--[^=]+=' '' "$current")
    switch "$reply[1]"
        case words partial
            printf '%s\\n' $reply[2..-1]
        case files
            for found in (__fish_complete_path "$path")
                printf '%s%s\\n' "$prefix" $found
            end
        case directories
            for found in (__fish_complete_directories "$path")
                printf '%s%s\\n' "$prefix" $found
            end
    end
end
complete --command berth --no-files --keep-order --arguments '(__berth_complete)'
`;

const powershell = `# PowerShell completion for berth. Load it in $PROFILE:
#   berth completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName berth -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object {
        $_.Extent.EndOffset -lt $cursorPosition
    } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
    })
    $current = "$wordToComplete".Trim("'", '"')
    $reply = @(berth completion words --shell powershell "--current=$current" -- @words 2>$null)
    # An answer without candidates is an empty text: with no answer at all PowerShell would offer files.
    if ($reply.Count -lt 2 -and $reply[0] -ne 'files' -and $reply[0] -ne 'directories') { return '' }
    $reply | Select-Object -Skip 1 | ForEach-Object {
        $word, $description = $_ -split "\`t", 2
        $text = if ($word -match '^[\\w.:/=-]+$') { $word } else { "'" + $word.Replace("'", "''") + "'" }
        if (-not $description) { $description = $word }
        [System.Management.Automation.CompletionResult]::new($text, $word, 'ParameterValue', $description)
    }
}
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell };
