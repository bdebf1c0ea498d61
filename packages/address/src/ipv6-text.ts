import { scanIpv4 } from './ipv4-text.ts'

const DOT = 46
const COLON = 58

// Shared by all calls: filled and read out again before anything else can run.
const formattedGroups = new Uint16Array(8)

/** The longest text an IPv6 address can have: six groups of four digits and a dotted tail. */
export const LONGEST_IPV6_TEXT = 45

/**
 * Reads the whole of `text` as an IPv6 address in one of the forms of RFC 4291, section 2.2: eight
 * groups of one to four hex digits in either case, at most one `::` standing for one or more zero
 * groups, and optionally the last 32 bits as strict dotted IPv4. On success writes the eight groups
 * to `groups` and returns true; on failure returns false and leaves `groups` undefined. Zone ids,
 * brackets and blanks are refused. Cost: one pass, at most 45 characters.
 */
export function scanIpv6(text: string, groups: Uint16Array): boolean {
  const end = text.length
  if (end < 2 || end > LONGEST_IPV6_TEXT) return false
  let count = 0
  let gap = -1
  let i = 0
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return false
    gap = 0
    i = 2
  }
  while (i < end) {
    if (count === 8) return false
    const start = i
    let group = 0
    let code = 0
    for (; i < end; i++) {
      code = text.charCodeAt(i)
      let digit = code - 48
      if (digit < 0 || digit > 9) {
        digit = (code | 32) - 87
        if (digit < 10 || digit > 15) break
      }
      if (i - start === 4) return false
      group = (group << 4) | digit
    }
    if (i === start) return false
    if (i < end && code === DOT) {
      const tail = count > 6 ? -1 : scanIpv4(text, start, end)
      if (tail < 0) return false
      groups[count++] = tail >>> 16
      groups[count++] = tail & 0xffff
      break
    }
    groups[count++] = group
    if (i === end) break
    if (code !== COLON) return false
    i++
    if (i === end) return false
    if (text.charCodeAt(i) === COLON) {
      if (gap >= 0) return false
      gap = count
      i++
    }
  }
  if (gap < 0) return count === 8
  if (count === 8) return false
  const zeros = 8 - count
  groups.copyWithin(gap + zeros, gap, count)
  groups.fill(0, gap, gap + zeros)
  return true
}

const byteTexts = Array.from({ length: 256 }, (_, byte) => byte.toString(16))
const paddedByteTexts = byteTexts.map((text) => text.padStart(2, '0'))

/** A 16-bit group as hex without leading zeros; from tables, for speed. */
function groupText(group: number): string {
  return group < 256 ? byteTexts[group]! : byteTexts[group >>> 8]! + paddedByteTexts[group & 255]!
}

/**
 * The text of RFC 5952, section 4: lower-case hex without leading zeros, the longest run of two or
 * more zero groups as `::`, the first of equally long ones. Never a dotted tail. The arguments are
 * the four 32-bit words, most significant first.
 */
export function formatIpv6(w0: number, w1: number, w2: number, w3: number): string {
  const groups = formattedGroups
  groups[0] = w0 >>> 16
  groups[1] = w0
  groups[2] = w1 >>> 16
  groups[3] = w1
  groups[4] = w2 >>> 16
  groups[5] = w2
  groups[6] = w3 >>> 16
  groups[7] = w3
  let gap = -1
  let gapLength = 1
  for (let i = 0; i < 8; i++) {
    const start = i
    while (i < 8 && groups[i] === 0) i++
    if (i - start > gapLength) {
      gap = start
      gapLength = i - start
    }
  }
  let text = ''
  for (let i = 0; i < 8; i++) {
    if (i === gap) {
      text += '::'
      i += gapLength - 1
    } else {
      const separator = i === 0 || i === gap + gapLength ? '' : ':'
      text += separator + groupText(groups[i]!)
    }
  }
  return text
}
