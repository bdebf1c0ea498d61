import { type Command, Option } from 'commander'
import { examples, positiveInteger, type RunCommand } from './declaration.ts'

export function declareAddressCommands(program: Command, run: RunCommand): void {
  program
    .command('show <address>')
    .description('show what is known of an address, in every address scope')
    .option('--history', 'who has held it, and when')
    .option('--at <time>', 'who held it at this moment (RFC 3339)')
    .addHelpText(
      'after',
      examples(
        'show 10.0.0.17',
        'show 10.0.0.17 --history',
        'show 10.0.0.17 --at 2026-03-01T12:00:00Z',
      ),
    )
    .action((address, options, command) =>
      run(command, async (context) =>
        (await import('../commands/address-commands.ts')).showAddress(context, address, options),
      ),
    )
  program
    .command('utilization')
    .description('show how full subnets and pools are, the fullest first')
    .addOption(new Option('--pool <pool>', 'of this pool and its subnets').conflicts('subnet'))
    .option('--subnet <subnet>', 'of this subnet')
    .option('--limit <count>', 'at most so many subnets; default: all', positiveInteger)
    .addHelpText('after', examples('utilization', 'utilization --pool office --output json'))
    .action((options, command) =>
      run(command, async (context) =>
        (await import('../commands/utilization-commands.ts')).showUtilization(context, options),
      ),
    )
  program
    .command('check')
    .description('prove that counts, allocations and subnets agree; exit 1 when they do not')
    .addHelpText('after', examples('check', 'check --output json'))
    .action((_options, command) =>
      run(command, async (context) =>
        (await import('../commands/check-commands.ts')).runCheck(context),
      ),
    )
  program
    .command('events')
    .description('show what was changed, oldest first')
    .option('--after <cursor>', 'only what came after this position')
    .option('--limit <count>', 'at most so many; default: all', positiveInteger)
    .option('-f, --follow', 'go on as changes are made, until interrupted')
    .addHelpText('after', examples('events --limit 20', 'events --follow --output json'))
    .action((options, command) =>
      run(command, async (context) =>
        (await import('../commands/event-commands.ts')).showEvents(context, options),
      ),
    )
}
