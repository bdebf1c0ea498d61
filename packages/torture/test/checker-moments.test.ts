import { describe, expect, it } from 'vitest'
import { checkHistory } from '../src/checker/check-history.ts'
import type { Operation } from '../src/history-record.ts'
import {
  cleanRun,
  convictions,
  poolId,
  recordEvent,
  SyntheticRun,
  subnetId,
} from './synthetic-run.ts'

const any = { kind: 'allocate', subnetIds: [subnetId], request: { kind: 'any' } } as const
const cutting = { kind: 'create-subnet', subnetPoolId: poolId, prefixLength: 29 } as const
const done = { kind: 'done' } as const

// Defects that are there for a moment only, or that hide behind a call of which nobody knows the outcome.

describe('two rows of one address in the end', () => {
  it('are K1', () => {
    const run = cleanRun()
    run.rows.push({ subnetId, address: '10.0.0.2', isHeld: true, holderId: 'd' })
    expect(convictions(run.input())).toContain('K1')
  })
})

describe('an address that is handed out again', () => {
  it('between a release and another one that overlaps it is right only once', () => {
    const run = cleanRun()
    run.release('e', 60, 90, '10.0.0.2')
    run.take('f', 70, 80, '10.0.0.2')
    expect(convictions(run.input())).toEqual([])
    const code = 'ALLOCATION_NOT_FOUND'
    const operation = { kind: 'release', subnetId, address: '10.0.0.2' } as const
    run.tell({ id: 'g', from: 100, until: 110, operation, outcome: 'fail', code })
    expect(convictions(run.input())).toEqual(['K1'])
  })

  it('after a release that was never answered is right, and a reading that knows the former holder then is K1', () => {
    const run = cleanRun()
    const operation = { kind: 'release', subnetId, address: '10.0.0.2' } as const
    run.tell({ id: 'e', from: 60, until: null, operation, outcome: 'unknown' })
    run.rows = run.rows.filter(({ address }) => address !== '10.0.0.2')
    run.event('released', '10.0.0.2', 'd', 'e')
    run.take('f', 70, 80, '10.0.0.2')
    expect(convictions(run.input())).toEqual([])
    const get = { kind: 'get', subnetId, address: '10.0.0.2' } as const
    const seen = (holderId: string) => ({ kind: 'get', holderId }) as const
    run.tell({ id: 'g', from: 90, until: 95, operation: get, outcome: 'ok', answer: seen('f') })
    expect(convictions(run.input())).toEqual([])
    run.tell({ id: 'h', from: 100, until: 105, operation: get, outcome: 'ok', answer: seen('d') })
    expect(convictions(run.input())).toEqual(['K1'])
  })

  it('is shown without the readings that add nothing', () => {
    const run = cleanRun()
    const get = { kind: 'get', subnetId, address: '10.0.0.2' } as const
    for (const [id, from] of [
      ['r1', 60],
      ['r2', 70],
    ] as const) {
      const answer = { kind: 'get', holderId: 'd' } as const
      run.tell({ id, from, until: from + 30, operation: get, outcome: 'ok', answer })
    }
    run.take('e', 80, 85, '10.0.0.2')
    const [double] = checkHistory(run.input()).violations
    expect(double?.evidence.map(({ what }) => what)).toEqual([
      'd allocate any → ok 10.0.0.2',
      'e allocate any → ok 10.0.0.2',
    ])
  })
})

describe('a change that was acknowledged and is not there in the end', () => {
  const pools = (last: string) =>
    ({
      kind: 'set-allocation-pools',
      subnetId,
      allocationPools: [{ first: '10.0.0.2', last }],
    }) as const

  it('is K2 for allocation pools, unless a later one may have undone it', () => {
    const run = cleanRun()
    run.tell({
      id: 'e',
      from: 60,
      until: 70,
      operation: pools('10.0.0.5'),
      outcome: 'ok',
      answer: done,
    })
    run.events.push(recordEvent('updated', 'subnet', subnetId, 'e'))
    expect(convictions(run.input())).toEqual(['K2'])
    run.tell({ id: 'f', from: 80, until: null, operation: pools('10.0.0.6'), outcome: 'unknown' })
    expect(convictions(run.input())).toEqual([])
  })

  it('is K2 for the prefixes of a subnet pool', () => {
    const run = cleanRun()
    run.subnetPools = [{ id: poolId, prefixes: ['10.1.0.0/28', '10.3.0.0/24'] }]
    expect(convictions(run.input())).toEqual(['K2'])
  })
})

