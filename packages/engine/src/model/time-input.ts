import { invalidField } from './record.ts'

const shape = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-](\d\d):(\d\d))$/

/**
 * An RFC 3339 time with an offset, in milliseconds since 1970; digits below a millisecond are dropped. Leap seconds are
 * refused: nothing after them could tell them from the second that follows. Throws IpamError INVALID_FIELD.
 */
export function parseTime(text: string, pointer: string): number {
  const match = shape.exec(text)
  const [
    year = 0,
    month = 0,
    day = 0,
    hour = 0,
    minute = 0,
    second = 0,
    offsetHour = 0,
    offsetMinute = 0,
  ] = match === null ? [] : match.slice(1).map((digits) => Number(digits ?? 0))
  // `Date` turns 30 February into 2 March, so the day is checked by itself.
  const isReal =
    match !== null &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate() &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    offsetHour <= 23 &&
    offsetMinute <= 59
  const time = isReal ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time))
    throw invalidField(pointer, 'must be an RFC 3339 time', 'Write it like 2026-01-31T12:00:00Z.')
  return time
}
