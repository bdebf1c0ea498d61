import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Authentication } from '../../src/index.ts'
import { type NeutronFixture, openNeutron } from './neutron-fixture.ts'

let neutron: NeutronFixture

beforeEach(async () => {
  neutron = await openNeutron()
})

afterEach(() => neutron.close())

describe('discovery', () => {
  test('names the version under the host that was asked', async () => {
    const { body } = await neutron.call('GET', '/', undefined, { host: 'localhost:8080' })
    expect(body).toEqual({
      versions: [
        {
          id: 'v2.0',
          status: 'CURRENT',
          links: [{ rel: 'self', href: 'http://localhost:8080/v2.0/' }],
        },
      ],
    })
    expect((await neutron.call('GET', '/v2.0/')).body.resources).toContainEqual({
      links: [{ rel: 'self', href: 'http://localhost:80/v2.0/ports' }],
      name: 'port',
      collection: 'ports',
    })
  })

  test('tells which extensions there are', async () => {
    const { extensions } = (await neutron.call('GET', '/v2.0/extensions')).body
    expect(extensions.map(({ alias }: { alias: string }) => alias)).toEqual(
      expect.arrayContaining(['address-scope', 'subnet_allocation', 'quotas', 'revision-if-match']),
    )
    expect((await neutron.call('GET', '/v2.0/extensions/address-scope')).body.extension.alias).toBe(
      'address-scope',
    )
    const missing = await neutron.call('GET', '/v2.0/extensions/tag-ports-during-bulk-creation')
    expect(missing).toMatchObject({ status: 404 })
    expect(missing.headers['content-type']).toContain('text/html')
  })
})

describe('a body without a type', () => {
  const change = (id: string, headers: Record<string, string>) =>
    neutron.app.inject({
      method: 'PUT',
      url: `/v2.0/networks/${id}`,
      payload: JSON.stringify({ network: { name: 'new' } }),
      headers,
    })

  test('is read as JSON, as upstream’s test client has it', async () => {
    const { id } = await neutron.make('networks', {})
    const { statusCode, headers } = await change(id, {})
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('application/json')
    expect(await neutron.list(`networks?id=${id}`)).toMatchObject([{ name: 'new' }])
  })

  test('is refused from a page, wherever that is from, and so is another type', async () => {
    const { id } = await neutron.make('networks', {})
    for (const headers of [{ origin: 'http://localhost:3000' }, { 'content-type': 'text/plain' }])
      expect((await change(id, headers)).statusCode).toBe(415)
    const fromElsewhere = { origin: 'http://evil.example', 'content-type': 'application/json' }
    expect((await change(id, fromElsewhere)).statusCode).toBe(403)
    expect(await neutron.list(`networks?id=${id}`)).toMatchObject([{ name: '' }])
  })
})

describe('tags', () => {
  test('are set, added, looked up, filtered by and removed', async () => {
    const { id } = await neutron.make('networks', {})
    await neutron.make('networks', {})
    const tags = `/v2.0/networks/${id}/tags`
    expect((await neutron.call('PUT', tags, { tags: ['red', 'blue'] })).body).toEqual({
      tags: ['red', 'blue'],
    })
    expect((await neutron.call('PUT', `${tags}/green`)).status).toBe(201)
    expect((await neutron.call('GET', `${tags}/green`)).status).toBe(204)
    expect((await neutron.call('DELETE', `${tags}/red`)).status).toBe(204)
    expect((await neutron.call('GET', `${tags}/red`)).body.NeutronError.type).toBe('TagNotFound')
    expect((await neutron.call('GET', tags)).body).toEqual({ tags: ['blue', 'green'] })
    expect(await neutron.list('networks?tags=blue,green')).toHaveLength(1)
    expect(await neutron.list('networks?tags-any=red,green')).toHaveLength(1)
    expect(await neutron.list('networks?not-tags=blue')).toHaveLength(1)
    expect((await neutron.call('DELETE', tags)).status).toBe(204)
    expect((await neutron.list(`networks?id=${id}`))[0].tags).toEqual([])
  })

  test.each(['subnets', 'ports', 'subnetpools'])('belong to %s too', async (collection) => {
    const network_id = (await neutron.make('networks', {})).id
    const bodies: Record<string, Record<string, unknown>> = {
      subnets: { network_id, ip_version: 4, cidr: '10.0.0.0/24' },
      ports: { network_id },
      subnetpools: { name: 'p', prefixes: ['10.0.0.0/16'] },
    }
    const { id } = await neutron.make(collection, bodies[collection] ?? {})
    await neutron.call('PUT', `/v2.0/${collection}/${id}/tags`, { tags: ['x'] })
    expect(await neutron.list(`${collection}?tags=x`)).toMatchObject([{ id, tags: ['x'] }])
  })
})

