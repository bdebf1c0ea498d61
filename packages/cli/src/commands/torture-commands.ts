import { storeUrlOf } from '@freehold/engine/store-url'
import {
  CallFailure,
  holdsHistories,
  isOfConnection,
  runTorture,
  summaryLines,
  type Target,
  type TortureProgress,
} from '@freehold/torture'
import { apiTarget } from '../api-connection.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError, usageError } from '../command-error.ts'
import { counted } from '../output/count-text.ts'
import { printJson } from '../output/record-output.ts'
import { storeLocationOf } from '../store-location.ts'

export interface TortureCommandOptions {
  readonly processes: number
  readonly seconds: number
  readonly lanes: number
  readonly window: number
  readonly seed?: string
  readonly kill?: boolean
  readonly history?: string
  readonly json?: boolean
}

/**
 * Prints the summary, with the histories that show what is wrong. Makes records of its own and leaves them there. SIGINT
 * and SIGTERM end the load early, and what was done until then is judged; a second one ends the process at once.
 * Throws CommandError (internal) when a promise is broken, and (invalid) when the target or the options cannot be meant.
 */
export async function torture(
  context: CommandContext,
  options: TortureCommandOptions,
): Promise<void> {
  if (options.processes > 64)
    throw usageError('There are 64 processes at most.', 'Give fewer with --processes.')
  if (options.lanes > 256)
    throw usageError('A process has 256 calls under way at most.', 'Give fewer with --lanes.')
  if (options.history !== undefined && holdsHistories(options.history))
    throw usageError(
      'The folder holds the histories of another run.',
      'Name another one with --history.',
    )
  using interrupted = interruption(context)
  const report = await runTorture({
    target: targetOf(context),
    processes: options.processes,
    seconds: options.seconds,
    lanes: options.lanes,
    kill: options.kill === true,
    livenessWindowMs: options.window * 1000,
    signal: interrupted.signal,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.history === undefined ? {} : { folder: options.history }),
    onProgress: (progress) => context.terminal.stderr.write(`${progressText(progress)}\n`),
  }).catch((error: unknown) => {
    throw error instanceof CallFailure ? targetError(error) : error
  })
  if (options.json === true || context.options.output === 'json') printJson(context, report)
  else context.print(summaryLines(report))
  if (report.violations.length > 0)
    throw new CommandError(
      'internal',
      'PROMISE_BROKEN',
      `The checker found ${counted(report.violations.length, 'violation')}.`,
      { fix: `Keep the histories in ${report.folder ?? 'their folder'} and report the problem.` },
    )
}

/** Aborts with the first signal that would end the process. */
function interruption({ terminal }: CommandContext): { signal: AbortSignal } & Disposable {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM'] as const
  const interrupt = () => {
    forget()
    terminal.stderr.write('The load ends here and is judged. A second signal ends everything.\n')
    controller.abort()
  }
  const forget = () => {
    for (const name of names) process.off(name, interrupt)
  }
  for (const name of names) process.on(name, interrupt)
  return { signal: controller.signal, [Symbol.dispose]: forget }
}

function targetError({ code }: CallFailure): CommandError {
  return isOfConnection(code)
    ? new CommandError(
        'unavailable',
        'SERVER_UNREACHABLE',
        `The server gives no answer (${code}).`,
        {
          fix: 'See whether the server runs, and whether --server names it.',
        },
      )
    : new CommandError('invalid', code, `The target refuses what the run needs with ${code}.`)
}

/** Several servers, or several nodes of one database, stand with commas between them. */
function targetOf({ options, terminal }: CommandContext): Target {
  const token = options.token ?? terminal.environment.FREEHOLD_TOKEN
  const store =
    options.store ??
    (options.server === undefined ? terminal.environment.FREEHOLD_STORE : undefined)
  // A comma may be part of a file's name or of a password.
  const [firstStore, ...otherStores] = store?.split(/,(?=[a-z]+:)/) ?? []
  const [firstServer, ...otherServers] = options.server?.split(',') ?? []
  const target = apiTarget(
    {
      ...(firstStore === undefined ? {} : { store: firstStore }),
      ...(firstServer === undefined ? {} : { server: firstServer }),
    },
    terminal.environment,
    // What is there already is not the place for a load that nobody pointed at it.
    () => false,
  )
  if (target.kind === 'server') {
    const urls = otherServers.map((url) => apiTarget({ server: url }, {}))
    return {
      kind: 'server',
      urls: [target.url, ...urls.flatMap((each) => (each.kind === 'server' ? [each.url] : []))],
      ...(token === undefined ? {} : { token }),
    }
  }
  return {
    kind: 'store',
    urls: [
      storeUrlOf(target.location),
      ...otherStores.map((url) => storeUrlOf(storeLocationOf(url))),
    ],
  }
}

function progressText({ seconds, ok, fail, unknown, kills }: TortureProgress): string {
  const rate = Math.round((ok + fail + unknown) / Math.max(seconds, 0.001))
  return `${seconds.toFixed(0)} s  ${counted(ok + fail + unknown, 'call')}, ${rate}/s: ${ok} ok, ${fail} refused, ${unknown} unknown; ${counted(kills, 'kill')}`
}
