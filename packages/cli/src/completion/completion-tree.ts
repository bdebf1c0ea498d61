import type { Command, Option } from 'commander'

/** What a shell can complete at one command. */
export interface CompletionNode {
  /** Words from the program's name on, without it: `['subnet', 'create']`. */
  readonly path: readonly string[]
  readonly description: string
  readonly options: readonly CompletionOption[]
  readonly children: readonly CompletionNode[]
  /** Fixed values of the first argument, where it has some. */
  readonly choices: readonly string[]
}

export interface CompletionOption {
  /** `--output`, and `-o` where there is one. */
  readonly names: readonly string[]
  readonly description: string
  readonly takesValue: boolean
  readonly choices: readonly string[]
}

/** The commands and options of the program, each command with the global options too. */
export function completionTree(program: Command): CompletionNode {
  const globals = [...program.options.map(optionOf), help]
  return nodeOf(program, [], globals)
}

const help: CompletionOption = {
  names: ['--help', '-h'],
  description: 'display help',
  takesValue: false,
  choices: [],
}

function nodeOf(
  command: Command,
  path: readonly string[],
  globals: readonly CompletionOption[],
): CompletionNode {
  const own = path.length === 0 ? [] : command.options.map(optionOf)
  return {
    path,
    description: command.description(),
    options: [...own, ...globals],
    children: command.commands.map((child) => nodeOf(child, [...path, child.name()], globals)),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  }
}

function optionOf(option: Option): CompletionOption {
  return {
    names: [option.long, option.short].filter((name) => name !== undefined),
    description: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  }
}

/** All nodes, a command before its subcommands. */
export function allNodes(node: CompletionNode): CompletionNode[] {
  return [node, ...node.children.flatMap(allNodes)]
}

/** The names of the options that are followed by a value, each once. */
export function valueOptions(nodes: readonly CompletionNode[]): string[] {
  const names = nodes.flatMap(({ options }) =>
    options.filter((option) => option.takesValue).flatMap((option) => option.names),
  )
  return [...new Set(names)]
}

/** Text inside single quotes of a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
