import { describe, expect, it } from 'vitest'
import { cleanRun, convictions, poolId, recordEvent, subnetId } from './synthetic-run.ts'

const cutting = { kind: 'create-subnet', subnetPoolId: poolId, prefixLength: 29 } as const

describe('one defect of the events', () => {
  it('a change without an event, and with two, is K7', () => {
    const missing = cleanRun()
    missing.events = missing.events.filter(({ action }) => action !== 'released')
    expect(convictions(missing.input())).toEqual(['K7'])
    const twice = cleanRun()
    twice.event('allocated', '10.0.0.2', 'd', 'd')
    expect(convictions(twice.input())).toEqual(['K7'])
  })

  it.each([
    [
      'allocation pools',
      {
        kind: 'set-allocation-pools',
        subnetId,
        allocationPools: [{ first: '10.0.0.2', last: '10.0.0.6' }],
      },
      recordEvent('updated', 'subnet', subnetId),
    ],
    [
      'pool prefixes',
      { kind: 'set-prefixes', subnetPoolId: poolId, prefixes: ['10.1.0.0/28', '10.3.0.0/24'] },
      recordEvent('updated', 'subnet-pool', poolId),
    ],
  ] as const)(
    'a change of %s without an event, and one too many, are K7',
    (_, operation, event) => {
      const judged = (outcome: 'ok' | 'fail' | 'unknown', events: number) => {
        const run = cleanRun()
        const code = outcome === 'fail' ? 'CONTENTION' : undefined
        const until = outcome === 'unknown' ? null : 70
        const answer = { kind: 'done' } as const
        run.tell({
          id: 'e',
          from: 60,
          until,
          operation,
          outcome,
          ...(code === undefined ? { answer } : { code }),
        })
        for (let count = 0; count < events; count += 1) run.events.push(event)
        if (operation.kind === 'set-prefixes' && outcome !== 'fail')
          run.subnetPools = [{ id: poolId, prefixes: operation.prefixes }]
        return convictions(run.input())
      }
      expect([0, 1, 2].map((events) => judged('ok', events))).toEqual([['K7'], [], ['K7']])
      expect([0, 1, 2].map((events) => judged('unknown', events))).toEqual([[], [], ['K7']])
      expect([0, 1].map((events) => judged('fail', events))).toEqual([[], ['K7']])
    },
  )

  it('two events of one change are K7 also where another change has none', () => {
    const run = cleanRun()
    const operation = { kind: 'set-prefixes', subnetPoolId: poolId, prefixes: ['10.1.0.0/28'] }
    for (const id of ['e', 'f'])
      run.tell({
        id,
        from: 60,
        until: 70,
        operation: { ...operation, kind: 'set-prefixes' },
        outcome: 'ok',
        answer: { kind: 'done' },
      })
    const of = (id: string) => recordEvent('updated', 'subnet-pool', poolId, id)
    run.events.push(of('e'), of('f'))
    expect(convictions(run.input())).toEqual([])
    run.events.splice(-1, 1, of('e'))
    expect(convictions(run.input())).toEqual(['K7'])
  })

  it.each([
    ['address-scope', 'scope'],
    ['subnet-pool', poolId],
    ['subnet', subnetId],
    ['subnet', 'subnet of e'],
  ] as const)(
    'a creation of a record (%s, %s) without an event, and with two, is K7',
    (kind, id) => {
      const whole = cleanRun()
      whole.cut('e', 60, 70, '10.1.0.0/29')
      expect(convictions(whole.input())).toEqual([])
      const isCreation = (event: (typeof whole.events)[0]) =>
        event.recordKind === kind && event.recordId === id
      const [creation] = whole.events.filter(isCreation)
      whole.events = whole.events.filter((event) => !isCreation(event))
      expect(convictions(whole.input())).toEqual(['K7'])
      whole.events.push(
        ...Array<typeof creation>(2)
          .fill(creation)
          .filter((each) => each !== undefined),
      )
      expect(convictions(whole.input())).toEqual(['K7'])
    },
  )

  it('a record with events that no request made is K7', () => {
    const run = cleanRun()
    const code = 'CONTENTION'
    run.tell({ id: 'e', from: 60, until: 70, operation: cutting, outcome: 'fail', code })
    run.events.push(recordEvent('created', 'subnet', 'unasked', 'e'))
    expect(convictions(run.input())).toEqual(['K7'])
  })

  it('an end of the cooling without an event, and with two, is K7', () => {
    const judged = (...freed: readonly string[]) => {
      const run = cleanRun()
      run.release('e', 60, 70, '10.0.0.2')
      run.events.pop()
      run.event('released', '10.0.0.2', 'd', 'e', { cools: true })
      for (const action of freed) run.event(action, '10.0.0.2', 'd', null)
      run.take('f', 80, 90, '10.0.0.2')
      return convictions(run.input())
    }
    expect(judged('freed')).toEqual([])
    expect(judged()).toEqual(['K7'])
    expect(judged('freed', 'freed')).toEqual(['K7'])
  })

  it('events in another order than the calls are K7', () => {
    const run = cleanRun()
    run.release('e', 60, 70, '10.0.0.2')
    run.take('f', 80, 90, '10.0.0.2')
    // Every life is whole, but that of f comes before that of d.
    const ofF = run.events.findIndex(({ operationId }) => operationId === 'f')
    const [event] = run.events.splice(ofF, 1)
    const release = run.events.findIndex(({ requestId }) => requestId === 'e')
    const [end] = run.events.splice(release, 1)
    const ofD = run.events.findIndex(({ operationId }) => operationId === 'd')
    run.events.splice(ofD, 0, event as NonNullable<typeof event>, end as NonNullable<typeof end>)
    expect(convictions(run.input())).toContain('K7')
  })
})
