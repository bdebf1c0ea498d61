import { openIpam } from '@freehold/engine'
import { mariadbStore } from '@freehold/engine/mariadb'
import { postgresStore } from '@freehold/engine/postgres'
import { type TestServer, testMariadb, testPostgres } from '@freehold/test-support'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp, fetchThrough } from '../../src/index.ts'

const mariadb = await testMariadb()

describe('the Networking API on PostgreSQL', async () => {
  describeNetworkingApi(await testPostgres(), (url) => postgresStore({ url }))
})

describe.skipIf(mariadb === undefined)('the Networking API on MariaDB', () => {
  describeNetworkingApi(mariadb as TestServer, (url) => mariadbStore({ url }))
})

type OpenStore = (url: string) => Parameters<typeof openIpam>[0]

function describeNetworkingApi(server: TestServer, openStore: OpenStore): void {
  type Send = (
    method: string,
    path: string,
    body?: unknown,
    // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  ) => Promise<{ status: number; body: any }>
  let send: Send
  let ipam: Awaited<ReturnType<typeof openIpam>>
  let close: () => Promise<void>

  beforeAll(async () => {
    const url = await server.createDatabase()
    ipam = await openIpam(openStore(url))
    const app = createApp({ ipam })
    const fetch = fetchThrough(app)
    send = async (method, path, body) => {
      const response = await fetch(`http://localhost/v2.0/${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      const text = await response.text()
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    }
    close = async () => {
      await app.close()
      await ipam.close()
      await server.dropDatabase(url)
    }
  })

  afterAll(() => close())

  const created = async (path: string, body: Record<string, object>) => {
    const answer = await send('POST', path, body)
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 201 })
    return Object.values(answer.body)[0] as { id: string }
  }
  const together = <T>(count: number, work: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => work(index)))

  test('gives addresses to many ports at once, each to one', async () => {
    const { id: network_id } = await created('networks', { network: { name: 'n' } })
    await created('subnets', { subnet: { network_id, ip_version: 4, cidr: '10.0.0.0/27' } })
    await created('subnets', {
      subnet: {
        network_id,
        ip_version: 6,
        cidr: '2001:db8::/64',
        ipv6_ra_mode: 'slaac',
        ipv6_address_mode: 'slaac',
      },
    })
    const answers = await together(40, () => send('POST', 'ports', { port: { network_id } }))
    const made = answers.filter(({ status }) => status === 201)
    expect(made).toHaveLength(29)
    expect(
      answers
        .filter(({ status }) => status !== 201)
        .every(({ body }) => body.NeutronError.type === 'IpAddressGenerationFailure'),
    ).toBe(true)
    const bad = { ports: [{ network_id, fixed_ips: [] }, { network_id }] }
    expect((await send('POST', 'ports', bad)).status).toBe(409)
    const { ports } = (await send('GET', `ports?network_id=${network_id}&fields=fixed_ips`)).body
    expect(ports).toHaveLength(29)
    const addresses = ports.flatMap(({ fixed_ips }: { fixed_ips: { ip_address: string }[] }) =>
      fixed_ips.map((ip) => ip.ip_address),
    )
    expect(new Set(addresses).size).toBe(58)
    await together(29, (index) => send('DELETE', `ports/${made[index]?.body.port.id}`))
    expect((await send('DELETE', `networks/${network_id}`)).status).toBe(204)
    expect((await ipam.check()).problems).toEqual([])
  })

  test('makes the space of a network once, for many first subnets', async () => {
    const { id: network_id } = await created('networks', { network: {} })
    const answers = await together(8, (index) =>
      send('POST', 'subnets', {
        subnet: { network_id, ip_version: 4, cidr: `10.${index >> 1}.0.0/24` },
      }),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(4)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(4)
    expect((await send('DELETE', `networks/${network_id}`)).status).toBe(204)
  })

  test('keeps a quota that many reach at once', async () => {
    await send('PUT', 'quotas/acme', { quota: { network: 3 } })
    const answers = await together(12, () =>
      send('POST', 'networks', { network: { project_id: 'acme' } }),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9)
  })

  test('never deletes a network from under a new port', async () => {
    const { id: network_id } = await created('networks', { network: {} })
    const [deletion, ...ports] = await together(9, (index) =>
      index === 0
        ? send('DELETE', `networks/${network_id}`)
        : send('POST', 'ports', { port: { network_id } }),
    )
    const made = ports.filter(({ status }) => status === 201)
    if (deletion?.status === 204) expect(made).toEqual([])
    else expect(deletion?.status).toBe(409)
    const left = (await send('GET', `ports?network_id=${network_id}`)).body.ports
    expect(left).toHaveLength(made.length)
  })

  test('filters, sorts and pages alike', async () => {
    const { id: network_id } = await created('networks', { network: { name: 'lists' } })
    for (const name of ['b', 'a', 'c'])
      await created('ports', { port: { network_id, name, device_id: 'vm' } })
    const names = async (query: string) =>
      (await send('GET', `ports?${query}`)).body.ports.map(({ name }: { name: string }) => name)
    expect(await names(`network_id=${network_id}&sort_key=name&sort_dir=asc&limit=2`)).toEqual([
      'a',
      'b',
    ])
    expect((await names('device_id=vm')).toSorted()).toEqual(['a', 'b', 'c'])
    expect(await names('device_id=VM')).toEqual([])
    expect(await names('name=a')).toEqual(['a'])
    expect(await names('name=%E2%80%AE')).toEqual([])
  })
}
