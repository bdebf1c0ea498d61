import { storeUrlOf } from '@freehold/engine/store-url'
import { runTorture, summaryLines, type Target, type TortureProgress } from '@freehold/torture'
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
  readonly seed?: string
  readonly kill?: boolean
  readonly history?: string
  readonly json?: boolean
}

/**
 * Prints the summary, with the histories that show what is wrong. Makes records of its own and leaves them there.
 * Throws CommandError (internal) when a promise is broken, and (invalid) when the target or the options cannot be meant.
 */
export async function torture(
  context: CommandContext,
  options: TortureCommandOptions,
): Promise<void> {
  if (options.processes > 64)
    throw usageError('There are 64 processes at most.', 'Give fewer with --processes.')
  const report = await runTorture({
    target: targetOf(context),
    processes: options.processes,
    seconds: options.seconds,
    lanes: options.lanes,
    kill: options.kill === true,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.history === undefined ? {} : { folder: options.history }),
    onProgress: (progress) => context.terminal.stderr.write(`${progressText(progress)}\n`),
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
