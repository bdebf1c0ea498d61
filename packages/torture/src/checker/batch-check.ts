import { countOf } from '../history-record.ts'
import { type AddressRegister, takenBy } from './address-register.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

/** K4: a request has as many different addresses as it asked for, all in one subnet, or none. */
export function checkBatches(
  history: RunHistory,
  registers: readonly AddressRegister[],
): Violation[] {
  // Until when each address may have been given back.
  const lastEnds = new Map(
    registers.map(({ subnetId, address, calls }) => [
      `${subnetId} ${address}`,
      calls.reduce(
        (latest, { effect, until }) =>
          effect.kind === 'release' || effect.kind === 'delete' ? Math.max(latest, until) : latest,
        Number.NEGATIVE_INFINITY,
      ),
    ]),
  )
  const held = Map.groupBy(
    history.final.allocations.filter(({ isHeld }) => isHeld),
    ({ holderId }) => holderId,
  )
  const violations: Violation[] = []
  for (const recorded of history.operations) {
    if (recorded.operation.kind !== 'allocate') continue
    const message = defectOf(history, recorded, lastEnds, held.get(recorded.id)?.length ?? 0)
    if (message !== null)
      violations.push({
        property: 'K4',
        subject: `request ${recorded.id}`,
        message,
        evidence: evidenceOfAll([recorded]),
      })
  }
  return violations
}

function defectOf(
  history: RunHistory,
  recorded: RecordedOperation,
  lastEnds: ReadonlyMap<string, number>,
  rows: number,
): string | null {
  const { operation, answer, outcome, from } = recorded
  if (operation.kind !== 'allocate') return null
  const wanted = countOf(operation.request)
  if (answer?.kind === 'allocate') {
    const different = new Set(answer.addresses).size
    if (different !== wanted || answer.addresses.length !== wanted)
      return `The answer has ${answer.addresses.length} addresses, ${different} of them different; ${wanted} were asked for.`
  }
  const taken = takenBy(history, recorded)
  if (outcome === 'unknown' && taken.length !== 0 && taken.length !== wanted)
    return `Of a batch whose outcome is not known, ${taken.length} of ${wanted} addresses were taken.`
  if (new Set(taken.map(({ subnetId }) => subnetId)).size > 1)
    return 'Its addresses come from more than one subnet.'
  // A lease gives every one back.
  if (operation.ttlSeconds !== undefined) return null
  // What somebody gave back is no part that is missing.
  const givenBack = taken.filter(
    ({ subnetId, address }) => (lastEnds.get(`${subnetId} ${address}`) ?? from) > from,
  )
  if (rows > 0 && rows + givenBack.length < wanted)
    return `In the end ${rows} of its ${wanted} addresses are held, and nobody gave the others back.`
  return null
}
