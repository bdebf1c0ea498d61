import { type Column, cellText } from './column.ts'

/** CSV text (RFC 4180: CRLF line ends, quotes doubled) with the columns' keys as its header. */
export function csvText<T>(records: readonly T[], columns: readonly Column<T>[]): string {
  return csvHeader(columns) + records.map((record) => csvRow(record, columns)).join('')
}

export function csvHeader<T>(columns: readonly Column<T>[]): string {
  return line(written(columns).map((column) => column.key))
}

export function csvRow<T>(record: T, columns: readonly Column<T>[]): string {
  return line(written(columns).map((column) => cellText(column.value(record))))
}

function written<T>(columns: readonly Column<T>[]): readonly Column<T>[] {
  return columns.filter((column) => column.isTableOnly !== true)
}

function line(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

const startsFormula = /^[=+\-@\t\r]/
const plainNumber = /^[+-]?\d+(\.\d+)?$/

/**
 * One cell. A spreadsheet would run text that starts with = + - @ TAB or CR as a formula, so such text gets a leading
 * apostrophe (OWASP, CSV injection); plain numbers do not.
 */
export function csvCell(text: string): string {
  const safe = startsFormula.test(text) && !plainNumber.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
