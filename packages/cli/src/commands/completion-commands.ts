import type { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { bashCompletion } from '../completion/bash-completion.ts'
import { type CompletionNode, completionTree } from '../completion/completion-tree.ts'
import { fishCompletion } from '../completion/fish-completion.ts'
import { zshCompletion } from '../completion/zsh-completion.ts'

type Shell = 'bash' | 'zsh' | 'fish'

const scripts: Readonly<Record<Shell, (tree: CompletionNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

export async function printCompletion(
  context: CommandContext,
  program: Command,
  shell: Shell,
): Promise<void> {
  context.terminal.stdout.write(scripts[shell](completionTree(program)))
}
