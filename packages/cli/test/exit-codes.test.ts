import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { bin, FreeholdFolder, resultOf } from './freehold-process.ts'

test('every kind of failure has its exit code, and says what, how to mend it, and its code', async () => {
  await using folder = new FreeholdFolder()
  const expectFailure = async (exitCode: number, code: string, ...args: string[]) => {
    const result = await folder.process(...args)
    expect(result.exitCode, args.join(' ')).toBe(exitCode)
    expect(result.stdout, args.join(' ')).toBe('')
    expect(result.stderr.split('\n')[0], args.join(' ')).toMatch(/^freehold: \S.*[.!?]$/)
    expect(result.stderr, args.join(' ')).toContain(`  code: ${code}\n`)
    expect(result.stderr, args.join(' ')).not.toContain('    at ')
  }
  const ok = async (...args: string[]) => {
    const { exitCode, stderr } = await folder.run(...args)
    expect(exitCode, stderr).toBe(0)
  }
  await ok('subnet', 'create', '10.0.0.0/30', '--name', 'tiny', '--gateway', 'none')
  await ok('pool', 'create', '--name', 'scarce', '--prefix', '10.1.0.0/16', '--quota', '256')
  await ok('subnet', 'create', '--pool', 'scarce', '--prefix-length', '24')

  await expectFailure(2, 'INVALID_PREFIX', 'subnet', 'create', '10.0.0.1/30')
  await expectFailure(2, 'ADDRESS_OUTSIDE_SUBNET', 'allocate', 'tiny', '--address', '10.0.9.9')
  await expectFailure(3, 'SUBNET_NOT_FOUND', 'allocate', 'missing')
  await expectFailure(3, 'ALLOCATION_NOT_FOUND', 'release', 'tiny', '10.0.0.1')
  await expectFailure(4, 'SUBNET_OVERLAP', 'subnet', 'create', '10.0.0.0/24')
  await expectFailure(5, 'SUBNET_EXHAUSTED', 'allocate', 'tiny', '--count', '3')
  await expectFailure(
    6,
    'QUOTA_EXCEEDED',
    'subnet',
    'create',
    '--pool',
    'scarce',
    '--prefix-length',
    '24',
  )
  await expectFailure(7, 'SERVER_UNREACHABLE', 'scope', 'list', '--server', 'http://127.0.0.1:1')
})

test('a store that contradicts itself makes the check fail with exit 1', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  await folder.json('allocate', 'web', '--address', '10.0.0.9')
  expect((await folder.run('check')).exitCode).toBe(0)
  const database = new DatabaseSync(join(folder.path, 'store.sqlite'))
  expect(database.prepare('delete from allocation').run().changes).toBe(1)
  database.close()
  const result = await folder.run('check')
  expect(result.exitCode).toBe(1)
  expect(result.stderr).toContain('  code: CHECK_FAILED\n')
  expect(result.stdout.split('\n').length).toBeGreaterThan(1)
})

test('misused commands are exit 2 and suggest what was meant', async () => {
  await using folder = new FreeholdFolder()
  const cases: [fix: string, ...args: string[]][] = [
    ['Did you mean subnet?', 'subnt', 'list'],
    ['Did you mean list?', 'subnet', 'lsit'],
    ['Did you mean --prefix-length?', 'subnet', 'create', '--prefix-lenght', '26'],
    ['--help', 'subnet', 'list', '--output', 'xml'],
    ['--help', 'allocate', 'web', '--next', '--count', '2'],
    ['--help', 'allocate', 'web', '--ttl', 'soon'],
    ['--help', 'subnet', 'create', '--pool', 'office', '--scope', 'lab'],
    ['or --prefix-length', 'subnet', 'create', '10.0.0.0/24', '--prefix-length', '26'],
    ['Give one of them.', 'scope', 'list', '--store', 'sqlite:x', '--server', 'http://x'],
    ['sqlite:FILE', 'scope', 'list', '--store', 'oracle:x'],
    ['Choose one of the commands above.', 'subnet'],
    ['Use 10.0.0.0/24.\n', 'subnet', 'show', '10.0.0.1/24'],
    ['by id, CIDR or name.', 'pool', 'show', '10.0.0.0/99'],
  ]
  for (const [fix, ...args] of cases) {
    const result = await folder.run(...args)
    expect(result.exitCode, args.join(' ')).toBe(2)
    expect(result.stderr, args.join(' ')).toContain(fix)
    expect(result.stderr, args.join(' ')).toContain('  code: INVALID_USAGE\n')
  }
})

test('with --output json errors are one JSON object on standard error', async () => {
  await using folder = new FreeholdFolder()
  const refused = await folder.run('subnet', 'create', '10.0.0.1/24', '--output', 'json')
  expect(refused.stdout).toBe('')
  expect(JSON.parse(refused.stderr)).toMatchObject({
    kind: 'invalid',
    code: 'INVALID_PREFIX',
    pointer: '/cidr',
    status: 400,
    exitCode: 2,
  })
  const misused = await folder.run('subnet', 'create', '--output=json', '--nonsense')
  expect(JSON.parse(misused.stderr)).toMatchObject({ code: 'INVALID_USAGE', exitCode: 2 })
})

test('an older Node is told which one is needed, in one line', async () => {
  await using folder = new FreeholdFolder()
  const older = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`
  const child = folder.spawn([
    `--import=data:text/javascript,${encodeURIComponent(older)}`,
    bin,
    'version',
  ])
  expect(await resultOf(child)).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'freehold: Node 24 or newer is needed; this is 20.20.2.\n',
  })
})
