import * as fc from 'fast-check'
import { bitsOf, type IpVersion, isMapped } from './model.ts'

export const version: fc.Arbitrary<IpVersion> = fc.constantFrom(4, 6)

/** Numbers that sit where carries and signs go wrong, among uniform ones. */
function numberBelow(bits: number): fc.Arbitrary<bigint> {
  const end = 2n ** BigInt(bits)
  return fc.oneof(
    fc.bigInt({ min: 0n, max: end - 1n }),
    fc
      .tuple(fc.integer({ min: 0, max: bits }), fc.bigInt({ min: -2n, max: 2n }))
      .map(([power, near]) => (((2n ** BigInt(power) + near) % end) + end) % end),
    // Whole groups of zeros and ones, in which the longest run of zeros has to be found.
    fc
      .array(fc.constantFrom<bigint[]>(0n, 0n, 0n, 1n, 0xffffn, 0xa0n), {
        minLength: 8,
        maxLength: 8,
      })
      .map((groups) => groups.reduce((value, group) => value * 65_536n + group) % end),
  )
}

/** The version and number of an address that can be written. */
export const numbered = version.chain((of) =>
  numberBelow(bitsOf(of))
    .filter((value) => !isMapped(of, value))
    .map((value) => ({ version: of, value })),
)

/** Two addresses of one version. */
export const numberedPair = version.chain((of) => {
  const value = numberBelow(bitsOf(of)).filter((candidate) => !isMapped(of, candidate))
  return fc.record({ version: fc.constant(of), a: value, b: value })
})

/** An address and a prefix length of its version. */
export const numberedWithLength = numbered.chain(({ version: of, value }) =>
  fc.record({
    version: fc.constant(of),
    value: fc.constant(value),
    length: fc.integer({ min: 0, max: bitsOf(of) }),
  }),
)

/** A valid IPv6 text, canonical or not, of the number; covers all forms of RFC 4291, section 2.2. */
export function spellings(value: bigint): fc.Arbitrary<string> {
  const digits = value.toString(16).padStart(32, '0')
  const full = digits.match(/.{4}/g) ?? []
  const choices = fc.record({
    widths: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
    upper: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    dotted: fc.boolean(),
    gap: fc.option(fc.record({ start: fc.nat(7), length: fc.integer({ min: 1, max: 8 }) })),
  })
  return choices.map(({ widths, upper, dotted, gap }) => {
    const groups = full.map((group, index) => {
      const written = group.replace(/^0+/, '').padStart(widths[index]!, '0')
      return upper[index]! ? written.toUpperCase() : written
    })
    const hexGroups = dotted ? 6 : 8
    const tail = full.slice(6).flatMap((group) => [group.slice(0, 2), group.slice(2)])
    const end = dotted ? [tail.map((byte) => Number(`0x${byte}`)).join('.')] : []
    const zeros = gap === null ? [] : full.slice(gap.start, gap.start + gap.length)
    const isGap =
      gap !== null &&
      gap.start + gap.length <= hexGroups &&
      zeros.every((group) => group === '0000')
    if (!isGap) return [...groups.slice(0, hexGroups), ...end].join(':')
    const before = groups.slice(0, gap.start).join(':')
    const after = [...groups.slice(gap.start + gap.length, hexGroups), ...end].join(':')
    return `${before}::${after}`
  })
}
