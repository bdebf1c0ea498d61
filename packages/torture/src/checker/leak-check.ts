import type { AddressRegister } from './address-register.ts'
import { evidenceOfAll, type RecordedOperation } from './operation-history.ts'
import { isOfFaults } from './refusal-check.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

/**
 * K3: every row belongs to a request that took it, and to none that gave it back; the same key has the same answer and
 * one effect.
 */
export function checkLeaks(
  history: RunHistory,
  registers: readonly AddressRegister[],
): Violation[] {
  return [...leakedRows(history, registers), ...leakedSubnets(history), ...otherAnswers(history)]
}

function leakedRows(history: RunHistory, registers: readonly AddressRegister[]): Violation[] {
  const byAddress = new Map(
    registers.map((register) => [`${register.subnetId} ${register.address}`, register]),
  )
  const violations: Violation[] = []
  for (const { subnetId, address, isHeld, holderId } of history.final.allocations) {
    if (!isHeld) continue
    const report = (message: string, sources: readonly RecordedOperation[]) => {
      const subject = `${address} in subnet ${subnetId}`
      violations.push({ property: 'K3', subject, message, evidence: evidenceOfAll(sources) })
    }
    const owner = history.byId.get(holderId)
    if (owner === undefined || owner.operation.kind !== 'allocate') {
      report(`The address is held by "${holderId}", and no request asked for it.`, [])
      continue
    }
    if (owner.outcome === 'fail') report('A request that failed holds the address.', [owner])
    const { answer } = owner
    const isAnswered =
      answer?.kind === 'allocate' &&
      answer.subnetId === subnetId &&
      answer.addresses.includes(address)
    if (owner.outcome === 'ok' && !isAnswered)
      report('A request holds an address that its answer does not name.', [owner])
    if (owner.operation.ttlSeconds !== undefined)
      report('The lease of the address is over, and it is still held.', [owner])
    const release = byAddress
      .get(`${subnetId} ${address}`)
      ?.calls.find(
        (call) =>
          call.effect.kind === 'release' && call.source.outcome === 'ok' && call.from > owner.until,
      )
    if (release !== undefined)
      report('The release of the address was acknowledged, and it is still held.', [
        owner,
        release.source,
      ])
  }
  return violations
}

function leakedSubnets({ byId, subnets, final }: RunHistory): Violation[] {
  const violations: Violation[] = []
  for (const { id, name, cidr } of final.subnets) {
    const known = subnets.get(id)
    const maker = known?.createdBy ?? byId.get(name)
    const report = (message: string, sources: readonly RecordedOperation[]) => {
      const subject = `subnet ${cidr} (${id})`
      violations.push({ property: 'K3', subject, message, evidence: evidenceOfAll(sources) })
    }
    if (known === undefined && maker?.outcome !== 'unknown')
      report('No request that could have succeeded asked for the subnet.', maker ? [maker] : [])
    const deletion = known?.deletions.find(({ outcome }) => outcome === 'ok')
    if (deletion !== undefined)
      report('The deletion of the subnet was acknowledged, and it is still there.', [deletion])
  }
  return violations
}

function otherAnswers({ operations }: RunHistory): Violation[] {
  const violations: Violation[] = []
  for (const operation of operations) {
    const answers = operation.attempts.filter(({ outcome }) => outcome === 'ok')
    const [first] = answers
    const report = (message: string) =>
      violations.push({
        property: 'K3',
        subject: `request ${operation.id}`,
        message,
        evidence: evidenceOfAll([operation]),
      })
    if (answers.some(({ answer }) => JSON.stringify(answer) !== JSON.stringify(first?.answer)))
      report('The same request under the same key had different answers.')
    const refused = operation.attempts.find(
      ({ outcome, code, from }) =>
        outcome === 'fail' && from > operation.until && !isOfFaults(code),
    )
    if (operation.outcome === 'ok' && refused !== undefined)
      report('The request was refused after it had succeeded under the same key.')
  }
  return violations
}
