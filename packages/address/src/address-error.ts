/** What kind of text or number was refused; see {@link AddressError}. */
export type AddressErrorCode =
  | 'INVALID_ADDRESS'
  | 'INVALID_PREFIX'
  | 'INVALID_RANGE'
  | 'INVALID_MAC'
  | 'ADDRESS_OUT_OF_SPACE'
  | 'VERSION_MISMATCH'

const LONGEST_QUOTED_INPUT = 64

/**
 * The only error this package throws.
 *
 * `reason` is a short sentence for people. It never repeats control bytes, non-ASCII text or long
 * input, so it is safe in logs and answers. `suggestion`, where there is one, is a text that would
 * have been accepted instead: a prefix with its host bits cleared.
 */
export class AddressError extends Error {
  readonly code: AddressErrorCode
  readonly reason: string
  readonly suggestion: string | undefined

  constructor(code: AddressErrorCode, reason: string, suggestion?: string) {
    super(suggestion === undefined ? reason : `${reason}; did you mean ${suggestion}?`)
    this.name = 'AddressError'
    this.code = code
    this.reason = reason
    this.suggestion = suggestion
  }
}

/**
 * The input in double quotes if it is short printable ASCII without a double quote or backslash,
 * else `fallback`. Cost is bounded: long input is not looked at.
 */
export function quoted(input: unknown, fallback: string): string {
  if (typeof input !== 'string' || input.length > LONGEST_QUOTED_INPUT) return fallback
  for (let i = 0; i < input.length; i++) {
    const code = input.charCodeAt(i)
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return fallback
  }
  return `"${input}"`
}
