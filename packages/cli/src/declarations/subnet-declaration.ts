import { type Command, Option } from 'commander'
import {
  addConfirmationOptions,
  addListOptions,
  collect,
  collectLabel,
  collectRange,
  durationSeconds,
  examples,
  ipVersionOption,
  type RunCommand,
  wholeNumber,
} from './declaration.ts'

const commands = () => import('../commands/subnet-commands.ts')

export function declareSubnetCommands(program: Command, run: RunCommand): void {
  const subnet = program
    .command('subnet')
    .description('subnets: prefixes in use, from which addresses are allocated')
    .addHelpText(
      'after',
      examples(
        'subnet create 10.0.0.0/24 --name web',
        'subnet create --pool office --prefix-length 26',
        'subnet list --contains 10.0.0.17',
      ),
    )
  addSubnetFields(
    subnet.command('create [cidr]').description('make a subnet, or cut one from a pool'),
  )
    .option('--pool <pool>', 'cut it from this subnet pool, by id, name or prefix')
    .option('--prefix-length <length>', 'how long, with --pool and no CIDR', wholeNumber)
    .addOption(
      new Option(
        '--scope <scope>',
        'address scope, without --pool; default: the built-in one',
      ).conflicts('pool'),
    )
    .option('--shared', 'other projects may draw addresses from it')
    .option('--idempotency-key <key>', 'same key, same effect: safe to run again')
    .addHelpText(
      'after',
      examples(
        'subnet create 10.0.0.0/24 --name web --allocation-pool 10.0.0.100-10.0.0.199',
        'subnet create --pool office --prefix-length 26 --label team=sales',
        'subnet create 192.0.2.0/24 --pool public --gateway none',
      ),
    )
    .action((cidr, options, command) =>
      run(command, async (context) => (await commands()).createSubnet(context, cidr, options)),
    )
  addListOptions(subnet.command('list').description('list subnets'), 'createdAt', 'name', 'cidr')
    .option('--scope <scope>', 'only those of this address scope')
    .option('--pool <pool>', 'only those cut from this subnet pool')
    .option('--contains <address>', 'only those that hold this address')
    .addOption(ipVersionOption('only those of this IP version'))
    .addHelpText(
      'after',
      examples('subnet list --sort cidr', 'subnet list --pool office --output csv'),
    )
    .action((options, command) =>
      run(command, async (context) => (await commands()).listSubnets(context, options)),
    )
  subnet
    .command('show <subnet>')
    .description('show a subnet, by id, CIDR or name')
    .addHelpText('after', examples('subnet show 10.0.0.0/24', 'subnet show web --output json'))
    .action((text, _options, command) =>
      run(command, async (context) => (await commands()).showSubnet(context, text)),
    )
  addSubnetFields(subnet.command('update <subnet>').description('change a subnet'))
    .option('--shared', 'let other projects draw addresses from it')
    .option('--no-shared', 'only its own project draws addresses from it')
    .option('--remove-label <key>', 'remove this label (repeatable)', collect)
    .addHelpText(
      'after',
      examples(
        'subnet update web --gateway 10.0.0.254 --allocation-pool 10.0.0.1-10.0.0.253',
        'subnet update web --cooling 15m',
      ),
    )
    .action((text, options, command) =>
      run(command, async (context) => (await commands()).updateSubnet(context, text, options)),
    )
  addConfirmationOptions(subnet.command('delete <subnet...>').description('delete subnets'))
    .option('--cascade', 'release the addresses that are held in them')
    .addHelpText(
      'after',
      examples('subnet delete web --dry-run', 'subnet delete web --cascade --yes'),
    )
    .action((texts, options, command) =>
      run(command, async (context) => (await commands()).deleteSubnets(context, texts, options)),
    )
}

function addSubnetFields(command: Command): Command {
  return command
    .option('--name <name>', 'name for people')
    .option('--gateway <gateway>', 'auto, none, or an address')
    .option('--on-link', 'allow a gateway outside the subnet')
    .option(
      '--allocation-pool <first-last>',
      'range that automatic allocation draws from (repeatable)',
      collectRange,
    )
    .option('--no-allocation-pools', 'hand nothing out automatically')
    .option('--cooling <time>', 'how long a released address rests, such as 15m', durationSeconds)
    .option('--label <key=value>', 'label (repeatable)', collectLabel)
}
