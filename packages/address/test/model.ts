// Second, slow and obvious answers to compare the package with: text from whole strings, sets of
// numbers in place of ranges. Shares nothing with the code under test.

export type IpVersion = 4 | 6

export function bitsOf(version: IpVersion): number {
  return version === 4 ? 32 : 128
}

/** The eight groups in full, then the longest run of zero groups, found by trying every run. */
function ipv6Text(value: bigint): string {
  const digits = value.toString(16).padStart(32, '0')
  const groups = (digits.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, ''))
  for (let length = 8; length >= 2; length--) {
    for (let start = 0; start + length <= 8; start++) {
      if (groups.slice(start, start + length).every((group) => group === '0')) {
        return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
      }
    }
  }
  return groups.join(':')
}

function ipv4Text(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value / 2n ** shift) % 256n).join('.')
}

export function textOf(version: IpVersion, value: bigint): string {
  return version === 4 ? ipv4Text(value) : ipv6Text(value)
}

/** The number of an IPv4 or IPv6 text that is known to be valid. */
export function valueOf(text: string): bigint {
  if (!text.includes(':')) {
    return text.split('.').reduce((value, octet) => value * 256n + BigInt(octet), 0n)
  }
  const dotted = /[^:]*\..*$/.exec(text)?.[0]
  const tail = dotted === undefined ? '' : valueOf(dotted).toString(16).padStart(8, '0')
  const hex =
    dotted === undefined ? text : text.replace(dotted, `${tail.slice(0, 4)}:${tail.slice(4)}`)
  const [before = '', after] = hex.split('::')
  const left = before === '' ? [] : before.split(':')
  const right = after === undefined || after === '' ? [] : after.split(':')
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  const groups = [...left, ...zeros, ...right].map((group) => group.padStart(4, '0'))
  return BigInt(`0x${groups.join('')}`)
}

export function isMapped(version: IpVersion, value: bigint): boolean {
  return version === 6 && value / 2n ** 32n === 0xffffn
}

/** Whether `length` leading bits of both numbers, written out in binary, are the same. */
export function sharesPrefix(version: IpVersion, a: bigint, b: bigint, length: number): boolean {
  const bits = bitsOf(version)
  const binary = (value: bigint) => value.toString(2).padStart(bits, '0').slice(0, length)
  return binary(a) === binary(b)
}

/**
 * How many aligned blocks at least are needed for exactly these numbers of 0 to `universe - 1` (a
 * power of two): each largest block that lies wholly inside counts once.
 */
export function fewestBlocks(
  members: ReadonlySet<number>,
  first: number,
  universe: number,
): number {
  let inside = 0
  for (let n = first; n < first + universe; n++) if (members.has(n)) inside++
  if (inside === 0) return 0
  if (inside === universe) return 1
  const half = universe / 2
  return fewestBlocks(members, first, half) + fewestBlocks(members, first + half, half)
}
