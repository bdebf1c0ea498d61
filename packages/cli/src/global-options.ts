import { type Command, Option } from 'commander'

export type OutputFormat = 'table' | 'json' | 'csv'

/** Options that every command takes. */
export interface GlobalOptions {
  readonly store?: string
  readonly server?: string
  readonly token?: string
  readonly project?: string
  readonly output: OutputFormat
}

export function addGlobalOptions(program: Command): void {
  program
    .option('--store <url>', 'work on this database: sqlite:FILE, postgres://…, mariadb://…')
    .option('--server <url>', 'work through the API of this server')
    .option(
      '--token <token>',
      'token for the server (better: FREEHOLD_TOKEN, which no process list shows)',
    )
    .option('--project <id>', 'project to act for, where no token decides that')
    .addOption(
      new Option('-o, --output <format>', 'how to print what was asked for')
        .choices(['table', 'json', 'csv'])
        .default('table'),
    )
}

/** Whether the arguments ask for JSON, for errors that come up before the arguments are understood. */
export function asksForJson(argv: readonly string[]): boolean {
  return argv.some(
    (argument, index) =>
      argument === '--output=json' ||
      argument === '-ojson' ||
      (argument === 'json' && ['--output', '-o'].includes(argv[index - 1] ?? '')),
  )
}
