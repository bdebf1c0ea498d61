import type { Ipam } from '@freehold/engine'
import { exportHead, type HeadExport } from './audit/head-export.ts'
import type { DatabasePseudonyms } from './logging/log-keys.ts'
import { startReaper } from './reaper.ts'
import { type RepeatedWork, repeatWork } from './repeated-work.ts'
import type { RequestLog } from './request-log.ts'

export interface BackgroundOptions {
  /** The engine as the server itself. */
  readonly ipam: Ipam
  readonly log: RequestLog
  readonly names: DatabasePseudonyms
  readonly reapIntervalMs: number
  readonly auditHeads: HeadExport | undefined
}

const keyRefreshMs = 30_000
const headExportMs = 600_000

/** What a server does besides answering. A failure is logged, and the work tried again in its turn. */
export function startBackgroundWork({
  ipam,
  log,
  names,
  reapIntervalMs,
  auditHeads,
}: BackgroundOptions): RepeatedWork {
  const failed = (name: string) => (error: unknown) => log.failure(name, error)
  const works = [
    startReaper(ipam, reapIntervalMs, failed('reaper')),
    repeatWork(() => names.refresh(), keyRefreshMs, failed('log-key')),
  ]
  if (auditHeads === undefined) return { stop: () => stopAll(works) }
  const keep = () => exportHead(ipam, auditHeads, log)
  const first = keep().catch(failed('audit-head'))
  works.push(repeatWork(keep, auditHeads.intervalMs ?? headExportMs, failed('audit-head')))
  return {
    async stop() {
      await stopAll(works)
      await first
      await keep().catch(failed('audit-head'))
    },
  }
}

async function stopAll(works: readonly RepeatedWork[]): Promise<void> {
  await Promise.all(works.map((work) => work.stop()))
}
