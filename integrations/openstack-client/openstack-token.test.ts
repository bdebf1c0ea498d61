import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  bearerOf,
  type FreeholdServer,
  hasProgram,
  runClient,
  startFreehold,
} from './freehold-server.ts'

/** The stock command line client, Debian's python3-openstackclient. */
const openstack = '/usr/bin/openstack'

let server: FreeholdServer

beforeAll(async () => {
  server = await startFreehold('bearers')
})
afterAll(() => server.stop())

test.runIf(hasProgram(openstack))(
  'the openstack client with a token of ours acts for its project and in its role',
  async () => {
    const north = await bearerOf(server, 'operator', 'north')
    const reader = await bearerOf(server, 'reader', 'north')
    const south = await bearerOf(server, 'operator', 'south')
    const run = (bearer: Readonly<Record<string, string>>, command: string) =>
      runClient(server, openstack, [...command.split(' '), '-f', 'json'], bearer)

    const network = await run(north, 'network create net1')
    expect(network.exitCode, network.stderr).toBe(0)
    expect(JSON.parse(network.stdout)).toMatchObject({ name: 'net1', project_id: 'north' })
    const range = '--network net1 --subnet-range 10.0.0.0/24'
    expect((await run(north, `subnet create ${range} sub1`)).exitCode).toBe(0)
    const port = await run(north, 'port create --network net1 port1')
    expect(JSON.parse(port.stdout)).toMatchObject({ project_id: 'north', fixed_ips: [{}] })

    expect(JSON.parse((await run(reader, 'network list')).stdout)).toHaveLength(1)
    const refused = await run(reader, 'network create net2')
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
    expect(refused.stderr).toMatch(/403/)
    expect(JSON.parse((await run(south, 'network list')).stdout)).toEqual([])
    const unknown = await run({ OS_TOKEN: 'fh_nobody' }, 'network list')
    expect(unknown.exitCode).toBe(1)
    expect(unknown.stderr).toMatch(/401/)
    for (const { stdout, stderr } of [network, port, refused, unknown])
      expect(stdout + stderr).not.toMatch(/fh_[0-9A-Za-z]{49}/)
  },
  600_000,
)
