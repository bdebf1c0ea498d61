import { allNodes, type CompletionNode, shellQuoted, valueOptions } from './completion-tree.ts'

/** A script for bash 4 or newer that needs nothing else. File names are completed where nothing better is known. */
export function bashCompletion(tree: CompletionNode): string {
  const nodes = allNodes(tree)
  const groups = nodes.filter((node) => node.children.length > 0 && node.path.length > 0)
  return `# bash completion for freehold
_freehold() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  local path='' index=1
  while (( index < COMP_CWORD )); do
    case "\${COMP_WORDS[index]}" in
      ${valueOptions(nodes).join('|')}) (( index++ )) ;;
      -*) ;;
      *)
        case "$path" in
          ${['', ...groups.map(({ path }) => path.join(' '))].map(shellQuoted).join('|')}) path="\${path:+$path }\${COMP_WORDS[index]}" ;;
        esac ;;
    esac
    (( index++ ))
  done
  local words='' values=''
  case "$before" in
${choiceCases(nodes).join('\n')}
  esac
  if [[ -n $values ]]; then
    COMPREPLY=($(compgen -W "$values" -- "$word"))
    return
  fi
  case "$path" in
${nodes.map(nodeCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _freehold freehold
`
}

function nodeCase(node: CompletionNode): string {
  const words = [
    ...node.children.map(({ path }) => path.at(-1) ?? ''),
    ...node.choices,
    ...node.options.flatMap(({ names }) => names),
  ]
  return `    ${shellQuoted(node.path.join(' '))}) words=${shellQuoted(words.join(' '))} ;;`
}

// Commands differ in the values of an option of the same name, such as --sort: all of them are offered.
function choiceCases(nodes: readonly CompletionNode[]): string[] {
  const choices = new Map<string, string[]>()
  for (const option of nodes.flatMap(({ options }) => options))
    if (option.choices.length > 0) {
      const key = option.names.join('|')
      choices.set(key, [...(choices.get(key) ?? []), ...option.choices])
    }
  return [...choices].map(
    ([names, values]) => `    ${names}) values=${shellQuoted([...new Set(values)].join(' '))} ;;`,
  )
}
