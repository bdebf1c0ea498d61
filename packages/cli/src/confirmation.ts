import { createInterface } from 'node:readline/promises'
import type { CommandContext } from './command-context.ts'
import { CommandError } from './command-error.ts'

export interface ConfirmationOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

/**
 * Asks before something is lost or mixed up. `deed` completes "This would …". True: go on; false: it was a dry run, and
 * what would be done has been said. Throws CommandError (invalid) when a person says no, and when nobody can be asked.
 */
export async function confirmed(
  context: CommandContext,
  deed: string,
  { yes, dryRun }: ConfirmationOptions,
): Promise<boolean> {
  if (dryRun) {
    context.terminal.stderr.write(`This would ${deed}. Nothing was changed.\n`)
    return false
  }
  if (yes) return true
  const { stdin, stderr } = context.terminal
  if (stdin.isTTY !== true)
    throw new CommandError(
      'invalid',
      'CONFIRMATION_NEEDED',
      `This would ${deed}; nobody can be asked.`,
      {
        fix: 'Add --yes to go on without being asked, or --dry-run to see what would happen.',
      },
    )
  const dialogue = createInterface({ input: stdin, output: stderr })
  try {
    const answer = await dialogue.question(`This will ${deed}. Go on? [y/N] `)
    if (/^y(es)?$/i.test(answer.trim())) return true
  } finally {
    dialogue.close()
  }
  throw new CommandError('invalid', 'DECLINED', 'Nothing was changed.')
}
