import type { Command } from 'commander'
import { examples, type RunCommand } from './declaration.ts'

export function declareLogCommands(program: Command, run: RunCommand): void {
  const logs = program
    .command('logs')
    .description('read the pseudonyms of the logs, and change the key that makes them')
    .addHelpText('after', examples('logs reveal sub_3f9c01d2ab44', 'logs rotate-key'))
  logs
    .command('reveal')
    .description('tell what a pseudonym stands for; works on the database only')
    .argument('<pseudonym>', 'as it stands in a log or a metric, such as sub_3f9c01d2ab44')
    .addHelpText('after', examples('logs reveal sub_3f9c01d2ab44'))
    .action((pseudonym, _options, command) =>
      run(command, async (context) =>
        (await import('../commands/log-commands.ts')).revealPseudonym(context, pseudonym),
      ),
    )
  logs
    .command('rotate-key')
    .description('make pseudonyms with a new key from now on')
    .option('--forget-old', 'delete older keys: what was logged under them stays hidden for good')
    .addHelpText('after', examples('logs rotate-key', 'logs rotate-key --forget-old'))
    .action((options, command) =>
      run(command, async (context) =>
        (await import('../commands/log-commands.ts')).rotateLogKey(context, options),
      ),
    )
}
