import { type Column, cellText } from './column.ts'
import { alignText, displayWidth, truncateText, visibleText } from './terminal-text.ts'
import type { TextStyle } from './text-style.ts'

const gap = '  '

/**
 * Lines of an aligned table with a heading. Values never reach the terminal raw (visibleText). Where lines would be wider
 * than `maxWidth`, a last column of text is cut, down to a dozen characters. Cost: linear in the cells.
 */
export function tableLines<T>(
  records: readonly T[],
  columns: readonly Column<T>[],
  style: TextStyle,
  maxWidth = Number.POSITIVE_INFINITY,
): string[] {
  const shown = columns.filter((column) => column.title !== undefined)
  const headings = shown.map((column) => (column.title ?? '').toUpperCase())
  const rows = records.map((record) => shown.map((column) => cellOf(column, record)))
  const widths = headings.map((heading, index) =>
    rows.reduce(
      (widest, row) => Math.max(widest, displayWidth(row[index] ?? '')),
      displayWidth(heading),
    ),
  )
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, 0)
  const room = Math.max(leastLastWidth, maxWidth - before)
  const aligned = (cells: readonly string[]) =>
    shown.map(({ align }, index) => {
      const cell = cells[index] ?? ''
      if (index === shown.length - 1 && align !== 'right') return truncateText(cell, room)
      return alignText(cell, widths[index] ?? 0, align ?? 'left')
    })
  const painted = (cells: readonly string[], record: T) =>
    cells.map((cell, index) => shown[index]?.paint?.(cell, record, style) ?? cell)
  return [
    style.bold(aligned(headings).join(gap)),
    ...rows.map((row, index) =>
      painted(aligned(row), records[index] as T)
        .join(gap)
        .trimEnd(),
    ),
  ]
}

const leastLastWidth = 12

/** Lines of one record: each column's title and value, one below the other. */
export function recordLines<T>(
  record: T,
  columns: readonly Column<T>[],
  style: TextStyle,
): string[] {
  const shown = columns.filter((column) => titleOf(column) !== '')
  const width = shown.reduce((widest, column) => Math.max(widest, displayWidth(titleOf(column))), 0)
  return shown.map((column) =>
    `${style.bold(alignText(titleOf(column), width, 'left'))}${gap}${cellOf(column, record)}`.trimEnd(),
  )
}

function titleOf<T>({ title, recordTitle }: Column<T>): string {
  return recordTitle ?? title ?? ''
}

function cellOf<T>(column: Column<T>, record: T): string {
  return visibleText(column.display?.(record) ?? cellText(column.value(record)))
}
