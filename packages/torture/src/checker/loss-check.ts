import type { AddressRange } from '../history-record.ts'
import type { AddressRegister, RegisterCall } from './address-register.ts'
import type { OccupancyIndex } from './occupancy.ts'
import { evidenceOfAll } from './operation-history.ts'
import { nameOfSubnet, type RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

const never = Number.POSITIVE_INFINITY
const mostChanges = 12

/**
 * K2: what was acknowledged, and not surely given up or possibly ended later, is in the final state, with its holder. Leases
 * have all ended by then.
 */
export function checkLosses(
  history: RunHistory,
  registers: readonly AddressRegister[],
  occupancy: OccupancyIndex,
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
  return [...violations, ...lostSubnets(history), ...lostChanges(history, occupancy)]
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

/** In the end allocation pools and pool prefixes are what a last change, or one that may have been the last, made them. */
function lostChanges(history: RunHistory, occupancy: OccupancyIndex): Violation[] {
  const { final, operations } = history
  const changes = (recordId: string) =>
    evidenceOfAll(
      operations.filter(
        ({ operation }) =>
          (operation.kind === 'set-allocation-pools' && operation.subnetId === recordId) ||
          (operation.kind === 'set-prefixes' && operation.subnetPoolId === recordId),
      ),
      mostChanges,
    )
  const ranges = (pools: readonly AddressRange[]) =>
    pools
      .map(({ first, last }) => `${first}-${last}`)
      .sort()
      .join(' ')
  const ofSubnets = final.subnets.flatMap(({ id, allocationPools }) => {
    const possible = occupancy.poolsDuring(id, never, never).map(ranges)
    const found = ranges(allocationPools)
    return possible.length === 0 || possible.includes(found)
      ? []
      : [{ id, subject: nameOfSubnet(history, id), message: `Its allocation pools are ${found}` }]
  })
  const ofPools = final.subnetPools.flatMap(({ id, prefixes }) => {
    const possible = history.prefixes.get(id)?.during(never, never) ?? []
    const found = prefixes.toSorted().join(' ')
    return possible.length === 0 || possible.some((each) => each.toSorted().join(' ') === found)
      ? []
      : [{ id, subject: `subnet pool ${id}`, message: `Its prefixes are ${found}` }]
  })
  return [...ofSubnets, ...ofPools].map(({ id, subject, message }) => ({
    property: 'K2',
    subject,
    message: `${message} in the end, which no change that may have been the last one made them.`,
    evidence: changes(id),
  }))
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