describe('what is held longer than it may be', () => {
  it('is K3 after the end of a lease', () => {
    const run = cleanRun()
    const answer = { kind: 'allocate', subnetId, addresses: ['10.0.0.6'] } as const
    const operation = { ...any, ttlSeconds: 1 }
    run.tell({ id: 'e', from: 60, until: 70, operation, outcome: 'ok', answer })
    run.store('e', '10.0.0.6')
    expect(convictions(run.input())).toEqual(['K3'])
  })
})

describe('a request that succeeded', () => {
  it('is not refused later under its key: K3', () => {
    const judged = (from: number, code: string) => {
      const run = cleanRun()
      const answer = { kind: 'allocate', subnetId, addresses: ['10.0.0.6'] } as const
      const request = { id: 'e', operation: any, hasKey: true } as const
      run.tell({ ...request, from: 60, until: 70, outcome: 'ok', answer })
      run.store('e', '10.0.0.6')
      run.take('f', 72, 75, '10.0.0.5')
      run.tell({ ...request, from, until: 90, outcome: 'fail', code })
      return convictions(run.input())
    }
    expect(judged(80, 'SUBNET_EXHAUSTED')).toEqual(['K3'])
    expect(judged(80, 'DATABASE_UNAVAILABLE')).toEqual([])
  })
})

describe('a batch', () => {
  const bulk = { ...any, request: { kind: 'bulk', count: 3 } } as const

  it('of which a part was given back is whole, and without that is K4', () => {
    const judged = (releasedFrom: number) => {
      const run = new SyntheticRun()
      run.start(0, 0)
      run.take('x', 0, 10, '10.0.0.6')
      run.release('y', 20, 30, '10.0.0.6')
      run.take('e', 60, 70, '10.0.0.4', '10.0.0.5', '10.0.0.6')
      if (releasedFrom > 0) run.release('f', releasedFrom, releasedFrom + 10, '10.0.0.6')
      else {
        run.rows = run.rows.filter(({ address }) => address !== '10.0.0.6')
        run.events.pop()
      }
      return convictions(run.input())
    }
    expect(judged(80)).toEqual([])
    expect(judged(0)).toContain('K4')
  })

  it('with leases whose outcome nobody knows is whole as well, or K4', () => {
    const run = cleanRun()
    run.tell({
      id: 'e',
      from: 60,
      until: null,
      operation: { ...bulk, ttlSeconds: 1 },
      outcome: 'unknown',
    })
    for (const address of ['10.0.0.5', '10.0.0.6']) {
      run.event('allocated', address, 'e', 'e')
      run.event('expired', address, 'e', null)
    }
    expect(convictions(run.input())).toEqual(['K4'])
  })
})

describe('"exhausted"', () => {
  const refuse = (run: SyntheticRun, operation: Operation, from: number, until: number) => {
    const code = operation.kind === 'allocate' ? 'SUBNET_EXHAUSTED' : 'SUBNET_POOL_EXHAUSTED'
    run.tell({ id: 'refused', from, until, operation, outcome: 'fail', code })
    return convictions(run.input())
  }

  it('is K5 though every address was held at some time of the call, when two were free at each', () => {
    const run = cleanRun()
    run.take('e', 60, 70, '10.0.0.5')
    run.release('f', 100, 110, '10.0.0.5')
    // Longer after it than two clocks may differ.
    run.take('g', 200, 210, '10.0.0.6')
    expect(refuse(run, any, 65, 250)).toEqual(['K5'])
    const pair = { ...any, request: { kind: 'bulk', count: 2 } } as const
    expect(refuse(cleanRunWith('10.0.0.5'), pair, 80, 90)).toEqual([])
    expect(refuse(cleanRun(), pair, 80, 90)).toEqual(['K5'])
  })

  it('may be said while an allocation is under way whose outcome nobody knows', () => {
    const run = cleanRunWith('10.0.0.5')
    run.tell({ id: 'f', from: 80, until: null, operation: any, outcome: 'unknown' })
    run.store('f', '10.0.0.6')
    expect(refuse(run, any, 85, 90)).toEqual([])
    // It cannot have begun to hold before it was asked for.
    const early = cleanRunWith('10.0.0.5')
    early.tell({ id: 'f', from: 95, until: null, operation: any, outcome: 'unknown' })
    early.store('f', '10.0.0.6')
    expect(refuse(early, any, 85, 90)).toEqual(['K5'])
  })

  it('is K5 of a subnet pool whose blocks were taken one after the other', () => {
    const run = cleanRun()
    run.cut('e', 60, 70, '10.1.0.0/29')
    run.deleteCut('f', 80, 90, 'e')
    run.cut('g', 100, 110, '10.1.0.8/29')
    expect(refuse(run, cutting, 65, 120)).toEqual(['K5'])
    const overlapped = cleanRun()
    overlapped.cut('e', 60, 70, '10.1.0.0/29')
    overlapped.deleteCut('f', 80, 105, 'e')
    overlapped.cut('g', 100, 110, '10.1.0.8/29')
    expect(refuse(overlapped, cutting, 65, 120)).toEqual([])
  })

  function cleanRunWith(address: string): SyntheticRun {
    const run = cleanRun()
    run.take('e', 60, 70, address)
    return run
  }
})

