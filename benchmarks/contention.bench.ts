import type { ResultRow } from './runner/benchmark.ts'
import { LockSimulation, type Work } from './simulation/lock-simulation.ts'

export const title = 'Simulated: waiting for locks as servers are added'

// Milliseconds of one transaction on a quiet machine: what it reads before its first lock, and how long it keeps its locks.
const reading = 2
const holding = 3

const cases: { readonly what: string; readonly work: Work }[] = [
  // A group of 16 requests for any address locks up to 16 pages.
  { what: 'any in one /24, 1 page', work: { locks: 1, among: 1, requests: 16, reading, holding } },
  {
    what: 'any in one /16, 256 pages',
    work: { locks: 16, among: 256, requests: 16, reading, holding },
  },
  {
    what: 'any in one /12, 2,048 pages',
    work: { locks: 16, among: 2048, requests: 16, reading, holding },
  },
  { what: 'any in 1,000 /24s', work: { locks: 16, among: 1000, requests: 16, reading, holding } },
  // A subnet is cut under the lock of its address scope.
  { what: 'subnets in one scope', work: { locks: 1, among: 1, requests: 1, reading, holding } },
  { what: 'subnets in 100 scopes', work: { locks: 1, among: 100, requests: 1, reading, holding } },
]

export async function run({ quick }: { quick: boolean }) {
  const seconds = quick ? 1 : 30
  const rows: ResultRow[] = []
  for (const { what, work } of cases)
    for (const servers of [1, 4, 16, 64]) {
      const waits = new LockSimulation(work, servers * 2, 'wait').run(seconds)
      const certifies = new LockSimulation(work, servers * 2, 'certify').run(seconds)
      rows.push({
        work: what,
        servers,
        'row locks: requests per s': Math.round(waits.requestsPerSecond),
        'time spent waiting': share(waits.waitingShare),
        'certification: requests per s': Math.round(certifies.requestsPerSecond),
        'transactions undone': share(certifies.undoneShare),
      })
    }
  return {
    rows,
    notes: [
      `no database runs here: transactions of ${reading} ms before their first lock and ${holding} ms until their commit, two at a time from each server, over ${seconds} simulated seconds`,
      'row locks: a transaction waits for whoever has the page or scope (PostgreSQL, MariaDB, one Galera writer)',
      'certification: nobody waits, and of two that meet the later one to commit is undone (Galera, several writers)',
      'the database itself is assumed to have room for all of them: compare the shape, not the height, with measured figures',
    ],
  }
}

function share(value: number): string {
  return `${Math.round(value * 100)} %`
}
