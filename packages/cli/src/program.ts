import { Command, CommanderError } from 'commander'
import { CommandContext, type Terminal } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { examples } from './declarations/declaration.ts'
import { declareCommands } from './declarations/declarations.ts'
import { failureReport } from './error-output.ts'
import { freeholdVersion } from './freehold-version.ts'
import { addGlobalOptions, asksForJson, type GlobalOptions } from './global-options.ts'

/** Runs the command line and returns its exit code; see exit-codes.ts. Never throws. */
export async function runFreehold(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await buildProgram(terminal).parseAsync([...argv], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const failure = error instanceof CommanderError ? usageFailure(error) : error
    const format = asksForJson(argv) ? 'json' : 'text'
    const report = failureReport(failure, format, terminal.environment)
    terminal.stderr.write(report.text)
    return report.exitCode
  }
}

/** The commands with their options and help; what they do is loaded when one of them runs. */
export function buildProgram(terminal: Terminal): Command {
  const program = new Command('freehold')
    .description(
      'Manages IP addresses: address scopes, subnet pools, subnets and who holds which address.',
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      // Reported by runFreehold, in the format that was asked for.
      outputError: () => {},
    })
    .version(freeholdVersion(), '--version', 'print the version')
    .exitOverride()
    .addHelpText('after', rootHelp)
  addGlobalOptions(program)
  declareCommands(program, async (command, work) => {
    const context = new CommandContext(command.optsWithGlobals<GlobalOptions>(), terminal)
    try {
      await work(context)
    } finally {
      await context.close()
    }
  })
  return program
}

const rootHelp = `
A subnet is named by its id, CIDR or name; a pool by its id, name or one of its prefixes; a scope by its id or name.

Without --store and --server: FREEHOLD_STORE, else FREEHOLD_SERVER, else data/freehold.sqlite where it exists.
FREEHOLD_TOKEN is the token for a server; NO_COLOR turns colours off. FREEHOLD_AUDIT_HEADS names the folder of kept
heads: a store that is older than the newest of them is refused.

Exit codes: 0 done, 1 internal, 2 invalid, 3 not found, 4 conflict, 5 exhausted, 6 over quota, 7 unavailable.
FREEHOLD_DEBUG=1 adds the stack to an internal error.
${examples(
  'serve --store sqlite:data/freehold.sqlite --no-auth',
  'subnet create 10.0.0.0/24 --name web --store sqlite:data/freehold.sqlite',
  'allocate web --holder host:web1 --server http://127.0.0.1:8080',
)}`

// Commander's message is `error: …`, followed by `(Did you mean …?)` where it has a suggestion.
function usageFailure(error: CommanderError): CommandError {
  if (error.code === 'commander.help')
    return new CommandError('invalid', 'INVALID_USAGE', 'A command is missing.', {
      fix: 'Choose one of the commands above.',
    })
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}`
  return new CommandError('invalid', 'INVALID_USAGE', /[.?!]$/.test(text) ? text : `${text}.`, {
    fix:
      suggestion?.replace(/^\((.*)\)$/, '$1') ??
      'Run the command with --help to see what it takes.',
  })
}
