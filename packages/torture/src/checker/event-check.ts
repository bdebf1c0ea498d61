import { takenBy } from './address-register.ts'
import type { FinalEvent } from './final-state.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

/** K7: one event for each change, in an order that real time allows; per address they tell one life after the other. */
export function checkEvents(history: RunHistory): Violation[] {
  const events = history.final.events.filter(({ recordKind }) => recordKind === 'allocation')
  const byAddress = Map.groupBy(events, ({ subnetId, address }) => placeOf(subnetId, address))
  return [
    ...allocationEvents(history, events),
    ...releaseEvents(history, byAddress),
    ...[...byAddress.values()].flatMap((life) => lifeOf(history, life)),
    ...subnetEvents(history),
    ...changeEvents(history),
  ]
}

function violation(
  subject: string,
  message: string,
  sources: readonly (RecordedOperation | undefined)[] = [],
): Violation {
  const operations = sources.filter((source) => source !== undefined)
  return { property: 'K7', subject, message, evidence: evidenceOfAll(operations) }
}

function placeOf(subnetId: string, address: string | null): string {
  return `${subnetId} ${address ?? ''}`
}

/** Each success has exactly the events of its addresses, each failure none. */
function allocationEvents(history: RunHistory, events: readonly FinalEvent[]): Violation[] {
  const violations: Violation[] = []
  const allocated = Map.groupBy(
    events.filter(({ action }) => action === 'allocated'),
    ({ operationId }) => operationId,
  )
  for (const recorded of history.operations) {
    if (recorded.operation.kind !== 'allocate') continue
    const own = allocated.get(recorded.id) ?? []
    const found = own.map(({ subnetId, address }) => placeOf(subnetId, address)).sort()
    if (recorded.outcome === 'fail' && own.length > 0)
      violations.push(violation(`request ${recorded.id}`, 'It failed and has events.', [recorded]))
    const wanted = takenBy(history, recorded).map((taken) => `${taken.subnetId} ${taken.address}`)
    if (recorded.outcome === 'ok' && found.join() !== wanted.sort().join())
      violations.push(
        violation(
          `request ${recorded.id}`,
          `Its ${wanted.length} addresses have ${found.length} events, of other addresses or other in number.`,
          [recorded],
        ),
      )
  }
  for (const id of allocated.keys())
    if (history.byId.get(id)?.operation.kind !== 'allocate')
      violations.push(
        violation(`request ${id}`, `An event names "${id}", which is no request of the run.`),
      )
  return violations
}

function releaseEvents(
  history: RunHistory,
  byAddress: ReadonlyMap<string, readonly FinalEvent[]>,
): Violation[] {
  const violations: Violation[] = []
  const releases = Map.groupBy(
    history.operations.filter(({ operation }) => operation.kind === 'release'),
    ({ operation }) =>
      operation.kind === 'release' ? `${operation.subnetId} ${operation.address}` : '',
  )
  for (const [key, life] of byAddress) {
    const found = life.filter(({ action }) => action === 'released').length
    const own = releases.get(key) ?? []
    const [subnetId = ''] = key.split(' ')
    const mayBeMore =
      own.filter(({ outcome }) => outcome === 'unknown').length +
      (history.deletions.get(subnetId)?.length ?? 0)
    const certain = own.filter(({ outcome }) => outcome === 'ok')
    if (found < certain.length || found > certain.length + mayBeMore)
      violations.push(
        violation(
          key,
          `${certain.length} releases were acknowledged, and there are ${found} events of releases.`,
          certain,
        ),
      )
  }
  return violations
}

