import type { Command } from 'commander'
import {
  addConfirmationOptions,
  addListOptions,
  collect,
  collectLabel,
  examples,
  ipVersionOption,
  type RunCommand,
} from './declaration.ts'

const commands = () => import('../commands/scope-commands.ts')

export function declareScopeCommands(program: Command, run: RunCommand): void {
  const scope = program
    .command('scope')
    .description('address scopes: spaces in which subnets never overlap')
    .addHelpText(
      'after',
      examples('scope create --ip-version 4 --name production', 'scope list --output json'),
    )
  scope
    .command('create')
    .description('make an address scope')
    .addOption(ipVersionOption('4 or 6').makeOptionMandatory())
    .option('--name <name>', 'name for people')
    .option('--shared', 'other projects may use it; cannot be taken back')
    .option('--label <key=value>', 'label (repeatable)', collectLabel)
    .option('--idempotency-key <key>', 'same key, same effect: safe to run again')
    .addHelpText(
      'after',
      examples('scope create --ip-version 6 --name production --label owner=netops'),
    )
    .action((options, command) =>
      run(command, async (context) => (await commands()).createScope(context, options)),
    )
  addListOptions(scope.command('list').description('list address scopes'), 'createdAt', 'name')
    .addOption(ipVersionOption('only those of this IP version'))
    .addHelpText('after', examples('scope list', 'scope list --ip-version 6 --output csv'))
    .action((options, command) =>
      run(command, async (context) => (await commands()).listScopes(context, options)),
    )
  scope
    .command('show <scope>')
    .description('show an address scope, by id or name')
    .addHelpText('after', examples('scope show production'))
    .action((text, _options, command) =>
      run(command, async (context) => (await commands()).showScope(context, text)),
    )
  scope
    .command('update <scope>')
    .description('change an address scope')
    .option('--name <name>', 'new name')
    .option('--shared', 'let other projects use it; cannot be taken back')
    .option('--label <key=value>', 'set this label (repeatable)', collectLabel)
    .option('--remove-label <key>', 'remove this label (repeatable)', collect)
    .addHelpText('after', examples('scope update production --label owner=netops'))
    .action((text, options, command) =>
      run(command, async (context) => (await commands()).updateScope(context, text, options)),
    )
  addConfirmationOptions(scope.command('delete <scope...>').description('delete address scopes'))
    .addHelpText(
      'after',
      examples('scope delete production --dry-run', 'scope delete production --yes'),
    )
    .action((texts, options, command) =>
      run(command, async (context) => (await commands()).deleteScopes(context, texts, options)),
    )
}
