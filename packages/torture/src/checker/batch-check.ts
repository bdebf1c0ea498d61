import { type AddressRegister, takenBy } from './address-register.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

/** K4: a request has as many different addresses as it asked for, all in one subnet, or none. */
export function checkBatches(
  history: RunHistory,
  registers: readonly AddressRegister[],
): Violation[] {
  const ended = new Set(
    registers.flatMap(({ subnetId, address, calls }) =>
      calls.some(({ effect }) => effect.kind === 'release' || effect.kind === 'delete')
        ? [`${subnetId} ${address}`]
        : [],
    ),
  )
  const held = Map.groupBy(
    history.final.allocations.filter(({ isHeld }) => isHeld),
    ({ holderId }) => holderId,
  )
  const violations: Violation[] = []
  for (const recorded of history.operations) {
    if (recorded.operation.kind !== 'allocate') continue
    const message = defectOf(history, recorded, ended, held.get(recorded.id)?.length ?? 0)
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
  ended: ReadonlySet<string>,
  rows: number,
): string | null {
  const { operation, answer, outcome } = recorded
  if (operation.kind !== 'allocate') return null
  const wanted = operation.request.kind === 'bulk' ? operation.request.count : 1
  if (answer?.kind === 'allocate' && new Set(answer.addresses).size !== wanted)
    return `The answer has ${new Set(answer.addresses).size} different addresses of ${wanted}.`
  if (operation.ttlSeconds !== undefined) return null
  const taken = takenBy(history, recorded)
  // What somebody gave back is no part that is missing.
  const givenBack = taken.filter(({ subnetId, address }) => ended.has(`${subnetId} ${address}`))
  const isWhole = rows + givenBack.length >= wanted
  if (rows > 0 && !isWhole)
    return `In the end ${rows} of its ${wanted} addresses are held, and nobody gave the others back.`
  if (outcome === 'unknown' && taken.length !== 0 && taken.length !== wanted)
    return `Of a batch whose outcome is not known, ${taken.length} of ${wanted} addresses were taken.`
  if (new Set(taken.map(({ subnetId }) => subnetId)).size > 1)
    return 'Its addresses come from more than one subnet.'
  return null
}
