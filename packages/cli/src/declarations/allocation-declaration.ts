import { type Command, Option } from 'commander'
import {
  addConfirmationOptions,
  collectLabel,
  durationSeconds,
  examples,
  positiveInteger,
  type RunCommand,
  readHolder,
  sortOption,
} from './declaration.ts'

const commands = () => import('../commands/allocation-commands.ts')

export function declareAllocationCommands(program: Command, run: RunCommand): void {
  declareAllocate(program, run)
  addConfirmationOptions(
    program
      .command('release <subnet> <address...>')
      .description('release addresses; several are asked about first'),
  )
    .addHelpText(
      'after',
      examples('release web 10.0.0.17', 'release web 10.0.0.17 10.0.0.18 --yes'),
    )
    .action((subnet, addresses, options, command) =>
      run(command, async (context) =>
        (await commands()).releaseAddresses(context, subnet, addresses, options),
      ),
    )
  const allocation = program
    .command('allocation')
    .description('allocations: the addresses that are held in a subnet')
    .addHelpText('after', examples('allocation list web', 'allocation show web 10.0.0.17'))
  allocation
    .command('list <subnet>')
    .description('list the addresses held in a subnet')
    .addOption(
      new Option('--state <state>', 'only those in this state').choices(['allocated', 'cooling']),
    )
    .option('--holder <kind:id>', 'only those of this holder', readHolder)
    .option('--label <key=value>', 'only those with this label (repeatable)', collectLabel)
    .addOption(sortOption('address'))
    .option('--limit <count>', 'at most so many; default: all', positiveInteger)
    .addHelpText(
      'after',
      examples('allocation list web', 'allocation list 10.0.0.0/24 --holder host:web1'),
    )
    .action((subnet, options, command) =>
      run(command, async (context) => (await commands()).listAllocations(context, subnet, options)),
    )
  allocation
    .command('show <subnet> <address>')
    .description('show who holds an address of a subnet')
    .addHelpText('after', examples('allocation show web 10.0.0.17'))
    .action((subnet, address, _options, command) =>
      run(command, async (context) => (await commands()).showAllocation(context, subnet, address)),
    )
}

function declareAllocate(program: Command, run: RunCommand): void {
  const kinds = ['next', 'address', 'count', 'mac']
  const oneKind = (option: Option) =>
    option.conflicts(kinds.filter((kind) => kind !== option.attributeName()))
  program
    .command('allocate <subnet...>')
    .description(
      'allocate an address, by default any free one; of several subnets the first with room serves',
    )
    .addOption(oneKind(new Option('--next', 'the lowest free address')))
    .addOption(oneKind(new Option('--address <address>', 'this address')))
    .addOption(
      oneKind(new Option('--count <count>', 'so many, all or none').argParser(positiveInteger)),
    )
    .addOption(oneKind(new Option('--mac <mac>', 'the EUI-64 address of this MAC, in an IPv6 /64')))
    .option('--holder <kind:id>', 'who holds it, such as host:web1', readHolder)
    .option('--host-name <name>', 'host name of the holder, with --holder')
    .option('--holder-mac <mac>', 'MAC address of the holder, with --holder')
    .option('--label <key=value>', 'label (repeatable)', collectLabel)
    .option('--ttl <time>', 'lease time, such as 1h; default: held until released', durationSeconds)
    .option('--idempotency-key <key>', 'same key, same effect: safe to run again')
    .addHelpText(
      'after',
      examples(
        'allocate web --holder host:web1 --host-name web1.example.net',
        'allocate 10.0.0.0/24 --address 10.0.0.17',
        'allocate web --count 10 --ttl 1h --idempotency-key job-4711',
      ),
    )
    .action((subnets, options, command) =>
      run(command, async (context) =>
        (await commands()).allocateAddresses(context, subnets, options),
      ),
    )
}
