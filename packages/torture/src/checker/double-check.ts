import { namedAddress } from '../history-record.ts'
import type { AddressRegister } from './address-register.ts'
import { findContradiction } from './linearizability.ts'
import { evidenceOfAll } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'
import type { Violation } from './violation.ts'

const clockSlack = 30_000

/** K1: each address's calls fit one register with one holder at a time; a cooling address is not handed out. */
export function checkDoubles(
  history: RunHistory,
  registers: readonly AddressRegister[],
): { violations: Violation[]; undecided: number } {
  const violations: Violation[] = []
  let undecided = 0
  for (const register of registers) {
    const contradiction = findContradiction(register.calls)
    if (contradiction === 'undecided') undecided += 1
    else if (contradiction !== null)
      violations.push({
        property: 'K1',
        subject: `${register.address} in subnet ${register.subnetId}`,
        message: 'No order of these calls fits an address that one holder has at a time.',
        evidence: evidenceOfAll(contradiction.map(({ source }) => source)),
      })
    violations.push(...reusedWhileCooling(history, register))
  }
  violations.push(...twoRows(history))
  return { violations, undecided }
}

function twoRows({ final, byId }: RunHistory): Violation[] {
  const rows = Map.groupBy(final.allocations, ({ subnetId, address }) => `${subnetId} ${address}`)
  return [...rows.values()].flatMap((own): Violation[] => {
    const [first] = own
    if (first === undefined || own.length === 1) return []
    const owners = own.flatMap(({ holderId }) => byId.get(holderId) ?? [])
    return [
      {
        property: 'K1',
        subject: `${first.address} in subnet ${first.subnetId}`,
        message: `In the end the address has ${own.length} rows.`,
        evidence: evidenceOfAll(owners),
      },
    ]
  })
}

function reusedWhileCooling(history: RunHistory, register: AddressRegister): Violation[] {
  const { subnetId, address, calls } = register
  const seconds = history.subnets.get(subnetId)?.coolingSeconds ?? 0
  if (seconds === 0) return []
  const releases = calls.filter(
    ({ effect, source }) => effect.kind === 'release' && source.outcome === 'ok',
  )
  const violations: Violation[] = []
  for (const { effect, from, until, source } of calls) {
    const { operation } = source
    // Its former project may ask for the very address again.
    if (effect.kind !== 'acquire' || operation.kind !== 'allocate') continue
    if (namedAddress(operation.request) !== null) continue
    const release = releases.find(
      (each) => each.until < from && until < each.from + seconds * 1_000_000 - clockSlack,
    )
    if (release !== undefined)
      violations.push({
        property: 'K1',
        subject: `${address} in subnet ${subnetId}`,
        message: `The address was handed out again less than ${seconds} s after its release.`,
        evidence: evidenceOfAll([release.source, source]),
      })
  }
  return violations
}
