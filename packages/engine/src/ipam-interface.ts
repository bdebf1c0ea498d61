import type { RandomSource } from './allocators/random-source.ts'
import type { AddressKnowledge } from './model/address-knowledge.ts'
import type { AddressRequestInput } from './model/address-request.ts'
import type { AddressScope, AddressScopeChanges, AddressScopeInput } from './model/address-scope.ts'
import type { Allocation, AllocationAttributes } from './model/allocation.ts'
import type { AuditComparison, AuditHead, AuditReport, AuditRestore } from './model/audit.ts'
import type { Caller } from './model/caller.ts'
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
import type { CheckOptions } from './operations/check-operations.ts'
import type { EngineLimits, MutationOptions } from './operations/context.ts'
import type { EventPage } from './operations/event-operations.ts'
import type { PlanOptions } from './operations/plan-operations.ts'
import type { StoreCounters } from './store/store.ts'

export interface EngineOptions {
  /** On whose behalf operations run unless `as` says otherwise. Default: an administrator of the project `default`. */
  caller?: Caller
  /** Milliseconds since 1970. Default: the system's clock. */
  clock?: () => number
  /** Default: the operating system's CSPRNG. Anything else makes addresses predictable; for tests. */
  random?: RandomSource
  /** What no single request may go beyond; what is left out has its default. */
  limits?: Partial<EngineLimits>
  /** How long an idempotency key is remembered. Default: one day. */
  idempotencyTtlSeconds?: number
  /** How long an operation may take with all its retries. Default: 10 seconds. */
  deadlineMs?: number
  /** Bring the schema up to date on opening. Default: true. */
  migrate?: boolean
}

/**
 * An opened engine, bound to a caller. `as` and `within` make cheap views of the same engine.
 *
 * Everything is refused with an IpamError. Each method names the codes that are its own; besides, every one may throw
 * DATABASE_UNAVAILABLE, OVERLOADED and INTERNAL, and every change CONTENTION, OUTCOME_UNKNOWN, STORAGE_FULL,
 * IDEMPOTENCY_KEY_REUSED for its key, and STALE_REVISION for `ifRevision`. After any of them but OUTCOME_UNKNOWN nothing has
 * changed. What the caller may not see is not found. Lists throw INVALID_FIELD and INVALID_CURSOR; a page costs its own
 * length, wherever in the list it is.
 */
