import { describe, expect, test } from 'vitest'
import { maxJsonDepth, scanJson } from './json-scanner.ts'

const codeOf = (text: string) => {
  try {
    scanJson(text)
    return 'passed'
  } catch (error) {
    const { code, details } = error as { code: string; details: { pointer?: string } }
    return details.pointer === undefined ? code : `${code} ${details.pointer}`
  }
}

describe('scanning JSON ahead of parsing', () => {
  test.each([
    ['{}'],
    ['{"a":{"x":1},"b":{"x":2}}'],
    ['[{"x":1},{"x":2}]'],
    ['{"a":"\\"b\\":1, {[","b":"\\\\"}'],
    ['9007199254740991'],
    ['-9007199254740991'],
    ['1e3'],
    ['0.1'],
    ['1.50e1'],
    ['10e-1'],
    ['0.0e-400'],
  ])('passes %s', (text) => {
    expect(codeOf(text)).toBe('passed')
  })

  test.each([
    ['{"a":1,"a":2}', 'DUPLICATE_KEY /a'],
    ['{"a":1,"\\u0061":2}', 'DUPLICATE_KEY /a'],
    ['{"p":[{"q":1},{"q":1,"q":2}]}', 'DUPLICATE_KEY /p/1/q'],
    ['{"a/b":1,"a/b":2}', 'DUPLICATE_KEY /a~1b'],
    ['{"\\u001b[2J":1,"\\u001b[2J":2}', 'DUPLICATE_KEY /a field'],
    ['{"__proto__":{}}', 'UNKNOWN_FIELD /__proto__'],
    ['{"labels":{"\\u005f_proto__":1}}', 'UNKNOWN_FIELD /labels/__proto__'],
    ['{"n":9007199254740992}', 'NUMBER_OUT_OF_RANGE /n'],
    ['{"n":18446744073709551616}', 'NUMBER_OUT_OF_RANGE /n'],
    ['[1,1e400]', 'NUMBER_OUT_OF_RANGE /1'],
    ['1.00000000000000000001', 'NUMBER_OUT_OF_RANGE '],
    ['{"n":1.0000000000000001}', 'NUMBER_OUT_OF_RANGE /n'],
    ['{"n":1e-400}', 'NUMBER_OUT_OF_RANGE /n'],
    ['{"open', 'MALFORMED_JSON'],
    ['}', 'MALFORMED_JSON'],
    ['1,2', 'MALFORMED_JSON'],
  ])('refuses %s', (text, expected) => {
    expect(codeOf(text)).toBe(expected)
  })

  test('nesting is allowed up to the bound and no further', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(codeOf(nested(maxJsonDepth))).toBe('passed')
    expect(codeOf(nested(maxJsonDepth + 1))).toBe('NESTING_TOO_DEEP')
    expect(codeOf('['.repeat(100_000))).toBe('NESTING_TOO_DEEP')
  })

  test('a number of a million digits is refused', () => {
    expect(codeOf('7'.repeat(1_000_000))).toBe('NUMBER_OUT_OF_RANGE ')
  })
})
