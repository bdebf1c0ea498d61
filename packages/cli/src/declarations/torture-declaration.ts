import { type Command, Option } from 'commander'
import { durationSeconds, examples, positiveInteger, type RunCommand } from './declaration.ts'

export function declareTortureCommands(program: Command, run: RunCommand): void {
  program
    .command('torture')
    .description('load a database or servers from many processes, and prove what they promise')
    .option('--processes <count>', 'client processes, 1 to 64', positiveInteger, 4)
    .option('--seconds <time>', 'how long the load lasts', durationSeconds, 30)
    .option(
      '--lanes <count>',
      'calls that each process has under way at a time, 1 to 256',
      positiveInteger,
      4,
    )
    .option(
      '--window <time>',
      'in which every process must have a success; more on a slow or busy machine',
      durationSeconds,
      5,
    )
    .option('--seed <text>', 'of the commands and the kills; default: another one each time')
    .option('--kill', 'kill processes at random with SIGKILL, and start others in their place')
    .option('--history <folder>', 'keep the histories there')
    // The spelling before all commands had --output.
    .addOption(new Option('--json').hideHelp())
    .addHelpText(
      'after',
      examples(
        'torture --store sqlite:/tmp/torture.sqlite --processes 8 --seconds 60 --kill',
        'torture --store postgres://freehold@db.example.net/torture --processes 8 --seconds 60',
        'torture --server http://127.0.0.1:8080,http://127.0.0.1:8081 --seconds 60 --output json',
      ),
    )
    .action((options, command) =>
      run(command, async (context) =>
        (await import('../commands/torture-commands.ts')).torture(context, options),
      ),
    )
}
