import { expect, test } from 'vitest'
import { readCsv, requireColumns } from './csv-reader.ts'

const cellsOf = (text: string) => readCsv('x.csv', text).rows.map((row) => ({ ...row.cells }))

test('reads cells by column name, with LF or CRLF and with or without a last line end', () => {
  expect(cellsOf('id,name\n1,a\n2,b')).toEqual([
    { id: '1', name: 'a' },
    { id: '2', name: 'b' },
  ])
  expect(cellsOf('id,name\r\n1,a\r\n')).toEqual([{ id: '1', name: 'a' }])
})

test('quoted cells hold commas, doubled quotes and line breaks, and lines are counted through them', () => {
  const table = readCsv('x.csv', 'id,text\n1,"a, ""b""\nc"\n2,d\n')
  expect(table.rows.map((row) => [row.line, row.cells.text])).toEqual([
    [2, 'a, "b"\nc'],
    [4, 'd'],
  ])
})

test('a byte order mark, blank lines and odd column spellings are no obstacle', () => {
  expect(cellsOf('\ufeffID,IP Address\n\n1,10.0.0.1\n\n')).toEqual([
    { id: '1', ip_address: '10.0.0.1' },
  ])
})

test('takes the semicolon or the tab for the delimiter when the header has no comma', () => {
  expect(cellsOf('id;name\n1;a,b\n')).toEqual([{ id: '1', name: 'a,b' }])
  expect(cellsOf('id\tname\n1\ta\n')).toEqual([{ id: '1', name: 'a' }])
})

test('an empty last cell counts as a cell', () => {
  expect(readCsv('x.csv', 'id,name\n1,\n').rows[0]?.problem).toBeUndefined()
  expect(cellsOf('id,name\n1,')).toEqual([{ id: '1', name: '' }])
})

test('a line with too many or too few cells is kept with its problem', () => {
  const table = readCsv('x.csv', 'id,name\n1\n2,b,c\n3,d\n')
  expect(table.rows.map((row) => row.problem)).toEqual([
    'the line has 1 cells, the header 2',
    'the line has 3 cells, the header 2',
    undefined,
  ])
})

test('quotes that do not close, or are followed by text, are refused with the line', () => {
  expect(() => readCsv('x.csv', 'id,name\n1,"abc\n')).toThrow(/x\.csv:2: a quoted cell/)
  expect(() => readCsv('x.csv', 'id,name\n1,"abc"d\n')).toThrow(/x\.csv:2: there is text after/)
})

test('an empty file, a column named twice and a missing column are refused', () => {
  expect(() => readCsv('x.csv', '')).toThrow(/no header row/)
  expect(() => readCsv('x.csv', 'id,ID\n')).toThrow(/column "id" twice/)
  expect(() => requireColumns(readCsv('x.csv', 'id,name\n'), ['prefix'])).toThrow(
    /no column "prefix"/,
  )
})

test('a column called __proto__ is only a column', () => {
  const [row] = readCsv('x.csv', '__proto__,id\nevil,1\n').rows
  expect(row?.cells.id).toBe('1')
  expect(({} as Record<string, unknown>).evil).toBeUndefined()
})
