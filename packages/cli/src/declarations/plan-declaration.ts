import type { Command } from 'commander'
import { addConfirmationOptions, examples, type RunCommand } from './declaration.ts'

export function declarePlanCommands(program: Command, run: RunCommand): void {
  program
    .command('export [file]')
    .description('write the whole address plan as JSON, to a file or standard output')
    .addHelpText('after', examples('export plan.json', 'export > plan.json'))
    .action((file, _options, command) =>
      run(command, async (context) =>
        (await import('../commands/plan-commands.ts')).exportPlan(context, file),
      ),
    )
  const imports = program
    .command('import')
    .description('take over an address plan, all of it or nothing')
    .addHelpText('after', examples('import plan plan.json', 'import netbox examples/netbox-demo'))
  addConfirmationOptions(
    imports.command('plan <file>').description('import what export wrote; - reads standard input'),
  )
    .addHelpText(
      'after',
      examples('import plan plan.json --dry-run', 'import plan plan.json --yes'),
    )
    .action((file, options, command) =>
      run(command, async (context) =>
        (await import('../commands/plan-commands.ts')).importPlan(context, file, options),
      ),
    )
  addConfirmationOptions(
    imports
      .command('netbox <folder>')
      .description(
        'import CSV exports of NetBox: prefixes.csv, and where present vrfs.csv, aggregates.csv, ip-ranges.csv and ip-addresses.csv',
      ),
  )
    .option('--all', 'list every row, also those that are as expected')
    .addHelpText(
      'after',
      examples(
        'import netbox examples/netbox-demo --dry-run',
        'import netbox examples/netbox-demo --yes',
      ),
    )
    .action((folder, options, command) =>
      run(command, async (context) =>
        (await import('../commands/netbox-commands.ts')).importNetbox(context, folder, options),
      ),
    )
}
