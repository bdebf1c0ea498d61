import type { Command } from 'commander'
import { addConfirmationOptions, examples, type RunCommand } from './declaration.ts'

export function declareCopyCommands(program: Command, run: RunCommand): void {
  addConfirmationOptions(
    program
      .command('copy')
      .description(
        'copy a whole database into an empty one, of any kind: records, history, audit chain, tokens',
      )
      .requiredOption(
        '--from <url>',
        'the database to copy: sqlite:FILE, postgres://…, mariadb://…',
      )
      .requiredOption('--to <url>', 'an empty database, or a file that is not there yet'),
  )
    .addHelpText(
      'after',
      examples(
        'copy --from sqlite:data/freehold.sqlite --to postgres://freehold@db.example.net/freehold',
        'copy --from postgres://freehold@db.example.net/freehold --to sqlite:copy.sqlite --yes',
        'copy --from mariadb://freehold@db.example.net/freehold --to sqlite:copy.sqlite --dry-run',
      ),
    )
    .action((options, command) =>
      run(command, async (context) =>
        (await import('../commands/copy-commands.ts')).copy(context, options),
      ),
    )
}
