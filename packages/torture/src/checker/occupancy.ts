import type { AddressRange } from '../history-record.ts'
import type { AddressRegister, RegisterCall } from './address-register.ts'
import type { RecordedOperation } from './operation-history.ts'
import { isInRanges, type KnownSubnet, type RunHistory } from './run-history.ts'
import { type Interval, mergedIntervals, StepFunction } from './step-function.ts'
import { type Version, VersionHistory } from './version-history.ts'

/** How many addresses of some ranges are held at a moment: at most so many, and for certain so many. */
export interface Occupancy {
  readonly possible: StepFunction
  readonly certain: StepFunction
}

const clockSlack = 30_000
const never = Number.POSITIVE_INFINITY

/** Answers what may, and what must, have been held in each subnet. */
export class OccupancyIndex {
  readonly #registers: ReadonlyMap<string, readonly AddressRegister[]>
  readonly #subnets: ReadonlyMap<string, KnownSubnet>
  readonly #versions: ReadonlyMap<string, VersionHistory<readonly AddressRange[]>>
  readonly #known = new Map<string, Occupancy>()
  readonly #withoutDelay = new Map<string, boolean>()

  constructor(history: RunHistory, registers: readonly AddressRegister[]) {
    this.#registers = Map.groupBy(registers, ({ subnetId }) => subnetId)
    this.#subnets = history.subnets
    this.#versions = poolVersions(history)
  }

  /** Held addresses among `pools` of a subnet. Linear in its calls for the first question about these pools. */
  of(subnetId: string, pools: readonly AddressRange[]): Occupancy {
    const key = `${subnetId} ${JSON.stringify(pools)}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const coolingTime = (this.#subnets.get(subnetId)?.coolingSeconds ?? 0) * 1_000_000
    const inside = (this.#registers.get(subnetId) ?? []).filter(({ address }) =>
      isInRanges(address, pools),
    )
    const occupancy = {
      possible: new StepFunction(
        inside.flatMap((register) => possibleTimes(register, coolingTime)),
      ),
      certain: new StepFunction(inside.flatMap(certainTimes)),
    }
    this.#known.set(key, occupancy)
    return occupancy
  }

  /** The allocation pools that the subnet may have had at some moment from `from` to `until`; none for an unknown subnet. */
  poolsDuring(subnetId: string, from: number, until: number): readonly (readonly AddressRange[])[] {
    return this.#versions.get(subnetId)?.during(from, until) ?? []
  }

  /** Whether an address of the subnet may have been held, in a pool or not; what cools is held by nobody. */
  mayHoldSome(subnetId: string, from: number, until: number): boolean {
    return (this.#registers.get(subnetId) ?? []).some((register) =>
      possibleTimes(register, 0).some(([first, last]) => first <= until && last >= from),
    )
  }

  /** Whether the counts of the subnet follow the calls: nothing of it cools or ends by itself. */
  isWithoutDelay(subnetId: string): boolean {
    let isWithout = this.#withoutDelay.get(subnetId)
    if (isWithout === undefined) {
      const registers = this.#registers.get(subnetId) ?? []
      const hasLeases = registers.some(({ calls }) =>
        calls.some(({ leaseUntil }) => leaseUntil < never),
      )
      isWithout = this.#subnets.get(subnetId)?.coolingSeconds === 0 && !hasLeases
      this.#withoutDelay.set(subnetId, isWithout)
    }
    return isWithout
  }
}

function poolVersions(history: RunHistory): Map<string, VersionHistory<readonly AddressRange[]>> {
  const versions = new Map<string, Version<readonly AddressRange[]>[]>()
  for (const { id, allocationPools, createdBy } of history.subnets.values())
    versions.set(id, [
      { from: createdBy?.from ?? -1, until: createdBy?.until ?? -1, value: allocationPools },
    ])
  for (const { operation, outcome, from, until } of history.operations) {
    if (operation.kind === 'set-allocation-pools' && outcome !== 'fail')
      versions.get(operation.subnetId)?.push({ from, until, value: operation.allocationPools })
  }
  return new Map([...versions].map(([id, own]) => [id, new VersionHistory(own)]))
}

/** When the address may have been held, or cooled. */
function possibleTimes({ calls }: AddressRegister, coolingTime: number): Interval[] {
  const ends = calls
    .filter(({ effect, until }) => endsHolding(effect.kind) && until < never)
    .sort((a, b) => a.from - b.from)
  const earliestFrom = suffixMinima(ends.map(({ until }) => until))
  return mergedIntervals(
    calls
      .filter(({ effect }) => effect.kind === 'acquire')
      .map(({ from, until, source }): Interval => {
        const ended = earliestFrom[firstAtOrAfter(ends, until)] ?? never
        const leased = until + leaseTime(source)
        return [from, Math.min(ended, leased) + coolingTime + clockSlack]
      }),
  )
}

/** When the address was held, whatever the order of overlapping calls. */
function certainTimes({ calls }: AddressRegister): Interval[] {
  const ends = calls
    .filter(({ effect }) => endsHolding(effect.kind))
    .sort((a, b) => a.until - b.until)
  const untils = ends.map(({ until }) => ({ from: until }))
  const earliestFrom = suffixMinima(ends.map(({ from }) => from))
  const times = calls
    .filter(({ effect, until }) => effect.kind === 'acquire' && until < never)
    .map(({ from, until, leaseUntil }): Interval => {
      const ended = earliestFrom[firstAtOrAfter(untils, from)] ?? never
      return [until + 1, Math.min(ended, leaseUntil) - 1]
    })
  return mergedIntervals(times.filter(([from, until]) => from <= until))
}

function endsHolding(kind: RegisterCall['effect']['kind']): boolean {
  return kind === 'release' || kind === 'delete'
}

function leaseTime({ operation }: RecordedOperation): number {
  return operation.kind === 'allocate' && operation.ttlSeconds !== undefined
    ? operation.ttlSeconds * 1_000_000
    : never
}

/** At each index the least value from there on. */
function suffixMinima(values: readonly number[]): number[] {
  const minima = [...values]
  for (let at = minima.length - 2; at >= 0; at -= 1)
    minima[at] = Math.min(minima[at] as number, minima[at + 1] as number)
  return minima
}

function firstAtOrAfter(sorted: readonly { from: number }[], time: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as { from: number }).from < time) low = middle + 1
    else high = middle
  }
  return low
}
