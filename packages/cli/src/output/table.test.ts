import { expect, test } from 'vitest'
import type { Column } from './column.ts'
import { recordLines, tableLines } from './table.ts'
import { displayWidth, truncateText, visibleText } from './terminal-text.ts'
import { plainStyle, styleFor } from './text-style.ts'

interface Row {
  name: string
  count: number
}
const columns: Column<Row>[] = [
  { key: 'name', title: 'Name', value: (row) => row.name },
  { key: 'count', title: 'Count', align: 'right', value: (row) => row.count },
]

test('columns are aligned, numbers to the right, and no line ends in blanks', () => {
  expect(
    tableLines(
      [
        { name: 'a', count: 5 },
        { name: 'longer', count: 1234567 },
      ],
      columns,
      plainStyle,
    ),
  ).toEqual(['NAME      COUNT', 'a             5', 'longer  1234567'])
})

test('wide characters, emoji and combining marks keep the columns aligned', () => {
  expect(displayWidth('東京')).toBe(4)
  expect(displayWidth('e\u0301')).toBe(1)
  expect(displayWidth('👩‍💻')).toBe(2)
  const lines = tableLines(
    [
      { name: '東京', count: 1 },
      { name: 'Zürich', count: 2 },
    ],
    columns,
    plainStyle,
  )
  expect(new Set(lines.map(displayWidth))).toEqual(new Set([13]))
})

test('characters that a terminal would obey or hide are shown as escapes', () => {
  expect(visibleText('a\u001b[2Jb')).toBe('a\\x1b[2Jb')
  expect(visibleText('line\r\nbreak\ttab\u0007\u009b')).toBe(
    'line\\x0d\\x0abreak\\x09tab\\x07\\x9b',
  )
  expect(visibleText('abc\u202edef\u200b\ufeff')).toBe('abc\\u202edef\\u200b\\ufeff')
  expect(visibleText('\ud800 \u{e0041}')).toBe('\\ud800 \\u{e0041}')
  expect(visibleText('Zürich 東京 👍')).toBe('Zürich 東京 👍')
})

test('a last column of text is cut to the width of the terminal, and never to nothing', () => {
  const rows = [{ id: 'abc', labels: 'site=berlin, role=web, tenant=example' }]
  const wide: Column<(typeof rows)[number]>[] = [
    { key: 'id', title: 'Id', value: ({ id }) => id },
    { key: 'labels', title: 'Labels', value: ({ labels }) => labels },
  ]
  expect(tableLines(rows, wide, plainStyle, 25)[1]).toBe('abc  site=berlin, role=w…')
  expect(tableLines(rows, wide, plainStyle, 3)[1]).toBe('abc  site=berlin…')
  expect(tableLines(rows, wide, plainStyle)[1]).toContain('tenant=example')
})

test('a record is shown field by field', () => {
  expect(recordLines({ name: 'x\u001b', count: 2 }, columns, plainStyle)).toEqual([
    'Name   x\\x1b',
    'Count  2',
  ])
  const more: Column<Row>[] = [
    ...columns,
    { key: 'id', value: () => '1' },
    { key: 'note', recordTitle: 'Note', value: () => 'only here' },
  ]
  const row = { name: 'x', count: 2 }
  expect(recordLines(row, more, plainStyle).at(-1)).toBe('Note   only here')
  expect(tableLines([row], more, plainStyle)).toEqual(tableLines([row], columns, plainStyle))
})

test('text is cut by display width', () => {
  expect(truncateText('東京都', 5)).toBe('東京…')
  expect(truncateText('short', 5)).toBe('short')
})

test('colours need a terminal, and NO_COLOR or a dumb terminal turns them off', () => {
  expect(styleFor({ isTTY: true }, {}).red('x')).toBe('\u001b[31mx\u001b[39m')
  expect(styleFor({ isTTY: true }, { NO_COLOR: '1' }).red('x')).toBe('x')
  expect(styleFor({ isTTY: true }, { TERM: 'dumb' }).red('x')).toBe('x')
  expect(styleFor({}, {}).red('x')).toBe('x')
})
