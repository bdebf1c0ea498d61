import type { FinalEvent, FinalState } from './checker/final-state.ts'
import type { FeedEvent, TargetClient } from './target-client.ts'
import { loadProject, type Topology } from './topology.ts'

const patienceMs = 60_000
const pauseMs = 150

/** Where the feed ends now. Linear in the events that are stored. */
export async function feedEnd(client: TargetClient, start?: string): Promise<string | undefined> {
  return (await readFeed(client, start)).end
}

/**
 * Waits until nothing changes any more, no lease runs and nothing cools, and reads what is stored of the run.
 * Throws Error when that does not come about within a minute.
 */
export async function readFinalState(
  client: TargetClient,
  topology: Topology,
  feedStart: string | undefined,
): Promise<FinalState> {
  await settle(client, topology, feedStart)
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
  const { events } = await readFeed(client, feedStart)
  const report = await client.check()
  return {
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
    ],
  }
}

async function settle(
  client: TargetClient,
  topology: Topology,
  feedStart: string | undefined,
): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (let end = feedStart; ; ) {
    await endLeases(client, topology.runId)
    const plan = await client.exportPlan()
    const ids = new Set(topology.subnets.map(({ id }) => id))
    const waiting = plan.allocations.filter(
      ({ subnet, expiresAt }) => ids.has(subnet) && (expiresAt ?? null) !== null,
    )
    const newEnd = await feedEnd(client, end)
    if (waiting.length === 0 && newEnd === end) return
    if (performance.now() > deadline)
      throw new Error(
        waiting.length > 0
          ? `${waiting.length} leases or cooling times do not end.`
          : 'Changes go on a minute after the last call.',
      )
    end = newEnd
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

async function readFeed(
  client: TargetClient,
  start: string | undefined,
): Promise<{ events: FeedEvent[]; end: string | undefined }> {
  const events: FeedEvent[] = []
  for (let end = start; ; ) {
    const page = await client.readEvents(end)
    for (const event of page.items) events.push(event)
    if (page.items.length === 0) return { events, end }
    end = page.nextCursor
  }
}

interface RecordState {
  readonly addressScopeId?: string
  readonly name?: string
  readonly holder?: { readonly id?: string } | null
}

function eventsOf(events: readonly FeedEvent[], topology: Topology): FinalEvent[] {
  const subnetIds = new Set(topology.subnets.map(({ id }) => id))
  const found: FinalEvent[] = []
  for (const event of events) {
    const state = (event.after ?? event.before ?? {}) as RecordState
    const { action, recordKind, recordId, requestId } = event
    if (recordKind === 'subnet' && topology.addressScopeIds.includes(state.addressScopeId ?? '')) {
      subnetIds.add(recordId)
      const operationId = state.name ?? ''
      found.push({ action, recordKind, subnetId: recordId, address: null, operationId, requestId })
    }
    if (recordKind === 'allocation' && subnetIds.has(recordId))
      found.push({
        action,
        recordKind,
        subnetId: recordId,
        address: event.address,
        operationId: holderOf(event),
        requestId,
      })
  }
  return found
}

function holderOf({ before, after }: FeedEvent): string {
  const { holder: was } = (before ?? {}) as RecordState
  const { holder: is } = (after ?? {}) as RecordState
  return is?.id ?? was?.id ?? ''
}
