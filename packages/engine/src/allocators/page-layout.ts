/**
 * Cuts the offsets of a subnet into pages that are counted one by one: 256 addresses each for the first 2^17, then 512
 * pages for each doubling. So a /24 has one page, a /16 256, a /8 4,096, and an IPv6 /64 at most 24,576, made as they are
 * needed: few enough to weigh against one another, small enough to read.
 */

const linearBits = 17
const smallPageBits = 8
const pagesPerDoubling = 512
const doublingBits = 9

/** The page of an offset (0 or more) in a subnet. Constant cost. */
export function pageOf(offset: bigint): number {
  if (offset < 1n << BigInt(linearBits)) return Number(offset) >> smallPageBits
  const exponent = bitLength(offset) - 1
  const within = (offset - (1n << BigInt(exponent))) >> BigInt(exponent - doublingBits)
  return pagesPerDoubling + (exponent - linearBits) * pagesPerDoubling + Number(within)
}

/** First and last offset of a page, both included. Constant cost. */
export function pageBounds(page: number): { first: bigint; last: bigint } {
  if (page < pagesPerDoubling) {
    const first = BigInt(page << smallPageBits)
    return { first, last: first + (1n << BigInt(smallPageBits)) - 1n }
  }
  const exponent = linearBits + Math.floor((page - pagesPerDoubling) / pagesPerDoubling)
  const within = (page - pagesPerDoubling) % pagesPerDoubling
  const size = 1n << BigInt(exponent - doublingBits)
  const first = (1n << BigInt(exponent)) + BigInt(within) * size
  return { first, last: first + size - 1n }
}

function bitLength(value: bigint): number {
  if (value < 1n << 53n) return Math.floor(Math.log2(Number(value))) + 1 - overshoot(Number(value))
  return value.toString(2).length
}

// log2 may round up to the next integer just below a power of two.
function overshoot(value: number): number {
  return 2 ** Math.floor(Math.log2(value)) > value ? 1 : 0
}
