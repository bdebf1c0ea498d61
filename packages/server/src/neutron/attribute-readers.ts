import { AddressError, IpAddress, MacAddress, Prefix } from '@freehold/address'
import { pythonText } from './python-text.ts'

/** Why a value was refused, as the end of Neutron's sentence. */
export class AttributeReason extends Error {}

/** What could not even be read as the attribute's type; Neutron does not say of which attribute. */
export class ConversionReason extends AttributeReason {}

/** Reads one attribute's JSON value. Throws AttributeReason. */
export type AttributeReader<T> = (value: unknown) => T

// Control characters, half of a pair, and what turns text round or breaks a line: each can forge what somebody reads.
const hiddenCharacter = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u

/** Text of several lines. */
export function text(maxLength: number): AttributeReader<string> {
  return (value) => {
    if (typeof value !== 'string') throw refuse(value, 'is not a valid string')
    if (value.length > maxLength) throw refuse(value, `exceeds maximum length of ${maxLength}`)
    if (hiddenCharacter.test(value.replaceAll(/[\n\r\t]/g, '')))
      throw refuse(value, 'has control or bidirectional characters')
    return value
  }
}

/** One line of text: what is looked up or shown in a table. */
export function line(maxLength: number): AttributeReader<string> {
  const read = text(maxLength)
  return (value) => {
    const found = read(value)
    if (hiddenCharacter.test(found)) throw refuse(value, 'has control or bidirectional characters')
    return found
  }
}

export function boolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (value === 0 || value === 1) return value === 1
  const word = typeof value === 'string' ? value.toLowerCase() : ''
  if (['true', 't', 'yes', 'y', 'on', '1'].includes(word)) return true
  if (['false', 'f', 'no', 'n', 'off', '0'].includes(word)) return false
  throw new ConversionReason(`'${pythonText(value)}' cannot be converted to boolean`)
}

/** Decimal text counts as the integer that it shows: the command line client sends `"27"`. */
export function integer(value: unknown): number {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw new ConversionReason(`'${pythonText(value)}' is not an integer`)
  return number
}

export function nonNegative(value: unknown): number {
  const number = integer(value)
  if (number < 0) throw refuse(value, 'should be non-negative')
  return number
}

export function integerFrom(min: number, max: number): AttributeReader<number> {
  return (value) => {
    const number = integer(value)
    if (number < min) throw refuse(value, `is too small - must be at least '${min}'`)
    if (number > max) throw refuse(value, `is too large - must be no larger than '${max}'`)
    return number
  }
}

export function oneOf<T extends string | number>(...values: readonly T[]): AttributeReader<T> {
  return (value) => {
    if (values.every((one) => typeof one === 'number')) integer(value)
    const found = values.find((one) => one === value || String(one) === value)
    if (found === undefined)
      throw new AttributeReason(`${pythonText(value)} is not in valid_values`)
    return found
  }
}

export function uuid(value: unknown): string {
  if (typeof value === 'string' && isUuid(value)) return value.toLowerCase()
  throw refuse(value, 'is not a valid UUID')
}

export function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(value)
}

export function nullOr<T>(reader: AttributeReader<T>): AttributeReader<T | null> {
  return (value) => (value === null ? null : reader(value))
}

/** Returns the canonical spelling. Leading zeros are refused: they are octal to some and decimal to others. */
export function ipAddress(value: unknown): string {
  if (typeof value !== 'string') throw refuse(value, 'is not a valid IP address')
  try {
    return IpAddress.parse(value).toString()
  } catch {
    const decimal = value.replace(/(^|\.)0+(?=\d)/g, '$1')
    if (/^\d{1,3}(\.\d{1,3}){3}$/.test(decimal) && isAddress(decimal))
      throw refuse(value, `is not an accepted IP address, '${decimal}' is recommended`)
    throw refuse(value, 'is not a valid IP address')
  }
}

