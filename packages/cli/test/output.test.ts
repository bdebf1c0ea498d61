import { expect, test } from 'vitest'
import { readCsv } from '../src/netbox/csv-reader.ts'
import { FreeholdFolder } from './freehold-process.ts'

test('one list as a table for people, as CSV for spreadsheets and as the JSON of the API', async () => {
  await using folder = new FreeholdFolder()
  const web = await folder.json<{ id: string }>('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  await folder.json('subnet', 'create', '2001:db8::/64', '--name', '東京', '--label', 'site=tokyo')

  const json = await folder.json<{ items: { cidr: string; id: string }[]; nextCursor: null }>(
    'subnet',
    'list',
    '--sort',
    'cidr',
  )
  expect(json.items.map(({ cidr }) => cidr)).toEqual(['10.0.0.0/24', '2001:db8::/64'])
  expect(json.nextCursor).toBeNull()

  const csv = readCsv(
    'csv',
    (await folder.run('subnet', 'list', '--sort', 'cidr', '-o', 'csv')).stdout,
  )
  expect(csv.rows.map(({ cells }) => [cells.id, cells.cidr, cells.name, cells.labels])).toEqual([
    [web.id, '10.0.0.0/24', 'web', ''],
    [json.items[1]?.id, '2001:db8::/64', '東京', 'site=tokyo'],
  ])

  const table = (await folder.run('subnet', 'list', '--sort', 'cidr')).stdout.split('\n')
  expect(table[0]).toMatch(/^ID +CIDR +NAME +SCOPE +GATEWAY +ALLOCATION POOLS +PROJECT +LABELS$/)
  expect(table[1]).toContain('10.0.0.2-10.0.0.254')
  expect(table[1]?.indexOf('default')).toBe(table[0]?.indexOf('SCOPE'))
})

test('one record shows what the table of many has no room for', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('pool', 'create', '--name', 'office', '--prefix', '10.0.0.0/16', '--default')
  const cut = ['--pool', 'office', '--prefix-length', '24', '--cooling', '15m']
  const made = await folder.run('subnet', 'create', ...cut)
  expect(made.stdout).toMatch(/^Cooling +900 s\nSubnet pool +[0-9a-f-]{36}\nShared +no$/m)
  expect((await folder.run('pool', 'show', 'office')).stdout).toMatch(/^Default +yes$/m)
})

test('lists read page after page, and --limit stops them where the cursor goes on', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/20', '--name', 'web')
  await folder.json('allocate', 'web', '--count', '1000')
  await folder.json('allocate', 'web', '--count', '300')
  const all = await folder.json<{ items: unknown[]; nextCursor: string | null }>(
    'allocation',
    'list',
    'web',
  )
  expect(all.items).toHaveLength(1300)
  expect(all.nextCursor).toBeNull()
  const some = await folder.json<typeof all>('allocation', 'list', 'web', '--limit', '1005')
  expect(some.items).toEqual(all.items.slice(0, 1005))
  expect(some.nextCursor).not.toBeNull()
})

test('hostile text reaches neither terminal nor spreadsheet as more than text', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', '=cmd|calc!A1')
  await folder.json(
    'allocate',
    '10.0.0.0/24',
    '--holder',
    'host:"quoted", and more',
    '--label',
    'x=@sum',
  )
  const csv = await folder.run('subnet', 'list', '-o', 'csv')
  expect(readCsv('csv', csv.stdout).rows[0]?.cells.name).toBe("'=cmd|calc!A1")
  const held = await folder.run('allocation', 'list', '10.0.0.0/24', '-o', 'csv')
  expect(held.stdout).toContain('"""quoted"", and more"')

  const refused = await folder.run('subnet', 'create', '10.1.0.0/24', '--name', 'a\u001b[2Jb')
  expect(refused.exitCode).toBe(2)
  // A zero-width space is allowed in a name and shown for what it is.
  await folder.json('subnet', 'create', '10.2.0.0/24', '--name', 'wеb\u200b')
  const { stdout, stderr } = await folder.run('subnet', 'list')
  expect(stdout).toContain('\\u200b')
  const echoed = await folder.run('subnet', 'show', 'evil\u001b[31m\u202e')
  for (const text of [stdout, stderr, refused.stderr, echoed.stderr])
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

test('nothing is coloured when standard output is no terminal', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/24')
  const { stdout } = await folder.run('utilization')
  expect(stdout).toContain('░░░░')
  expect(stdout).not.toContain('\u001b')
})

test('utilization lists the fullest subnets first and ends with the total', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'wide')
  await folder.json('subnet', 'create', '10.0.1.0/29', '--name', 'narrow')
  await folder.json('allocate', 'narrow', '--count', '5')
  await folder.json('allocate', 'wide')
  const { stdout } = await folder.run('utilization')
  const lines = stdout.trimEnd().split('\n')
  expect(lines[1]).toMatch(/^10\.0\.1\.0\/29 .*narrow +█{20} +100 % +5 +0 +0 +5$/)
  expect(lines[2]).toMatch(/^10\.0\.0\.0\/24 .*wide +▏░{19} +0\.4 % +1 +0 +252 +253$/)
  expect(lines.at(-1)).toMatch(/^All subnets .* 6 of 258 addresses, 252 available, 2 subnets$/)
  const json = await folder.json<{ total: { capacity: string }; subnets: { ratio: number }[] }>(
    'utilization',
  )
  expect(json.total.capacity).toBe('258')
  expect(json.subnets.map(({ ratio }) => ratio)).toEqual([1, 0.003952569])
})

test('an address is shown in every scope that has it, with its history', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('scope', 'create', '--ip-version', '4', '--name', 'lab')
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  await folder.json('subnet', 'create', '10.0.0.0/25', '--name', 'copy', '--scope', 'lab')
  await folder.json('allocate', 'web', '--address', '10.0.0.9', '--holder', 'host:first')
  await folder.run('release', 'web', '10.0.0.9')
  await folder.json('allocate', 'web', '--address', '10.0.0.9', '--holder', 'host:second')
  const shown = await folder.run('show', '10.0.0.9')
  expect(shown.stdout).toMatch(/allocated +10\.0\.0\.0\/24 +web +default +host:second/)
  expect(shown.stdout).toMatch(/in-pool +10\.0\.0\.0\/25 +copy +lab/)
  const history = await folder.run('show', '10.0.0.9', '--history')
  expect(history.stdout).toMatch(/host:second .*still held/)
  expect(history.stdout).toMatch(/host:first +\S+Z +\S+Z/)
})

test('a store that was made because there was none is told of once, to people', async () => {
  await using folder = new FreeholdFolder()
  const [first, again] = [await folder.run('subnet', 'list'), await folder.run('subnet', 'list')]
  expect(first.stderr).toMatch(/^There was no file .*store\.sqlite; an empty database was made\.\n/)
  expect(again.stderr).toBe('No subnets.\n')
  const scripted = await folder.run('check', '--store', 'sqlite::memory:', '--output', 'json')
  expect(scripted).toMatchObject({ exitCode: 0, stderr: '' })
})
