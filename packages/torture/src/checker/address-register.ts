import { namedAddress } from '../history-record.ts'
import type { RecordedOperation } from './operation-history.ts'
import type { RunHistory } from './run-history.ts'

/**
 * What calls say of one address: a register that is free or has one holder, an operation's id. Histories of different
 * addresses are independent, so each is judged alone.
 */
export type RegisterEffect =
  | { readonly kind: 'acquire'; readonly holder: string }
  | { readonly kind: 'release' }
  /** The subnet is deleted; `onlyIfFree` unless its addresses went with it. */
  | { readonly kind: 'delete'; readonly onlyIfFree: boolean }
  /** Held by this one; null: by anybody but `except`. */
  | { readonly kind: 'see-held'; readonly holder: string | null; readonly except?: string }
  | { readonly kind: 'see-free' }

export interface RegisterCall {
  readonly effect: RegisterEffect
  readonly from: number
  /** Infinity: it may take effect at any later time, or never. */
  readonly until: number
  /** For an acquisition with a lease: from when on the address may have become free by itself. */
  readonly leaseUntil: number
  readonly source: RecordedOperation
}

export interface AddressRegister {
  readonly subnetId: string
  readonly address: string
  readonly calls: RegisterCall[]
}

// Leases end by the wall clock in milliseconds, calls are timed by the monotonic one.
const clockSlack = 20_000

/** The registers of all addresses that any call or row names. Linear in the history. */
export function addressRegisters(history: RunHistory): AddressRegister[] {
  const registers = new Map<string, AddressRegister>()
  const add = (subnetId: string, address: string, entry: RegisterCall) => {
    const key = `${subnetId} ${address}`
    const register = registers.get(key) ?? { subnetId, address, calls: [] }
    register.calls.push(entry)
    registers.set(key, register)
  }
  for (const operation of history.operations) addOperation(history, operation, add)
  for (const register of registers.values())
    for (const deletion of history.deletions.get(register.subnetId) ?? [])
      if (deletion.outcome !== 'fail' && deletion.operation.kind === 'delete-subnet')
        register.calls.push(
          callOf(deletion, { kind: 'delete', onlyIfFree: !deletion.operation.cascade }),
        )
  return [...registers.values()]
}

type Add = (subnetId: string, address: string, entry: RegisterCall) => void

function addOperation(history: RunHistory, recorded: RecordedOperation, add: Add): void {
  const { operation, outcome, id } = recorded
  switch (operation.kind) {
    case 'allocate': {
      const leaseUntil =
        operation.ttlSeconds === undefined
          ? Number.POSITIVE_INFINITY
          : recorded.from + operation.ttlSeconds * 1_000_000 - clockSlack
      if (outcome !== 'fail')
        for (const { subnetId, address } of takenBy(history, recorded))
          add(subnetId, address, {
            ...callOf(recorded, { kind: 'acquire', holder: id }),
            leaseUntil,
          })
      addRefusals(recorded, add)
      return
    }
    case 'release': {
      const { subnetId, address } = operation
      if (outcome !== 'fail') add(subnetId, address, callOf(recorded, { kind: 'release' }))
      else if (failedWith(recorded, 'ALLOCATION_NOT_FOUND'))
        add(subnetId, address, callOf(recorded, { kind: 'see-free' }))
      return
    }
    case 'get': {
      const { subnetId, address } = operation
      if (recorded.answer?.kind === 'get') {
        const { holderId } = recorded.answer
        const effect: RegisterEffect =
          holderId === null ? { kind: 'see-free' } : { kind: 'see-held', holder: holderId }
        add(subnetId, address, callOf(recorded, effect))
      } else if (failedWith(recorded, 'ALLOCATION_NOT_FOUND'))
        add(subnetId, address, callOf(recorded, { kind: 'see-free' }))
      return
    }
    default:
  }
}

/** "Already held" says so, and by another: a call of the same request may have taken the address meanwhile. */
function addRefusals(recorded: RecordedOperation, add: Add): void {
  const { operation, attempts, id } = recorded
  if (operation.kind !== 'allocate' || operation.subnetIds.length !== 1) return
  const [subnetId = ''] = operation.subnetIds
  const address = namedAddress(operation.request)
  if (address === null) return
  for (const { code, from, until } of attempts)
    if (code === 'ADDRESS_IN_USE')
      add(subnetId, address, {
        ...callOf(recorded, { kind: 'see-held', holder: null, except: id }),
        from,
        until,
      })
}

/** What an operation took, or may have taken when nobody knows. */
export function takenBy(
  history: RunHistory,
  recorded: RecordedOperation,
): readonly { subnetId: string; address: string }[] {
  const { answer } = recorded
  if (answer?.kind === 'allocate')
    return answer.addresses.map((address) => ({ subnetId: answer.subnetId, address }))
  return history.attributed.get(recorded.id) ?? []
}

function callOf(source: RecordedOperation, effect: RegisterEffect): RegisterCall {
  const leaseUntil = Number.POSITIVE_INFINITY
  return { effect, from: source.from, until: source.until, leaseUntil, source }
}

/** Every call of it failed so; several with different ends say nothing certain. */
function failedWith({ attempts }: RecordedOperation, code: string): boolean {
  return attempts.length === 1 && attempts[0]?.code === code
}
