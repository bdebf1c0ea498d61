import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type FreeholdServer,
  hasProgram,
  runClient,
  startFreehold,
} from '../openstack-client/freehold-server.ts'

/** Debian 13 with its own Ansible; build-root.sh makes it. The network of this machine is its network too. */
const root = process.env['FREEHOLD_TEST_DEBIAN13'] ?? '/var/cache/freehold/debian-13'
const chroot = '/usr/sbin/chroot'
const isReady =
  hasProgram(chroot) &&
  process.getuid?.() === 0 &&
  existsSync(join(root, 'usr/bin/ansible-playbook'))

let server: FreeholdServer
const left: string[] = []

beforeEach(async () => {
  server = await startFreehold()
})

afterEach(async () => {
  for (const file of left.splice(0)) rmSync(file)
  await server.stop()
})

/** Copies a file of this checkout to where programs in the root can read it. */
function inRoot(source: string): string {
  const path = `/tmp/freehold-${process.pid}-${source.split('/').at(-1)}`
  copyFileSync(fileURLToPath(new URL(source, import.meta.url)), join(root, path))
  left.push(join(root, path))
  return path
}

async function play(path: string): Promise<{ changed: number; failed: number; output: string }> {
  const args = [root, '/usr/bin/ansible-playbook', path, '-e', `freehold_url=${server.url}`]
  const { stdout, stderr } = await runClient(server, chroot, args, {
    HOME: '/tmp',
    ANSIBLE_NOCOLOR: '1',
  })
  const output = stdout + stderr
  const count = (word: string) => Number(new RegExp(`${word}=(\\d+)`).exec(stdout)?.[1] ?? -1)
  return { changed: count('changed'), failed: count('failed'), output }
}

describe.skipIf(!isReady)('Debian 13’s clients', () => {
  test('the playbook makes seven records, and changes nothing when it is run again', async () => {
    const playbook = inRoot('networks.yml')
    const first = await play(playbook)
    expect(first, first.output).toMatchObject({ changed: 7, failed: 0 })
    const before = await records()
    const second = await play(playbook)
    expect(second, second.output).toMatchObject({ changed: 0, failed: 0 })
    expect(await records()).toEqual(before)
    const { subnetPools, subnets, allocations } = server.ipam
    const [pool] = (await subnetPools.list()).items
    expect(pool).toMatchObject({ name: 'campus-v4', prefixes: ['10.64.0.0/12'] })
    const [subnet] = (await subnets.list({ name: 'library-v4' })).items
    expect(subnet).toMatchObject({ cidr: '10.64.0.0/26', subnetPoolId: pool?.id })
    const held = (await allocations.list(subnet?.id ?? '')).items
    expect(held.map(({ address }) => address)).toContain('10.64.0.10')
    expect(held).toHaveLength(2)
    expect((await server.ipam.check()).problems).toEqual([])
  }, 600_000)

  test('a program on the newer openstacksdk does all that it does on the older', async () => {
    const script = inRoot('../openstack-client/sdk_session.py')
    const args = [root, '/usr/bin/python3', script, server.url]
    const { exitCode, stdout, stderr } = await runClient(server, chroot, args, { HOME: '/tmp' })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(JSON.parse(stdout)).toHaveLength(36)
  }, 300_000)
})

async function records(): Promise<unknown> {
  const { events } = server.ipam
  return (await events.list({ limit: 1000 })).items
}
