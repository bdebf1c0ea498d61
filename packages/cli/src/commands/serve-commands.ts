import type { Ipam, Store } from '@freehold/engine'
import { storeAt } from '@freehold/engine/store-url'
import {
  createFirstToken,
  guardAgainstCrashes,
  plainIdentifiers,
  type RunningServer,
  requestLog,
  startServer,
} from '@freehold/server'
import { defaultStorePath } from '../api-connection.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError, usageError } from '../command-error.ts'
import { openEngine } from '../engine-opening.ts'
import { storeLocationOf } from '../store-location.ts'
import { headExportOf, type ServeAuditOptions } from './serve-audit.ts'
import { type ServeSecurityOptions, securityOf, warnIfNobodyCanCall } from './serve-security.ts'

export interface ServeOptions extends ServeAuditOptions, ServeSecurityOptions {
  readonly listen: string
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info'
  readonly logIdentifiers?: boolean
  readonly firstToken?: boolean
  /** False: --no-migrate. */
  readonly migrate: boolean
}

/** Serves until SIGTERM or SIGINT, and then lets requests in flight finish. A second signal ends the process at once. */
export async function serve(context: CommandContext, options: ServeOptions): Promise<void> {
  if (context.options.server !== undefined)
    throw usageError(
      'A server works on a store, not on another server.',
      'Use --store in place of --server.',
    )
  const listen = parseListenAddress(options.listen)
  const stopSignal = nextStopSignal()
  const location = storeLocationOf(
    context.options.store ??
      (context.terminal.environment.FREEHOLD_STORE || `sqlite:${defaultStorePath}`),
  )
  const { server, firstToken } = await start(context, options, listen, await storeAt(location))
  const reload = () => void server.reloadTls()
  if (options.tlsCert !== undefined) process.on('SIGHUP', reload)
  context.print([`freehold is ready at ${server.url}`])
  if (firstToken !== undefined) context.print(firstTokenLines(firstToken, options))
  await stopSignal
  await server.stop()
  process.off('SIGHUP', reload)
}

async function start(
  context: CommandContext,
  options: ServeOptions,
  listen: { host: string; port: number },
  store: Store,
): Promise<{ server: RunningServer; firstToken: string | undefined }> {
  const auditHeads = await headExportOf(options)
  // Standard output is for the one line that says where the server is.
  const log = requestLog(options.logLevel, {
    write: (line) => void context.terminal.stderr.write(line),
  })
  guardAgainstCrashes(log)
  if (options.logIdentifiers)
    log.warning(
      'log lines and metrics hold identifiers as they are, since --log-identifiers is set',
    )
  const ipam = await openEngine(store, { migrate: options.migrate })
  try {
    const server = await startServer({
      ipam,
      listen,
      ...securityOf(context, ipam, log, options),
      log,
      ...(options.logIdentifiers ? { pseudonymize: plainIdentifiers } : {}),
      ...(auditHeads === undefined ? {} : { auditHeads }),
    })
    return { server, firstToken: await firstTokenOf(context, ipam, server, options) }
  } catch (error) {
    await ipam.close()
    throw listenFailure(error, listen)
  }
}

// Only of a server that listens: a token that is made and then not shown is lost, and no second one would be made.
async function firstTokenOf(
  context: CommandContext,
  ipam: Ipam,
  server: RunningServer,
  options: ServeOptions,
): Promise<string | undefined> {
  try {
    const firstToken = options.firstToken ? await createFirstToken(ipam) : undefined
    await warnIfNobodyCanCall(context, ipam, options)
    return firstToken
  } catch (error) {
    await server.stop()
    throw error
  }
}

function firstTokenLines(secret: string, { auth }: ServeOptions): string[] {
  return [
    `The first admin token, shown this once: ${secret}`,
    auth
      ? 'Give it to the command line as FREEHOLD_TOKEN, or send it as Authorization: Bearer.'
      : 'Keep it for later: with --no-auth nobody on this machine is asked for one.',
  ]
}

const listenReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this user may not listen there',
  ENOTFOUND: 'the host name is not known',
}

function listenFailure(error: unknown, { host, port }: { host: string; port: number }): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ERR_TLS_FILES')
    return usageError(
      message,
      "Give both in PEM; the chain begins with the server's own certificate.",
    )
  if (code === 'ERR_NOT_LOOPBACK')
    return usageError(message, 'Use for example --listen 127.0.0.1:8080.')
  const reason = listenReasons[code ?? '']
  if (reason === undefined) return error
  return new CommandError(
    'unavailable',
    'CANNOT_LISTEN',
    `Cannot listen on ${host}:${port}: ${reason}.`,
    { fix: 'Choose another address with --listen; port 0 takes a free one.' },
  )
}

/** `HOST:PORT`, an IPv6 host in brackets. Throws CommandError (invalid). */
export function parseListenAddress(text: string): { host: string; port: number } {
  const [, bracketed, bare, digits = ''] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? bare
  const port = Number(digits)
  if (host === undefined || port > 65_535)
    throw usageError(
      'The address to listen on is not HOST:PORT.',
      'Use for example 127.0.0.1:8080 or [::1]:8080.',
    )
  return { host, port }
}

function nextStopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve())
  })
}