describe('a reading of utilization', () => {
  const read = (allocated: string, cooling: string, available: string) => {
    const run = cleanRun()
    const counts = { capacity: '5', allocated, cooling, available }
    const operation = { kind: 'utilization', subnetId } as const
    const answer = { kind: 'utilization', ...counts } as const
    run.tell({ id: 'e', from: 60, until: 70, operation, outcome: 'ok', answer })
    return convictions(run.input())
  }

  it('is K6 when it counts too few, too many, or cooling where nothing cools', () => {
    expect(read('3', '0', '2')).toEqual([])
    expect(read('2', '0', '3')).toEqual(['K6'])
    expect(read('4', '0', '1')).toEqual(['K6'])
    expect(read('2', '1', '2')).toEqual(['K6'])
    expect(read('3', '0', '1')).toEqual(['K6'])
  })
})

describe('a quota', () => {
  it('that was passed for a moment only is K6, and one that a deletion may have made room for is not', () => {
    const judged = (deletedFrom: number) => {
      const run = cleanRun()
      run.cut('e', 60, 70, '10.1.0.0/29')
      run.cut('f', 80, 90, '10.1.0.8/29')
      run.deleteCut('g', deletedFrom, 110, 'e')
      return convictions(run.input())
    }
    expect(judged(100)).toEqual(['K6'])
    expect(judged(85)).toEqual([])
  })

  it('that was passed by a request whose answer nobody heard is K6', () => {
    const run = cleanRun()
    run.cut('e', 60, 70, '10.1.0.0/29')
    run.cut('f', 80, 90, '10.1.0.8/29')
    run.records.splice(-1)
    expect(convictions(run.input())).toEqual(['K6'])
  })
})

describe('events', () => {
  it('of a call that failed are K7', () => {
    const run = cleanRun()
    run.release('e', 60, 70, '10.0.0.2')
    const operation = { kind: 'release', subnetId, address: '10.0.0.2' } as const
    const code = 'ALLOCATION_NOT_FOUND'
    run.tell({ id: 'f', from: 62, until: 72, operation, outcome: 'fail', code })
    expect(convictions(run.input())).toEqual([])
    run.events.pop()
    run.event('released', '10.0.0.2', 'd', 'f')
    expect(convictions(run.input())).toEqual(['K7'])
  })

  it('that name another holder than the one that had the address are K7', () => {
    const run = cleanRun()
    run.release('e', 60, 70, '10.0.0.2')
    run.events.pop()
    run.event('released', '10.0.0.2', 'a', 'e')
    expect(convictions(run.input())).toEqual(['K7'])
  })

  it('of two addresses in another order than their calls are K7 where one clock orders the feed', () => {
    const run = cleanRun()
    run.take('e', 60, 70, '10.0.0.5')
    run.take('f', 80, 90, '10.0.0.6')
    run.events.push(...run.events.splice(-2).reverse())
    expect(convictions(run.input())).toEqual(['K7'])
    expect(convictions({ ...run.input(), isFeedOrdered: false })).toEqual([])
  })

  it('of two addresses in any order while their calls overlap are right', () => {
    const run = cleanRun()
    run.take('e', 60, 85, '10.0.0.5')
    run.take('f', 80, 90, '10.0.0.6')
    run.events.push(...run.events.splice(-2).reverse())
    expect(convictions(run.input())).toEqual([])
  })
})

