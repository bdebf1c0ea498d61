import type { ResultRow } from './benchmark.ts'

interface Column {
  readonly name: string
  readonly cells: readonly string[]
  readonly isNumeric: boolean
}

/** Lines of a table for a terminal: numbers right-aligned, text left-aligned. */
export function textTable(rows: readonly ResultRow[]): string[] {
  const columns = toColumns(rows)
  const lines = tableLines(columns)
  const rule = columns.map((column) => '-'.repeat(widthOf(column))).join('  ')
  return [lines[0] ?? '', rule, ...lines.slice(1)].map((line) => line.trimEnd())
}

/** The same as a Markdown table. */
export function markdownTable(rows: readonly ResultRow[]): string[] {
  const columns = toColumns(rows).map((column) => ({
    ...column,
    name: column.name.replaceAll('|', '\\|'),
    cells: column.cells.map((cell) => cell.replaceAll('|', '\\|')),
  }))
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ name }) => name)),
    line(columns.map(({ isNumeric }) => (isNumeric ? '---:' : '---'))),
    ...rows.map((_, index) => line(columns.map(({ cells }) => cells[index] ?? ''))),
  ]
}

function toColumns(rows: readonly ResultRow[]): Column[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return names.map((name) => {
    const values = rows.map((row) => row[name])
    return {
      name,
      cells: values.map((value) => (typeof value === 'number' ? number(value) : (value ?? ''))),
      isNumeric: values.every((value) => value === undefined || typeof value === 'number'),
    }
  })
}

function tableLines(columns: readonly Column[]): string[] {
  const height = columns[0]?.cells.length ?? 0
  const at = (index: number) =>
    columns
      .map((column) => {
        const text = index === 0 ? column.name : (column.cells[index - 1] ?? '')
        const width = widthOf(column)
        return column.isNumeric ? text.padStart(width) : text.padEnd(width)
      })
      .join('  ')
  return Array.from({ length: height + 1 }, (_, index) => at(index))
}

function widthOf({ name, cells }: Column): number {
  return Math.max(name.length, ...cells.map((cell) => cell.length))
}

/** Four significant digits below a thousand, whole numbers in groups of three above. */
function number(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  return Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString('en-US')
    : String(Number(value.toPrecision(4)))
}
