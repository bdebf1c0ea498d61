import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pageOf } from './page-layout.ts'
import { type OffsetRange, PoolSpace } from './pool-space.ts'

// Starts near where small pages end, so that both kinds of page are met.
const bases = [0n, 200n, (1n << 17n) - 300n, (1n << 20n) - 3n]

const someRanges = fc
  .tuple(
    fc.constantFrom(...bases),
    fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 300 })), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([base, steps]): OffsetRange[] => {
    let at = base
    return steps.map(([gap, length]) => {
      const first = at + BigInt(gap)
      const last = first + BigInt(length)
      at = last + 1n
      return { first, last }
    })
  })

function offsetsOf(ranges: readonly OffsetRange[]): bigint[] {
  return ranges.flatMap(({ first, last }) =>
    Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index)),
  )
}

describe('the pools of a subnet', () => {
  it('agree with the list of their addresses', () => {
    fc.assert(
      fc.property(someRanges, (ranges) => {
        const space = new PoolSpace(ranges)
        const all = offsetsOf(ranges)
        expect(space.capacity).toBe(BigInt(all.length))
        expect(all.map((_, rank) => space.offsetAt(BigInt(rank)))).toEqual(all)
        const set = new Set(all)
        const [low, high] = [all[0] as bigint, all.at(-1) as bigint]
        for (let offset = low - 1n; offset <= high + 1n; offset += 1n)
          expect(space.contains(offset)).toBe(set.has(offset))
        const pages = [...new Set(all.map(pageOf))]
        expect([...space.pages()]).toEqual(pages)
        expect(space.pageCount).toBe(pages.length)
        expect(space.firstPage).toBe(pages[0])
        for (const page of [...pages, (pages.at(-1) ?? 0) + 1]) {
          const inside = all.filter((offset) => pageOf(offset) === page)
          expect(space.capacityOfPage(page)).toBe(BigInt(inside.length))
          expect(offsetsOf(space.inPage(page))).toEqual(inside)
          expect(space.pagesBelow(page)).toBe(pages.filter((other) => other < page).length)
        }
        const [from, to] = [low + 40n, high - 40n]
        expect(offsetsOf(space.between(from, to))).toEqual(
          all.filter((offset) => offset >= from && offset <= to),
        )
      }),
      { numRuns: 150 },
    )
  })

  it('may be empty', () => {
    const space = new PoolSpace([])
    expect([space.capacity, space.pageCount, space.firstPage]).toEqual([0n, 0, undefined])
    expect(space.contains(0n)).toBe(false)
    expect([...space.pages()]).toEqual([])
  })

  it('of a whole IPv6 space cost no more than their number', () => {
    const space = new PoolSpace([{ first: 1n, last: (1n << 128n) - 1n }])
    expect(space.capacity).toBe((1n << 128n) - 1n)
    expect(space.offsetAt(space.capacity - 1n)).toBe((1n << 128n) - 1n)
    expect(space.pageCount).toBe(57_344)
    expect(space.capacityOfPage(57_343)).toBe(1n << 118n)
  })
})
