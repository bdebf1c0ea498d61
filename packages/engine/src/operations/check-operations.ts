import { IpAddress, Prefix } from '@freehold/address'
import { IpamError } from '../errors.ts'
import type { CheckProblem, CheckReport } from '../model/check-report.ts'
import {
  countHeldByEvents,
  countHeldRows,
  listPoolSubnets,
  listPoolsAfter,
  listPoolUsage,
  listScopePoolPrefixes,
  listScopeSubnets,
  listScopesAfter,
  listSubnetsAfter,
} from '../store/sql/check-queries.ts'
import { listFreeBlocks } from '../store/sql/free-block-queries.ts'
import type { AddressScopeRow, SubnetPoolRow, SubnetRow } from '../store/sql/row-mapping.ts'
import { toPrefix } from '../store/sql/row-mapping.ts'
import type { Session } from '../store/store.ts'
import type { OperationContext } from './context.ts'
import { LastActions } from './last-actions.ts'
import { expectedFreeBlocks, prefixesOfPool, toPoolPrefix } from './pool-layout.ts'
import { checkSubnetRows } from './subnet-check.ts'
import { read } from './transaction.ts'

const rowsAtOnce = 1000
const mostProblems = 1000

export interface CheckOptions {
  /** Called after each record with how many are done. */
  onProgress?: (done: number) => void
}

/**
 * Proves that the stored facts agree: rows lie in their subnets, page counts equal rows, every row has its event and every
 * event its row, subnets of a scope are disjoint, free blocks are what the subnets leave, usage is what was cut. Reads in
 * parts, each in a snapshot of its own, so that it can run beside other work. Linear in everything stored.
 */
export async function check(
  context: OperationContext,
  options: CheckOptions = {},
): Promise<CheckReport> {
  if (!context.caller.isAdmin)
    throw new IpamError('INVALID_REQUEST', 'Only an administrator can check the whole database.')
  const run = new CheckRun(context, options)
  return run.report()
}

class CheckRun {
  readonly #context: OperationContext
  readonly #options: CheckOptions
  readonly #problems: CheckProblem[] = []
  readonly #lastActions = new LastActions()
  #problemCount = 0
  #done = 0
  readonly #checked = { addressScopes: 0, subnetPools: 0, subnets: 0, allocations: 0 }

  constructor(context: OperationContext, options: CheckOptions) {
    this.#context = context
    this.#options = options
  }

