import { Prefix } from '@freehold/address'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { blocksWithout, mergedBlocks, prefixesWithout } from './prefix-allocator.ts'

const root = Prefix.parse('10.0.0.0/26')
const parse = (texts: readonly string[]): Prefix[] => texts.map((text) => Prefix.parse(text))
const texts = (prefixes: readonly Prefix[]): string[] =>
  [...prefixes].sort((a, b) => a.compare(b)).map(String)

/** The addresses of prefixes inside the root, as a set of offsets. */
function offsets(prefixes: readonly Prefix[]): Set<number> {
  const found = new Set<number>()
  for (const prefix of prefixes) {
    const first = Number(prefix.first.value - root.first.value)
    for (let offset = first; offset < first + Number(prefix.size); offset += 1) found.add(offset)
  }
  return found
}

const inside = fc
  .tuple(fc.integer({ min: 26, max: 32 }), fc.nat(63))
  .map(([length, offset]) =>
    Prefix.of(
      root.first.plus(offset).value === 0n
        ? root.first
        : root.first.plus(offset - (offset % 2 ** (32 - length))),
      length,
    ),
  )

it('splits a block into the fewest parts around what is taken', () => {
  const [block, taken] = parse(['10.0.0.0/24', '10.0.0.64/26']) as [Prefix, Prefix]
  expect(texts(blocksWithout(block, taken))).toEqual(['10.0.0.0/26', '10.0.0.128/25'])
  expect(blocksWithout(taken, block)).toEqual([])
  expect(blocksWithout(block, block)).toEqual([])
})

it('leaves exactly the addresses outside the holes, in aligned and disjoint parts', () => {
  fc.assert(
    fc.property(fc.array(inside, { maxLength: 6 }), (candidates) => {
      const holes = candidates.filter(
        (prefix, index) => !candidates.slice(0, index).some((other) => other.overlaps(prefix)),
      )
      const rest = prefixesWithout([root], holes)
      expect(offsets(rest)).toEqual(offsets([root]).difference(offsets(holes)))
      expect(rest.reduce((sum, prefix) => sum + prefix.size, 0n)).toBe(BigInt(offsets(rest).size))
      expect(texts(mergedBlocks([...rest, ...holes]))).toEqual([root.toString()])
    }),
  )
})

it('joins halves to wholes, and nothing that is no pair of halves', () => {
  const merged = (list: readonly string[]): string[] => texts(mergedBlocks(parse(list)))
  expect(merged(['10.0.0.0/25', '10.0.0.128/25', '10.0.1.0/24'])).toEqual(['10.0.0.0/23'])
  expect(merged(['10.0.0.128/25', '10.0.1.0/25'])).toEqual(['10.0.0.128/25', '10.0.1.0/25'])
  expect(merged(['::/1', '8000::/1'])).toEqual(['::/0'])
})