describe('a place', () => {
  it('outside the pool’s prefixes, or of another length, is K8 for a subnet', () => {
    const judged = (cidr: string) => {
      const run = cleanRun()
      run.cut('e', 60, 70, cidr)
      return convictions(run.input())
    }
    expect(judged('10.1.0.8/29')).toEqual([])
    expect(judged('10.1.0.16/29')).toEqual(['K8'])
    expect(judged('10.1.0.0/30')).toEqual(['K8'])
  })

  it('is not given up by a pool while a subnet lies there: K8', () => {
    const judged = (from: number) => {
      const run = cleanRun()
      run.cut('e', 60, 70, '10.1.0.0/29')
      const operation = {
        kind: 'set-prefixes',
        subnetPoolId: poolId,
        prefixes: ['10.1.0.8/29'],
      } as const
      run.tell({ id: 'f', from, until: 90, operation, outcome: 'ok', answer: done })
      run.events.push(recordEvent('updated', 'subnet-pool', poolId, 'f'))
      run.subnetPools = [{ id: poolId, prefixes: operation.prefixes }]
      return convictions(run.input())
    }
    expect(judged(80)).toEqual(['K8'])
    // It may have been given up before the subnet was cut; that this came from elsewhere is another matter.
    expect(judged(50)).toEqual([])
  })

  it('outside the pools is K8 also for an address of which nobody heard', () => {
    const run = cleanRun()
    run.tell({ id: 'e', from: 60, until: null, operation: any, outcome: 'unknown' })
    run.store('e', '10.0.0.1')
    expect(convictions(run.input({ allocated: '3', available: '2', outsidePools: '1' }))).toEqual([
      'K8',
    ])
  })

  it('that is not the lowest free one is K8 for "next"', () => {
    const next = (run: SyntheticRun, address: string, from: number) => {
      const operation = { ...any, request: { kind: 'next' } } as const
      const answer = { kind: 'allocate', subnetId, addresses: [address] } as const
      run.tell({ id: 'next', from, until: 90, operation, outcome: 'ok', answer })
      run.store('next', address)
      return convictions(run.input())
    }
    // 10.0.0.2 to 10.0.0.4 are held.
    expect(next(cleanRun(), '10.0.0.5', 80)).toEqual([])
    expect(next(cleanRun(), '10.0.0.6', 80)).toEqual(['K8'])
    const giving = cleanRun()
    giving.release('e', 60, 70, '10.0.0.3')
    expect(next(giving, '10.0.0.5', 65)).toEqual([])
    const given = cleanRun()
    given.release('e', 52, 55, '10.0.0.3')
    // Longer after it than two clocks may differ.
    expect(next(given, '10.0.0.5', 88)).toEqual(['K8'])
  })

  it('that was not the one named is K8', () => {
    const run = cleanRun()
    const operation = { ...any, request: { kind: 'specific', address: '10.0.0.5' } } as const
    const answer = { kind: 'allocate', subnetId, addresses: ['10.0.0.6'] } as const
    run.tell({ id: 'e', from: 60, until: 70, operation, outcome: 'ok', answer })
    run.store('e', '10.0.0.6')
    expect(convictions(run.input())).toEqual(['K8'])
  })
})

describe('a process that hangs', () => {
  const hanging = (worker: number) => {
    const run = cleanRun()
    run.start(1, 0)
    for (const [index, at] of [900, 1800, 2700].entries()) {
      run.take(`busy ${index}`, at - 10, at, '10.0.0.6')
      run.release(`idle ${index}`, at + 1, at + 5, '10.0.0.6')
    }
    run.tell({ id: 'e', from: 60, until: null, operation: any, outcome: 'unknown', worker })
    return run
  }

  it('is K9 while the others get on', () => {
    expect(convictions(hanging(1).input())).toEqual(['K9'])
  })

  it('is not blamed for a call that it was killed in, and its successor is judged from its start', () => {
    const run = hanging(1)
    run.start(1, 2600)
    expect(convictions(run.input())).toEqual([])
  })

  it('is K9 for all, when each is replaced before its time is over and none gets on', () => {
    const run = new SyntheticRun()
    for (const at of [0, 600, 1200]) {
      run.start(0, at)
      run.tell({ id: `e ${at}`, from: at, until: null, operation: any, outcome: 'unknown' })
    }
    expect(convictions(run.input())).toEqual(['K9'])
  })
})
