import { expect, test } from 'vitest'
import { FreeholdFolder, resultOf } from './freehold-process.ts'

test('a pseudonym of the log is revealed with the database, before and after the key is rotated', async () => {
  await using folder = new FreeholdFolder()
  const { id } = await folder.json<{ id: string }>('subnet', 'create', '10.0.0.0/24')
  const { url, child } = await folder.serve()
  const ended = resultOf(child)
  await fetch(`${url}/v1/subnets/${id}`)
  child.kill('SIGTERM')
  const { stderr } = await ended
  expect(stderr).not.toContain(id)
  const [pseudonym = ''] = /sub_[0-9a-f]{12}/.exec(stderr) ?? []
  const reveal = () => folder.run('logs', 'reveal', pseudonym, '--output', 'csv')
  expect((await reveal()).stdout).toContain(`subnet,${id},`)
  expect((await folder.run('logs', 'rotate-key')).exitCode).toBe(0)
  expect((await reveal()).stdout).toContain(`subnet,${id},`)
  expect((await folder.run('logs', 'rotate-key', '--forget-old')).exitCode).toBe(0)
  expect(await reveal()).toMatchObject({ exitCode: 3, stdout: '' })
  expect((await folder.run('logs', 'reveal', 'web')).exitCode).toBe(2)
})

test('identifiers are logged only where that was asked for, and the log says so', async () => {
  await using folder = new FreeholdFolder()
  const { id } = await folder.json<{ id: string }>('subnet', 'create', '10.0.0.0/24')
  const { url, child } = await folder.serve('--log-identifiers')
  const ended = resultOf(child)
  await fetch(`${url}/v1/subnets/${id}`)
  child.kill('SIGTERM')
  const [first = '', ...rest] = (await ended).stderr.split('\n')
  expect(JSON.parse(first)).toMatchObject({
    level: 'warn',
    msg: expect.stringContaining('--log-identifiers'),
  })
  expect(rest.join('\n')).toContain(`"subnet":"${id}"`)
})

test('a server does not give pseudonyms away', async () => {
  await using folder = new FreeholdFolder()
  const { url } = await folder.serve()
  for (const command of [
    ['logs', 'reveal', 'sub_000000000000'],
    ['logs', 'rotate-key'],
  ])
    expect((await folder.run(...command, '--server', url)).exitCode, command.join(' ')).toBe(2)
})
