import { IpamError, isIpamError } from '../errors.ts'
import { parseAddress } from '../model/address-input.ts'
import { type AddressScope, builtInProjectId } from '../model/address-scope.ts'
import type { Caller } from '../model/caller.ts'
import type {
  Plan,
  PlannedAddressScope,
  PlannedAllocation,
  PlannedSubnet,
  PlannedSubnetPool,
  PlanOutcome,
  PlanReport,
  PlanReportEntry,
} from '../model/plan.ts'
import { checkText, invalidField, shownText } from '../model/record.ts'
import { builtInScopeId } from '../store/sql/address-scope-queries.ts'
import type { Session } from '../store/store.ts'
import {
  createAddressScope,
  getAddressScope,
  listAddressScopes,
} from './address-scope-operations.ts'
import type { MutationOptions, OperationContext } from './context.ts'
import { applyPlannedAllocation } from './plan-allocation.ts'
import { poolDifferences, scopeDifferences, subnetDifferences } from './plan-difference.ts'
import { createSubnet, listSubnets } from './subnet-operations.ts'
import { createSubnetPool, listSubnetPools } from './subnet-pool-operations.ts'
import { checkQuota } from './subnet-pool-rules.ts'
import { asOne, write } from './transaction.ts'

export interface PlanOptions extends MutationOptions {
  /** `refuse` (default): nothing is applied when anything conflicts. `skip`: the rest is applied. */
  onConflict?: 'refuse' | 'skip'
  /** Called after each entry with how many are done, and of how many. */
  onProgress?: (done: number, total: number) => void
}

/**
 * Makes what a plan names and the database lacks, in one transaction. Applied again it finds everything there.
 * @throws IpamError PLAN_CONFLICT, with the report in `details`, when an entry contradicts what is stored.
 */
export async function applyPlan(
  context: OperationContext,
  plan: Plan,
  options: PlanOptions,
): Promise<PlanReport> {
  checkFormat(plan)
  return write(
    context,
    'apply plan',
    { plan, onConflict: options.onConflict },
    options,
    async (session) => {
      const report = await planned(context, session, plan, options)
      if (report.counts.conflict > 0 && options.onConflict !== 'skip') throw conflict(report)
      return report
    },
  )
}

/** What `applyPlan` would do. Applies the plan and takes it back, so that the two can't differ. */
export async function previewPlan(
  context: OperationContext,
  plan: Plan,
  options: Pick<PlanOptions, 'onProgress' | 'signal'> = {},
): Promise<PlanReport> {
  checkFormat(plan)
  try {
    return await write(context, 'preview plan', {}, options, async (session) => {
      throw new Preview(await planned(context, session, plan, options))
    })
  } catch (error) {
    if (error instanceof Preview) return error.report
    throw error
  }
}

function planned(
  context: OperationContext,
  session: Session,
  plan: Plan,
  options: PlanOptions,
): Promise<PlanReport> {
  return asOne(context, session, (joined) => new PlanRun(joined, options).run(plan))
}

/** Carries the report out of a transaction that has to be undone. */
class Preview extends Error {
  readonly report: PlanReport

  constructor(report: PlanReport) {
    super('preview')
    this.report = report
  }
}

type PlanList = 'addressScopes' | 'subnetPools' | 'subnets' | 'allocations'

