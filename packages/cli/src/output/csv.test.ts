import { expect, test } from 'vitest'
import { readCsv } from '../netbox/csv-reader.ts'
import { csvCell, csvText } from './csv.ts'

test('cells with commas, quotes and line breaks are quoted, and quotes doubled', () => {
  expect(csvCell('a,b')).toBe('"a,b"')
  expect(csvCell('say "hi"')).toBe('"say ""hi"""')
  expect(csvCell('two\nlines')).toBe('"two\nlines"')
  expect(csvCell('plain')).toBe('plain')
})

test('text that a spreadsheet would run as a formula is defused, numbers are left alone', () => {
  for (const text of ['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\t=1'])
    expect(csvCell(text).replaceAll('"', '').startsWith("'")).toBe(true)
  expect(csvCell('\r=1')).toBe('"\'\r=1"')
  expect(csvCell('-5')).toBe('-5')
  expect(csvCell('+0.25')).toBe('+0.25')
})

test('what is written can be read back', () => {
  const values = ['a', 'b,c', 'd "e"', 'f\r\ng', '']
  const text = csvText(
    values.map((value, id) => ({ id, value })),
    [
      { key: 'id', value: (row) => row.id },
      { key: 'value', value: (row) => row.value },
    ],
  )
  expect(text.startsWith('id,value\r\n')).toBe(true)
  expect(readCsv('x', text).rows.map((row) => row.cells.value)).toEqual(values)
})
