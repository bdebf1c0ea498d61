import type { Alignment } from './terminal-text.ts'
import type { TextStyle } from './text-style.ts'

/** One field of a kind of record, as tables and CSV show it. */
export interface Column<T> {
  /** Name in CSV: that of the field in the API. */
  readonly key: string
  /** Heading in tables. Absent: no table has the column. */
  readonly title?: string
  /** Heading where one record is shown by itself, for what a table has no room for. Default: `title`. */
  readonly recordTitle?: string
  /** Not in CSV, where other columns say the same. */
  readonly isTableOnly?: boolean
  readonly align?: Alignment
  readonly value: (record: T) => CellValue
  /** What a table shows instead, where people read it another way. */
  readonly display?: (record: T) => string
  /** Colours the finished cell of a table. */
  readonly paint?: (text: string, record: T, style: TextStyle) => string
}

export type CellValue = string | number | boolean | null | undefined

export function cellText(value: CellValue): string {
  return value === null || value === undefined ? '' : String(value)
}
