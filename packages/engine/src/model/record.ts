import { IpamError } from '../errors.ts'

/** What every named record carries. Times are RFC 3339 in UTC with milliseconds. */
export interface NamedRecord {
  readonly id: string
  readonly name: string
  readonly projectId: string
  readonly labels: Labels
  readonly createdAt: string
  readonly updatedAt: string
  /** Starts at 1 and grows by one with every change; what an ETag is made of. */
  readonly revision: number
}

export type Labels = Readonly<Record<string, string>>

/** Common optional input of create and update. */
export interface NamedInput {
  /** null: no name, like an absent one on create; on update it takes the name away. */
  name?: string | null
  labels?: Labels
}

const maxShown = 255
const maxLabels = 64
const maxLabelName = 63
// C0, DEL, C1, line and paragraph separators, bidi marks and overrides, lone surrogates: none has an honest use in a
// name, and each has been used to forge a log line, a terminal screen or a table cell.
const hiddenCharacter =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u

/**
 * Returns the text in Unicode NFC.
 * @throws IpamError INVALID_FIELD when it is no string, empty, longer than `maxLength` UTF-16 units, or has hidden characters.
 */
export function checkText(value: unknown, pointer: string, maxLength = 255): string {
  if (typeof value !== 'string') throw invalidField(pointer, 'must be a string')
  if (value.length === 0 || value.length > maxLength)
    throw invalidField(pointer, `must have 1 to ${maxLength} characters`)
  if (hiddenCharacter.test(value))
    throw invalidField(pointer, 'must not contain control, bidirectional or unpaired characters')
  const text = value.normalize('NFC')
  if (text.length > maxLength) throw invalidField(pointer, `must have 1 to ${maxLength} characters`)
  return text
}

/** Text that somebody sent, for a report: of a bounded length, and without what could forge a line or a screen. */
export function shownText(text: string): string {
  const short = text.length > maxShown ? `${text.slice(0, maxShown)}…` : text
  return short.replaceAll(new RegExp(hiddenCharacter, 'gu'), '?')
}

/** An absent name is the empty string: names are for people and need not be given. Throws INVALID_FIELD. */
export function checkName(value: string | null | undefined): string {
  return value === undefined || value === null ? '' : checkText(value, '/name')
}

/** At most 64 labels; keys of 1 to 63 characters, values of 0 to 255. Throws INVALID_FIELD. */
export function checkLabels(value: Labels | undefined, pointer = '/labels'): Labels {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidField(pointer, 'must be an object of strings')
  const entries = Object.entries(value)
  if (entries.length > maxLabels)
    throw invalidField(pointer, `must have at most ${maxLabels} labels`)
  const labels: Record<string, string> = {}
  for (const [key, text] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = checkLabelName(key, pointer)
    const at = `${pointer}/${escapePointer(key)}`
    if (name === '__proto__') throw invalidField(at, 'must not be named so')
    labels[name] = text === '' ? '' : checkText(text, at)
  }
  return labels
}

// A name that is not allowed is not repeated in the pointer either: what points at it points at the labels.
function checkLabelName(key: string, pointer: string): string {
  try {
    return checkText(key, pointer, maxLabelName)
  } catch {
    throw invalidField(
      pointer,
      `must have names of 1 to ${maxLabelName} characters, none a control, bidirectional or unpaired one`,
    )
  }
}

/** Throws INVALID_FIELD unless a list has from `min` to `max` entries, both included. */
export function checkLength(length: number, pointer: string, min: number, max: number): void {
  if (length < min || length > max)
    throw invalidField(pointer, `must have ${min} to ${max} entries`)
}

/** Throws INVALID_FIELD unless the value is an integer from `min` to `max`, both included. */
export function checkInteger(value: unknown, pointer: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw invalidField(pointer, `must be an integer from ${min} to ${max}`)
  return value
}

export function invalidField(pointer: string, must: string, fix?: string): IpamError {
  const field = pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~') || 'the body'
  return new IpamError('INVALID_FIELD', `${printable(field)} ${must}.`, {
    pointer,
    ...(fix === undefined ? {} : { fix }),
  })
}

/** Input is echoed only where it is short, printable ASCII: anything else could forge a line or a screen. */
function printable(text: string): string {
  return /^[\x20-\x7e]{1,80}$/.test(text) ? text : 'a field'
}

export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
