import { describe, expect, test } from 'vitest'
import { isTokenText, newTokenText, tokenDigest, tokenPattern } from './token-text.ts'

describe('the text of a token', () => {
  test('has the documented form and a checksum that holds', () => {
    for (let count = 0; count < 200; count += 1) {
      const text = newTokenText()
      expect(text).toMatch(tokenPattern)
      expect(isTokenText(text)).toBe(true)
    }
  })

  test('never comes twice', () => {
    const texts = Array.from({ length: 1000 }, () => newTokenText())
    expect(new Set(texts).size).toBe(texts.length)
  })

  test('is known to be mistyped at every single place', () => {
    const text = newTokenText()
    for (let place = 3; place < text.length; place += 1) {
      const other = text[place] === 'x' ? 'y' : 'x'
      expect(isTokenText(`${text.slice(0, place)}${other}${text.slice(place + 1)}`)).toBe(false)
    }
    for (const wrong of ['', 'fh_', text.slice(0, -1), `${text}0`, ` ${text}`, `${text}\n`])
      expect(isTokenText(wrong)).toBe(false)
  })

  test('agrees with a frozen example, so that scanners can be built on it', () => {
    const body = `fh_${'0'.repeat(43)}`
    const checksum = '0RXP3F'
    expect(isTokenText(`${body}${checksum}`)).toBe(true)
    expect(tokenDigest(`${body}${checksum}`)).toHaveLength(64)
  })
})
