import {
  allNodes,
  type CompletionNode,
  type CompletionOption,
  shellQuoted,
} from './completion-tree.ts'

/** A script for zsh's completion system, to be saved as _freehold in a folder of fpath. */
export function zshCompletion(tree: CompletionNode): string {
  return `#compdef freehold
# zsh completion for freehold
${allNodes(tree).map(nodeFunction).join('\n')}
if [[ \${funcstack[1]} == _freehold ]]; then
  _freehold "$@"
else
  compdef _freehold freehold
fi
`
}

function nodeFunction(node: CompletionNode): string {
  const specs = node.options.flatMap(optionSpecs)
  const name = functionName(node)
  if (node.children.length === 0)
    return `${name}() {
  _arguments -s \\
    ${[...specs, ...argumentSpecs(node)].map(shellQuoted).join(' \\\n    ')}
}
`
  return `${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C -s \\
    ${specs.map(shellQuoted).join(' \\\n    ')} \\
    '1: :->command' '*:: :->rest'
  case $state in
    command)
      local -a commands=(
        ${node.children.map((child) => shellQuoted(`${nameOf(child)}:${colonSafe(child.description)}`)).join('\n        ')}
      )
      _describe command commands ;;
    rest)
      case $line[1] in
        ${node.children.map((child) => `${nameOf(child)}) ${functionName(child)} ;;`).join('\n        ')}
      esac ;;
  esac
}
`
}

function nameOf({ path }: CompletionNode): string {
  return path.at(-1) ?? ''
}

function functionName({ path }: CompletionNode): string {
  return ['_freehold', ...path].join('_').replaceAll('-', '_')
}

function optionSpecs({ names, description, takesValue, choices }: CompletionOption): string[] {
  const value =
    choices.length > 0 ? `:value:(${choices.join(' ')})` : takesValue ? ':value:_files' : ''
  return names.map((name) => `*${name}[${bracketSafe(description)}]${value}`)
}

function argumentSpecs({ choices }: CompletionNode): string[] {
  return choices.length > 0 ? [`1:value:(${choices.join(' ')})`] : ['*:argument:_files']
}

function bracketSafe(text: string): string {
  return text.replaceAll(/[[\]\\:]/g, '\\$&')
}

function colonSafe(text: string): string {
  return text.replaceAll(/[\\:]/g, '\\$&')
}
