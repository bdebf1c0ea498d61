import {
  allNodes,
  type CompletionNode,
  type CompletionOption,
  valueOptions,
} from './completion-tree.ts'

/** A script for fish 3 or newer. */
export function fishCompletion(tree: CompletionNode): string {
  const nodes = allNodes(tree)
  const lines = nodes.flatMap((node) => [
    ...node.children.map(
      (child) =>
        `complete -c freehold -f -n ${condition(node)} -a ${quoted(child.path.at(-1) ?? '')} -d ${quoted(child.description)}`,
    ),
    ...node.choices.map(
      (choice) => `complete -c freehold -f -n ${condition(node)} -a ${quoted(choice)}`,
    ),
    ...(node === tree ? [] : node.options.filter((option) => !tree.options.includes(option))).map(
      (option) => `complete -c freehold -n ${condition(node)} ${optionFlags(option)}`,
    ),
  ])
  return `# fish completion for freehold
function __freehold_at
    set -l words (commandline -opc)
    set -e words[1]
    set -l path
    set -l before
    for word in $words
        contains -- "$before" ${valueOptions(nodes).map(quoted).join(' ')}
        or string match -q -- '-*' $word
        or set -a path $word
        set before $word
    end
    test (count $path) -ge (count $argv); or return 1
    test (count $argv) -eq 0; and test (count $path) -gt 0; and return 1
    for index in (seq (count $argv))
        test "$path[$index]" = "$argv[$index]"; or return 1
    end
end
${tree.options.map((option) => `complete -c freehold ${optionFlags(option)}`).join('\n')}
${lines.join('\n')}
`
}

function condition({ path }: CompletionNode): string {
  return quoted(['__freehold_at', ...path].join(' '))
}

function optionFlags({ names, description, takesValue, choices }: CompletionOption): string {
  const flags = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  )
  if (takesValue) flags.push('-r')
  if (choices.length > 0) flags.push(`-f -a ${quoted(choices.join(' '))}`)
  return `${flags.join(' ')} -d ${quoted(description)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
