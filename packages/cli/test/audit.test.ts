import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { FreeholdFolder } from './freehold-process.ts'

test('a head that was made with the keys of keygen proves later that nothing was changed', async () => {
  await using folder = new FreeholdFolder()
  const [key, head] = [join(folder.path, 'audit.key'), join(folder.path, 'head.json')]
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  await folder.json('allocate', 'web', '--address', '10.0.0.9')
  const keys = await folder.run('audit', 'keygen', key)
  expect(keys).toMatchObject({ exitCode: 0, stdout: '' })
  expect(keys.stderr).toContain(`the public one in ${key}.pub`)
  expect(statSync(key).mode & 0o777).toBe(0o600)
  expect((await folder.run('audit', 'keygen', key)).stderr).toContain('FILE_EXISTS')
  const half = join(folder.path, 'half.key')
  writeFileSync(`${half}.pub`, 'somebody else’s')
  expect((await folder.run('audit', 'keygen', half)).stderr).toContain(`${half}.pub`)
  expect(existsSync(half)).toBe(false)
  const made = await folder.run('audit', 'head', '--sign-key', key, '--out', head)
  expect(made.exitCode, made.stderr).toBe(0)
  await folder.json('allocate', 'web', '--address', '10.0.0.10')

  const { url } = await folder.serve()
  const proof = ['audit', 'verify', '--head', head, '--public-key', `${key}.pub`]
  for (const where of [
    ['--store', folder.store],
    ['--server', url],
  ]) {
    const verified = await folder.run(...proof, ...where)
    expect(verified.exitCode, verified.stderr).toBe(0)
    expect(verified.stdout).toContain('The audit chain holds: 3 events')
    expect(verified.stdout).toContain('It still contains the head kept at')
  }
  const { stdout } = await folder.run('audit', 'verify', '--output', 'csv')
  expect(stdout).toMatch(/^ok,epoch,seq,hash,.*\r\ntrue,1,3,[0-9a-f]{64},0,,,\r\n$/)

  change(folder, 'UPDATE event SET project_id = ? WHERE id = 2', 'somebody-else')
  const broken = await folder.run(...proof)
  expect(broken.exitCode).toBe(1)
  expect(broken.stderr).toContain('Event 2 at 2 was altered.')
  expect(broken.stderr).toContain('AUDIT_BROKEN')
  const { stdout: row } = await folder.run('audit', 'verify', '--output', 'csv')
  expect(row).toMatch(/\r\nfalse,1,3,.*,2,altered\r\n$/)

  writeFileSync(head, readFileSync(head, 'utf8').replace('"seq": 2', '"seq": 1'))
  const forged = await folder.run(...proof)
  expect(forged.exitCode).toBe(2)
  expect(forged.stderr).toContain('not by this key')
})

test('what is done on the store itself is on record with the user who did it', async () => {
  await using folder = new FreeholdFolder()
  await folder.run('init')
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'web', '--project', 'north')
  await folder.json('allocate', 'web')
  await folder.run('logs', 'reveal', 'sub_000000000000')
  await folder.run('logs', 'rotate-key')
  const events = await folder.json<{ items: Record<string, unknown>[] }>('events')
  const by = `by local:${userInfo().username}`
  expect(
    events.items.map(({ recordKind, action, actor }) => `${recordKind} ${action} by ${actor}`),
  ).toEqual([
    `token created ${by}`,
    `subnet created ${by}`,
    `allocation allocated ${by}`,
    `document updated ${by}`,
  ])
  // The key of the logs is 43 such characters.
  const { before, after } = events.items.at(-1) ?? {}
  expect(JSON.stringify([before, after])).not.toMatch(/[\w-]{43}/)
})

test('a tail that was cut off is shown by a kept head alone', async () => {
  await using folder = new FreeholdFolder()
  const head = join(folder.path, 'head.json')
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  await folder.json('allocate', 'web')
  writeFileSync(head, (await folder.run('audit', 'head')).stdout)
  change(folder, 'DELETE FROM event WHERE id > ?', 1)
  change(folder, 'DELETE FROM event_seal WHERE seq > ?', 1)
  change(
    folder,
    'UPDATE event_seal_head SET seq = ?, last_event_id = 1, hash = (SELECT hash FROM event_seal WHERE seq = 1)',
    1,
  )
  expect((await folder.run('audit', 'verify')).exitCode).toBe(0)
  const cut = await folder.run('audit', 'verify', '--head', head)
  expect(cut.exitCode).toBe(1)
  expect(cut.stderr).toContain('The chain ends at 1; the kept head is at 2.')
})

test('serve keeps signed heads where it is told to, and refuses half a wish', async () => {
  await using folder = new FreeholdFolder()
  const key = join(folder.path, 'audit.key')
  await folder.run('audit', 'keygen', key)
  await folder.json('subnet', 'create', '10.0.0.0/24')
  const heads = join(folder.path, 'heads')
  const { child } = await folder.serve('--audit-heads', heads, '--audit-sign-key', key)
  const kept = join(heads, 'head-0001-000000000001.json')
  await expect.poll(() => statSync(kept, { throwIfNoEntry: false })?.isFile()).toBe(true)
  child.kill('SIGTERM')
  const checked = ['--head', kept, '--public-key', `${key}.pub`]
  expect((await folder.run('audit', 'verify', ...checked)).exitCode).toBe(0)
  for (const [text, ...args] of [
    ['Add --audit-heads FOLDER', '--audit-sign-key', key],
    ['no Ed25519 private key', '--audit-heads', heads, '--audit-sign-key', `${key}.pub`],
  ] as const) {
    const refused = await folder.process('serve', '--no-auth', '--listen', '127.0.0.1:0', ...args)
    expect(refused.exitCode, refused.stderr).toBe(2)
    expect(refused.stderr).toContain(text)
  }
  expect((await folder.run('audit', 'verify', '--public-key', key)).exitCode).toBe(2)
})

function change(folder: FreeholdFolder, statement: string, value: string | number): void {
  const database = new DatabaseSync(join(folder.path, 'store.sqlite'))
  database.prepare(statement).run(value)
  database.close()
}
