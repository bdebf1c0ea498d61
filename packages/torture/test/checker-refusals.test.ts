import { describe, expect, it } from 'vitest'
import { checkHistory } from '../src/checker/check-history.ts'
import type { Operation } from '../src/history-record.ts'
import { cleanRun, convictions, poolId, type SyntheticRun, subnetId } from './synthetic-run.ts'

const cut = 'subnet of e'
const cutting = { kind: 'create-subnet', subnetPoolId: poolId, prefixLength: 29 } as const
const any = { kind: 'allocate', subnetIds: [subnetId], request: { kind: 'any' } } as const
const reading = { kind: 'utilization', subnetId: cut } as const

function refused(run: SyntheticRun, operation: Operation, code: string, from = 80, until = 90) {
  run.tell({ id: 'refused', from, until, operation, outcome: 'fail', code })
  return convictions(run.input())
}

/** A run in which e cuts a subnet from 60 to 70, and g deletes it from 100 to 110, or never hears of it. */
function withCut({ deletion }: { deletion?: 'ok' | 'unknown' } = {}): SyntheticRun {
  const run = cleanRun()
  run.cut('e', 60, 70, '10.1.0.0/29')
  if (deletion === 'ok') run.deleteCut('g', 100, 110, 'e')
  if (deletion === 'unknown') {
    const operation = { kind: 'delete-subnet', subnetId: cut, cascade: false } as const
    run.tell({ id: 'g', from: 100, until: null, operation, outcome: 'unknown' })
  }
  return run
}

describe('a refusal that no such request may be told', () => {
  it.each<[string, Operation, string]>([
    ['any, for an address', any, 'ADDRESS_IN_USE'],
    [
      'a named address, for lack of room',
      { ...any, request: { kind: 'specific', address: '10.0.0.6' } },
      'SUBNET_EXHAUSTED',
    ],
    [
      'a release, for another’s',
      { kind: 'release', subnetId, address: '10.0.0.6' },
      'ADDRESS_IN_USE',
    ],
    [
      'a deletion with all addresses, for them',
      { kind: 'delete-subnet', subnetId, cascade: true },
      'SUBNET_IN_USE',
    ],
    [
      'a change, for a revision that nobody named',
      { kind: 'set-allocation-pools', subnetId, allocationPools: [] },
      'STALE_REVISION',
    ],
    ['a cut, for a prefix that it did not name', cutting, 'SUBNET_OVERLAP'],
  ])('is K0 (%s)', (_, operation, code) => {
    expect(refused(cleanRun(), operation, code)).toEqual(['K0'])
  })

  it('is K0 (a quota, where there is none)', () => {
    const run = cleanRun()
    refused(run, cutting, 'QUOTA_EXCEEDED')
    const input = run.input()
    const subnetPools = input.topology.subnetPools.map((pool) => ({ ...pool, quota: null }))
    expect(convictions({ ...input, topology: { ...input.topology, subnetPools } })).toEqual(['K0'])
  })

  it.each(['CONTENTION', 'DATABASE_UNAVAILABLE', 'ECONNRESET', 'UND_ERR_SOCKET', 'HTTP_503'])(
    'is not one that speaks of the target alone (%s)',
    (code) => {
      expect(refused(cleanRun(), any, code)).toEqual([])
    },
  )
})

describe('"no such subnet"', () => {
  it('is K0 of a subnet that was there before and stays', () => {
    expect(refused(cleanRun(), any, 'SUBNET_NOT_FOUND')).toEqual(['K0'])
  })

  it('is K0 between a creation and a deletion, and right when it overlaps one', () => {
    const told = (from: number, until: number) =>
      refused(withCut({ deletion: 'ok' }), reading, 'SUBNET_NOT_FOUND', from, until)
    expect(told(80, 90)).toEqual(['K0'])
    expect(told(65, 90)).toEqual([])
    expect(told(80, 105)).toEqual([])
    expect(told(120, 130)).toEqual([])
  })

  it('is right at any time after a deletion that was never answered', () => {
    expect(
      refused(withCut({ deletion: 'unknown' }), reading, 'SUBNET_NOT_FOUND', 500, 510),
    ).toEqual([])
  })
})

