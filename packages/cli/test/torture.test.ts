import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FreeholdFolder } from './freehold-process.ts'

const load = ['torture', '--processes', '2', '--seconds', '1', '--seed', 'cli']

test('a load goes by turns through the stores that stand with commas between them', async () => {
  await using folder = new FreeholdFolder()
  const store = `sqlite:${join(folder.path, 'torture.sqlite')}`
  const sound = await folder.run(...load, '--store', `${store},${store}`)
  expect(sound.exitCode, sound.stderr).toBe(0)

  // The second process works on another database, where nothing of what the first one made is to be found.
  const other = `sqlite:${join(folder.path, 'other.sqlite')}`
  const torn = await folder.run(...load, '--store', `${store},${other}`)
  expect(torn.exitCode, torn.stderr).toBe(1)
  expect(torn.stderr).toContain('PROMISE_BROKEN')

  const unknown = await folder.run(...load, '--store', `${store},oracle:db`)
  expect(unknown.exitCode).toBe(2)
  expect(unknown.stderr).toContain('no kind of store called oracle')
})
