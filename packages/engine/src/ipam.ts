import { randomBytes } from 'node:crypto'
import type { RandomSource } from './allocators/random-source.ts'
import type { AddressKnowledge } from './model/address-knowledge.ts'
import type { AddressRequestInput } from './model/address-request.ts'
import { defaultMaxBulkCount } from './model/address-request.ts'
import type { AddressScope, AddressScopeChanges, AddressScopeInput } from './model/address-scope.ts'
import type { Allocation, AllocationAttributes } from './model/allocation.ts'
import type { AuditComparison, AuditHead, AuditReport, AuditRestore } from './model/audit.ts'
import { type Caller, checkedCaller } from './model/caller.ts'
import type { CheckReport } from './model/check-report.ts'
import type {
  Document,
  DocumentChanges,
  DocumentFilter,
  DocumentInput,
  DocumentListOptions,
} from './model/document.ts'
import type { AddressTenure } from './model/event.ts'
import type {
  AddressScopeFilter,
  AllocationFilter,
  ListOptions,
  Page,
  SubnetFilter,
  SubnetPoolFilter,
} from './model/list.ts'
import type { Plan, PlanReport } from './model/plan.ts'
import type { Subnet, SubnetChanges, SubnetInput, SubnetUpdate } from './model/subnet.ts'
import type { SubnetPool, SubnetPoolChanges, SubnetPoolInput } from './model/subnet-pool.ts'
import type {
  SubnetPoolUtilization,
  SubnetUtilization,
  TotalUtilization,
} from './model/utilization.ts'
import * as addresses from './operations/address-operations.ts'
import * as scopes from './operations/address-scope-operations.ts'
import { reap } from './operations/allocation-ending.ts'
import { allocationCoalescer } from './operations/allocation-group.ts'
import * as allocations from './operations/allocation-operations.ts'
import { verifyAudit } from './operations/audit-operations.ts'
import { acceptRestore, auditHead, compareHead } from './operations/audit-restore.ts'
import { sealEvents } from './operations/audit-sealing.ts'
import { type CheckOptions, check } from './operations/check-operations.ts'
import type { EngineLimits, MutationOptions, OperationContext } from './operations/context.ts'
import { CursorSealer } from './operations/cursor.ts'
import * as documents from './operations/document-operations.ts'
import { type EventPage, listEvents } from './operations/event-operations.ts'
import { exportPlan } from './operations/plan-export.ts'
import { applyPlan, type PlanOptions, previewPlan } from './operations/plan-operations.ts'
import { SharedWrites } from './operations/shared-writes.ts'
import { SubnetLayoutCache } from './operations/subnet-layout.ts'
import * as subnets from './operations/subnet-operations.ts'
import * as pools from './operations/subnet-pool-operations.ts'
import { read, together, write } from './operations/transaction.ts'
import * as utilization from './operations/utilization-operations.ts'
import { WaitingLimit } from './operations/waiting-limit.ts'
import { schemaMovedOn } from './store/migration.ts'
import { errorOfFault, retryingTransaction } from './store/retry.ts'
import { deleteExpiredIdempotencyKeys } from './store/sql/idempotency-queries.ts'
import { findSchemaVersion } from './store/sql/migration-queries.ts'
import { findSetting, insertSetting } from './store/sql/setting-queries.ts'
import { type Store, type StoreCounters, StoreFault } from './store/store.ts'
import { SystemRandom } from './system-random.ts'

export interface EngineOptions {
  /** On whose behalf operations run unless `as` says otherwise. Default: an administrator of the project `default`. */
  caller?: Caller
  /** Milliseconds since 1970. Default: the system's clock. */
  clock?: () => number
  /** Default: the operating system's CSPRNG. Anything else makes addresses predictable; for tests. */
  random?: RandomSource
  limits?: Partial<EngineLimits>
  /** How long an idempotency key is remembered. Default: one day. */
  idempotencyTtlSeconds?: number
  /** How long an operation may take with all its retries. Default: 10 seconds. */
  deadlineMs?: number
  /** Bring the schema up to date on opening. Default: true. */
  migrate?: boolean
}

