import type { Command } from 'commander'
import {
  addConfirmationOptions,
  addListOptions,
  collect,
  collectLabel,
  examples,
  ipVersionOption,
  type RunCommand,
  wholeNumber,
} from './declaration.ts'

const commands = () => import('../commands/pool-commands.ts')

export function declarePoolCommands(program: Command, run: RunCommand): void {
  const pool = program
    .command('pool')
    .description('subnet pools: prefixes from which subnets are cut')
    .addHelpText(
      'after',
      examples(
        'pool create --name office --prefix 10.20.0.0/16 --default-prefix-length 24',
        'pool list',
      ),
    )
  addPoolFields(pool.command('create').description('make a subnet pool'))
    .requiredOption('--prefix <prefix>', 'prefix to cut from (repeatable)', collect)
    .option('--shared', 'other projects may cut subnets from it')
    .option('--default', 'the pool to cut from where none is named')
    .option('--idempotency-key <key>', 'same key, same effect: safe to run again')
    .addHelpText(
      'after',
      examples(
        'pool create --name office --prefix 10.20.0.0/16 --default-prefix-length 24',
        'pool create --prefix 2001:db8::/48 --scope production --quota 16',
      ),
    )
    .action((options, command) =>
      run(command, async (context) => (await commands()).createPool(context, options)),
    )
  addListOptions(pool.command('list').description('list subnet pools'), 'createdAt', 'name')
    .option('--scope <scope>', 'only those of this address scope')
    .addOption(ipVersionOption('only those of this IP version'))
    .addHelpText('after', examples('pool list', 'pool list --scope production --output json'))
    .action((options, command) =>
      run(command, async (context) => (await commands()).listPools(context, options)),
    )
  pool
    .command('show <pool>')
    .description('show a subnet pool, by id, name or one of its prefixes')
    .addHelpText('after', examples('pool show office', 'pool show 10.20.0.0/16'))
    .action((text, _options, command) =>
      run(command, async (context) => (await commands()).showPool(context, text)),
    )
  addPoolFields(pool.command('update <pool>').description('change a subnet pool'))
    .option('--shared', 'let other projects cut subnets from it')
    .option('--no-shared', 'only its own project cuts subnets from it')
    .option('--default', 'make it the default')
    .option('--no-default', 'make it the default no more')
    .option('--remove-label <key>', 'remove this label (repeatable)', collect)
    .addHelpText(
      'after',
      examples('pool update office --quota 4096', 'pool update office --no-default'),
    )
    .action((text, options, command) =>
      run(command, async (context) => (await commands()).updatePool(context, text, options)),
    )
  addConfirmationOptions(pool.command('delete <pool...>').description('delete subnet pools'))
    .addHelpText('after', examples('pool delete office --dry-run', 'pool delete office --yes'))
    .action((texts, options, command) =>
      run(command, async (context) => (await commands()).deletePools(context, texts, options)),
    )
  declarePrefixCommands(pool, run)
}

function declarePrefixCommands(pool: Command, run: RunCommand): void {
  pool
    .command('add-prefix <pool> <prefix...>')
    .description('add prefixes to a subnet pool')
    .addHelpText('after', examples('pool add-prefix office 10.21.0.0/16'))
    .action((text, prefixes, _options, command) =>
      run(command, async (context) => (await commands()).addPrefixes(context, text, prefixes)),
    )
  addConfirmationOptions(
    pool
      .command('remove-prefix <pool> <prefix...>')
      .description('remove prefixes in which the pool has no subnets'),
  )
    .addHelpText('after', examples('pool remove-prefix office 10.21.0.0/16 --yes'))
    .action((text, prefixes, options, command) =>
      run(command, async (context) =>
        (await commands()).removePrefixes(context, text, prefixes, options),
      ),
    )
}

function addPoolFields(command: Command): Command {
  return command
    .option('--name <name>', 'name for people')
    .option('--scope <scope>', 'address scope, by id or name')
    .option('--min-prefix-length <length>', 'of the widest subnet that may be cut', wholeNumber)
    .option(
      '--default-prefix-length <length>',
      'of a subnet cut without saying how long',
      wholeNumber,
    )
    .option('--max-prefix-length <length>', 'of the narrowest subnet that may be cut', wholeNumber)
    .option('--quota <count>', 'what each project may cut, in /32 or /64; "none" for no limit')
    .option('--label <key=value>', 'label (repeatable)', collectLabel)
}
