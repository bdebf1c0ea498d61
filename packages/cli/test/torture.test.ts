import { join } from 'node:path'
import { freePort } from '@freehold/test-support'
import { expect, test } from 'vitest'
import { FreeholdFolder, resultOf } from './freehold-process.ts'

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

  const again = await folder.run(...load('sound'), '--store', store)
  expect(again.exitCode).toBe(2)
  expect(again.stderr).toContain('The folder holds the histories of another run.')

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

test('a load that is interrupted is judged up to then', async () => {
  await using folder = new FreeholdFolder()
  const child = folder.start('torture', '--processes', '2', '--seconds', '300', '--window', '60')
  const result = resultOf(child)
  // The first line of progress.
  await new Promise((resolve) => child.stderr?.once('data', resolve))
  child.kill('SIGINT')
  const { exitCode, stdout, stderr } = await result
  expect(exitCode, stderr).toBe(0)
  expect(stdout).toContain('Clean: every promise that was checked holds.')
  expect(stderr).toContain('The load ends here and is judged.')
})

test('what cannot be meant, and a server that is not there, are told before any load', async () => {
  await using folder = new FreeholdFolder()
  for (const [option, most] of [
    ['--processes', '65'],
    ['--lanes', '257'],
  ] as const) {
    const { exitCode, stderr } = await folder.run('torture', option, most)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`Give fewer with ${option}.`)
  }
  const nowhere = `http://127.0.0.1:${await freePort()}`
  const { exitCode, stdout, stderr } = await folder.run('torture', '--server', nowhere)
  expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: '' })
  expect(stderr).toContain('SERVER_UNREACHABLE')
})
