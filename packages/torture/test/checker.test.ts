import { describe, expect, it } from 'vitest'
import { checkHistory } from '../src/checker/check-history.ts'
import { summaryLines, violationLines } from '../src/index.ts'
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

describe('a clean history', () => {
  it('is acquitted', () => {
    expect(checkHistory(cleanRun().input()).violations).toEqual([])
  })

  it('is acquitted when calls that overlap have to be put into another order', () => {
    const run = cleanRun()
    // The address passes from d to f while both the release and the allocation are under way.
    run.take('f', 55, 70, '10.0.0.5')
    run.release('g', 60, 90, '10.0.0.2')
    run.take('h', 62, 80, '10.0.0.2')
    expect(checkHistory(run.input()).violations).toEqual([])
  })

  it('is acquitted when an unknown request had its effect, and when it had none', () => {
    const run = cleanRun()
    run.tell({ id: 'e', from: 60, until: null, operation: any, outcome: 'unknown' })
    expect(checkHistory(run.input()).violations).toEqual([])
    run.store('e', '10.0.0.6')
    expect(checkHistory(run.input()).violations).toEqual([])
  })

  it('is acquitted when a lease ended by itself', () => {
    const run = new SyntheticRun()
    const leased = { ...any, ttlSeconds: 1 }
    const answer = { kind: 'allocate', subnetId, addresses: ['10.0.0.2'] } as const
    run.tell({ id: 'a', from: 0, until: 5, operation: leased, outcome: 'ok', answer })
    run.event('allocated', '10.0.0.2', 'a', 'a')
    run.event('expired', '10.0.0.2', 'a', null)
    const late = { ...run.input(), livenessWindowMs: 5000 }
    expect(checkHistory(late).violations).toEqual([])
    run.take('b', 1005, 1010, '10.0.0.2')
    expect(checkHistory({ ...run.input(), livenessWindowMs: 5000 }).violations).toEqual([])
  })

  it('is acquitted when a full subnet is said to be full', () => {
    const run = cleanRun()
    run.take('e', 60, 70, '10.0.0.5', '10.0.0.6')
    const code = 'SUBNET_EXHAUSTED'
    run.tell({ id: 'f', from: 80, until: 90, operation: any, outcome: 'fail', code })
    expect(checkHistory(run.input()).violations).toEqual([])
  })

  it('is acquitted with two subnets of a pool and a third refused', () => {
    const run = cleanRun()
    run.cut('e', 60, 70, '10.1.0.0/29')
    const code = 'QUOTA_EXCEEDED'
    run.tell({ id: 'f', from: 80, until: 90, operation: cutting, outcome: 'fail', code })
    expect(checkHistory(run.input()).violations).toEqual([])
  })
})

describe('an address in a subnet that an unanswered request made', () => {
  const made = 'unanswered'
  const allocate = { kind: 'allocate', subnetIds: [made], request: { kind: 'any' } } as const

  function run(): SyntheticRun {
    const told = cleanRun()
    told.tell({ id: 'e', from: 60, until: null, operation: cutting, outcome: 'unknown' })
    const answer = { kind: 'allocate', subnetId: made, addresses: ['10.1.0.2'] } as const
    told.tell({ id: 'f', from: 70, until: 80, operation: allocate, outcome: 'ok', answer })
    told.events.push(recordEvent('created', 'subnet', made, 'e'))
    told.event('allocated', '10.1.0.2', 'f', 'f', { inSubnet: made })
    return told
  }

  it('is lost when it is not there in the end', () => {
    expect(convictions(run().input())).toContain('K2')
  })

  it('may be gone with its subnet', () => {
    const told = run()
    const operation = { kind: 'delete-subnet', subnetId: made, cascade: true } as const
    const answer = { kind: 'done' } as const
    told.tell({ id: 'g', from: 90, until: 100, operation, outcome: 'ok', answer })
    told.event('released', '10.1.0.2', 'f', 'g', { inSubnet: made })
    told.events.push(recordEvent('deleted', 'subnet', made, 'g'))
    expect(convictions(told.input())).toEqual([])
  })
})

