import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FreeholdServer, hasProgram, runClient, startFreehold } from './freehold-server.ts'

/** The distribution's Python, which sees Debian's python3-openstacksdk. */
const python = '/usr/bin/python3'
const sdk = '/usr/lib/python3/dist-packages/openstack'

let server: FreeholdServer

beforeAll(async () => {
  server = await startFreehold()
})

afterAll(() => server.stop())

describe.skipIf(!hasProgram(python) || !hasProgram(sdk))('a program on openstacksdk', () => {
  test('creates, finds, changes, pages through and deletes records of every kind', async () => {
    const script = fileURLToPath(new URL('sdk_session.py', import.meta.url))
    const { exitCode, stdout, stderr } = await runClient(server, python, [script, server.url])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(JSON.parse(stdout)).toHaveLength(36)
    expect((await server.ipam.subnets.list()).items).toEqual([])
    expect((await server.ipam.check()).problems).toEqual([])
  }, 300_000)
})
