import { randomBytes } from 'node:crypto'
import type { EngineOptions, Ipam } from './ipam-interface.ts'
import { defaultMaxBulkCount } from './model/address-request.ts'
import { checkedCaller } from './model/caller.ts'
import * as addresses from './operations/address-operations.ts'
import * as scopes from './operations/address-scope-operations.ts'
import { reap } from './operations/allocation-ending.ts'
import { allocationCoalescer } from './operations/allocation-group.ts'
import * as allocations from './operations/allocation-operations.ts'
import { verifyAudit } from './operations/audit-operations.ts'
import { acceptRestore, auditHead, compareHead } from './operations/audit-restore.ts'
import { sealEvents } from './operations/audit-sealing.ts'
import { check } from './operations/check-operations.ts'
import type { EngineLimits, OperationContext } from './operations/context.ts'
import { CursorSealer } from './operations/cursor.ts'
import * as documents from './operations/document-operations.ts'
import { listEvents } from './operations/event-operations.ts'
import { exportPlan } from './operations/plan-export.ts'
import { applyPlan, previewPlan } from './operations/plan-operations.ts'
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
import { type Store, StoreFault } from './store/store.ts'
import { SystemRandom } from './system-random.ts'

export type { EngineOptions, Ipam } from './ipam-interface.ts'

/**
 * Opens an engine on a store, and brings its schema up to date unless `migrate` is false.
 * @throws IpamError SCHEMA_MISMATCH, STORE_UNSUPPORTED, DATABASE_UNAVAILABLE, INVALID_FIELD for a caller whose texts are too
 *   long.
 */
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