/** An opened engine, bound to a caller. `as` and `within` make cheap views of the same engine. */
export interface Ipam {
  readonly addressScopes: {
    create(input: AddressScopeInput, options?: MutationOptions): Promise<AddressScope>
    get(id: string): Promise<AddressScope>
    list(filter?: AddressScopeFilter, options?: ListOptions): Promise<Page<AddressScope>>
    update(
      id: string,
      changes: AddressScopeChanges,
      options?: MutationOptions,
    ): Promise<AddressScope>
    delete(id: string, options?: MutationOptions): Promise<void>
  }
  readonly subnetPools: {
    create(input: SubnetPoolInput, options?: MutationOptions): Promise<SubnetPool>
    get(id: string): Promise<SubnetPool>
    list(filter?: SubnetPoolFilter, options?: ListOptions): Promise<Page<SubnetPool>>
    update(id: string, changes: SubnetPoolChanges, options?: MutationOptions): Promise<SubnetPool>
    delete(id: string, options?: MutationOptions): Promise<void>
    addPrefixes(
      id: string,
      prefixes: readonly string[],
      options?: MutationOptions,
    ): Promise<SubnetPool>
    removePrefixes(
      id: string,
      prefixes: readonly string[],
      options?: MutationOptions,
    ): Promise<SubnetPool>
  }
  readonly subnets: {
    create(input: SubnetInput, options?: MutationOptions): Promise<Subnet>
    get(id: string): Promise<Subnet>
    list(filter?: SubnetFilter, options?: ListOptions): Promise<Page<Subnet>>
    update(id: string, changes: SubnetChanges, options?: MutationOptions): Promise<SubnetUpdate>
    delete(id: string, options?: MutationOptions & { cascade?: boolean }): Promise<void>
  }
  readonly allocations: {
    /** From one subnet, or from the first of several that has room. Always a list. */
    allocate(
      subnetIds: string | readonly string[],
      request: AddressRequestInput,
      attributes?: AllocationAttributes,
      options?: MutationOptions,
    ): Promise<readonly Allocation[]>
    release(subnetId: string, address: string, options?: MutationOptions): Promise<void>
    get(subnetId: string, address: string): Promise<Allocation>
    list(
      subnetId: string,
      filter?: AllocationFilter,
      options?: ListOptions,
    ): Promise<Page<Allocation>>
    /** Of one holder, or of several at once (at most 1,000). */
    listByHolder(
      holderKind: string,
      holderId: string | readonly string[],
    ): Promise<readonly Allocation[]>
  }
  readonly utilization: {
    ofSubnet(id: string): Promise<SubnetUtilization>
    ofSubnets(ids: readonly string[]): Promise<readonly SubnetUtilization[]>
    ofSubnetPool(id: string): Promise<SubnetPoolUtilization>
    total(): Promise<TotalUtilization>
  }
  readonly addresses: {
    lookup(address: string): Promise<AddressKnowledge>
    history(address: string, options?: { at?: string }): Promise<readonly AddressTenure[]>
  }
  /** Records of the application around the engine, in one transaction with everything else. They write no events. */
  readonly documents: {
    create(input: DocumentInput, options?: MutationOptions): Promise<Document>
    get(collection: string, id: string): Promise<Document>
    /** Inside a transaction: reads it and keeps others from changing it (`share`), or from holding it too (`exclusive`). */
    hold(collection: string, id: string, lock: 'share' | 'exclusive'): Promise<Document>
    list(
      collection: string,
      filter?: DocumentFilter,
      options?: DocumentListOptions,
    ): Promise<Page<Document>>
    count(collection: string, filter?: DocumentFilter): Promise<number>
    update(
      collection: string,
      id: string,
      changes: DocumentChanges,
      options?: MutationOptions,
    ): Promise<Document>
    delete(collection: string, id: string, options?: MutationOptions): Promise<void>
  }
  readonly events: { list(options?: { after?: string; limit?: number }): Promise<EventPage> }
  /** The hash chain over the events. */
  readonly audit: {
    /** Seals what was committed since; some process has to call it now and then, as the server does every second. */
    seal(): Promise<{ sealed: number }>
    /** The end of the chain; kept elsewhere, it shows later whether anything before it was bent. */
    head(): Promise<AuditHead>
    verify(options?: {
      head?: AuditHead
      onProgress?: (done: number, total: number) => void
    }): Promise<AuditReport>
    /** Looks whether the chain still holds a head that was kept elsewhere, without working it out. Constant cost. */
    compare(kept: AuditHead): Promise<AuditComparison>
    /**
     * Accepts a database that has lost what the newest kept head shows, as after an old backup was put back: writes an event
     * of it, and begins a new epoch. null: nothing is lost, or that was accepted before. For administrators.
     */
    acceptRestore(kept: AuditHead): Promise<AuditRestore | null>
  }
  readonly plans: {
    export(): Promise<Plan>
    preview(plan: Plan, options?: Pick<PlanOptions, 'onProgress' | 'signal'>): Promise<PlanReport>
    apply(plan: Plan, options?: PlanOptions): Promise<PlanReport>
  }
  /** Statements of the store since it was opened, for metrics. */
  readonly counters: Readonly<StoreCounters>
  readonly caller: Caller
  /** True for a view made by `within` or `transaction`: what it does is committed or undone by somebody else. */
  readonly isJoined: boolean
  /** Proves that all stored facts agree. For administrators. */
  check(options?: CheckOptions): Promise<CheckReport>
  /**
   * Ends leases and cooling times that are over, and forgets old idempotency keys. Some process has to call it now and
   * then; the server does every second.
   */
  reap(options?: { limit?: number }): Promise<{ ended: number }>
  /**
   * Asks the database. Throws DATABASE_UNAVAILABLE; SCHEMA_MISMATCH when a newer Freehold has brought the schema further
   * meanwhile: this engine goes on, and should be replaced.
   */
  ping(): Promise<void>
  /** The same engine on somebody's behalf. Throws INVALID_FIELD when a text of the caller is too long. */
  as(caller: Caller): Ipam
  /**
   * Joins the caller's own open transaction on the same database: what is done through the view is committed or undone
   * with it. `handle` is the connection of the database's client library. Nothing is retried in there.
   */
  within(handle: unknown): Ipam
  /**
   * Several operations in one transaction of the engine's own, retried as a whole. `work` must do nothing but use the view
   * that it is given.
   */
  transaction<T>(work: (ipam: Ipam) => Promise<T>): Promise<T>
  /** Several reads that see one state of the database. `work` must do nothing but read through the view that it is given. */
  snapshot<T>(work: (ipam: Ipam) => Promise<T>): Promise<T>
  /** Waits for what is under way and closes the store. */
  close(): Promise<void>
}