describe('the report', () => {
  it('shows the shortest histories of each broken property, and counts the rest', () => {
    const run = cleanRun()
    for (const [index, from] of [60, 70, 80, 90, 100].entries()) {
      const code = 'SUBNET_EXHAUSTED'
      const id = `refused ${index}`
      run.tell({ id, from, until: from + 5, operation: any, outcome: 'fail', code })
    }
    run.take('e', 110, 120, '10.0.0.2')
    const result = checkHistory(run.input())
    const lines = summaryLines({
      ...result,
      seed: 's',
      processes: 1,
      seconds: 1,
      kills: 0,
      replayed: 0,
      folder: null,
    })
    const counts = Map.groupBy(result.violations, ({ property }) => property)
    const ofK5 = counts.get('K5')?.length ?? 0
    const all = [...counts].map(([property, own]) => `${property} ${own.length}`).sort()
    expect(lines).toContain(`${result.violations.length} violations (${all.join(', ')}):`)
    expect(ofK5).toBeGreaterThan(4)
    expect(lines.filter((line) => line.startsWith('K5 '))).toHaveLength(4)
    expect(lines).toContain(`… and ${ofK5 - 4} more of K5.`)
    // Those of another property are not hidden behind them.
    expect(lines.some((line) => line.startsWith('K7 '))).toBe(true)
  })
})