class PlanRun {
  readonly #context: OperationContext
  readonly #options: PlanOptions
  readonly #entries: PlanReportEntry[] = []
  readonly #scopes = new Map<string, string>([
    ['default-4', builtInScopeId(4)],
    ['default-6', builtInScopeId(6)],
  ])
  readonly #pools = new Map<string, string>()
  readonly #subnets = new Map<string, string>()
  /** Pointer to the entry in hand. */
  #at = ''

  constructor(context: OperationContext, options: PlanOptions) {
    this.#context = context
    this.#options = options
  }

  async run(plan: Plan): Promise<PlanReport> {
    const total =
      plan.addressScopes.length +
      plan.subnetPools.length +
      plan.subnets.length +
      plan.allocations.length
    let done = 0
    const each = async <List extends PlanList>(
      list: List,
      work: (entry: Plan[List][number]) => Promise<PlanReportEntry>,
    ) => {
      for (const [index, entry] of plan[list].entries()) {
        this.#at = `/${list}/${index}`
        this.#entries.push(await work(entry))
        done += 1
        this.#options.onProgress?.(done, total)
      }
    }
    await each('addressScopes', (entry) => this.#scope(entry))
    await each('subnetPools', (entry) => this.#pool(entry))
    await each('subnets', (entry) => this.#subnet(entry))
    await each('allocations', (entry) => this.#allocation(entry))
    const counts: Record<PlanOutcome, number> = { create: 0, exists: 0, conflict: 0 }
    for (const { outcome } of this.#entries) counts[outcome] += 1
    return { counts, entries: this.#entries }
  }

  async #scope(entry: PlannedAddressScope): Promise<PlanReportEntry> {
    const context = this.#as(entry.projectId)
    return this.#outcome('address-scope', entry.name ?? entry.key, entry.source, async () => {
      const filter = {
        name: entry.name ?? entry.key,
        ipVersion: entry.ipVersion,
        projectId: context.caller.projectId,
      }
      const found =
        (await listAddressScopes(context, filter, { limit: 1 })).items[0] ??
        (await unnamedScope(context, entry))
      if (found !== undefined) {
        this.#scopes.set(entry.key, found.id)
        return scopeDifferences(entry, found)
      }
      const { ipVersion, shared, labels } = entry
      const made = await createAddressScope(
        context,
        { name: filter.name, ipVersion, ...defined({ shared, labels }) },
        {},
      )
      this.#scopes.set(entry.key, made.id)
      return 'create'
    })
  }

  async #pool(entry: PlannedSubnetPool): Promise<PlanReportEntry> {
    const context = this.#as(entry.projectId)
    const subject = entry.name ?? entry.prefixes.join(', ')
    return this.#outcome('subnet-pool', subject, entry.source, async () => {
      const addressScopeId = this.#known(this.#scopes, entry.addressScope, 'addressScope')
      const filter = {
        name: entry.name ?? '',
        addressScopeId,
        projectId: context.caller.projectId,
      }
      for (const pool of (await listSubnetPools(context, filter, { limit: 1000 })).items)
        if (sameTexts(pool.prefixes, entry.prefixes)) {
          this.#pools.set(entry.key, pool.id)
          return poolDifferences(entry, pool)
        }
      const {
        key: _key,
        source: _source,
        projectId: _project,
        addressScope: _scope,
        ...fields
      } = entry
      const quota = checkQuota(entry.quota)
      const made = await createSubnetPool(context, { ...fields, addressScopeId, quota }, {})
      this.#pools.set(entry.key, made.id)
      return 'create'
    })
  }

  async #subnet(entry: PlannedSubnet): Promise<PlanReportEntry> {
    const context = this.#as(entry.projectId)
    return this.#outcome('subnet', entry.cidr, entry.source, async () => {
      const addressScopeId = this.#known(this.#scopes, entry.addressScope, 'addressScope')
      const filter = { cidr: entry.cidr, addressScopeId }
      const found = (await listSubnets(context, filter, { limit: 1 })).items[0]
      if (found !== undefined) {
        this.#subnets.set(entry.key, found.id)
        const pool = entry.subnetPool === undefined ? undefined : this.#pools.get(entry.subnetPool)
        return subnetDifferences(entry, found, pool ?? null)
      }
      const {
        key: _key,
        source: _source,
        projectId: _project,
        addressScope: _scope,
        subnetPool,
        ...fields
      } = entry
      const place =
        subnetPool === undefined
          ? { addressScopeId }
          : { subnetPoolId: this.#known(this.#pools, subnetPool, 'subnetPool') }
      const made = await createSubnet(context, { ...fields, ...place }, {})
      this.#subnets.set(entry.key, made.id)
      return 'create'
    })
  }

  async #allocation(entry: PlannedAllocation): Promise<PlanReportEntry> {
    const context = this.#as(entry.projectId)
    return this.#outcome('allocation', entry.address, entry.source, async () => {
      const subnetId = this.#known(this.#subnets, entry.subnet, 'subnet')
      return applyPlannedAllocation(
        context,
        subnetId,
        parseAddress(entry.address, '/address'),
        entry,
      )
    })
  }

  /** `work` answers what it did, or in what the record that it found differs from the plan. */
  async #outcome(
    recordKind: PlanReportEntry['recordKind'],
    subject: string,
    source: string | undefined,
    work: () => Promise<'create' | 'exists' | readonly string[]>,
  ): Promise<PlanReportEntry> {
    const about = {
      recordKind,
      subject: shownText(subject),
      ...(source === undefined ? {} : { source: shownText(source) }),
    }
    try {
      const done = await work()
      if (typeof done === 'string') return { outcome: done, ...about }
      if (done.length === 0) return { outcome: 'exists', ...about }
      const reason = `left as it is, though the plan differs in: ${done.join(', ')}`
      return { outcome: 'exists', ...about, reason }
    } catch (error) {
      // What is wrong with an entry is said of the entry; what is wrong with the database ends the run.
      if (!isIpamError(error) || error.kind === 'unavailable' || error.kind === 'internal')
        throw error
      return { outcome: 'conflict', ...about, reason: error.message }
    }
  }

  #as(projectId: string | undefined): OperationContext {
    const { caller } = this.#context
    if (projectId === undefined || projectId === caller.projectId) return this.#context
    const pointer = `${this.#at}/projectId`
    if (!caller.isAdmin)
      throw invalidField(
        pointer,
        'names another project, for which only an administrator may import',
      )
    if (projectId === builtInProjectId)
      throw invalidField(pointer, `must not be ${builtInProjectId}, which owns what is built in`)
    const other: Caller = { ...caller, projectId: checkText(projectId, pointer) }
    return { ...this.#context, caller: other }
  }

  #known(
    keys: ReadonlyMap<string, string>,
    key: string,
    field: 'addressScope' | 'subnetPool' | 'subnet',
  ): string {
    const id = keys.get(key)
    if (id === undefined) throw invalidField(`/${field}`, 'has a key that the plan does not define')
    return id
  }
}