/** Opens an engine on a store. Throws SCHEMA_MISMATCH, STORE_UNSUPPORTED, DATABASE_UNAVAILABLE. */
export async function openIpam(store: Store, options: EngineOptions = {}): Promise<Ipam> {
  const clock = options.clock ?? Date.now
  const limits: EngineLimits = {
    maxBulkCount: defaultMaxBulkCount,
    allowWholeSpace: false,
    maxAllocationPools: 1000,
    maxPoolPrefixes: 1000,
    maxWaiting: 10_000,
    ...options.limits,
  }
  const { cursorKey, schemaVersion } = await prepare(store, clock, options.migrate !== false)
  return bind({
    store,
    caller: checkedCaller(options.caller ?? { projectId: 'default', isAdmin: true }),
    clock,
    random: options.random ?? new SystemRandom(),
    limits,
    deadlineMs: options.deadlineMs ?? 10_000,
    waiting: new WaitingLimit(limits.maxWaiting),
    idempotencyTtlSeconds: options.idempotencyTtlSeconds ?? 86_400,
    schemaVersion,
    cursors: new CursorSealer(cursorKey),
    layouts: new SubnetLayoutCache(),
    coalescer: allocationCoalescer(store),
    sharedWrites: new SharedWrites(store),
    joined: null,
  })
}

interface Prepared {
  readonly cursorKey: string
  readonly schemaVersion: number
}

async function prepare(store: Store, clock: () => number, migrate: boolean): Promise<Prepared> {
  try {
    if (migrate) await store.migrate()
    else await store.assertSchema()
    const deadline = performance.now() + 60_000
    const prepared = await retryingTransaction(
      store,
      async (session) => {
        await scopes.createBuiltInScopes(session, clock())
        await insertSetting(session, 'cursor-key', randomBytes(32).toString('base64url'))
        const cursorKey = (await findSetting(session, 'cursor-key')) as string
        return { cursorKey, schemaVersion: await findSchemaVersion(session) }
      },
      { access: 'write', deadline },
    )
    // What was found is this version's own if it still fits now: no step is ever taken back.
    await store.assertSchema()
    return prepared
  } catch (error) {
    if (error instanceof StoreFault) throw errorOfFault(error)
    throw error
  }
}

