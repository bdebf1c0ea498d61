import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { neutronResources, neutronRoutes } from '../../src/neutron/neutron-routes.ts'
import { fuzzBudget } from '../fuzz-budget.ts'
import { type NeutronFixture, openNeutron, unknownId } from './neutron-fixture.ts'

let neutron: NeutronFixture
/** Ids that exist, so that requests get beyond "not found". */
const ids: string[] = []

beforeAll(async () => {
  neutron = await openNeutron()
  const net = (await neutron.make('networks', { name: 'n' })).id
  const sub = (
    await neutron.make('subnets', { network_id: net, ip_version: 4, cidr: '10.0.0.0/24' })
  ).id
  const pool = (await neutron.make('subnetpools', { name: 'p', prefixes: ['10.0.0.0/16'] })).id
  const scope = (await neutron.make('address-scopes', { name: 's', ip_version: 4 })).id
  ids.push(net, sub, pool, scope, (await neutron.make('ports', { network_id: net })).id)
})

afterAll(() => neutron.close())

const addressText = fc.constantFrom(
  '10.0.0.9',
  '10.0.0.0',
  '10.0.0.1',
  '10.0.0.255',
  '10.0.0.300',
  '010.0.0.9',
  '2001:db8::5',
  '::',
  '::ffff:10.0.0.1',
  'fe80::1%eth0',
)
const prefixText = fc.constantFrom(
  '10.0.0.0/24',
  '10.0.0.7/8',
  '0.0.0.0/0',
  '::/0',
  '2001:db8::/64',
  '10.0.0.0/33',
  '10.0.0.0',
  '::ffff:0:0/96',
  '255.255.255.255/32',
  '/',
)
const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    0,
    1,
    -1,
    4,
    6,
    24,
    64,
    2 ** 53,
    -0.5,
    '',
    'x',
    '4',
    '26',
    '\u0000',
    '\u202e',
    '💥',
  ),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'slaac',
    'dhcpv6-stateless',
    'network:dhcp',
    'network:router_interface',
    'fa:16:3e:00:00:01',
    '00:00:00:00:00:00',
  ),
  addressText,
  prefixText,
  fc.constantFrom(0, 1, 2, 3, 4).map((index) => `{id:${index}}`),
  fc.constant(unknownId),
)
const object = fc.dictionary(
  fc.constantFrom(
    'start',
    'end',
    'subnet_id',
    'ip_address',
    'destination',
    'nexthop',
    '__proto_',
    'x',
  ),
  leaf,
  { maxKeys: 3 },
)
const value = fc.oneof(
  { weight: 4, arbitrary: leaf },
  { weight: 1, arbitrary: object },
  { weight: 2, arbitrary: fc.array(fc.oneof(leaf, object), { maxLength: 4 }) },
)

/** Bodies for a resource: its attributes with anything in them, what is required mostly there. */
function bodyOf(
  resource: (typeof neutronResources)[number],
): fc.Arbitrary<Record<string, unknown>> {
  const names = Object.keys(resource.attributes)
  const plausible: Record<string, fc.Arbitrary<unknown>> = {
    network_id: fc.constantFrom('{id:0}', '{id:0}', unknownId),
    ip_version: fc.constantFrom(4, 6),
    cidr: fc.oneof(
      prefixText,
      fc.nat(255).map((part) => `10.${part}.0.0/24`),
    ),
    name: fc.constant('n'),
    prefixes: fc.array(prefixText, { maxLength: 3 }),
  }
  const fields = Object.fromEntries(
    names.map((name) => [
      name,
      fc.oneof({ weight: 1, arbitrary: value }, { weight: 9, arbitrary: plausible[name] ?? value }),
    ]),
  )
  const required = names.filter(
    (name) => resource.attributes[name]?.create === 'required' || name === 'cidr',
  )
  const mostlyTaken = names.filter((name) => resource.attributes[name]?.create !== 'refused')
  const extra = fc.oneof(
    fc.constant([]),
    fc.shuffledSubarray(mostlyTaken, { maxLength: 2 }),
    fc.shuffledSubarray(names, { maxLength: 4 }),
  )
  return fc
    .tuple(extra, fc.record(fields))
    .map(([chosen, all]) =>
      Object.fromEntries([...required, ...chosen].map((name) => [name, all[name]])),
    )
}