describe('a subnet that is gone', () => {
  const served = (run: SyntheticRun, from: number, until: number) => {
    const counts = { capacity: '0', allocated: '0', cooling: '0', available: '0' }
    const answer = { kind: 'utilization', ...counts } as const
    run.tell({ id: 'served', from, until, operation: reading, outcome: 'ok', answer })
    return convictions(run.input())
  }

  it('is worked on by nobody: K0', () => {
    expect(served(withCut({ deletion: 'ok' }), 120, 130)).toEqual(['K0'])
    expect(served(withCut({ deletion: 'ok' }), 105, 130)).toEqual([])
    expect(served(withCut({ deletion: 'unknown' }), 120, 130)).toEqual([])
  })

  it('is known to every refusal that looks into it: K0', () => {
    const run = withCut({ deletion: 'ok' })
    const get = { kind: 'get', subnetId: cut, address: '10.1.0.2' } as const
    expect(refused(run, get, 'ALLOCATION_NOT_FOUND', 120, 130)).toEqual(['K0'])
  })

  it('was deleted by one caller: K0', () => {
    const run = withCut({ deletion: 'ok' })
    const operation = { kind: 'delete-subnet', subnetId: cut, cascade: false } as const
    const answer = { kind: 'done' } as const
    run.tell({ id: 'h', from: 105, until: 115, operation, outcome: 'ok', answer })
    expect(convictions(run.input())).toEqual(['K0', 'K7'])
  })
})

describe('"in use"', () => {
  const deletion = { kind: 'delete-subnet', subnetId: cut, cascade: false } as const

  it('is K0 of an empty subnet, and right when an address of it may be held', () => {
    expect(refused(withCut(), deletion, 'SUBNET_IN_USE', 200, 210)).toEqual(['K0'])
    const run = withCut()
    const operation = { ...any, subnetIds: [cut] }
    run.tell({ id: 'f', from: 205, until: null, operation, outcome: 'unknown' })
    run.rows.push({ subnetId: cut, address: '10.1.0.2', isHeld: true, holderId: 'f' })
    run.event('allocated', '10.1.0.2', 'f', 'f', { inSubnet: cut })
    refused(run, deletion, 'SUBNET_IN_USE', 200, 210)
    expect(checkHistory(run.input()).violations.map(({ property }) => property)).not.toContain('K0')
  })

  it('is K0 of a pool prefix in which no subnet lies', () => {
    const smaller = (prefix: string) =>
      ({ kind: 'set-prefixes', subnetPoolId: poolId, prefixes: [prefix] }) as const
    expect(refused(withCut(), smaller('10.1.0.0/29'), 'PREFIX_IN_USE')).toEqual(['K0'])
    expect(refused(withCut(), smaller('10.1.0.8/29'), 'PREFIX_IN_USE')).toEqual([])
    // It was gone for certain before.
    const gone = withCut({ deletion: 'ok' })
    expect(refused(gone, smaller('10.1.0.8/29'), 'PREFIX_IN_USE', 120, 130)).toEqual(['K0'])
  })

  it('is K1 of an address that nobody holds, or that the same request took', () => {
    const named = (address: string) => ({ ...any, request: { kind: 'specific', address } }) as const
    expect(refused(cleanRun(), named('10.0.0.6'), 'ADDRESS_IN_USE')).toEqual(['K1'])
    expect(refused(cleanRun(), named('10.0.0.2'), 'ADDRESS_IN_USE')).toEqual([])
    const own = cleanRun()
    const request = { id: 'e', operation: named('10.0.0.6'), hasKey: true } as const
    const answer = { kind: 'allocate', subnetId, addresses: ['10.0.0.6'] } as const
    own.tell({ ...request, from: 60, until: 80, outcome: 'ok', answer })
    own.store('e', '10.0.0.6')
    own.tell({ ...request, from: 65, until: 75, outcome: 'fail', code: 'ADDRESS_IN_USE' })
    expect(convictions(own.input())).toEqual(['K1'])
  })
})