function bind(context: OperationContext): Ipam {
  return {
    addressScopes: {
      create: (input, options = {}) => scopes.createAddressScope(context, input, options),
      get: (id) => scopes.getAddressScope(context, id),
      list: (filter = {}, options = {}) => scopes.listAddressScopes(context, filter, options),
      update: (id, changes, options = {}) =>
        scopes.updateAddressScope(context, id, changes, options),
      delete: (id, options = {}) => scopes.deleteAddressScope(context, id, options),
    },
    subnetPools: {
      create: (input, options = {}) => pools.createSubnetPool(context, input, options),
      get: (id) => pools.getSubnetPool(context, id),
      list: (filter = {}, options = {}) => pools.listSubnetPools(context, filter, options),
      update: (id, changes, options = {}) => pools.updateSubnetPool(context, id, changes, options),
      delete: (id, options = {}) => pools.deleteSubnetPool(context, id, options),
      addPrefixes: (id, prefixes, options = {}) =>
        pools.addPoolPrefixes(context, id, prefixes, options),
      removePrefixes: (id, prefixes, options = {}) =>
        pools.removePoolPrefixes(context, id, prefixes, options),
    },
    subnets: {
      create: (input, options = {}) => subnets.createSubnet(context, input, options),
      get: (id) => subnets.getSubnet(context, id),
      list: (filter = {}, options = {}) => subnets.listSubnets(context, filter, options),
      update: (id, changes, options = {}) => subnets.updateSubnet(context, id, changes, options),
      delete: (id, options = {}) => subnets.deleteSubnet(context, id, options),
    },
    allocations: {
      allocate: (subnetIds, request, attributes = {}, options = {}) =>
        allocations.allocate(
          context,
          typeof subnetIds === 'string' ? [subnetIds] : subnetIds,
          request,
          attributes,
          options,
        ),
      release: (subnetId, address, options = {}) =>
        allocations.release(context, subnetId, address, options),
      get: (subnetId, address) => allocations.getAllocation(context, subnetId, address),
      list: (subnetId, filter = {}, options = {}) =>
        allocations.listAllocations(context, subnetId, filter, options),
      listByHolder: (kind, id) =>
        allocations.listAllocationsByHolder(context, kind, typeof id === 'string' ? [id] : id),
    },
    utilization: {
      ofSubnet: (id) => utilization.subnetUtilization(context, id),
      ofSubnets: (ids) => utilization.subnetUtilizations(context, ids),
      ofSubnetPool: (id) => utilization.subnetPoolUtilization(context, id),
      total: () => utilization.totalUtilization(context),
    },
    addresses: {
      lookup: (address) => addresses.lookUpAddress(context, address),
      history: (address, options = {}) => addresses.addressHistory(context, address, options),
    },
    documents: {
      create: (input, options = {}) => documents.createDocument(context, input, options),
      get: (collection, id) => documents.getDocument(context, collection, id),
      hold: (collection, id, lock) => documents.holdDocument(context, collection, id, lock),
      list: (collection, filter = {}, options = {}) =>
        documents.listDocuments(context, collection, filter, options),
      count: (collection, filter = {}) => documents.documentCount(context, collection, filter),
      update: (collection, id, changes, options = {}) =>
        documents.updateDocument(context, collection, id, changes, options),
      delete: (collection, id, options = {}) =>
        documents.deleteDocument(context, collection, id, options),
    },
    events: { list: (options = {}) => listEvents(context, options) },
    audit: {
      seal: async () => ({ sealed: await sealEvents(context) }),
      head: () => auditHead(context),
      verify: (options = {}) => verifyAudit(context, options),
      compare: (kept) => compareHead(context, kept),
      acceptRestore: (kept) => acceptRestore(context, kept),
    },
    plans: {
      export: () => exportPlan(context),
      preview: (plan, options = {}) => previewPlan(context, plan, options),
      apply: (plan, options = {}) => applyPlan(context, plan, options),
    },
    counters: context.store.counters,
    caller: context.caller,
    isJoined: context.joined !== null,
    check: (options = {}) => check(context, options),
    reap: async ({ limit = 10_000 } = {}) => {
      const ended = await reap(context, limit)
      await write(context, 'forget keys', {}, {}, (session) =>
        deleteExpiredIdempotencyKeys(session, context.clock()),
      )
      return { ended }
    },
    ping: async () => {
      const found = await read(context, findSchemaVersion)
      if (found !== context.schemaVersion) throw schemaMovedOn(found, context.schemaVersion)
    },
    as: (caller) => bind({ ...context, caller: checkedCaller(caller) }),
    within: (handle) => bind({ ...context, joined: context.store.join(handle) }),
    transaction: (work) => together(context, (joined) => work(bind(joined))),
    snapshot: (work) => read(context, (session) => work(bind({ ...context, joined: session }))),
    close: () => context.store.close(),
  }
}