// A scope without a name goes by its key, which in an export is its id: in the store that wrote it, that is the scope.
async function unnamedScope(
  context: OperationContext,
  entry: PlannedAddressScope,
): Promise<AddressScope | undefined> {
  if (entry.name !== undefined) return undefined
  try {
    const found = await getAddressScope(context, entry.key)
    return found.name === '' && found.ipVersion === entry.ipVersion ? found : undefined
  } catch (error) {
    if (isIpamError(error, 'ADDRESS_SCOPE_NOT_FOUND')) return undefined
    throw error
  }
}

function checkFormat(plan: Plan): void {
  if (plan?.format !== 'freehold-plan/1')
    throw invalidField(
      '/format',
      'must be freehold-plan/1',
      'Give a file that `freehold export` wrote.',
    )
}

function conflict(report: PlanReport): IpamError {
  const conflicts = report.entries.filter((entry) => entry.outcome === 'conflict')
  return new IpamError(
    'PLAN_CONFLICT',
    `${conflicts.length} of ${report.entries.length} entries contradict what is stored; nothing was applied.`,
    {
      fix: 'Look at a preview, mend the plan, or ask for conflicts to be skipped.',
      counts: report.counts,
      conflicts: conflicts.slice(0, 100),
    },
  )
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join() === [...b].sort().join()
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as never
}
