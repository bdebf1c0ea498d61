import type { Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { type AppOptions, createApp } from './app.ts'
import type { HeadExport } from './audit/head-export.ts'
import { refuseRestored } from './audit/restore-guard.ts'
import { noAuthentication } from './authentication.ts'
import { startBackgroundWork } from './background-work.ts'
import { type ConnectionSweep, connectionSweep } from './connection-sweep.ts'
import { openPseudonyms } from './logging/log-keys.ts'
import { loopbackAddress } from './loopback.ts'
import { requestLog } from './request-log.ts'
import { readTlsKeyPair, startTlsReload, type TlsFiles } from './tls-key-pair.ts'

export interface ServerOptions extends AppOptions {
  readonly listen: ListenAddress
  /** Further connections are dropped at once. Default: no bound. */
  readonly maxConnections?: number
  /** How long `stop` waits for requests in flight before it cuts them off, in milliseconds. Default 10,000. */
  readonly stopTimeoutMs?: number
  /** Default 1,000 ms. */
  readonly reapIntervalMs?: number
  /** Keeps the end of the audit chain in files, and refuses a database that is older than the newest. Default: does not. */
  readonly auditHeads?: HeadExport
  /** Serves HTTPS with these, and takes their new content when they change. Default: HTTP. */
  readonly tlsFiles?: TlsFiles
}

/**
 * How many connections may wait to be accepted. Node's 511 overflow when a thousand clients connect in the time of one
 * commit, and the kernel lets those try again after 1, 3, 7 and 15 seconds. More than the system allows is cut to that
 * (4,096 on Linux).
 */
export const listenBacklog = 4096

export interface ListenAddress {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

export interface RunningServer {
  readonly app: FastifyInstance
  /** Where it listens, with the real port: `http://127.0.0.1:8080`. */
  readonly url: string
  /** Reads the TLS files again now; does nothing without. */
  readonly reloadTls: () => Promise<void>
  /** Finishes requests in flight, answers new ones 503, ends event streams, then closes the engine. Can be called twice. */
  stop(): Promise<void>
}

/**
 * Serves the API until `stop`, and ends expired leases meanwhile. Takes the engine over: `stop` closes it.
 * Throws Error when the address is not loopback though nobody has to authenticate, or cannot be listened on, or the TLS
 * files are no pair of key and certificate. Throws IpamError DATABASE_RESTORED when the database has lost what a kept head shows.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const authentication = options.authentication ?? noAuthentication()
  const log = options.log ?? requestLog()
  const host = authentication.loopbackOnly
    ? await loopbackAddress(options.listen.host)
    : options.listen.host
  if (options.auditHeads !== undefined)
    await refuseRestored(options.ipam, options.auditHeads.directory)
  const names = await openPseudonyms(options.ipam)
  const tls = options.tlsFiles === undefined ? undefined : await readTlsKeyPair(options.tlsFiles)
  const app = createApp({
    processMetrics: true,
    pseudonymize: names.pseudonymize,
    ...options,
    authentication,
    log,
    ...(tls === undefined ? {} : { tls }),
  })
  if (options.maxConnections !== undefined) app.server.maxConnections = options.maxConnections
  const sweep = connectionSweep(app.server)
  await app.listen({ host, port: options.listen.port, backlog: listenBacklog })
  const background = startBackgroundWork({
    ipam: options.ipam,
    log,
    names,
    reapIntervalMs: options.reapIntervalMs ?? 1000,
    auditHeads: options.auditHeads,
  })
  const tlsReload =
    options.tlsFiles === undefined
      ? undefined
      : startTlsReload(app.server as unknown as HttpsServer, options.tlsFiles, (error) =>
          log.failure('tls', error),
        )
  let stopped: Promise<void> | undefined
  const stop = async () => {
    await closeWithin(app, sweep, options.stopTimeoutMs ?? 10_000)
    tlsReload?.stop()
    await background.stop()
    await authentication.close?.()
    await options.ipam.close()
  }
  return {
    app,
    url: urlOf(app, tls === undefined ? 'http' : 'https'),
    reloadTls: async () => tlsReload?.reload(),
    stop: () => (stopped ??= stop()),
  }
}

async function closeWithin(
  app: FastifyInstance,
  sweep: ConnectionSweep,
  timeoutMs: number,
): Promise<void> {
  const cutOff = setTimeout(() => app.server.closeAllConnections(), timeoutMs)
  sweep.start()
  await app.close()
  clearTimeout(cutOff)
  sweep.stop()
}

function urlOf(app: FastifyInstance, protocol: 'http' | 'https'): string {
  const { address, family, port } = app.server.address() as AddressInfo
  return `${protocol}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
