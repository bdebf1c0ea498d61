import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demoFolder, FreeholdFolder } from './freehold-process.ts'

interface Report {
  dryRun: boolean
  files: Record<string, number | null>
  counts: Record<'create' | 'exists' | 'conflict' | 'merged' | 'skipped', number>
  entries: { source: string; outcome: string; subject: string; reason?: string }[]
}

interface Plan {
  subnets: { key: string; cidr: string; addressScope: string; subnetPool?: string }[]
  subnetPools: { key: string; name: string; prefixes: string[] }[]
  allocations: { address: string }[]
}

const rowsOf = (file: string) =>
  readFileSync(join(demoFolder, file), 'utf8').trimEnd().split('\n').slice(1)

const total = (counts: Report['counts']) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

const importDemo = ['import', 'netbox', demoFolder] as const

test('every row of the demo files is accounted for, once', async () => {
  await using folder = new FreeholdFolder()
  const report = await folder.json<Report>(...importDemo)
  const rows = Object.keys(report.files).flatMap((file) =>
    rowsOf(file).map((_, index) => `${file}:${index + 2}`),
  )
  expect(report.entries.map(({ source }) => source).sort()).toEqual(rows.sort())
  expect(total(report.counts)).toBe(rows.length)
  expect(report.counts).toEqual({ create: 280, exists: 0, conflict: 0, merged: 4, skipped: 0 })
  expect(report.files).toEqual({
    'vrfs.csv': 6,
    'aggregates.csv': 4,
    'prefixes.csv': 90,
    'ip-ranges.csv': 4,
    'ip-addresses.csv': 180,
  })
})

test('a dry run tells the same and changes nothing', async () => {
  await using folder = new FreeholdFolder()
  const before = await folder.json('export')
  const rehearsal = await folder.json<Report>(...importDemo, '--dry-run')
  expect(rehearsal.dryRun).toBe(true)
  expect(await folder.json('export')).toEqual(before)
  expect(await folder.json('events')).toMatchObject({ items: [] })
  const { entries, counts } = await folder.json<Report>(...importDemo)
  expect(entries).toEqual(rehearsal.entries)
  expect(counts).toEqual(rehearsal.counts)
})

test('a second run finds everything there, asks nothing and changes nothing', async () => {
  await using folder = new FreeholdFolder()
  await folder.json<Report>(...importDemo)
  const before = await folder.json('export')
  const again = await folder.json<Report>(...importDemo)
  expect(again.counts).toEqual({ create: 0, exists: 280, conflict: 0, merged: 4, skipped: 0 })
  expect(await folder.json('export')).toEqual(before)
})

test('what is stored is the address plan of the files', async () => {
  await using folder = new FreeholdFolder()
  await folder.json<Report>(...importDemo)
  const plan = await folder.json<Plan>('export')
  expect(new Set(plan.allocations.map(({ address }) => address))).toEqual(
    new Set(rowsOf('ip-addresses.csv').map((row) => row.split(/[,/]/)[1])),
  )
  expect(plan.allocations).toHaveLength(180)
  const used = rowsOf('prefixes.csv').filter((row) => !row.includes(',container,'))
  expect(new Set(plan.subnets.map(({ cidr }) => cidr))).toEqual(
    new Set(used.map((row) => row.split(',')[1])),
  )
  expect(plan.subnets).toHaveLength(used.length)
  // The subnets of the global table come from the pools of their containers, 192.168.0.0/22 from that of its aggregate.
  const poolNames = new Map(plan.subnetPools.map(({ key, name }) => [key, name]))
  const poolOf = (cidr: string) =>
    poolNames.get(plan.subnets.find((subnet) => subnet.cidr === cidr)?.subnetPool ?? '')
  expect(poolOf('10.112.141.0/24')).toBe('container 10.112.140.0/22')
  expect(poolOf('192.168.0.0/22')).toBe('aggregate 192.168.0.0/16 RFC 1918')
  expect(poolOf('192.168.0.0/20')).toBeUndefined()
  expect((await folder.run('check')).exitCode).toBe(0)
})

test('after the import nothing held or reserved is handed out, down to the last free address', async () => {
  await using folder = new FreeholdFolder()
  await folder.json<Report>(...importDemo)
  // 1,022 assignable addresses, less 200 in ranges (one of them the 192.168.1.0 of the first), less 30 held.
  const free = 1022 - 200 - 30
  const { allocations } = await folder.json<{ allocations: { address: string }[] }>(
    'allocate',
    '192.168.0.0/22',
    '--count',
    String(free),
  )
  const taken = new Set(rowsOf('ip-addresses.csv').map((row) => row.split(/[,/]/)[1]))
  const isReserved = (address: string) => {
    const [, third, fourth] = /^192\.168\.(\d+)\.(\d+)$/.exec(address) ?? []
    return third === '1' && Number(fourth) <= 199
  }
  const handedOut = allocations.map(({ address }) => address)
  expect(new Set(handedOut).size).toBe(free)
  expect(handedOut.filter((address) => taken.has(address) || isReserved(address))).toEqual([])
  expect((await folder.run('allocate', '192.168.0.0/22')).exitCode).toBe(5)
})

test('what contradicts the store is reported row by row, and nothing of the plan is applied', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.112.129.0/25', '--name', 'in the way')
  const before = await folder.json('export')
  const result = await folder.run(...importDemo, '--yes', '--output', 'json')
  expect(result.exitCode).toBe(4)
  expect(JSON.parse(result.stderr)).toMatchObject({ code: 'PLAN_CONFLICT' })
  const report = JSON.parse(result.stdout) as Report
  expect(total(report.counts)).toBe(284)
  const conflicts = report.entries.filter(({ outcome }) => outcome === 'conflict')
  expect(conflicts.map(({ subject }) => subject)).toContain('10.112.129.0/24')
  expect(conflicts.every(({ reason }) => (reason ?? '') !== '')).toBe(true)
  expect(await folder.json('export')).toEqual(before)
})

test('only prefixes.csv is needed, and the files that are missing are named', async () => {
  await using folder = new FreeholdFolder()
  const { exitCode, stderr } = await folder.run('import', 'netbox', folder.path)
  expect(exitCode).toBe(2)
  expect(stderr).toContain('has no prefixes.csv')
  writeFileSync(join(folder.path, 'prefixes.csv'), 'prefix\n10.0.0.0/24\n')
  const alone = await folder.run('import', 'netbox', folder.path)
  expect(alone.exitCode, alone.stderr).toBe(0)
  expect(alone.stdout).toContain(
    'Read vrfs.csv missing, aggregates.csv missing, prefixes.csv 1 row, ip-ranges.csv missing, ip-addresses.csv missing.',
  )
})

test('a range that is new in the files is not said to be kept out of a subnet that is there already', async () => {
  await using folder = new FreeholdFolder()
  const write = (file: string, ...lines: string[]) =>
    writeFileSync(join(folder.path, file), `${lines.join('\n')}\n`)
  write('prefixes.csv', 'prefix,status', '10.0.0.0/24,active')
  await folder.json<Report>('import', 'netbox', folder.path)
  write('ip-ranges.csv', 'start_address,end_address', '10.0.0.10,10.0.0.19')
  const { counts, entries } = await folder.json<Report>('import', 'netbox', folder.path)
  expect(counts).toMatchObject({ create: 0, exists: 1, merged: 1 })
  expect(entries.map(({ reason }) => reason)).toEqual([
    'kept out of the allocation pools of subnet 10.0.0.0/24; but 10.0.0.0/24 is left as it is, though the plan differs in: allocation pools',
    'left as it is, though the plan differs in: allocation pools',
  ])
})
