import { expect, test } from 'vitest'
import { pseudonyms } from './pseudonyms.ts'

const key = new Uint8Array(32)

test('a pseudonym is stable under a key and differs between keys and kinds', () => {
  const name = pseudonyms(key)
  expect(name('prj', 'blue')).toMatch(/^prj_[0-9a-f]{12}$/)
  expect(name('prj', 'blue')).toBe(pseudonyms(key)('prj', 'blue'))
  expect(name('prj', 'blue')).not.toBe(name('prj', 'red'))
  expect(name('prj', 'blue').slice(4)).not.toBe(name('sub', 'blue').slice(4))
  expect(name('prj', 'blue')).not.toBe(pseudonyms()('prj', 'blue'))
})

test('a pseudonym stays the same after many others', () => {
  const name = pseudonyms(key)
  const before = name('prj', 'blue')
  for (let i = 0; i < 10_000; i += 1) name('sub', String(i))
  expect(name('prj', 'blue')).toBe(before)
})
