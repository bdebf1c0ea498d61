import { takenBy } from './address-register.ts'
import type { FinalEvent } from './final-state.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import { checkRecordEvents } from './record-event-check.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

/**
 * K7: one event for each change of any record and none for what failed, in an order that real time allows; per address
 * they tell one life after the other.
 */
export function checkEvents(history: RunHistory): Violation[] {
  const events = history.final.events.filter(({ recordKind }) => recordKind === 'allocation')
  const byAddress = Map.groupBy(events, ({ recordId, address }) => placeOf(recordId, address))
  return [
    ...allocationEvents(history, events),
    ...releaseEvents(history, byAddress),
    ...[...byAddress.values()].flatMap((life) => lifeOf(history, life)),
    ...checkRecordEvents(history),
    ...eventsOfFailures(history),
    ...(history.isFeedOrdered ? disorder(history) : []),
  ]
}

/** What a request does by itself; leases that are over and what has cooled may end in the course of any. */
const ownActions: ReadonlySet<string> = new Set([
  'allocated',
  'released',
  'created',
  'updated',
  'deleted',
])

function eventsOfFailures({ final, byId }: RunHistory): Violation[] {
  const seen = new Set<RecordedOperation>()
  for (const { action, requestId } of final.events) {
    const source = requestId === null ? undefined : byId.get(requestId)
    if (source?.outcome === 'fail' && ownActions.has(action)) seen.add(source)
  }
  return [...seen].map((source) =>
    violation(`request ${source.id}`, 'It failed, and an event says what it did.', [source]),
  )
}

/** Over all records: no event stands before that of a change that was answered when its own was asked for. */
function disorder(history: RunHistory): Violation[] {
  let latest: RecordedOperation | undefined
  for (const event of history.final.events) {
    const source = sourceOf(history, event)
    if (source === undefined) continue
    if (latest !== undefined && source.until < latest.from)
      return [
        violation('the feed', 'Its events are in another order than the calls.', [source, latest]),
      ]
    if (latest === undefined || source.from > latest.from) latest = source
  }
  return []
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

/** Each success has exactly the events of its addresses, each failure none (also where the feed does not name requests). */
function allocationEvents(history: RunHistory, events: readonly FinalEvent[]): Violation[] {
  const violations: Violation[] = []
  const allocated = Map.groupBy(
    events.filter(({ action }) => action === 'allocated'),
    ({ operationId }) => operationId,
  )
  for (const recorded of history.operations) {
    if (recorded.operation.kind !== 'allocate') continue
    const own = allocated.get(recorded.id) ?? []
    const found = own.map(({ recordId, address }) => placeOf(recordId, address)).sort()
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

/** What the events of an address say of it: who holds it, or that nobody does and it cools. */
interface Standing {
  readonly holder: string | null
  readonly cools: boolean
}

/** One address: taken, given back, taken again; and no event before one whose call had ended when its own began. */
function lifeOf(history: RunHistory, life: readonly FinalEvent[]): Violation[] {
  const [{ recordId: subnetId, address }] = life as [FinalEvent]
  const subject = `${address ?? 'no address'} in subnet ${subnetId}`
  let standing: Standing = { holder: null, cools: false }
  let latest: RecordedOperation | undefined
  for (const event of life) {
    const source = sourceOf(history, event)
    const wrong = contradiction(standing, event)
    if (wrong !== null)
      return [violation(subject, wrong, [history.byId.get(standing.holder ?? ''), source])]
    if (source !== undefined && latest !== undefined && source.until < latest.from)
      return [
        violation(subject, 'Its events are in another order than the calls.', [source, latest]),
      ]
    if (source !== undefined && (latest === undefined || source.from > latest.from)) latest = source
    standing = {
      holder: event.action === 'allocated' ? event.operationId : null,
      cools: event.cools,
    }
  }
  const row = history.final.allocations.find(
    (each) => each.subnetId === subnetId && each.address === address,
  )
  const shown = described({
    holder: row?.isHeld === true ? row.holderId : null,
    cools: row?.isHeld === false,
  })
  return shown === described(standing)
    ? []
    : [
        violation(subject, `By the events ${described(standing)}, by the rows ${shown}.`, [
          history.byId.get(standing.holder ?? ''),
          history.byId.get(row?.holderId ?? ''),
        ]),
      ]
}

function contradiction(
  { holder, cools }: Standing,
  { action, operationId }: FinalEvent,
): string | null {
  switch (action) {
    case 'allocated':
      if (holder !== null) return 'It was allocated twice without an end between.'
      return cools ? 'It was allocated while it cooled.' : null
    case 'freed':
      if (holder !== null) return 'It was freed while somebody held it.'
      return cools ? null : 'It was freed though it did not cool.'
    default:
      if (holder === null) return `It was ${action} while nobody held it.`
      return holder === operationId
        ? null
        : `It was ${action} as that of "${operationId}" while "${holder}" held it.`
  }
}

function described({ holder, cools }: Standing): string {
  if (holder !== null) return `"${holder}" holds it`
  return cools ? 'it cools' : 'nobody holds it'
}

/** The request that made a change, where that is certain. */
function sourceOf({ byId }: RunHistory, event: FinalEvent): RecordedOperation | undefined {
  const named = event.requestId === null ? undefined : byId.get(event.requestId)
  if (named !== undefined || event.action !== 'allocated') return named
  return byId.get(event.operationId)
}
