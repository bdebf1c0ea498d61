import type { FinalEvent, FinalState } from './checker/final-state.ts'
import type { FeedEvent, TargetClient } from './target-client.ts'
import { loadProject, type Topology } from './topology.ts'

const patienceMs = 60_000
const pauseMs = 150

/** Where the feed ends now, or a little earlier. Linear in the events that are stored. */
export async function feedEnd(client: TargetClient): Promise<string | undefined> {
  for (let end: string | undefined; ; ) {
    const page = await client.readEvents(end)
    if (page.items.length === 0) return end
    end = page.nextCursor
  }
}

/**
 * Waits until no lease runs and nothing cools, and reads what is stored of the run.
 * Throws Error when that does not come about within a minute.
 */
export async function readFinalState(
  client: TargetClient,
  topology: Topology,
  feedStart: string | undefined,
): Promise<FinalState> {
  await settle(client, topology)
  const plan = await client.exportPlan()
  const planned = plan.subnets.filter(({ addressScope }) =>
    topology.addressScopeIds.includes(addressScope),
  )
  const subnets = []
  for (const subnet of planned)
    subnets.push({
      id: subnet.key,
      name: subnet.name ?? '',
      addressScopeId: subnet.addressScope,
      cidr: subnet.cidr,
      gateway: subnet.gateway ?? null,
      allocationPools: subnet.allocationPools ?? [],
      counts: await client.utilizationOf(subnet.key),
    })
  const ids = new Set(planned.map(({ key }) => key))
  const events = await readFeed(client, topology, feedStart)
  const report = await client.check()
  const audit = await client.verifyAudit()
  return {
    subnetPools: plan.subnetPools
      .filter(({ addressScope }) => topology.addressScopeIds.includes(addressScope))
      .map(({ key, prefixes }) => ({ id: key, prefixes })),
    subnets,
    allocations: plan.allocations
      .filter(({ subnet }) => ids.has(subnet))
      .map(({ subnet, address, state, holder }) => ({
        subnetId: subnet,
        address,
        isHeld: state !== 'cooling',
        holderId: holder?.id ?? '',
      })),
    events: eventsOf(events, topology),
    problems: [
      ...report.problems.map(({ kind, message }) => `${kind}: ${message}`),
      ...(report.ok || report.problems.length > 0 ? [] : ['the check failed without a problem']),
      ...(audit.ok ? [] : [`audit: ${audit.firstBroken?.message ?? 'the chain does not hold'}`]),
    ],
  }
}

/** Waits until no lease runs and nothing cools, in two looks one after the other. */
async function settle(client: TargetClient, topology: Topology): Promise<void> {
  const ids = new Set(topology.subnets.map(({ id }) => id))
  const giveUpAt = performance.now() + patienceMs
  for (let quietLooks = 0; ; ) {
    await endLeases(client, topology.runId)
    const { allocations } = await client.exportPlan()
    const isWaiting = allocations.some(
      ({ subnet, expiresAt }) => ids.has(subnet) && (expiresAt ?? null) !== null,
    )
    quietLooks = isWaiting ? 0 : quietLooks + 1
    if (quietLooks === 2) return
    if (performance.now() > giveUpAt) throw new Error('Leases or cooling times do not end.')
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

// Whether that failed shows in what is left.
async function endLeases(client: TargetClient, runId: string): Promise<void> {
  await client
    .perform({
      operationId: `${runId}-settle`,
      projectId: loadProject,
      idempotencyKey: null,
      operation: { kind: 'reap' },
    })
    .catch(() => undefined)
}

/**
 * All events up to one that is made now. A feed may hold events back for as long as an earlier one may still come; once
 * it gives this last one, it has given all.
 */
async function readFeed(
  client: TargetClient,
  topology: Topology,
  start: string | undefined,
): Promise<FeedEvent[]> {
  const last = await client.createAddressScope(`torture ${topology.runId} end`, 4)
  const giveUpAt = performance.now() + patienceMs
  const events: FeedEvent[] = []
  for (let end = start; ; ) {
    const page = await client.readEvents(end)
    for (const event of page.items) events.push(event)
    if (page.items.some(({ recordId }) => recordId === last)) return events
    if (performance.now() > giveUpAt) throw new Error('The feed does not come to its end.')
    end = page.nextCursor
    if (page.items.length === 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

interface RecordState {
  readonly addressScopeId?: string
  readonly name?: string
  readonly state?: string
  readonly holder?: { readonly id?: string } | null
}

/** The events of the run's own records. */
function eventsOf(events: readonly FeedEvent[], topology: Topology): FinalEvent[] {
  const scopeIds = new Set(topology.addressScopeIds)
  const subnetIds = new Set(topology.subnets.map(({ id }) => id))
  const found: FinalEvent[] = []
  for (const event of events) {
    const { action, recordKind, recordId, address, requestId } = event
    const after = (event.after ?? {}) as RecordState
    const state = (event.after ?? event.before ?? {}) as RecordState
    const add = (kind: FinalEvent['recordKind'], operationId: string) =>
      found.push({
        action,
        recordKind: kind,
        recordId,
        address,
        operationId,
        requestId,
        cools: after.state === 'cooling',
      })
    switch (recordKind) {
      case 'address-scope':
        if (scopeIds.has(recordId)) add(recordKind, '')
        break
      case 'subnet-pool':
        if (scopeIds.has(state.addressScopeId ?? '')) add(recordKind, '')
        break
      case 'subnet':
        if (!scopeIds.has(state.addressScopeId ?? '')) break
        subnetIds.add(recordId)
        add(recordKind, state.name ?? '')
        break
      case 'allocation':
        if (subnetIds.has(recordId)) add(recordKind, holderOf(event))
    }
  }
  return found
}

function holderOf({ before, after }: FeedEvent): string {
  const { holder: was } = (before ?? {}) as RecordState
  const { holder: is } = (after ?? {}) as RecordState
  return is?.id ?? was?.id ?? ''
}