/** One address: taken, given back, taken again; and no event before one whose call had ended when its own began. */
function lifeOf(history: RunHistory, life: readonly FinalEvent[]): Violation[] {
  const [{ subnetId, address }] = life as [FinalEvent]
  const subject = `${address ?? 'no address'} in subnet ${subnetId}`
  let holder: string | null = null
  let latest: RecordedOperation | undefined
  for (const event of life) {
    const source = sourceOf(history, event)
    if (event.action === 'allocated' && holder !== null)
      return [
        violation(subject, 'It was allocated twice without an end between.', [
          history.byId.get(holder),
          source,
        ]),
      ]
    if ((event.action === 'released' || event.action === 'expired') && holder === null)
      return [violation(subject, `It was ${event.action} while nobody held it.`, [source])]
    if (event.action === 'freed' && holder !== null)
      return [violation(subject, 'It was freed while somebody held it.', [source])]
    if (source !== undefined && latest !== undefined && source.until < latest.from)
      return [
        violation(subject, 'Its events are in another order than the calls.', [source, latest]),
      ]
    if (source !== undefined && (latest === undefined || source.from > latest.from)) latest = source
    holder = event.action === 'allocated' ? event.operationId : null
  }
  const row = history.final.allocations.find(
    (each) => each.isHeld && each.subnetId === subnetId && each.address === address,
  )
  const rowHolder = row?.holderId ?? null
  return rowHolder === holder
    ? []
    : [
        violation(
          subject,
          `By the events ${holder ?? 'nobody'} holds it, by the rows ${rowHolder ?? 'nobody'}.`,
          [history.byId.get(holder ?? ''), history.byId.get(rowHolder ?? '')],
        ),
      ]
}

/** The request that made a change, where that is certain. */
function sourceOf({ byId }: RunHistory, event: FinalEvent): RecordedOperation | undefined {
  const named = event.requestId === null ? undefined : byId.get(event.requestId)
  if (named !== undefined || event.action !== 'allocated') return named
  return byId.get(event.operationId)
}

function subnetEvents(history: RunHistory): Violation[] {
  const violations: Violation[] = []
  const events = Map.groupBy(
    history.final.events.filter(({ recordKind }) => recordKind === 'subnet'),
    ({ subnetId }) => subnetId,
  )
  for (const { id, cidr, createdBy, deletions } of history.subnets.values()) {
    if (createdBy === null) continue
    const actions = (events.get(id) ?? []).map(({ action }) => action)
    const created = actions.filter((action) => action === 'created').length
    const gone = actions.filter((action) => action === 'deleted').length
    const acknowledged = deletions.filter(({ outcome }) => outcome === 'ok').length
    const unknown = deletions.filter(({ outcome }) => outcome === 'unknown').length
    if (created !== 1 || gone < acknowledged || gone > acknowledged + unknown)
      violations.push(
        violation(
          `subnet ${cidr} (${id})`,
          `It has ${created} events of its creation and ${gone} of its deletion, for ${acknowledged} acknowledged deletions.`,
          [createdBy, ...deletions],
        ),
      )
  }
  return violations
}

/** A change of a subnet's allocation pools leaves an event each time, also when the pools are what they were. */
function changeEvents(history: RunHistory): Violation[] {
  const violations: Violation[] = []
  const changes = Map.groupBy(
    history.operations.filter(({ operation }) => operation.kind === 'set-allocation-pools'),
    ({ operation }) => (operation.kind === 'set-allocation-pools' ? operation.subnetId : ''),
  )
  const events = Map.groupBy(
    history.final.events.filter(
      ({ recordKind, action }) => recordKind === 'subnet' && action === 'updated',
    ),
    ({ subnetId }) => subnetId,
  )
  for (const { id, cidr } of history.subnets.values()) {
    const own = changes.get(id) ?? []
    const certain = own.filter(({ outcome }) => outcome === 'ok')
    const unknown = own.filter(({ outcome }) => outcome === 'unknown')
    const found = events.get(id)?.length ?? 0
    if (found < certain.length || found > certain.length + unknown.length)
      violations.push(
        violation(
          `subnet ${cidr} (${id})`,
          `${certain.length} changes were acknowledged, and there are ${found} events of changes.`,
          [...certain, ...unknown],
        ),
      )
  }
  return violations
}
