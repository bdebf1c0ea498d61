import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { demoFolder, FreeholdFolder } from './freehold-process.ts'

test('a copy has everything, and refuses to be filled a second time', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('import', 'netbox', demoFolder)
  await folder.json('subnet', 'create', '2001:db8:7::/64', '--name', 'six')
  await folder.json('allocate', 'six', '--count', '3', '--ttl', '1h')
  await folder.json('token', 'create', '--role', 'admin')
  const head = join(folder.path, 'head.json')
  expect(await folder.run('audit', 'head', '--out', head)).toMatchObject({ exitCode: 0 })

  const to = `sqlite:${join(folder.path, 'folder/copy.sqlite')}`
  const copy = ['copy', '--from', folder.store, '--to', to]
  const made = await folder.run(...copy, '--yes', '--output', 'json')
  expect(made.exitCode, made.stderr).toBe(0)
  const report = JSON.parse(made.stdout) as {
    tables: { name: string; rows: number }[]
    check: { ok: boolean }
  }
  expect(report.check.ok).toBe(true)
  expect(report.tables.find(({ name }) => name === 'subnet')?.rows).toBeGreaterThan(50)

  for (const args of [
    ['export'],
    ['token', 'list', '--output', 'json'],
    ['subnet', 'list', '--output', 'json'],
    ['utilization', '--output', 'json'],
  ])
    expect((await folder.run(...args, '--store', to)).stdout).toBe(
      (await folder.run(...args)).stdout,
    )
  const verified = await folder.run('audit', 'verify', '--head', head, '--store', to)
  expect(verified.exitCode, verified.stderr).toBe(0)
  expect(verified.stdout).toContain('It still contains the head kept at')

  const again = await folder.run(...copy, '--yes')
  expect(again).toMatchObject({ exitCode: 4, stdout: '' })
  expect(again.stderr).toContain('STORE_NOT_EMPTY')
})

test('a copy asks first, and a dry run makes no file', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/24')
  const file = join(folder.path, 'copy.sqlite')
  const copy = ['copy', '--from', folder.store, '--to', `sqlite:${file}`]
  const asked = await folder.run(...copy)
  expect(asked).toMatchObject({ exitCode: 2 })
  expect(asked.stderr).toContain('CONFIRMATION_NEEDED')
  const dry = await folder.run(...copy, '--dry-run')
  expect(dry).toMatchObject({ exitCode: 0 })
  expect(dry.stderr).toContain(`into the SQLite file ${file}. Nothing was changed.`)
  expect(existsSync(file)).toBe(false)
  const elsewhere = 'postgres://somebody:hidden@db.example.net/ipam'
  const secret = await folder.run('copy', '--from', folder.store, '--to', elsewhere, '-n')
  expect(secret.stderr).toContain('into the PostgreSQL database ipam on db.example.net')
  expect(secret.stderr).not.toMatch(/somebody|hidden/)
})

test('a source that is not there is refused, and not made', async () => {
  await using folder = new FreeholdFolder()
  const missing = join(folder.path, 'missing.sqlite')
  const copy = ['copy', '--to', `sqlite:${join(folder.path, 'copy.sqlite')}`, '--yes']
  expect(await folder.run(...copy, '--from', `sqlite:${missing}`)).toMatchObject({ exitCode: 2 })
  expect(existsSync(missing)).toBe(false)
  const elsewhere = await folder.run(...copy, '--from', folder.store, '--store', folder.store)
  expect(elsewhere).toMatchObject({ exitCode: 2 })
  expect(elsewhere.stderr).toContain('--store and --server have no part in it')
})

test('a copy whose check finds a problem says so with its exit code, and has it all', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  await folder.json('allocate', 'web')
  const database = new DatabaseSync(folder.store.slice('sqlite:'.length))
  database.exec('UPDATE address_page SET used = used + 1')
  database.close()
  const file = join(folder.path, 'copy.sqlite')
  const bent = await folder.run('copy', '--from', folder.store, '--to', `sqlite:${file}`, '--yes')
  expect(bent.exitCode).toBe(1)
  expect(bent.stderr).toContain('CHECK_FAILED')
  expect(bent.stdout).toContain('allocation')
  expect(readFileSync(file).byteLength).toBeGreaterThan(0)
})