describe('one defect', () => {
  it('an inner error is K0', () => {
    const run = cleanRun()
    run.tell({ id: 'e', from: 60, until: 70, operation: any, outcome: 'fail', code: 'INTERNAL' })
    expect(convictions(run.input())).toEqual(['K0'])
  })

  it('one address with two holders at a time is K1, shown by those calls alone', () => {
    const run = cleanRun()
    run.take('e', 60, 70, '10.0.0.2')
    const { violations } = checkHistory(run.input())
    const double = violations.find(({ property }) => property === 'K1')
    expect(double?.evidence.map(({ what }) => what)).toEqual([
      'd allocate any → ok 10.0.0.2',
      'e allocate any → ok 10.0.0.2',
    ])
    expect(violationLines(double as NonNullable<typeof double>)).toEqual([
      'K1 no address has two holders: 10.0.0.2 in subnet subnet',
      '  No order of these calls fits an address that one holder has at a time.',
      '    0.000   10.000 ms  worker 0  d allocate any → ok 10.0.0.2',
      '    20.000  30.000 ms  worker 0  e allocate any → ok 10.0.0.2',
    ])
  })

  it('a lease that is given to another before its end is K1', () => {
    const run = new SyntheticRun()
    const answer = { kind: 'allocate', subnetId, addresses: ['10.0.0.2'] } as const
    const leased = { ...any, ttlSeconds: 1 }
    run.tell({ id: 'a', from: 0, until: 5, operation: leased, outcome: 'ok', answer })
    run.event('allocated', '10.0.0.2', 'a', 'a')
    run.event('expired', '10.0.0.2', 'a', null)
    run.take('b', 500, 510, '10.0.0.2')
    expect(convictions(run.input())).toEqual(['K1'])
  })

  it('a reading that sees nobody at an address that is held is K1', () => {
    const run = cleanRun()
    const get = { kind: 'get', subnetId, address: '10.0.0.3' } as const
    const code = 'ALLOCATION_NOT_FOUND'
    run.tell({ id: 'e', from: 60, until: 70, operation: get, outcome: 'fail', code })
    expect(convictions(run.input())).toEqual(['K1'])
  })

  it('an acknowledged address without a row and without an end is K2', () => {
    const run = cleanRun()
    run.rows = run.rows.filter(({ address }) => address !== '10.0.0.2')
    run.events = run.events.filter(({ operationId }) => operationId !== 'd')
    expect(convictions(run.input())).toEqual(['K2', 'K7'])
  })

  it('a row that no request asked for is K3', () => {
    const run = cleanRun()
    run.rows.push({ subnetId, address: '10.0.0.5', isHeld: true, holderId: 'nobody' })
    run.event('allocated', '10.0.0.5', 'nobody', null)
    expect(convictions(run.input())).toEqual(['K3', 'K7'])
  })

  it('a second row of one request is K3', () => {
    const run = cleanRun()
    run.rows.push({ subnetId, address: '10.0.0.5', isHeld: true, holderId: 'd' })
    expect(convictions(run.input())).toContain('K3')
  })

  it('a row after its acknowledged release is K3', () => {
    const run = cleanRun()
    run.release('e', 60, 70, '10.0.0.2')
    run.rows.push({ subnetId, address: '10.0.0.2', isHeld: true, holderId: 'd' })
    expect(convictions(run.input())).toContain('K3')
  })

  it('another answer under the same key is K3', () => {
    const run = cleanRun()
    for (const address of ['10.0.0.5', '10.0.0.6']) {
      const answer = { kind: 'allocate', subnetId, addresses: [address] } as const
      const hasKey = true
      run.tell({ id: 'e', from: 60, until: 70, operation: any, outcome: 'ok', answer, hasKey })
    }
    run.store('e', '10.0.0.5')
    expect(convictions(run.input())).toContain('K3')
  })

  it('a part of a batch is K4', () => {
    const run = cleanRun()
    const operation = { ...any, request: { kind: 'bulk', count: 3 } } as const
    run.tell({ id: 'e', from: 60, until: null, operation, outcome: 'unknown' })
    run.store('e', '10.0.0.5')
    run.store('e', '10.0.0.6')
    expect(convictions(run.input())).toEqual(['K4'])
  })

  it('"exhausted" with free addresses is K5', () => {
    const run = cleanRun()
    const code = 'SUBNET_EXHAUSTED'
    run.tell({ id: 'e', from: 60, until: 70, operation: any, outcome: 'fail', code })
    expect(convictions(run.input())).toEqual(['K5'])
  })

  it('a subnet pool that is said to be exhausted with a free block is K5', () => {
    const run = cleanRun()
    run.cut('e', 60, 70, '10.1.0.0/29')
    const code = 'SUBNET_POOL_EXHAUSTED'
    run.tell({ id: 'f', from: 80, until: 90, operation: cutting, outcome: 'fail', code })
    expect(convictions(run.input())).toEqual(['K5'])
  })

  it('a success where nothing was free is K5', () => {
    const run = cleanRun()
    run.take('e', 60, 70, '10.0.0.5', '10.0.0.6')
    run.take('f', 80, 90, '10.0.0.2')
    expect(convictions(run.input())).toContain('K5')
  })

  it('a count that differs from the rows is K6', () => {
    expect(convictions(cleanRun().input({ allocated: '2', available: '3' }))).toEqual(['K6'])
  })

  it('a reading that counts fewer than were held is K6', () => {
    const run = cleanRun()
    const counts = { capacity: '5', allocated: '1', cooling: '0', available: '4' }
    const operation = { kind: 'utilization', subnetId } as const
    const answer = { kind: 'utilization', ...counts } as const
    run.tell({ id: 'e', from: 60, until: 70, operation, outcome: 'ok', answer })
    expect(convictions(run.input())).toEqual(['K6'])
  })

  it('more than the quota at a time is K6', () => {
    const run = cleanRun()
    run.cut('e', 60, 70, '10.1.0.0/29')
    run.cut('f', 80, 90, '10.1.0.8/29')
    expect(convictions(run.input())).toEqual(['K6'])
  })

  it('"over quota" below it is K6', () => {
    const run = cleanRun()
    const code = 'QUOTA_EXCEEDED'
    run.tell({ id: 'e', from: 60, until: 70, operation: cutting, outcome: 'fail', code })
    expect(convictions(run.input())).toEqual(['K6'])
  })

  it('subnets that overlap are K8', () => {
    const run = cleanRun()
    run.cut('e', 60, 70, '10.1.0.0/29')
    run.subnets.push({ ...(run.subnets[0] as (typeof run.subnets)[0]), id: 'other', name: 'e' })
    expect(convictions(run.input())).toContain('K8')
  })

  it.each([
    ['the gateway', '10.0.0.1'],
    ['the network address', '10.0.0.0'],
    ['the broadcast address', '10.0.0.7'],
    ['an address outside the subnet', '10.0.1.2'],
  ])('%s given away is K8', (_, address) => {
    const run = new SyntheticRun()
    run.take('a', 0, 10, address)
    expect(convictions(run.input({ allocated: '0', available: '5', outsidePools: '1' }))).toEqual([
      'K8',
    ])
  })

  it('a worker without a success for longer than the window is K9', () => {
    const run = cleanRun()
    run.release('e', 1200, 1210, '10.0.0.2')
    expect(convictions(run.input())).toEqual(['K9'])
  })

  it('a worker is judged by as many calls as a long run has', () => {
    const run = cleanRun()
    const operation = { kind: 'release', subnetId, address: '10.0.0.2' } as const
    const code = 'CONTENTION'
    for (let at = 60; at < 300_060; at += 1)
      run.tell({ id: `late ${at}`, from: at, until: at, operation, outcome: 'fail', code })
    expect(convictions(run.input())).toEqual(['K9'])
  })

  it("a problem of the engine's own check is passed on", () => {
    const input = cleanRun().input()
    const final = { ...input.final, problems: ['page-count: 1 and 2'] }
    expect(convictions({ ...input, final })).toEqual(['K6'])
  })
})