/** Puts real ids in the place of `{id:n}`. */
function fill(body: unknown): string {
  return JSON.stringify(body).replace(
    /\{id:(\d)\}/g,
    (_, index: string) => ids[Number(index)] ?? '',
  )
}

async function expectAnswer(method: string, path: string, body?: string): Promise<number> {
  const answer = await neutron.call(method, path, body)
  const told = `${method} ${path} ${body ?? ''} -> ${JSON.stringify(answer.body)}`
  expect(answer.status, told).toBeLessThan(500)
  if (answer.status >= 400 && answer.status !== 404)
    expect(Object.keys(answer.body.NeutronError ?? {}), told).toEqual(['type', 'message', 'detail'])
  return answer.status
}

const runs = fuzzBudget(150)

const resources = neutronResources.map((resource) => [resource.collection, resource] as const)

// Creations come first: a subnet that was changed may have no room for ports any more.
test.each(resources)(
  'whatever is sent to create %s is accepted or refused, never an error of the server',
  async (collection, resource) => {
    let made = 0
    await fc.assert(
      fc.asyncProperty(bodyOf(resource), fc.boolean(), async (body, isBulk) => {
        const { singular, plural } = resource
        const wrapped = isBulk ? { [plural]: [body, body] } : { [singular]: body }
        if ((await expectAnswer('POST', `/v2.0/${collection}`, fill(wrapped))) === 201) made += 1
      }),
      runs,
    )
    expect(made).toBeGreaterThan(0)
  },
)

test.each(resources)(
  'whatever is sent to change %s is accepted or refused',
  async (collection, resource) => {
    const index =
      { networks: 0, subnets: 1, subnetpools: 2, 'address-scopes': 3, ports: 4 }[collection] ?? 0
    await fc.assert(
      fc.asyncProperty(bodyOf(resource), async (body) => {
        const updatable = Object.entries(body).filter(
          ([name]) => resource.attributes[name]?.update === true,
        )
        const wrapped = { [resource.singular]: Object.fromEntries(updatable) }
        await expectAnswer('PUT', `/v2.0/${collection}/${ids[index]}`, fill(wrapped))
      }),
      runs,
    )
  },
)

test.each(resources)(
  'whatever %s are listed by is accepted or refused',
  async (collection, resource) => {
    const names = [
      ...Object.keys(resource.attributes),
      'limit',
      'marker',
      'sort_key',
      'sort_dir',
      'fields',
      'page_reverse',
      'fixed_ips',
      'tags',
      'x',
    ]
    const parameter = fc.tuple(
      fc.constantFrom(...names),
      fc.oneof(
        fc.constantFrom(
          '',
          '1',
          '0',
          'asc',
          'desc',
          'name',
          'id',
          'true',
          'ip_address=10.0.0.1',
          '%00',
          '%zz',
        ),
        fc.webQueryParameters(),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(parameter, { maxLength: 4 }), async (parameters) => {
        const query = parameters
          .map(([name, text]) => `${name}=${text.replaceAll('&', '')}`)
          .join('&')
        await expectAnswer('GET', `/v2.0/${collection}?${query}`)
      }),
      runs,
    )
  },
)

test('every route takes any path parameter and any JSON', async () => {
  const anything = fc.oneof(
    fc.constantFrom('x', '%00', '%F0%9F%92%A5', unknownId, '..', '%2F'),
    fc.webSegment(),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...neutronRoutes),
      anything,
      fc.option(fc.json({ maxDepth: 3 })),
      async ({ method, path }, parameter, body) => {
        const url = path.replace(/\{\w+\}/g, parameter === '' ? 'x' : parameter).replace('*', 'x')
        await expectAnswer(method, url, method === 'GET' ? undefined : (body ?? undefined))
      },
    ),
    fuzzBudget(400),
  )
})

test('and all of it is still consistent', async () => {
  expect((await neutron.ipam.check()).problems).toEqual([])
  for (const port of await neutron.list('ports')) {
    const held = await neutron.ipam.allocations.listByHolder('port', port.id)
    const shown = port.fixed_ips.map(({ ip_address }: { ip_address: string }) => ip_address)
    expect(held.map(({ address }) => address).toSorted()).toEqual(shown.toSorted())
  }
})
