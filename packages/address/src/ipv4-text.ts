const DOT = 46
const ZERO = 48

/**
 * Reads `text[start..end)` as dotted IPv4: four decimal octets of 0 to 255 without leading zeros,
 * nothing before or after. Returns the address as an unsigned 32-bit number, or -1 if the text is
 * anything else. Forms that `inet_aton` also reads (octal, hex, fewer than four parts) are refused,
 * because two parsers would take them for two addresses. Cost: one pass, at most 16 characters.
 */
export function scanIpv4(text: string, start: number, end: number): number {
  if (end - start > 15) return -1
  let value = 0
  let octet = 0
  let digits = 0
  let dots = 0
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code === DOT) {
      if (digits === 0 || dots === 3) return -1
      value = (value << 8) | octet
      octet = 0
      digits = 0
      dots++
    } else {
      const digit = code - ZERO
      if (digit < 0 || digit > 9) return -1
      if (digits !== 0 && octet === 0) return -1
      octet = octet * 10 + digit
      if (octet > 255) return -1
      digits++
    }
  }
  if (digits === 0 || dots !== 3) return -1
  return ((value << 8) | octet) >>> 0
}

const octetTexts = Array.from({ length: 256 }, (_, octet) => String(octet))
const octetTextsWithDot = octetTexts.map((text) => `${text}.`)

/** The dotted text of the 32-bit number in `word` (signed or unsigned, only its bits count). */
export function formatIpv4(word: number): string {
  // Joined in two halves from tables: measured at half the time of one template of numbers.
  const upper = octetTextsWithDot[word >>> 24]! + octetTextsWithDot[(word >>> 16) & 255]!
  return upper + (octetTextsWithDot[(word >>> 8) & 255]! + octetTexts[word & 255]!)
}
