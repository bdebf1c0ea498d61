import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { accessRules } from '../src/access-rules.ts'
import { tokenPattern } from '../src/identity/token-text.ts'

const page = readFileSync(
  join(import.meta.dirname, '../../../docs/reference/authentication.md'),
  'utf8',
)

test('the reference lists every rule with its role, and no other', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+:[a-z-]+)` \| (\w+) \|$/gm)]
  expect(Object.fromEntries(rows.map(([, rule, role]) => [rule, role]))).toEqual(accessRules)
})

test('the reference shows the pattern of a token as it is', () => {
  expect(page).toContain(tokenPattern.source.replace('^', '').replace('$', ''))
})
