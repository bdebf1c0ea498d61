import { expect, test } from 'vitest'
import { demoFolder, FreeholdFolder } from './freehold-process.ts'

test('what destroys is refused when nobody can be asked, rehearsed with --dry-run, done with --yes', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('scope', 'create', '--ip-version', '4', '--name', 'lab')
  await folder.json(
    'pool',
    'create',
    '--name',
    'office',
    '--prefix',
    '10.0.0.0/16',
    '--prefix',
    '10.9.0.0/16',
  )
  await folder.json(
    'subnet',
    'create',
    '--pool',
    'office',
    '--prefix-length',
    '24',
    '--name',
    'web',
  )
  await folder.json('allocate', 'web', '--address', '10.0.0.10')
  await folder.json('allocate', 'web', '--address', '10.0.0.11')
  const commands = [
    ['release', 'web', '10.0.0.10', '10.0.0.11'],
    ['subnet', 'delete', 'web'],
    ['pool', 'remove-prefix', 'office', '10.9.0.0/16'],
    ['pool', 'delete', 'office'],
    ['scope', 'delete', 'lab'],
    ['import', 'netbox', demoFolder],
  ]
  for (const command of commands) {
    const before = await folder.json('export')
    const refused = await folder.run(...command)
    expect(refused.exitCode, command.join(' ')).toBe(2)
    expect(refused.stderr, command.join(' ')).toContain('CONFIRMATION_NEEDED')
    const rehearsed = await folder.run(...command, '--dry-run')
    expect(rehearsed.exitCode, command.join(' ')).toBe(0)
    expect(rehearsed.stdout + rehearsed.stderr).toMatch(/[Nn]othing was changed/)
    expect(await folder.json('export'), command.join(' ')).toEqual(before)
    // The store must hold something for the import to ask.
    if (command[0] === 'pool' && command[1] === 'delete')
      await folder.json('subnet', 'create', '192.0.2.0/24')
    const done = await folder.run(...command, '--yes')
    expect(done.exitCode, command.join(' ') + done.stderr).toBe(0)
    expect(await folder.json('export'), command.join(' ')).not.toEqual(before)
  }
})

test('releasing one address needs no question', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  await folder.json('allocate', 'web', '--address', '10.0.0.10')
  expect(await folder.run('release', 'web', '10.0.0.10')).toMatchObject({ exitCode: 0 })
  expect(await folder.json('allocation', 'list', 'web')).toMatchObject({ items: [] })
})

test('a name that several records have is refused with the candidates', async () => {
  await using folder = new FreeholdFolder()
  const one = await folder.json<{ id: string }>('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  await folder.json('subnet', 'create', '10.0.1.0/24', '--name', 'web')
  const { exitCode, stderr } = await folder.run('allocate', 'web')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('AMBIGUOUS_NAME')
  expect(stderr).toContain(`${one.id} 10.0.0.0/24 web`)
  expect(await folder.json('allocate', one.id)).toMatchObject({
    allocations: [{ subnetId: one.id }],
  })
})
