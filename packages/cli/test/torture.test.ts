import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FreeholdFolder } from './freehold-process.ts'

test('a load goes by turns through the stores that stand with commas between them', async () => {
  await using folder = new FreeholdFolder()
  const history = join(folder.path, 'histories')
  const options = ['--processes', '2', '--seconds', '1', '--seed', 'cli', '--history']
  const load = (name: string) => ['torture', ...options, join(history, name)]
  const store = `sqlite:${join(folder.path, 'torture.sqlite')}`
  const sound = await folder.run(...load('sound'), '--store', `${store},${store}`)
  expect(sound.exitCode, sound.stderr).toBe(0)

  // The second process works on another database, where nothing of what the first one made is to be found.
  const other = `sqlite:${join(folder.path, 'other.sqlite')}`
  const torn = await folder.run(...load('torn'), '--store', `${store},${other}`)
  expect(torn.exitCode, torn.stderr).toBe(1)
  expect(torn.stderr).toContain('PROMISE_BROKEN')

  const unknown = await folder.run(...load('unknown'), '--store', `${store},oracle:db`)
  expect(unknown.exitCode).toBe(2)
  expect(unknown.stderr).toContain('no kind of store called oracle')
})

test('the report is printed as JSON as by every command, and by the spelling of before', async () => {
  await using folder = new FreeholdFolder()
  const store = ['--store', `sqlite:${join(folder.path, 'torture.sqlite')}`]
  const load = ['torture', '--processes', '1', '--seconds', '1', '--seed', 'cli', ...store]
  for (const spelling of [['--output', 'json'], ['--json']]) {
    const { exitCode, stdout, stderr } = await folder.run(...load, ...spelling)
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ seed: 'cli', violations: [] })
  }
  expect((await folder.run('torture', '--help')).stdout).not.toMatch(/--json/)
})
