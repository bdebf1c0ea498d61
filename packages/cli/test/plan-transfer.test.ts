import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demoFolder, FreeholdFolder } from './freehold-process.ts'

interface PlanReport {
  counts: { create: number; exists: number; conflict: number }
  entries: { outcome: string; reason?: string }[]
}

test('what one store exports another imports, and a second import finds all of it there', async () => {
  await using source = new FreeholdFolder()
  await source.json('import', 'netbox', demoFolder)
  const file = join(source.path, 'plan.json')
  expect(await source.run('export', file)).toMatchObject({ exitCode: 0, stdout: '' })
  expect(readdirSync(source.path).filter((name) => name.includes('part'))).toEqual([])

  await using target = new FreeholdFolder()
  const first = await target.json<PlanReport>('import', 'plan', file)
  expect(first.counts).toMatchObject({ exists: 0, conflict: 0 })
  expect(first.counts.create).toBeGreaterThan(270)
  const second = await target.json<PlanReport>('import', 'plan', file)
  expect(second.counts).toEqual({ create: 0, exists: first.counts.create, conflict: 0 })
  const all = ['utilization', '--output', 'csv']
  const withoutIds = (csv: string) =>
    csv
      .split('\r\n')
      .map((line) => line.replace(/^[0-9a-f-]{36},/, ''))
      .sort()
  expect(withoutIds((await target.run(...all)).stdout)).toEqual(
    withoutIds((await source.run(...all)).stdout),
  )
})

test('records without names survive the way, also back into the store that they came from', async () => {
  await using source = new FreeholdFolder()
  const { id } = await source.json<{ id: string }>('scope', 'create', '--ip-version', '4')
  await source.json('pool', 'create', '--prefix', '10.0.0.0/16', '--scope', id)
  await source.json('subnet', 'create', '--pool', '10.0.0.0/16', '--prefix-length', '24')
  const file = join(source.path, 'plan.json')
  await source.run('export', file)
  await using target = new FreeholdFolder()
  for (const [folder, create] of [
    [source, 0],
    [target, 3],
    [target, 0],
  ] as const) {
    const { counts } = await folder.json<PlanReport>('import', 'plan', file)
    expect(counts).toEqual({ create, exists: 3 - create, conflict: 0 })
  }
})

test('what is there already and differs is left as it is, and the report says in what', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('pool', 'create', '--name', 'office', '--prefix', '10.0.0.0/16')
  await folder.json('subnet', 'create', '10.0.0.0/24', '--pool', 'office', '--name', 'web')
  const file = join(folder.path, 'plan.json')
  await folder.run('export', file)
  await folder.json('subnet', 'update', 'web', '--gateway', 'none', '--label', 'a=b')
  await folder.json('subnet', 'update', 'web', '--no-allocation-pools')
  await folder.json('pool', 'update', 'office', '--quota', '7')
  const { entries } = await folder.json<PlanReport>('import', 'plan', file)
  expect(entries.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['exists', 'left as it is, though the plan differs in: quota'],
    ['exists', 'left as it is, though the plan differs in: labels, gateway, allocation pools'],
  ])
})

test('a file that is no plan is refused with the place that is wrong', async () => {
  await using folder = new FreeholdFolder()
  const file = join(folder.path, 'plan.json')
  writeFileSync(file, '{"format": ')
  expect(await folder.run('import', 'plan', file)).toMatchObject({ exitCode: 2 })
  writeFileSync(
    file,
    JSON.stringify({
      format: 'freehold-plan/1',
      addressScopes: [],
      subnetPools: [],
      subnets: [{ key: 'a', addressScope: 'default-4', cidr: 7 }],
      allocations: [],
    }),
  )
  const { exitCode, stderr } = await folder.run('import', 'plan', file, '--output', 'json')
  expect(exitCode).toBe(2)
  expect(JSON.parse(stderr)).toMatchObject({ pointer: '/subnets/0/cidr' })
  expect(await folder.run('import', 'plan', join(folder.path, 'missing'))).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('ENOENT') as string,
  })
})

test('an export that fails leaves the old file as it was', async () => {
  await using folder = new FreeholdFolder()
  const file = join(folder.path, 'plan.json')
  writeFileSync(file, 'old')
  const { exitCode } = await folder.run('export', file, '--server', 'http://127.0.0.1:1')
  expect(exitCode).toBe(7)
  expect(readFileSync(file, 'utf8')).toBe('old')
  const nowhere = join(folder.path, 'no/such/folder')
  const refused = await folder.run('export', nowhere)
  expect(refused).toMatchObject({ exitCode: 2 })
  expect(refused.stderr).toContain(`The file ${nowhere} is not there`)
  expect(existsSync(join(folder.path, 'no'))).toBe(false)
})
