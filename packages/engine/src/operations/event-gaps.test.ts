import { describe, expect, it } from 'vitest'
import type { EventGapRow } from '../store/sql/event-seal-queries.ts'
import { dueGaps, gapAmong, isOver, thinnedGaps } from './event-gaps.ts'

const gap = (first_id: number, last_id: number, seen_at: number): EventGapRow => ({
  first_id,
  last_id,
  seen_at,
})
const hour = 3_600_000
const day = 24 * hour

describe('a gap among event ids', () => {
  it('spans the ids that are missing, and none at the ends that is there', () => {
    expect(gapAmong(3, [4, 5, 8, 9, 11, 12], 7)).toEqual(gap(6, 10, 7))
    expect(gapAmong(3, [7], 7)).toEqual(gap(4, 6, 7))
    expect(gapAmong(3, [4, 5, 6], 7)).toBeUndefined()
    expect(gapAmong(3, [], 7)).toBeUndefined()
  })

  it('is over after a day', () => {
    expect(isOver(gap(1, 2, 0), day)).toBe(false)
    expect(isOver(gap(1, 2, 0), day + 1)).toBe(true)
  })
})

describe('gaps that are seen every second', () => {
  // On Galera each node gives out every third id.
  function seen(perSecond: number, seconds: number): readonly EventGapRow[] {
    let gaps: readonly EventGapRow[] = []
    for (let second = 0; second < seconds; second += 1) {
      const first = second * perSecond * 3
      const now = second * 1000
      const open = gaps.filter((each) => !isOver(each, now))
      gaps = thinnedGaps([...open, gap(first + 2, first + perSecond * 3, now)], now)
    }
    return gaps
  }

  it.each([1, 100, 2000])(
    'are kept as a hundred, none younger than it is, with %i a second',
    (perSecond) => {
      const seconds = 2 * 86_400
      const gaps = seen(perSecond, seconds)
      expect(gaps.length).toBeLessThan(120)
      const now = (seconds - 1) * 1000
      let end = 0
      for (const { first_id, last_id, seen_at } of gaps) {
        expect(first_id).toBeGreaterThan(end)
        end = last_id
        // The last of its ids was given out at that second; to forget it sooner would lose it.
        expect(seen_at).toBe((Math.ceil(last_id / (perSecond * 3)) - 1) * 1000)
      }
      expect(end).toBe(seconds * perSecond * 3)
      // Nothing of the last day is left out: between two gaps there is at most one sealed id.
      expect(gaps[0]?.first_id).toBeLessThan((now - day) * 0.001 * perSecond * 3 + 3 * perSecond)
      for (const [index, each] of gaps.slice(1).entries())
        expect(each.first_id - (gaps[index]?.last_id ?? 0)).toBeLessThan(3)
    },
  )

  it('are looked through the less often the older they are, and never forgotten', () => {
    // At no round second.
    const start = 1_795_861_717_123
    const old = gap(1, 20_000, start)
    const due = (age: number) => dueGaps([old], start + age).length
    const times = (from: number, seconds: number) =>
      Array.from({ length: seconds }, (_, second) => due(from + second * 1000)).reduce(
        (sum, one) => sum + one,
        0,
      )
    for (let age = 4; age < 86_400; age += age >> 1)
      expect(times(age * 1000, age), `${age} s`).toBeGreaterThan(0)
    expect(times(0, 60)).toBeLessThan(20)
    expect(times(0, 86_400)).toBeLessThan(50)
    expect(due(day + 1)).toBe(1)
  })
})

it('few and narrow gaps are looked through every time, at whatever age', () => {
  const gaps = [gap(1, 3, 0), gap(9, 90, hour)]
  for (let second = 0; second < 100; second += 1)
    expect(dueGaps(gaps, day + second * 999)).toEqual(gaps)
})

it('gaps far apart stay apart: what lies between them would be looked through for nothing', () => {
  const gaps = [gap(1, 3, 0), gap(9_000_000, 9_000_001, 1000)]
  expect(thinnedGaps(gaps, 60_000)).toEqual(gaps)
  expect(thinnedGaps([gap(1, 3, 0), gap(9, 9, 1000)], 60_000)).toEqual([gap(1, 9, 1000)])
})