  async report(): Promise<CheckReport> {
    await this.#forEach<AddressScopeRow>(listScopesAfter, async (session, scope) => {
      this.#checked.addressScopes += 1
      await this.#checkScope(session, scope)
    })
    await this.#forEach<SubnetPoolRow>(listPoolsAfter, async (session, pool) => {
      this.#checked.subnetPools += 1
      await this.#checkPool(session, pool)
    })
    await this.#forEach<SubnetRow>(listSubnetsAfter, async (session, subnet) => {
      this.#checked.subnets += 1
      const layout = this.#context.layouts.passing(subnet)
      const { rows, problems } = await checkSubnetRows(session, layout, this.#lastActions)
      this.#checked.allocations += rows
      for (const problem of problems) this.#add({ ...problem, subnetId: subnet.id })
    })
    await read(this.#context, (session) => this.#checkEvents(session))
    return { ok: this.#problemCount === 0, checked: this.#checked, problems: this.#problems }
  }

  async #forEach<Row extends { row_key: number }>(
    list: (session: Session, after: number, limit: number) => Promise<Row[]>,
    work: (session: Session, row: Row) => Promise<void>,
  ): Promise<void> {
    for (let after = 0; ; ) {
      const rows = await read(this.#context, (session) => list(session, after, rowsAtOnce))
      for (const row of rows) {
        // The record again with all that belongs to it, in one snapshot; it may be gone or changed by now.
        await read(this.#context, async (session) => {
          const [now] = await list(session, row.row_key - 1, 1)
          if (now !== undefined && now.row_key === row.row_key) await work(session, now)
        })
        this.#done += 1
        this.#options.onProgress?.(this.#done)
      }
      const last = rows.at(-1)
      if (last === undefined || rows.length < rowsAtOnce) return
      after = last.row_key
    }
  }

  async #checkScope(session: Session, scope: AddressScopeRow): Promise<void> {
    let previous: SubnetRow | undefined
    for (;;) {
      const after: Uint8Array | null = previous?.first ?? null
      const rows: SubnetRow[] = await listScopeSubnets(session, scope.row_key, after, rowsAtOnce)
      for (const row of rows) {
        if (previous !== undefined && toPrefix(previous).overlaps(toPrefix(row)))
          this.#add({
            kind: 'subnet-overlap',
            message: `${toPrefix(previous)} and ${toPrefix(row)} overlap in one address scope.`,
            addressScopeId: scope.id,
          })
        previous = row
      }
      if (rows.length < rowsAtOnce) break
    }
    await this.#checkPoolPrefixes(session, scope)
  }

  async #checkPoolPrefixes(session: Session, scope: AddressScopeRow): Promise<void> {
    let previous: Prefix | undefined
    for (const row of await listScopePoolPrefixes(session, scope.row_key)) {
      const prefix = toPoolPrefix(scope.ip_version, row)
      if (previous?.overlaps(prefix))
        this.#add({
          kind: 'pool-prefix-overlap',
          message: `${previous} and ${prefix} are prefixes of subnet pools in one address scope.`,
          addressScopeId: scope.id,
        })
      previous = prefix
    }
  }

  async #checkPool(session: Session, pool: SubnetPoolRow): Promise<void> {
    const prefixes = await prefixesOfPool(session, pool.row_key, pool.ip_version)
    const expected = await expectedFreeBlocks(session, pool.address_scope_key, prefixes)
    const found = await listFreeBlocks(session, pool.row_key, pool.ip_version)
    const difference = firstDifference(expected.map(String), found.map(String))
    if (difference !== null)
      this.#add({
        kind: 'free-blocks',
        message: `The free blocks differ from what the subnets leave: ${difference}.`,
        subnetPoolId: pool.id,
      })
    await this.#checkUsage(session, pool, prefixes)
  }

  async #checkUsage(
    session: Session,
    pool: SubnetPoolRow,
    prefixes: readonly Prefix[],
  ): Promise<void> {
    const used = new Map<string, bigint>()
    for (const row of await listPoolSubnets(session, pool.row_key)) {
      const prefix = Prefix.of(IpAddress.fromBytes(pool.ip_version, row.first), row.prefix_length)
      used.set(row.project_id, (used.get(row.project_id) ?? 0n) + prefix.size)
      if (!prefixes.some((outer) => outer.contains(prefix)))
        this.#add({
          kind: 'subnet-outside-pool',
          message: `${prefix} was cut from the pool and is not inside it.`,
          subnetPoolId: pool.id,
        })
    }
    for (const row of await listPoolUsage(session, pool.row_key)) {
      const expected = used.get(row.project_id) ?? 0n
      used.delete(row.project_id)
      if (BigInt(row.used) !== expected)
        this.#add({
          kind: 'pool-usage',
          message: `A project's usage is stored as ${row.used} and is ${expected}.`,
          subnetPoolId: pool.id,
        })
    }
    for (const expected of used.values())
      this.#add({
        kind: 'pool-usage',
        message: `A project's usage is not stored and is ${expected}.`,
        subnetPoolId: pool.id,
      })
  }

  async #checkEvents(session: Session): Promise<void> {
    const byEvents = await countHeldByEvents(session)
    const byRows = await countHeldRows(session)
    for (const [subnetKey, held] of byEvents) {
      const rows = byRows.get(subnetKey) ?? 0
      if (rows !== held)
        this.#add({
          kind: 'event-count',
          message: `By its events a subnet holds ${held} addresses, by its rows ${rows}.`,
        })
    }
  }

  #add(problem: CheckProblem): void {
    this.#problemCount += 1
    if (this.#problems.length < mostProblems) this.#problems.push(problem)
  }
}

function firstDifference(expected: readonly string[], found: readonly string[]): string | null {
  const [expectedSet, foundSet] = [new Set(expected), new Set(found)]
  const missing = expected.find((block) => !foundSet.has(block))
  if (missing !== undefined) return `${missing} is missing`
  const extra = found.find((block) => !expectedSet.has(block))
  return extra === undefined ? null : `${extra} is not free`
}
