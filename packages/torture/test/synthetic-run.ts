import { type CheckInput, checkHistory } from '../src/checker/check-history.ts'
import type { FinalAllocation, FinalEvent, FinalState } from '../src/checker/final-state.ts'
import type { Answer, HistoryRecord, Operation, Outcome } from '../src/history-record.ts'
import type { Topology } from '../src/topology.ts'

export const subnetId = 'subnet'
export const poolId = 'pool'

const subnet = {
  id: subnetId,
  cidr: '10.0.0.0/29',
  gateway: '10.0.0.1',
  allocationPools: [{ first: '10.0.0.2', last: '10.0.0.6' }],
}

const topology: Topology = {
  runId: 'run',
  addressScopeIds: ['scope'],
  subnets: [{ ...subnet, role: 'small', coolingSeconds: 0 }],
  subnetPools: [
    { role: 'quota', id: poolId, prefixes: ['10.1.0.0/28'], prefixLength: 29, quota: 8 },
  ],
}

interface Told {
  readonly id: string
  readonly from: number
  /** null: never answered. */
  readonly until: number | null
  readonly operation: Operation
  readonly outcome: Outcome
  readonly code?: string
  readonly answer?: Answer
  readonly hasKey?: boolean
  readonly worker?: number
}

/** An event of a record that is not an allocation. */
export function recordEvent(
  action: string,
  recordKind: FinalEvent['recordKind'],
  recordId: string,
  requestId: string | null = null,
): FinalEvent {
  return {
    action,
    recordKind,
    recordId,
    address: null,
    operationId: requestId ?? '',
    requestId,
    cools: false,
  }
}

/** A run told by hand: times in milliseconds. Each call that is told also writes what a faultless engine would have stored. */
export class SyntheticRun {
  readonly records: HistoryRecord[] = []
  rows: FinalAllocation[] = []
  /** To begin with, those of what the run works on. */
  events: FinalEvent[] = [
    recordEvent('created', 'address-scope', 'scope'),
    recordEvent('created', 'subnet', subnetId),
    recordEvent('created', 'subnet-pool', poolId),
  ]
  subnets: FinalState['subnets'][number][] = []
  subnetPools: FinalState['subnetPools'][number][] = [{ id: poolId, prefixes: ['10.1.0.0/28'] }]
  #calls = 0
  readonly #incarnations = new Map<number, number>()

  /** A worker begins, or another process takes its place. */
  start(worker: number, at: number): void {
    const incarnation = (this.#incarnations.get(worker) ?? -1) + 1
    this.#incarnations.set(worker, incarnation)
    this.records.push({ event: 'start', worker, incarnation, at: at * 1000 })
  }

  tell({ id, from, until, operation, outcome, code, answer, hasKey, worker = 0 }: Told): void {
    this.#calls += 1
    const call = `call ${this.#calls}`
    this.records.push({
      event: 'invoke',
      call,
      operationId: id,
      worker,
      incarnation: this.#incarnations.get(worker) ?? 0,
      at: from * 1000,
      projectId: 'torture',
      idempotencyKey: hasKey === true ? id : null,
      operation,
    })
    if (until !== null)
      this.records.push({
        event: 'complete',
        call,
        at: until * 1000,
        outcome,
        code: code ?? null,
        answer: answer ?? null,
      })
  }

  /** An acknowledged allocation, with its rows and events. */
  take(id: string, from: number, until: number, ...addresses: string[]): void {
    const request =
      addresses.length === 1
        ? ({ kind: 'any' } as const)
        : ({ kind: 'bulk', count: addresses.length } as const)
    this.tell({
      id,
      from,
      until,
      operation: { kind: 'allocate', subnetIds: [subnetId], request },
      outcome: 'ok',
      answer: { kind: 'allocate', subnetId, addresses },
    })
    for (const address of addresses) this.store(id, address)
  }

  /** An acknowledged release. */
  release(id: string, from: number, until: number, address: string): void {
    const operation = { kind: 'release', subnetId, address } as const
    this.tell({ id, from, until, operation, outcome: 'ok', answer: { kind: 'done' } })
    const holder = this.rows.find((row) => row.address === address)?.holderId ?? ''
    this.rows = this.rows.filter((row) => row.address !== address)
    this.event('released', address, holder, id)
  }

  /** A row that came into being, and its event. */
  store(id: string, address: string): void {
    this.rows.push({ subnetId, address, isHeld: true, holderId: id })
    this.event('allocated', address, id, id)
  }

  event(
    action: string,
    address: string,
    operationId: string,
    requestId: string | null,
    { inSubnet = subnetId, cools = false } = {},
  ): void {
    this.events.push({
      action,
      recordKind: 'allocation',
      recordId: inSubnet,
      address,
      operationId,
      requestId,
      cools,
    })
  }

  /** An acknowledged cut of a subnet, and what is stored of it. */
  cut(id: string, from: number, until: number, cidr: string): void {
    const made = { gateway: null, allocationPools: [] }
    this.tell({
      id,
      from,
      until,
      operation: { kind: 'create-subnet', subnetPoolId: poolId, prefixLength: 29 },
      outcome: 'ok',
      answer: { kind: 'create-subnet', subnetId: `subnet of ${id}`, cidr, ...made },
    })
    const counts = { capacity: '0', allocated: '0', cooling: '0', available: '0' }
    this.subnets.push({
      id: `subnet of ${id}`,
      name: id,
      addressScopeId: 'scope',
      cidr,
      ...made,
      counts: { ...counts, outsidePools: '0' },
    })
    this.events.push(recordEvent('created', 'subnet', `subnet of ${id}`, id))
  }

  /** An acknowledged deletion of the subnet that a request cut. */
  deleteCut(id: string, from: number, until: number, cutBy: string): void {
    const deleted = `subnet of ${cutBy}`
    const operation = { kind: 'delete-subnet', subnetId: deleted, cascade: false } as const
    this.tell({ id, from, until, operation, outcome: 'ok', answer: { kind: 'done' } })
    this.subnets = this.subnets.filter(({ id: each }) => each !== deleted)
    this.events.push(recordEvent('deleted', 'subnet', deleted, id))
  }

  input(counts: Partial<FinalState['subnets'][number]['counts']> = {}): CheckInput {
    const held = this.rows.length
    return {
      records: this.records,
      topology,
      livenessWindowMs: 1000,
      isFeedOrdered: true,
      final: {
        subnetPools: this.subnetPools,
        allocations: this.rows,
        events: this.events,
        problems: [],
        subnets: [
          {
            ...subnet,
            name: 'small',
            addressScopeId: 'scope',
            counts: {
              capacity: '5',
              allocated: String(held),
              cooling: '0',
              available: String(5 - held),
              outsidePools: '0',
              ...counts,
            },
          },
          ...this.subnets,
        ],
      },
    }
  }
}

/** A run with a bit of everything, in which nothing is wrong. */
export function cleanRun(): SyntheticRun {
  const run = new SyntheticRun()
  run.start(0, 0)
  run.take('a', 0, 10, '10.0.0.2')
  run.take('b', 5, 15, '10.0.0.3', '10.0.0.4')
  run.release('c', 20, 30, '10.0.0.2')
  run.take('d', 40, 50, '10.0.0.2')
  return run
}

/** The properties that the checker says are broken. */
export function convictions(input: CheckInput): string[] {
  return [...new Set(checkHistory(input).violations.map(({ property }) => property))].sort()
}