describe('quotas', () => {
  test('limit what a project makes, and are shown with what it has', async () => {
    const put = await neutron.call('PUT', '/v2.0/quotas/acme', { quota: { network: 2 } })
    expect(put.body).toEqual({ quota: { network: 2, subnet: -1, subnetpool: -1, port: -1 } })
    for (const _ of [1, 2]) await neutron.make('networks', { project_id: 'acme' })
    const third = await neutron.call('POST', '/v2.0/networks', { network: { project_id: 'acme' } })
    expect(third).toMatchObject({
      status: 409,
      body: {
        NeutronError: { type: 'OverQuota', message: "Quota exceeded for resources: ['network']." },
      },
    })
    await neutron.make('networks', {})
    const details = await neutron.call('GET', '/v2.0/quotas/acme/details.json')
    expect(details.body.quota.network).toEqual({ limit: 2, used: 2, reserved: 0 })
    expect((await neutron.call('GET', '/v2.0/quotas')).body.quotas).toMatchObject([
      { project_id: 'acme', network: 2 },
    ])
    expect((await neutron.call('DELETE', '/v2.0/quotas/acme')).status).toBe(204)
    expect((await neutron.call('GET', '/v2.0/quotas/acme')).body.quota.network).toBe(-1)
    await neutron.make('networks', { project_id: 'acme' })
  })

  test('hold when many ask at once', async () => {
    await neutron.call('PUT', '/v2.0/quotas/acme', { quota: { network: 3 } })
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        neutron.call('POST', '/v2.0/networks', { network: { project_id: 'acme' } }),
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
  })
})

describe('projects', () => {
  const member: Authentication = {
    loopbackOnly: true,
    identify: (headers) => ({
      caller: {
        projectId: String(headers['x-project-id']),
        isAdmin: headers['x-project-id'] === 'operations',
      },
      role: 'operator',
    }),
  }
  let asMember: NeutronFixture

  beforeEach(async () => {
    asMember = await openNeutron({ authentication: member })
  })

  afterEach(() => asMember.close())

  const from = (project: string, method: string, path: string, body?: unknown) =>
    asMember.call(method, `/v2.0/${path}`, body, { 'x-project-id': project })

  test('do not see one another’s records', async () => {
    const { network } = (await from('a', 'POST', 'networks', { network: { name: 'mine' } })).body
    const { subnet } = (
      await from('a', 'POST', 'subnets', {
        subnet: { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' },
      })
    ).body
    const { port } = (await from('a', 'POST', 'ports', { port: { network_id: network.id } })).body
    for (const [collection, id, type] of [
      ['networks', network.id, 'NetworkNotFound'],
      ['subnets', subnet.id, 'SubnetNotFound'],
      ['ports', port.id, 'PortNotFound'],
    ]) {
      expect((await from('b', 'GET', collection)).body[collection]).toEqual([])
      expect((await from('b', 'GET', `${collection}/${id}`)).body.NeutronError.type).toBe(type)
      expect((await from('b', 'DELETE', `${collection}/${id}`)).body.NeutronError.type).toBe(type)
      expect((await from('a', 'GET', `${collection}/${id}`)).status).toBe(200)
    }
  })

  test('use a shared network, and cannot change it', async () => {
    const { network } = (
      await from('operations', 'POST', 'networks', {
        network: { shared: true, project_id: 'a' },
      })
    ).body
    const layout = { network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' }
    const { subnet } = (await from('a', 'POST', 'subnets', { subnet: layout })).body
    const { subnetpool } = (
      await from('operations', 'POST', 'subnetpools', {
        subnetpool: { name: 'p', prefixes: ['10.8.0.0/16'], shared: true },
      })
    ).body
    const { port } = (await from('b', 'POST', 'ports', { port: { network_id: network.id } })).body
    expect(port).toMatchObject({
      project_id: 'b',
      fixed_ips: [{ ip_address: expect.stringMatching(/^10\.0\.0\./) }],
    })
    for (const [method, path, body] of [
      ['PUT', `networks/${network.id}`, { network: { name: 'b' } }],
      ['DELETE', `networks/${network.id}`, undefined],
      ['POST', 'subnets', { subnet: { ...layout, cidr: '10.0.1.0/24' } }],
      ['PUT', `subnets/${subnet.id}`, { subnet: { name: 'b' } }],
      ['DELETE', `subnets/${subnet.id}`, undefined],
      ['PUT', `subnetpools/${subnetpool.id}`, { subnetpool: { name: 'b' } }],
      ['DELETE', `subnetpools/${subnetpool.id}`, undefined],
    ] as const)
      expect((await from('b', method, path, body)).status, `${method} ${path}`).toBe(403)
    expect((await from('b', 'DELETE', `ports/${port.id}`)).status).toBe(204)
  })

  test('cannot act in another’s name', async () => {
    const answer = await from('a', 'POST', 'networks', { network: { project_id: 'b' } })
    expect(answer.status).toBe(400)
    expect((await from('a', 'PUT', 'quotas/a', { quota: { port: 1 } })).status).toBe(403)
    expect((await from('a', 'GET', 'quotas/b')).status).toBe(403)
  })

  test('get no record in the name of a project that nobody can be of', async () => {
    for (const project_id of ['freehold', 'two words', 'é', ''])
      expect(
        (await from('operations', 'POST', 'networks', { network: { project_id } })).status,
        project_id,
      ).toBe(400)
  })
})
