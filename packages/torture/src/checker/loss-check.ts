import type { AddressRegister, RegisterCall } from './address-register.ts'
import { evidenceOfAll } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

/**
 * K2: what was acknowledged, and not surely given up or possibly ended later, is in the final state, with its holder. Leases
 * have all ended by then.
 */
export function checkLosses(
  history: RunHistory,
  registers: readonly AddressRegister[],
): Violation[] {
  const rows = new Map(
    history.final.allocations
      .filter(({ isHeld }) => isHeld)
      .map(({ subnetId, address, holderId }) => [`${subnetId} ${address}`, holderId]),
  )
  const violations: Violation[] = []
  for (const { subnetId, address, calls } of registers) {
    const holder = rows.get(`${subnetId} ${address}`)
    for (const call of calls) {
      if (!mustRemain(call, calls) || holder === call.source.id) continue
      violations.push({
        property: 'K2',
        subject: `${address} in subnet ${subnetId}`,
        message: `The address was acknowledged, nobody gave it up, and in the end ${holder === undefined ? 'nobody' : holder} holds it.`,
        evidence: evidenceOfAll([call.source, ...lastEnds(call, calls)]),
      })
    }
  }
  return [...violations, ...lostSubnets(history)]
}

function mustRemain(call: RegisterCall, calls: readonly RegisterCall[]): boolean {
  if (call.effect.kind !== 'acquire' || call.source.outcome !== 'ok') return false
  if (call.leaseUntil < Number.POSITIVE_INFINITY) return false
  return !calls.some(({ effect, until }) => isEnd(effect.kind) && until >= call.from)
}

/** The calls that ended what was before: they show that none came later. */
function lastEnds(call: RegisterCall, calls: readonly RegisterCall[]) {
  return calls
    .filter(({ effect, until }) => isEnd(effect.kind) && until < call.from)
    .slice(-1)
    .map(({ source }) => source)
}

function isEnd(kind: RegisterCall['effect']['kind']): boolean {
  return kind === 'release' || kind === 'delete'
}

function lostSubnets({ subnets, final }: RunHistory): Violation[] {
  const present = new Set(final.subnets.map(({ id }) => id))
  const violations: Violation[] = []
  for (const { id, cidr, createdBy, deletions } of subnets.values()) {
    const mayBeDeleted = deletions.some(({ outcome }) => outcome !== 'fail')
    if (mayBeDeleted || present.has(id)) continue
    violations.push({
      property: 'K2',
      subject: `subnet ${cidr} (${id})`,
      message: 'The subnet was acknowledged, nobody deleted it, and in the end it is not there.',
      evidence: evidenceOfAll(createdBy === null ? [] : [createdBy]),
    })
  }
  return violations
}
