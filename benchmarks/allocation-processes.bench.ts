import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { ratioOf, spreadOf, spreadText } from './measure/spread.ts'
import type { ResultRow } from './runner/benchmark.ts'
import type { BenchDatabase } from './setup/bench-database.ts'
import { onEach } from './setup/bench-run.ts'
import {
  assertConsistent,
  assertDifferent,
  type FilledSubnet,
  filledSubnet,
} from './setup/filled-subnet.ts'

export const title = '4 processes of 16 callers on one database, against RAW'

const processes = 4

export async function run({ quick }: { quick: boolean }) {
  const length = quick ? 20 : 16
  const perProcess = quick ? 32 : 2000
  const rounds = quick ? 1 : 7
  const rows: ResultRow[] = []
  const versions = await onEach(['sqlite', 'postgres', 'mariadb'], async (database, ipam) => {
    const subnet = await filledSubnet(ipam, database, `10.0.0.0/${length}`, [
      { from: 2, to: 2 ** (32 - length) - 2, where: 'n % 2 = 0' },
    ])
    const raw = await startAll(database, subnet, 'raw')
    const product = await startAll(database, subnet, 'product')
    const rates: Record<'raw' | 'product', number[]> = { raw: [], product: [] }
    let retries = 0
    for (let round = 0; round <= rounds; round += 1) {
      const free = (process: number) =>
        Array.from({ length: perProcess }, (_, index) =>
          subnet.addressAt(2 * (process * perProcess + index + 1) + 1),
        )
      const rawRound = await measure(raw, (process) => ({ take: free(process) }))
      await measure(raw, () => ({ release: true }))
      const ours = await measure(product, () => ({ take: perProcess }))
      assertDifferent(ours.addresses)
      const { allocated } = await ipam.utilization.ofSubnet(subnet.id)
      if (Number(allocated) !== subnet.held + ours.addresses.length)
        throw new Error('an acknowledged address is missing')
      await measure(product, () => ({ release: true }))
      retries = ours.retries
      if (round === 0) continue
      rates.raw.push(rawRound.perSecond)
      rates.product.push(ours.perSecond)
    }
    for (const child of [...raw, ...product]) child.disconnect()
    await assertConsistent(ipam, [subnet])
    rows.push({
      database: database.kind,
      callers: `${processes} x 16`,
      'RAW per s': spreadText(spreadOf(rates.raw)),
      'Freehold per s': spreadText(spreadOf(rates.product)),
      'times RAW': spreadText(ratioOf(rates.product, rates.raw)),
      'transactions run again': retries,
    })
  })
  return {
    rows,
    versions,
    notes: [
      `any in a half full /${length}; ${rounds} rounds that take turns, ${perProcess} allocations a process in each; median (least..greatest); ratios are of one round each`,
      'RAW: one allocation row and one event row in a durable transaction of their own, statement by statement (on a server four round trips), a connection for every caller',
      'no error reached a caller, nothing was given twice, check found nothing',
    ],
  }
}

function startAll(
  database: BenchDatabase,
  subnet: FilledSubnet,
  side: 'raw' | 'product',
): Promise<ChildProcess[]> {
  const file = join(import.meta.dirname, 'workers/allocating-process.ts')
  const args = [database.kind, database.url, subnet.id, String(subnet.key), side]
  return Promise.all(
    Array.from({ length: processes }, async () => {
      const child = fork(file, args, { execArgv: ['--conditions=source'] })
      await answer(child)
      return child
    }),
  )
}

interface Answer {
  readonly addresses: string[]
  readonly retries: number
}

function answer(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(new Error(`a process ended with ${String(code)}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as Answer)
    })
  })
}

async function measure(
  children: readonly ChildProcess[],
  orderOf: (process: number) => object,
): Promise<{ perSecond: number; addresses: string[]; retries: number }> {
  const start = performance.now()
  const answers = await Promise.all(
    children.map((child, process) => {
      const done = answer(child)
      child.send(orderOf(process))
      return done
    }),
  )
  const seconds = (performance.now() - start) / 1000
  const addresses = answers.flatMap((one) => one.addresses)
  return {
    perSecond: addresses.length / seconds,
    addresses,
    retries: answers.reduce((sum, { retries }) => sum + retries, 0),
  }
}
