import { runTorture } from '@freehold/torture'
import type { ResultRow } from './runner/benchmark.ts'
import { type DatabaseKind, openDatabase } from './setup/bench-database.ts'

export const title = 'Torture: mixed operations of several processes, every call judged'

export async function run({ quick }: { quick: boolean }) {
  const processes = quick ? 2 : 4
  const seconds = quick ? 2 : 20
  const rows: ResultRow[] = []
  const versions: Record<string, string> = {}
  for (const kind of ['sqlite', 'postgres', 'mariadb'] satisfies DatabaseKind[])
    for (const kill of [false, true]) {
      const database = await openDatabase(kind)
      try {
        versions[kind] = database.version
        const report = await runTorture({
          target: { kind: 'store', urls: [database.url] },
          processes,
          seconds,
          kill,
          seed: 'benchmark',
          livenessWindowMs: 30_000,
        })
        const { statistics, violations } = report
        rows.push({
          database: kind,
          killed: report.kills,
          'operations per s': Math.round(statistics.calls / report.seconds),
          succeeded: statistics.ok,
          refused: statistics.fail,
          'least and most of a process': `${statistics.okOfWorker.least}..${statistics.okOfWorker.most}`,
          'gave up as CONTENTION': statistics.codes['CONTENTION'] ?? 0,
          'without an answer': statistics.unknown,
          'requests replayed': report.replayed,
          'promises broken': violations.length,
        })
      } finally {
        await database.close()
      }
    }
  return {
    rows,
    versions,
    notes: [
      `${processes} processes with 4 calls each under way, for ${seconds} s; where killed, two or three processes a second are ended with SIGKILL and replaced`,
      'the load of `freehold torture`: allocations of every kind, releases, leases, subnets cut from pools, changes of pools, readings; much of it is meant to be refused, and some subnets are full most of the time',
      'every history is judged against K0 to K9: a promise that is broken would be counted',
    ],
  }
}
