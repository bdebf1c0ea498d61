const HEX_DIGITS = 12

/** The character between groups and the digits in a group, for each accepted length of text. */
function separatorOf(text: string): { code: number; groupDigits: number } | undefined {
  if (text.length === HEX_DIGITS) return { code: -1, groupDigits: HEX_DIGITS }
  if (text.length === 17) {
    const code = text.charCodeAt(2)
    return code === 58 || code === 45 ? { code, groupDigits: 2 } : undefined
  }
  if (text.length === 14) {
    return text.charCodeAt(4) === 46 ? { code: 46, groupDigits: 4 } : undefined
  }
  return undefined
}

/**
 * Reads the whole of `text` as a MAC address in one of the four forms that `MacAddress.parse` names.
 * Returns its number, 0 to 2^48 - 1, or -1 if it is anything else. Cost: one pass over 12, 14 or 17
 * characters; text of another length is not looked at.
 */
export function scanMac(text: string): number {
  const separator = separatorOf(text)
  if (separator === undefined) return -1
  let number = 0
  let digits = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (i % (separator.groupDigits + 1) === separator.groupDigits) {
      if (code !== separator.code) return -1
      continue
    }
    const digit = hexDigit(code)
    if (digit < 0) return -1
    number = number * 16 + digit
    digits++
  }
  return digits === HEX_DIGITS ? number : -1
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}
