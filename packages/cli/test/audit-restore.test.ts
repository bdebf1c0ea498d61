import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { FreeholdFolder } from './freehold-process.ts'

test('a backup that was put back is refused until the loss is accepted, and stays on record', async () => {
  await using folder = new FreeholdFolder()
  const file = join(folder.path, 'store.sqlite')
  const backup = join(folder.path, 'backup.sqlite')
  const heads = join(folder.path, 'heads')
  const key = join(folder.path, 'audit.key')
  const store = { FREEHOLD_STORE: folder.store }
  await folder.run('audit', 'keygen', key)
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  await folder.json('allocate', 'web', '--address', '10.0.0.9')
  snapshot(file, backup)

  await folder.json('allocate', 'web', '--address', '10.0.0.10')
  const keeping = ['--audit-heads', heads, '--audit-sign-key', key]
  const first = await folder.serve(...keeping)
  const lost = join(heads, 'head-0001-000000000003.json')
  await expect.poll(() => readdirSync(folder.path)).toContain('heads')
  await expect.poll(() => readdirSync(heads)).toContain('head-0001-000000000003.json')
  await stopped(first.child)
  copyFileSync(backup, file)

  const serve = ['serve', '--no-auth', '--listen', '127.0.0.1:0', '--first-token']
  const refused = await folder.process(...serve, ...keeping)
  expect(refused.exitCode).toBe(4)
  expect(refused.stderr).toContain('DATABASE_RESTORED')
  expect(refused.stderr).toContain(`${lost} is at 3 of epoch 1`)
  expect(refused.stderr).toContain('its audit chain ends at 2 of epoch 1')
  expect(refused.stderr).toContain(`freehold audit accept-restore --heads ${heads}`)
  folder.use({ ...store, FREEHOLD_AUDIT_HEADS: heads })
  const allocation = await folder.run('allocate', 'web')
  expect(allocation.exitCode).toBe(4)
  expect(allocation.stderr).toContain('DATABASE_RESTORED')
  expect((await folder.run('check')).exitCode).toBe(0)
  const cut = await folder.run('audit', 'verify', '--head', lost)
  expect(cut.stderr).toContain('The chain ends at 2; the kept head is at 3.')

  const accept = ['audit', 'accept-restore', '--sign-key', key]
  expect((await folder.run(...accept)).stderr).toContain('CONFIRMATION_NEEDED')
  const accepted = await folder.run(...accept, '--yes')
  expect(accepted.exitCode, accepted.stderr).toBe(0)
  expect(accepted.stdout).toContain('Epoch 2 has begun')
  expect((await folder.run(...accept, '--yes')).stdout).toContain('Nothing was lost')

  await folder.json('allocate', 'web', '--address', '10.0.0.11')
  const second = await folder.serve(...keeping)
  await expect.poll(() => readdirSync(heads)).toContain('head-0002-000000000004.json')
  await stopped(second.child)
  const own = join(heads, 'head-0002-000000000004.json')
  const held = await folder.run('audit', 'verify', '--head', own, '--public-key', `${key}.pub`)
  expect(held.exitCode, held.stderr).toBe(0)
  expect(held.stdout).toContain('A restored backup was accepted at')
  expect(held.stdout).toContain('the chain of epoch 1 goes on from 2')
  expect((await folder.run('events')).stdout).toMatch(/database +restored|restored +database/)
  const stillCut = await folder.run('audit', 'verify', '--head', lost)
  expect(stillCut.exitCode).toBe(1)
  expect(stillCut.stderr).toContain('the chain of epoch 1 ends at 2; the kept head is at 3')
})

test('a restore is accepted on a store, with a folder of heads', async () => {
  await using folder = new FreeholdFolder()
  const nameless = await folder.run('audit', 'accept-restore', '--yes')
  expect(nameless.stderr).toContain('Give --heads FOLDER')
  const accept = ['audit', 'accept-restore', '--yes', '--heads', folder.path]
  const remote = await folder.run(...accept, '--server', 'http://127.0.0.1:1')
  expect(remote.stderr).toContain('Use --store in place of --server')
})

async function stopped(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  await once(child, 'close')
}

function snapshot(from: string, to: string): void {
  const database = new DatabaseSync(from)
  database.prepare('VACUUM INTO ?').run(to)
  database.close()
}
