import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  addConfirmationOptions,
  durationSeconds,
  examples,
  positiveInteger,
  type RunCommand,
} from './declaration.ts'

const commands = () => import('../commands/token-commands.ts')

export function declareTokenCommands(program: Command, run: RunCommand): void {
  program
    .command('init')
    .description('make the database and the first admin token, and print that once')
    .option('--another', 'make one more admin token though there is one')
    .option('--description <text>', 'what the token is for')
    .addHelpText('after', examples('init --store sqlite:data/freehold.sqlite', 'init --another'))
    .action((options, command) =>
      run(command, async (context) => (await commands()).initialize(context, options)),
    )
  const token = program
    .command('token')
    .description('tokens: what lets callers into a server')
    .addHelpText(
      'after',
      examples('token create --role operator --for-project north', 'token list'),
    )
  token
    .command('create')
    .description('make a token and print it once')
    .addOption(
      new Option('--role <role>', 'what its bearer may do')
        .choices(['admin', 'operator', 'reader', 'metrics'])
        .makeOptionMandatory(),
    )
    .option('--for-project <project>', "its bearer's project; default: the caller's")
    .option('--description <text>', 'what it is for')
    .addOption(
      new Option('--expires-in <time>', 'such as 90d, or never; default: a year').argParser(
        lifetime,
      ),
    )
    .addHelpText(
      'after',
      examples('token create --role reader --for-project north --expires-in 90d'),
    )
    .action((options, command) =>
      run(command, async (context) => (await commands()).createToken(context, options)),
    )
  token
    .command('list')
    .description('list tokens, without their text')
    .option('--for-project <project>', 'only those of this project')
    .option('--limit <count>', 'at most so many; default: all', positiveInteger)
    .addHelpText('after', examples('token list', 'token list --for-project north --output csv'))
    .action((options, command) =>
      run(command, async (context) => (await commands()).listTokens(context, options)),
    )
  token
    .command('show <id>')
    .description('show a token, without its text')
    .addHelpText('after', examples('token show 0b9fb0b2-29c4-4a3b-8e53-4d0a8f0d6a77'))
    .action((id, _options, command) =>
      run(command, async (context) => (await commands()).showToken(context, id)),
    )
  token
    .command('rotate <id>')
    .description('make the successor of a token and print it once; the old one still works')
    .addHelpText('after', examples('token rotate 0b9fb0b2-29c4-4a3b-8e53-4d0a8f0d6a77'))
    .action((id, _options, command) =>
      run(command, async (context) => (await commands()).rotateToken(context, id)),
    )
  addConfirmationOptions(token.command('revoke <id...>').description('end tokens at once'))
    .option('--family', 'and all that were rotated from the same token')
    .addHelpText('after', examples('token revoke 0b9fb0b2-29c4-4a3b-8e53-4d0a8f0d6a77 --yes'))
    .action((ids, options, command) =>
      run(command, async (context) => (await commands()).revokeTokens(context, ids, options)),
    )
}

function lifetime(text: string): number | null {
  if (text === 'never') return null
  const seconds = durationSeconds(text)
  if (seconds < 1) throw new InvalidArgumentError('Give a time such as 90d, or never.')
  return seconds
}
