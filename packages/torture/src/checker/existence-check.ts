import type { Operation } from '../history-record.ts'
import type { Attempt, RecordedOperation } from './operation-history.ts'
import { evidenceOfAll } from './operation-history.ts'
import type { RunHistory, SubnetLife } from './run-history.ts'
import type { Violation } from './violation.ts'

/**
 * K0: a subnet is there from its creation to its deletion, which one request alone makes; nobody is told otherwise, and
 * nobody is served from it before or afterwards.
 */
export function checkExistence(history: RunHistory): Violation[] {
  const violations: Violation[] = []
  for (const recorded of history.operations)
    for (const { subnetId, isThere, from, until } of looksOf(recorded)) {
      const life = history.lives.get(subnetId)
      if (life === undefined) continue
      const message = isThere ? wrongPresence(life, from, until) : wrongAbsence(life, from, until)
      if (message !== null)
        violations.push(violation(subnetId, message, life, [recorded, ...life.deletions]))
    }
  return [...violations, ...deletedTwice(history)]
}

/** A call that shows whether the subnet was there at some moment of it. */
interface Look {
  readonly subnetId: string
  readonly isThere: boolean
  readonly from: number
  readonly until: number
}

function looksOf(recorded: RecordedOperation): Look[] {
  const { operation, attempts, outcome, from, until, answer } = recorded
  // A deletion is judged with the others of its subnet.
  const served = operation.kind === 'delete-subnet' ? [] : subnetsServed(operation, answer)
  const looks: Look[] =
    outcome === 'ok' ? served.map((subnetId) => ({ subnetId, isThere: true, from, until })) : []
  const [subnetId, ...others] = subnetsOf(operation)
  if (subnetId === undefined) return looks
  for (const attempt of attempts) {
    const isThere = toldThere(attempt)
    // Of several subnets nobody says which one was meant.
    if (isThere === null || others.length > 0) continue
    looks.push({ subnetId, isThere, from: attempt.from, until: attempt.until })
  }
  return looks
}

function toldThere({ code }: Attempt): boolean | null {
  switch (code) {
    case 'SUBNET_NOT_FOUND':
      return false
    case 'SUBNET_EXHAUSTED':
    case 'SUBNET_IN_USE':
    case 'ADDRESS_IN_USE':
    case 'ALLOCATION_NOT_FOUND':
      return true
    default:
      return null
  }
}

function subnetsOf(operation: Operation): readonly string[] {
  if (operation.kind === 'allocate') return operation.subnetIds
  return 'subnetId' in operation ? [operation.subnetId] : []
}

function subnetsServed(
  operation: Operation,
  answer: RecordedOperation['answer'],
): readonly string[] {
  return answer?.kind === 'allocate' ? [answer.subnetId] : subnetsOf(operation)
}

function wrongAbsence(life: SubnetLife, from: number, until: number): string | null {
  return from > life.createdUntil && until < life.mayEndFrom
    ? 'The subnet was said not to be there while it was.'
    : null
}

function wrongPresence(life: SubnetLife, from: number, until: number): string | null {
  if (until < life.createdFrom) return 'The subnet was worked on before it was asked for.'
  return from > life.endsUntil ? 'The subnet was worked on after its deletion.' : null
}

function deletedTwice({ lives }: RunHistory): Violation[] {
  return [...lives].flatMap(([subnetId, life]) => {
    const acknowledged = life.deletions.filter(({ outcome }) => outcome === 'ok')
    return acknowledged.length > 1
      ? [violation(subnetId, 'Its deletion was acknowledged to two callers.', life, acknowledged)]
      : []
  })
}

function violation(
  subnetId: string,
  message: string,
  { createdBy, cidr }: SubnetLife,
  sources: readonly RecordedOperation[],
): Violation {
  return {
    property: 'K0',
    subject: `subnet ${cidr} (${subnetId})`,
    message,
    evidence: evidenceOfAll(createdBy === null ? sources : [createdBy, ...sources]),
  }
}
