import { ApiError } from './api-error.ts'
import { escapePointer, printable } from './json-pointer.ts'

export const maxJsonDepth = 32
// 2^53 has 16 digits; one more is what a double needs so that every value survives being read and written.
const maxSignificantDigits = 17

interface Level {
  /** Keys seen so far, for an object; undefined for an array. */
  readonly keys: Set<string> | undefined
  key: string
  index: number
  /** In an object: the next string is a key. */
  expectsKey: boolean
}

/**
 * Refuses what JSON.parse would silently change or choke on: repeated keys (it keeps the last), `__proto__`, numbers that
 * a double cannot hold exactly, and nesting deep enough to exhaust the stack. Grammar is left to JSON.parse.
 * One pass, no recursion: linear in the text.
 * @throws ApiError DUPLICATE_KEY, UNKNOWN_FIELD, NUMBER_OUT_OF_RANGE, NESTING_TOO_DEEP, MALFORMED_JSON.
 */
export function scanJson(text: string): void {
  const levels: Level[] = []
  let at = 0
  while (at < text.length) {
    const level = levels[levels.length - 1]
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(text, at)
        if (level?.expectsKey === true) readKey(text.slice(at, end), level, levels)
        at = end
        continue
      }
      case 0x7b:
      case 0x5b: {
        if (levels.length === maxJsonDepth) throw tooDeep()
        const isObject = text.charCodeAt(at) === 0x7b
        const keys = isObject ? new Set<string>() : undefined
        levels.push({ keys, key: '', index: 0, expectsKey: isObject })
        break
      }
      case 0x7d:
      case 0x5d:
        if (level === undefined) throw malformedJson()
        levels.pop()
        break
      case 0x2c:
        if (level === undefined) throw malformedJson()
        if (level.keys === undefined) level.index += 1
        else level.expectsKey = true
        break
      case 0x2d:
      case 0x30:
      case 0x31:
      case 0x32:
      case 0x33:
      case 0x34:
      case 0x35:
      case 0x36:
      case 0x37:
      case 0x38:
      case 0x39: {
        const end = endOfNumber(text, at)
        if (!isExact(text.slice(at, end))) throw inexactNumber(pointerOf(levels))
        at = end
        continue
      }
      default:
        break
    }
    at += 1
  }
}

/** Index after the closing quote. Every backslash skips one character, so the whole is one pass. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length) {
    const unit = text.charCodeAt(at)
    if (unit === 0x22) return at + 1
    at += unit === 0x5c ? 2 : 1
  }
  throw malformedJson()
}

function readKey(quoted: string, level: Level, levels: readonly Level[]): void {
  const key = quoted.includes('\\') ? unescape(quoted) : quoted.slice(1, -1)
  level.expectsKey = false
  level.key = key
  if (key === '__proto__')
    throw new ApiError('UNKNOWN_FIELD', '__proto__ is not a field here.', {
      pointer: pointerOf(levels),
    })
  if (level.keys?.has(key) === true)
    throw new ApiError('DUPLICATE_KEY', `${printable(key)} is given twice in one object.`, {
      pointer: pointerOf(levels),
      fix: 'Give each key once.',
    })
  level.keys?.add(key)
}

function unescape(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw malformedJson()
  }
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && '0123456789.eE+-'.includes(text.charAt(at))) at += 1
  return at
}

function isExact(token: string): boolean {
  if (token.length > 40) return false
  const value = Number(token)
  // Not a number at all: JSON.parse will say so.
  if (Number.isNaN(value)) return true
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false
  const [mantissa = '', exponent = '0'] = token.split(/[eE]/)
  const digits = mantissa.replace(/[-.]/g, '').replace(/^0+/, '')
  if (digits.length > maxSignificantDigits) return false
  // 1.0000000000000001 would become 1, and 1e-400 would become 0.
  return !Number.isInteger(value) || isInteger(digits, mantissa, Number(exponent))
}

/** Whether nothing is left behind the point, once it has moved as the exponent says. */
function isInteger(digits: string, mantissa: string, exponent: number): boolean {
  const decimals = mantissa.split('.')[1]?.length ?? 0
  const zeros = digits.length - digits.replace(/0+$/, '').length
  return digits === '' || exponent - decimals + zeros >= 0
}

function pointerOf(levels: readonly Level[]): string {
  return levels
    .map((level) => `/${level.keys === undefined ? level.index : escapePointer(level.key)}`)
    .join('')
}

export function malformedJson(): ApiError {
  return new ApiError('MALFORMED_JSON', 'The body is not one complete JSON value.')
}

function tooDeep(): ApiError {
  return new ApiError('NESTING_TOO_DEEP', `JSON may be nested ${maxJsonDepth} levels deep.`)
}

function inexactNumber(pointer: string): ApiError {
  return new ApiError(
    'NUMBER_OUT_OF_RANGE',
    'Numbers must lie between -(2^53 - 1) and 2^53 - 1 and have at most 17 digits.',
    { pointer, fix: 'Larger counts are decimal strings.' },
  )
}
