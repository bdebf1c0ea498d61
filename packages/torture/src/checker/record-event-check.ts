import type { FinalEvent } from './final-state.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

/** A record of the run, and the requests that made, changed and deleted it, or may have. */
interface ChangedRecord {
  readonly subject: string
  readonly createdBy: RecordedOperation | null
  readonly changes: readonly RecordedOperation[]
  readonly deletions: readonly RecordedOperation[]
}

/**
 * K7 for address scopes, subnet pools and subnets: one event of its creation for each, and one for each change and for its
 * deletion; also for a change to what it was already.
 */
export function checkRecordEvents(history: RunHistory): Violation[] {
  const events = Map.groupBy(
    history.final.events.filter(({ recordKind }) => recordKind !== 'allocation'),
    ({ recordId }) => recordId,
  )
  const records = recordsOf(history)
  return [
    ...[...records].flatMap(([id, record]) => miscounted(record, events.get(id) ?? [])),
    ...[...events].flatMap(([id, own]) => (records.has(id) ? [] : unasked(history, id, own))),
  ]
}

function recordsOf({ operations, topology, subnets, deletions }: RunHistory) {
  const changesOf = Map.groupBy(operations, ({ operation }) => {
    if (operation.kind === 'set-allocation-pools') return operation.subnetId
    return operation.kind === 'set-prefixes' ? operation.subnetPoolId : ''
  })
  const records = new Map<string, ChangedRecord>()
  const add = (id: string, subject: string, createdBy: RecordedOperation | null) =>
    records.set(id, {
      subject,
      createdBy,
      changes: changesOf.get(id) ?? [],
      deletions: deletions.get(id) ?? [],
    })
  for (const id of topology.addressScopeIds) add(id, `address scope ${id}`, null)
  for (const { id, role } of topology.subnetPools) add(id, `subnet pool "${role}" (${id})`, null)
  for (const { id, cidr, createdBy } of subnets.values())
    add(id, `subnet ${cidr} (${id})`, createdBy)
  return records
}

function miscounted(record: ChangedRecord, events: readonly FinalEvent[]): Violation[] {
  const { subject, createdBy, changes, deletions } = record
  const created = events.filter(({ action }) => action === 'created')
  const updated = events.filter(({ action }) => action === 'updated')
  const deleted = events.filter(({ action }) => action === 'deleted')
  const violations: Violation[] = []
  const report = (message: string, sources: readonly (RecordedOperation | null)[]) => {
    const evidence = evidenceOfAll(sources.filter((source) => source !== null))
    violations.push({ property: 'K7', subject, message, evidence })
  }
  if (created.length !== 1) report(`It has ${created.length} events of its creation.`, [createdBy])
  const certain = changes.filter(({ outcome }) => outcome === 'ok').length
  if (!isPossible(updated, changes))
    report(
      `${certain} changes were acknowledged, and it has ${updated.length} events of changes.`,
      changes.filter(({ outcome }) => outcome !== 'fail'),
    )
  const gone = deletions.filter(({ outcome }) => outcome === 'ok').length
  if (!isPossible(deleted, deletions))
    report(`${gone} deletions were acknowledged, and it has ${deleted.length} events of them.`, [
      createdBy,
      ...deletions,
    ])
  return violations
}

/** One event for each success, at most one for each request that may have had one, and never two of the same request. */
function isPossible(
  events: readonly FinalEvent[],
  requests: readonly RecordedOperation[],
): boolean {
  const certain = requests.filter(({ outcome }) => outcome === 'ok').length
  const possible = requests.filter(({ outcome }) => outcome !== 'fail').length
  const ids = new Set(requests.map(({ id }) => id))
  const named = events.flatMap(({ requestId }) =>
    requestId !== null && ids.has(requestId) ? [requestId] : [],
  )
  return (
    certain <= events.length && events.length <= possible && new Set(named).size === named.length
  )
}

/** A record that no answer names: made once, by a request whose outcome nobody knows. */
function unasked(
  { byId, deletions }: RunHistory,
  id: string,
  events: readonly FinalEvent[],
): Violation[] {
  const [{ recordKind, operationId }] = events as [FinalEvent]
  const maker = recordKind === 'subnet' ? byId.get(operationId) : undefined
  const subject = `${recordKind} ${id}`
  if (maker?.operation.kind === 'create-subnet' && maker.outcome === 'unknown')
    return miscounted(
      { subject, createdBy: maker, changes: [], deletions: deletions.get(id) ?? [] },
      events,
    )
  return [
    {
      property: 'K7',
      subject,
      message: 'It has events, and no request that could have succeeded made it.',
      evidence: evidenceOfAll(maker === undefined ? [] : [maker]),
    },
  ]
}
