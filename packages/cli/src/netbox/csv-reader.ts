import { CommandError } from '../command-error.ts'

/** One record of a CSV file by column name. */
export interface CsvRow {
  /** Line of the file on which the record starts, from 1. */
  readonly line: number
  /** By normalised column name; a missing or empty cell is the empty string. */
  readonly cells: Readonly<Record<string, string>>
  /** Why the record cannot be read, where it cannot. */
  readonly problem?: string
}

export interface CsvTable {
  /** What messages call the file. */
  readonly file: string
  readonly columns: readonly string[]
  readonly rows: readonly CsvRow[]
}

/**
 * Reads CSV text with a header row (RFC 4180: quoted cells may hold delimiters, doubled quotes and line breaks). A byte
 * order mark is passed over, LF and CRLF both end a line, blank lines are no records, and the delimiter is the comma, or
 * the semicolon or tab where the header has one and no comma. Column names are compared in lower case with `_` for each
 * run of other characters, so that `IP Address` and `ip_address` are one.
 *
 * A record with more or fewer cells than the header is kept with its `problem`, so that a report can name it.
 * Throws CommandError (invalid) when there is no header, when a column comes twice, or when quotes do not close.
 * Cost: linear in the text.
 */
export function readCsv(file: string, text: string): CsvTable {
  const body = text.startsWith('\ufeff') ? text.slice(1) : text
  const records = splitRecords(file, body, delimiterOf(body))
  const header = records.shift()
  if (header === undefined)
    throw new CommandError('invalid', 'INVALID_CSV', `${file} is empty: it has no header row.`)
  const columns = header.cells.map(columnName)
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (twice !== undefined)
    throw new CommandError('invalid', 'INVALID_CSV', `${file} has the column "${twice}" twice.`)
  return { file, columns, rows: records.map((record) => namedRow(record, columns)) }
}

/** What reports call a row. */
export function sourceOf(table: CsvTable, row: CsvRow): string {
  return `${table.file}:${row.line}`
}

/** Throws CommandError (invalid) naming the columns that the table lacks. */
export function requireColumns(table: CsvTable, required: readonly string[]): void {
  const missing = required.filter((column) => !table.columns.includes(column))
  if (missing.length > 0)
    throw new CommandError(
      'invalid',
      'INVALID_CSV',
      `${table.file} has no column ${missing.map((column) => `"${column}"`).join(' and ')}.`,
      { fix: `Its first line must name its columns; it names: ${table.columns.join(', ')}.` },
    )
}

interface RawRecord {
  readonly line: number
  readonly cells: readonly string[]
}

function namedRow(record: RawRecord, columns: readonly string[]): CsvRow {
  const cells: Record<string, string> = Object.create(null)
  columns.forEach((column, index) => {
    cells[column] = (record.cells[index] ?? '').trim()
  })
  const found = record.cells.length
  if (found === columns.length) return { line: record.line, cells }
  return {
    line: record.line,
    cells,
    problem: `the line has ${found} cells, the header ${columns.length}`,
  }
}

function columnName(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
}

function delimiterOf(text: string): string {
  const header = text.slice(0, Math.max(text.indexOf('\n'), 0) || text.length)
  if (header.includes(',')) return ','
  return [';', '\t'].find((delimiter) => header.includes(delimiter)) ?? ','
}

function splitRecords(file: string, text: string, delimiter: string): RawRecord[] {
  const records: RawRecord[] = []
  let position = 0
  let line = 1
  while (position < text.length) {
    const startLine = line
    const cells: string[] = []
    for (;;) {
      const cell = readCell(file, text, position, delimiter, line)
      cells.push(cell.text)
      line += cell.lineBreaks
      position = cell.end
      if (text[position] !== delimiter) break
      position++
    }
    position += text.startsWith('\r\n', position) ? 2 : 1
    line++
    if (cells.length > 1 || cells[0] !== '') records.push({ line: startLine, cells })
  }
  return records
}

interface Cell {
  readonly text: string
  /** Position of the delimiter or line end after the cell. */
  readonly end: number
  readonly lineBreaks: number
}

function readCell(
  file: string,
  text: string,
  start: number,
  delimiter: string,
  line: number,
): Cell {
  if (text[start] === '"') return readQuotedCell(file, text, start, delimiter, line)
  let end = start
  while (end < text.length && !endsCell(text, end, delimiter)) end++
  return { text: text.slice(start, end), end, lineBreaks: 0 }
}

function readQuotedCell(
  file: string,
  text: string,
  start: number,
  delimiter: string,
  line: number,
): Cell {
  let end = start + 1
  for (;;) {
    end = text.indexOf('"', end)
    if (end < 0)
      throw new CommandError(
        'invalid',
        'INVALID_CSV',
        `${file}:${line}: a quoted cell starts here and does not end.`,
      )
    if (text[end + 1] !== '"') break
    end += 2
  }
  if (end + 1 < text.length && !endsCell(text, end + 1, delimiter))
    throw new CommandError(
      'invalid',
      'INVALID_CSV',
      `${file}:${line}: there is text after the closing quote of a cell.`,
      { fix: 'Double each quote that belongs to the text.' },
    )
  const quoted = text.slice(start + 1, end)
  return {
    text: quoted.replaceAll('""', '"'),
    end: end + 1,
    lineBreaks: quoted.split('\n').length - 1,
  }
}

function endsCell(text: string, at: number, delimiter: string): boolean {
  return text[at] === delimiter || text[at] === '\n' || text.startsWith('\r\n', at)
}