/** A prefix for a list of them; bits after its length are cleared. */
export function ipPrefix(value: unknown): string {
  if (typeof value !== 'string') throw refuse(value, 'is not a valid IP subnet')
  try {
    return Prefix.parse(value, 'mask').toString()
  } catch (error) {
    if (isAddress(value))
      throw new AttributeReason(
        `'${pythonText(value)}' isn't a recognized IP subnet cidr, '${pythonText(value)}/${IpAddress.parse(value).version === 4 ? 32 : 128}' is recommended`,
      )
    if (error instanceof AddressError) throw refuse(value, 'is not a valid IP subnet')
    throw error
  }
}

export function macAddress(value: unknown): string {
  try {
    const mac = MacAddress.parse(value as string)
    if (typeof value === 'string' && !mac.isZero && !mac.isMulticast) return mac.toString()
  } catch {
    // Told below.
  }
  throw refuse(value, 'is not a valid MAC address')
}

export function listOf<T>(
  reader: AttributeReader<T>,
  maxLength = 1000,
): AttributeReader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw refuse(value, 'is not a list')
    if (value.length > maxLength)
      throw new AttributeReason(`The list has more than ${maxLength} items`)
    return value.map((item) => reader(item))
  }
}

export function notBlank(reader: AttributeReader<string>): AttributeReader<string> {
  return (value) => {
    const found = reader(value)
    if (found.trim() === '') throw refuse(value, 'Blank strings are not permitted')
    return found
  }
}

export function withoutDuplicates(
  reader: AttributeReader<readonly string[]>,
): AttributeReader<readonly string[]> {
  return (value) => {
    const items = reader(value)
    const twice = items.find((item, index) => items.indexOf(item) !== index)
    if (twice !== undefined)
      throw new AttributeReason(`Duplicate items in the list: '${pythonText(twice)}'`)
    return items
  }
}

/** An object of exactly these keys. */
export function objectOf<T extends Record<string, AttributeReader<unknown>>>(
  readers: T,
): AttributeReader<{ readonly [K in keyof T]: ReturnType<T[K]> }> {
  const expected = Object.keys(readers)
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new AttributeReason(
        `Invalid input. '${pythonText(value)}' must be a dictionary with keys: ${pythonText(expected)}`,
      )
    const object = dictionary(value)
    const provided = Object.keys(object)
    if (provided.length !== expected.length || expected.some((key) => !Object.hasOwn(object, key)))
      throw new AttributeReason(
        `Validation of dictionary's keys failed. Expected keys: ${setText(expected)} Provided keys: ${setText(provided)}`,
      )
    const entries = expected.map((key) => [key, readers[key]?.(object[key])])
    return Object.fromEntries(entries) as { readonly [K in keyof T]: ReturnType<T[K]> }
  }
}

export function dictionary(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(value, 'is not a dictionary')
  return value as Readonly<Record<string, unknown>>
}

/**
 * What is kept as it came: no longer than this as JSON, and every text in it one line. Whoever reads it may write it into a
 * file of settings, where another line would be another setting (OSSA-2021-005).
 */
export function stored<T>(reader: AttributeReader<T>, maxLength: number): AttributeReader<T> {
  return (value) => {
    if (JSON.stringify(value).length > maxLength)
      throw new AttributeReason(`The value is longer than ${maxLength} characters`)
    if (hasHiddenCharacter(value))
      throw new AttributeReason('The value has control or bidirectional characters')
    return reader(value)
  }
}

function hasHiddenCharacter(value: unknown): boolean {
  if (typeof value === 'string') return hiddenCharacter.test(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([key, one]) => hiddenCharacter.test(key) || hasHiddenCharacter(one),
  )
}

export function refuse(value: unknown, what: string): AttributeReason {
  return new AttributeReason(`'${pythonText(value)}' ${what}`)
}

function setText(keys: readonly string[]): string {
  return `{${keys.map((key) => pythonText([key]).slice(1, -1)).join(', ')}}`
}

function isAddress(value: string): boolean {
  try {
    IpAddress.parse(value)
    return true
  } catch {
    return false
  }
}