export interface Ipam {
  readonly addressScopes: {
    /** Throws INVALID_FIELD. Constant cost. */
    create(input: AddressScopeInput, options?: MutationOptions): Promise<AddressScope>
    /** Throws ADDRESS_SCOPE_NOT_FOUND. One key probe. */
    get(id: string): Promise<AddressScope>
    /** Without implicit scopes. */
    list(filter?: AddressScopeFilter, options?: ListOptions): Promise<Page<AddressScope>>
    /** Throws ADDRESS_SCOPE_NOT_FOUND, INVALID_FIELD, and ADDRESS_SCOPE_IN_USE for a built-in one. Constant cost. */
    update(
      id: string,
      changes: AddressScopeChanges,
      options?: MutationOptions,
    ): Promise<AddressScope>
    /** Throws ADDRESS_SCOPE_NOT_FOUND, and ADDRESS_SCOPE_IN_USE while a subnet pool or subnet is in it. Constant cost. */
    delete(id: string, options?: MutationOptions): Promise<void>
  }
  readonly subnetPools: {
    /**
     * Linear in the prefixes and in the subnets that lie inside them already.
     * @throws IpamError INVALID_FIELD, INVALID_PREFIX, IP_VERSION_MISMATCH, PREFIX_LENGTH_OUT_OF_BOUNDS,
     *   ADDRESS_SCOPE_NOT_FOUND, PREFIX_OVERLAP, DEFAULT_POOL_EXISTS.
     */
    create(input: SubnetPoolInput, options?: MutationOptions): Promise<SubnetPool>
    /** Throws SUBNET_POOL_NOT_FOUND. One key probe, and the pool's prefixes. */
    get(id: string): Promise<SubnetPool>
    list(filter?: SubnetPoolFilter, options?: ListOptions): Promise<Page<SubnetPool>>
    /**
     * Constant cost; other prefixes or another scope cost as much as `create`.
     * @throws IpamError SUBNET_POOL_NOT_FOUND, what `create` throws, PREFIX_IN_USE when subnets of the pool lie in a prefix
     *   that is left out, SUBNET_POOL_IN_USE when a pool with subnets is to move to another scope.
     */
    update(id: string, changes: SubnetPoolChanges, options?: MutationOptions): Promise<SubnetPool>
    /** Throws SUBNET_POOL_NOT_FOUND, and SUBNET_POOL_IN_USE while subnets that were cut from it exist. */
    delete(id: string, options?: MutationOptions): Promise<void>
    /** Prefixes that the pool has already change nothing. Throws and costs what `update` does. */
    addPrefixes(
      id: string,
      prefixes: readonly string[],
      options?: MutationOptions,
    ): Promise<SubnetPool>
    /** Throws PREFIX_OUTSIDE_SUBNET_POOL for one that the pool does not have, and what `update` does. */
    removePrefixes(
      id: string,
      prefixes: readonly string[],
      options?: MutationOptions,
    ): Promise<SubnetPool>
  }
  readonly subnets: {
    /**
     * A prefix that is named, or one cut from a pool. A few index probes, whatever the scope and the pool hold; subnets of one
     * scope are made one after the other.
     * @throws IpamError INVALID_FIELD, INVALID_PREFIX, INVALID_ADDRESS, INVALID_RANGE, IP_VERSION_MISMATCH,
     *   ADDRESS_SCOPE_NOT_FOUND, SUBNET_POOL_NOT_FOUND, PREFIX_LENGTH_OUT_OF_BOUNDS, PREFIX_OUTSIDE_SUBNET_POOL,
     *   GATEWAY_OUTSIDE_SUBNET, GATEWAY_NOT_ASSIGNABLE, GATEWAY_IN_ALLOCATION_POOL, ALLOCATION_POOL_OUTSIDE_SUBNET,
     *   ALLOCATION_POOLS_OVERLAP, ID_IN_USE, SUBNET_OVERLAP, SUBNET_POOL_EXHAUSTED, QUOTA_EXCEEDED.
     */
    create(input: SubnetInput, options?: MutationOptions): Promise<Subnet>
    /** Throws SUBNET_NOT_FOUND. One key probe. */
    get(id: string): Promise<Subnet>
    list(filter?: SubnetFilter, options?: ListOptions): Promise<Page<Subnet>>
    /**
     * Its prefix stays. Other allocation pools cost the addresses held, once; everything else is constant.
     * @throws IpamError SUBNET_NOT_FOUND, ADDRESS_IN_USE when somebody holds the new gateway, and of gateway and pools what
     *   `create` throws.
     */
    update(id: string, changes: SubnetChanges, options?: MutationOptions): Promise<SubnetUpdate>
    /**
     * With `cascade`, releases what is held in it: linear in the addresses held.
     * @throws IpamError SUBNET_NOT_FOUND, and without `cascade` SUBNET_IN_USE while addresses are held.
     */
    delete(id: string, options?: MutationOptions & { cascade?: boolean }): Promise<void>
  }
  readonly allocations: {
    /**
     * From one subnet, or from the first of several (at most 100) that has room. Always a list, all of it from one subnet.
     * Constant in the addresses held, in the size of the subnet and in how full it is, but for one bounded step more when nearly
     * everything is taken; linear in the addresses asked for.
     * @throws IpamError INVALID_REQUEST, INVALID_FIELD, INVALID_ADDRESS, INVALID_MAC, COUNT_OUT_OF_BOUNDS,
     *   DUPLICATE_IN_REQUEST, SUBNET_NOT_FOUND, IP_VERSION_MISMATCH, ADDRESS_OUTSIDE_SUBNET, ADDRESS_NOT_ASSIGNABLE,
     *   EUI64_NOT_POSSIBLE, ADDRESS_IN_USE, ADDRESS_RESERVED, SUBNET_EXHAUSTED, of several subnets ALL_SUBNETS_EXHAUSTED.
     */
    allocate(
      subnetIds: string | readonly string[],
      request: AddressRequestInput,
      attributes?: AllocationAttributes,
      options?: MutationOptions,
    ): Promise<readonly Allocation[]>
    /**
     * Free at once, or cooling for as long as the subnet says. Constant cost.
     * @throws IpamError INVALID_ADDRESS, SUBNET_NOT_FOUND, ALLOCATION_NOT_FOUND, also when another project holds it.
     */
    release(subnetId: string, address: string, options?: MutationOptions): Promise<void>
    /** Throws INVALID_ADDRESS, SUBNET_NOT_FOUND, ALLOCATION_NOT_FOUND. Two key probes. */
    get(subnetId: string, address: string): Promise<Allocation>
    /** By address. Of another project's shared subnet only the caller's own. Throws SUBNET_NOT_FOUND. */
    list(
      subnetId: string,
      filter?: AllocationFilter,
      options?: ListOptions,
    ): Promise<Page<Allocation>>
    /** Of one holder, or of several at once (at most 1,000, else INVALID_FIELD). Linear in what they hold. */
    listByHolder(
      holderKind: string,
      holderId: string | readonly string[],
    ): Promise<readonly Allocation[]>
  }
  /** Exact counts. Only the owner of a subnet or pool, and administrators, get them: they say what others do with it. */
  readonly utilization: {
    /** Throws SUBNET_NOT_FOUND. Linear in the subnet's pages, not in its addresses. */
    ofSubnet(id: string): Promise<SubnetUtilization>
    /** In the order asked; those that are not the caller's are left out. */
    ofSubnets(ids: readonly string[]): Promise<readonly SubnetUtilization[]>
    /** Throws SUBNET_POOL_NOT_FOUND. Linear in the subnets cut from it, an index entry each. */
    ofSubnetPool(id: string): Promise<SubnetPoolUtilization>
    /** Of the caller's project, for administrators of all. About a microsecond for each subnet and page. */
    total(): Promise<TotalUtilization>
  }
  readonly addresses: {
    /** Throws INVALID_ADDRESS. One index probe for each address scope. */
    lookup(address: string): Promise<AddressKnowledge>
    /**
     * Who held it in which subnet, oldest first; `at` (RFC 3339): only those who held it then. Linear in its events.
     * @throws IpamError INVALID_ADDRESS, INVALID_FIELD for `at`.
     */
    history(address: string, options?: { at?: string }): Promise<readonly AddressTenure[]>
  }
  /** Records of the application around the engine, in one transaction with everything else. They write no events. */
  readonly documents: {
    /** Throws INVALID_FIELD, and DOCUMENT_KEY_IN_USE when the id or the unique key is taken. Constant cost. */
    create(input: DocumentInput, options?: MutationOptions): Promise<Document>
    /** Throws DOCUMENT_NOT_FOUND. One key probe. */
    get(collection: string, id: string): Promise<Document>
    /**
     * Inside a transaction: reads it and keeps others from changing it (`share`), or from holding it too (`exclusive`).
     * Throws DOCUMENT_NOT_FOUND. One key probe.
     */
    hold(collection: string, id: string, lock: 'share' | 'exclusive'): Promise<Document>
    list(
      collection: string,
      filter?: DocumentFilter,
      options?: DocumentListOptions,
    ): Promise<Page<Document>>
    /** Linear in what is counted. */
    count(collection: string, filter?: DocumentFilter): Promise<number>
    /** Throws DOCUMENT_NOT_FOUND, DOCUMENT_KEY_IN_USE, INVALID_FIELD. Constant cost. */
    update(
      collection: string,
      id: string,
      changes: DocumentChanges,
      options?: MutationOptions,
    ): Promise<Document>
    /** Throws DOCUMENT_NOT_FOUND. Constant cost. */
    delete(collection: string, id: string, options?: MutationOptions): Promise<void>
  }
  readonly events: {
    /**
     * In order, from after a cursor or from the first; `limit`: 1 to 1,000, default 100. A page may be short or empty though
     * more follow: go on with its cursor. Throws INVALID_CURSOR, INVALID_FIELD.
     */
    list(options?: { after?: string; limit?: number }): Promise<EventPage>
  }
  /** The hash chain over the events. */
  readonly audit: {
    /** Seals what was committed since; some process has to call it now and then, as the server does every second. */
    seal(): Promise<{ sealed: number }>
    /** The end of the chain; kept elsewhere, it shows later whether anything before it was bent. */
    head(): Promise<AuditHead>
    /** Works the chain out again and names the first place where it breaks. Linear in the events. For administrators. */
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
    /** Everything that the caller may see. Linear in it. */
    export(): Promise<Plan>
    /** What `apply` would do, done and taken back. Throws INVALID_FIELD for a plan of another format. */
    preview(plan: Plan, options?: Pick<PlanOptions, 'onProgress' | 'signal'>): Promise<PlanReport>
    /**
     * Makes what the plan names and the database lacks, in one transaction. Linear in the plan.
     * @throws IpamError INVALID_FIELD, and PLAN_CONFLICT when an entry contradicts what is stored: nothing was applied then.
     */
    apply(plan: Plan, options?: PlanOptions): Promise<PlanReport>
  }
  /** Statements of the store since it was opened, for metrics. */
  readonly counters: Readonly<StoreCounters>
  /** On whose behalf this view works. */
  readonly caller: Caller
  /** True for a view made by `within` or `transaction`: what it does is committed or undone by somebody else. */
  readonly isJoined: boolean
  /** Proves that all stored facts agree. Linear in everything stored. For administrators: INVALID_REQUEST for others. */
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
   * with it. `handle` is the connection of the database's client library. Nothing is retried in there. Without an
   * open transaction on it, this or what is done through the view throws INVALID_REQUEST.
   */
  within(handle: unknown): Ipam
  /**
   * Several operations in one transaction of the engine's own, retried as a whole. `work` must do nothing but use the view
   * that it is given. It may catch what an operation refuses and go on; a failing database ends the transaction all the same.
   */
  transaction<T>(work: (ipam: Ipam) => Promise<T>): Promise<T>
  /** Several reads that see one state of the database. `work` must do nothing but read through the view that it is given. */
  snapshot<T>(work: (ipam: Ipam) => Promise<T>): Promise<T>
  /** Waits for what is under way and closes the store. */
  close(): Promise<void>
}
