import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { freePort } from '@freehold/test-support'
import { expect, test } from 'vitest'
import { demoFolder, FreeholdFolder, firstLine, resultOf } from './freehold-process.ts'

test('serve prints one line when it is ready, and stops with exit 0 on SIGTERM and SIGINT', async () => {
  await using folder = new FreeholdFolder()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { url, child } = await folder.serve('--log-level', 'silent')
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const rest = resultOf(child)
    child.kill(signal)
    expect(await rest).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  }
})

test('through a server and on the store itself the commands print the same', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('import', 'netbox', demoFolder)
  const { url } = await folder.serve()
  const onServer = ['--server', url]
  const onStore = ['--store', folder.store]
  for (const command of [
    ['scope', 'list'],
    ['pool', 'list', '--output', 'csv'],
    ['pool', 'show', '10.112.0.0/17', '--output', 'json'],
    ['subnet', 'list', '--label', 'site=DM-Akron', '--sort', 'cidr'],
    ['subnet', 'show', '172.16.0.0/24', '--output', 'json'],
    ['allocation', 'list', '172.16.0.0/24', '--output', 'json', '--limit', '7'],
    ['show', '192.168.0.10', '--output', 'json'],
    ['show', '192.168.0.10', '--history'],
    ['utilization'],
    ['utilization', '--pool', '192.168.0.0/16', '--output', 'json'],
    ['events', '--limit', '40', '--output', 'csv'],
    ['export'],
    ['check', '--output', 'json'],
    ['import', 'netbox', demoFolder],
  ]) {
    const result = await folder.run(...command, ...onServer)
    expect(result.exitCode, command.join(' ') + result.stderr).toBe(0)
    expect(result.stdout, command.join(' ')).not.toBe('')
    expect(result, command.join(' ')).toEqual(await folder.run(...command, ...onStore))
  }
  for (const command of [
    ['allocate', 'nowhere'],
    ['allocate', '172.16.0.0/24', '--address', '172.16.0.1'],
    ['release', '172.16.0.0/24', '172.16.0.200'],
  ]) {
    const result = await folder.run(...command, ...onServer)
    expect(result.exitCode, command.join(' ')).toBeGreaterThan(2)
    expect(result, command.join(' ')).toEqual(await folder.run(...command, ...onStore))
  }
})

test('--project is who the command acts for', async () => {
  await using folder = new FreeholdFolder()
  const { url } = await folder.serve()
  for (const [index, where] of [
    ['--server', url],
    ['--store', folder.store],
  ].entries()) {
    const project = ['--project', `team-${index}`]
    await folder.json('subnet', 'create', `10.0.${index}.0/24`, ...project, ...where)
    const list = await folder.json<{ items: { projectId: string }[] }>('subnet', 'list', ...where)
    expect(list.items[index]?.projectId).toBe(`team-${index}`)
  }
})

test('serve refuses what it cannot do safely, and says why', async () => {
  await using folder = new FreeholdFolder()
  const { url } = await folder.serve()
  const taken = url.replace('http://', '')
  const cases: [exitCode: number, text: string, ...args: string[]][] = [
    [2, 'loopback', '--listen', '0.0.0.0:0', '--no-auth'],
    [2, '--tls-key', '--listen', '127.0.0.1:0', '--tls-cert', 'chain.pem'],
    [2, 'HOST:PORT', '--listen', '8080', '--no-auth'],
    [7, 'something else listens there', '--listen', taken, '--no-auth'],
  ]
  for (const [exitCode, text, ...args] of cases) {
    const result = await folder.process('serve', '--store', 'sqlite:other.sqlite', ...args)
    expect(result.exitCode, args.join(' ') + result.stderr).toBe(exitCode)
    expect(result.stderr, args.join(' ')).toContain(text)
    expect(result.stdout, args.join(' ')).toBe('')
  }
})

test('events --follow prints what happens as one JSON object a line, until it is interrupted', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  const child = folder.start('events', '--follow', '--output', 'json')
  const closed = once(child, 'close')
  expect(JSON.parse(await firstLine(child))).toMatchObject({
    action: 'created',
    recordKind: 'subnet',
  })
  const second = firstLine(child)
  await folder.json('allocate', 'web', '--address', '10.0.0.9')
  expect(JSON.parse(await second)).toMatchObject({ action: 'allocated', address: '10.0.0.9' })
  child.kill('SIGTERM')
  expect((await closed)[0]).toBe(0)
})

test('events --follow reads the stream of a server, also from one that takes its place, up to a limit', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/24', '--name', 'web')
  const listen = ['--log-level', 'silent', '--listen', `127.0.0.1:${await freePort()}`]
  const first = await folder.serve(...listen)
  const lines = linesOf(
    folder.start('events', '--follow', '--limit', '3', '--output', 'json', '--server', first.url),
  )
  expect((await lines.next()).value).toMatchObject({ action: 'created', recordKind: 'subnet' })
  const metrics = await (await fetch(`${first.url}/metrics`)).text()
  expect(metrics).toContain('freehold_http_event_streams 1\n')
  await folder.json('allocate', 'web', '--address', '10.0.0.9', '--server', first.url)
  expect((await lines.next()).value).toMatchObject({ action: 'allocated', address: '10.0.0.9' })

  first.child.kill('SIGTERM')
  await once(first.child, 'close')
  await folder.serve(...listen)
  expect((await folder.run('release', 'web', '10.0.0.9')).exitCode).toBe(0)
  expect((await lines.next()).value).toMatchObject({ action: 'released', address: '10.0.0.9' })
  expect(await lines.next()).toEqual({ done: true, value: 0 })
})

test('events --follow ends when it is interrupted, its server there or not, and without one at once', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('subnet', 'create', '10.0.0.0/24')
  const { url, child } = await folder.serve('--log-level', 'silent')
  const follow = ['events', '--follow', '--output', 'json', '--server', url]
  const [first, second] = [folder.start(...follow), folder.start(...follow)]
  await firstLine(first)
  await firstLine(second)
  const [firstEnd, secondEnd] = [resultOf(first), resultOf(second)]
  first.kill('SIGINT')
  expect(await firstEnd).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  child.kill('SIGKILL')
  await once(child, 'close')
  second.kill('SIGTERM')
  expect(await secondEnd).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  const alone = await folder.process(...follow)
  expect(alone.exitCode).toBe(7)
  expect(alone.stderr).toContain('SERVER_UNREACHABLE')
})

/** The lines that a process prints, parsed; returns its exit code. */
async function* linesOf(child: ChildProcess): AsyncGenerator<unknown, number | null> {
  const closed = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
    yield JSON.parse(line)
  return (await closed)[0] as number | null
}

test('a reader that closes the pipe early is no error', async () => {
  await using folder = new FreeholdFolder()
  await folder.json('import', 'netbox', demoFolder)
  const child = folder.start('export')
  const closed = once(child, 'close')
  await firstLine(child)
  child.stdout?.destroy()
  expect((await closed)[0]).toBe(0)
})
