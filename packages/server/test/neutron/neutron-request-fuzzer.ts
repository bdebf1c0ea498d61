import fc from 'fast-check'
import type { NeutronRoute } from '../../src/neutron/neutron-route.ts'
import { neutronResources, neutronRoutes } from '../../src/neutron/neutron-routes.ts'
import type { FuzzedRequest } from '../request-fuzzer.ts'
import { type NeutronFixture, unknownId } from './neutron-fixture.ts'

export type NeutronResource = (typeof neutronResources)[number]

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

const freePrefix = fc.tuple(fc.integer({ min: 20, max: 90 }), fc.nat(255))

/** What an attribute is mostly given, so that requests get beyond the checks of single values. */
const plausibleAttributes: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  name: fc.constant('n'),
  description: fc.constantFrom('', 'first\nsecond'),
  cidr: fc.oneof(
    prefixText,
    ...Array.from({ length: 6 }, () => freePrefix.map(([a, b]) => `10.${a}.${b}.0/24`)),
  ),
  prefixes: fc.oneof(
    fc.array(prefixText, { maxLength: 3 }),
    ...Array.from({ length: 6 }, () =>
      fc.uniqueArray(
        freePrefix.map(([a]) => `10.${a}.0.0/16`),
        { minLength: 1, maxLength: 3 },
      ),
    ),
  ),
  min_prefixlen: fc.integer({ min: 8, max: 20 }),
  default_prefixlen: fc.integer({ min: 20, max: 26 }),
  max_prefixlen: fc.integer({ min: 26, max: 32 }),
  default_quota: fc.integer({ min: 0, max: 1000 }),
  prefixlen: fc.integer({ min: 22, max: 28 }),
  subnetpool_id: fc.constantFrom('{id:2}', null),
  address_scope_id: fc.constantFrom('{id:3}', null),
  gateway_ip: fc.constant(null),
  enable_dhcp: fc.boolean(),
  allocation_pools: fc.constantFrom([], null),
  dns_nameservers: fc.constantFrom([], ['192.0.2.1', '192.0.2.2']),
  host_routes: fc.constantFrom([], [{ destination: '10.9.0.0/16', nexthop: '10.0.0.9' }]),
  fixed_ips: fc.oneof(
    fc.constantFrom([], [{ subnet_id: '{id:1}' }]),
    fc.integer({ min: 2, max: 254 }).map((host) => [{ ip_address: `10.0.0.${host}` }]),
  ),
  device_owner: fc.constantFrom('compute:nova', 'network:dhcp', 'network:router_interface'),
  device_id: fc.constantFrom('', 'd'),
  mac_address: fc.nat(255).map((byte) => `fa:16:3e:00:01:${byte.toString(16).padStart(2, '0')}`),
  allowed_address_pairs: fc.constantFrom([], [{ ip_address: '10.0.0.0/24' }]),
  extra_dhcp_opts: fc.constantFrom([], [{ opt_name: 'mtu', opt_value: '1400' }]),
  'binding:profile': fc.constantFrom({}, { a: [1] }),
  mtu: fc.integer({ min: 0, max: 9000 }),
  tags: fc.constantFrom([], ['a', 'b']),
  service_types: fc.constantFrom([], ['compute:nova']),
}

/** Bodies for a resource: its attributes with anything in them, what is required mostly there. */
function bodyOf(
  resource: (typeof neutronResources)[number],
): fc.Arbitrary<Record<string, unknown>> {
  const names = Object.keys(resource.attributes)
  const plausible: Record<string, fc.Arbitrary<unknown>> = {
    network_id: fc.constantFrom('{id:0}', '{id:0}', unknownId),
    ip_version: fc.constantFrom(4, 4, 4, 6),
    ...plausibleAttributes,
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

/** Makes requests of the Networking API from what its resources declare. */
export class NeutronRequestFuzzer {
  /** Ids that exist, so that requests get beyond "not found"; by collection. */
  readonly #ids: Readonly<Record<string, string>>

  constructor(ids: Readonly<Record<string, string>>) {
    this.#ids = ids
  }

  creation(resource: NeutronResource): fc.Arbitrary<FuzzedRequest> {
    const { collection, singular, plural } = resource
    return fc
      .tuple(bodyOf(resource), fc.boolean())
      .map(([body, isBulk]) =>
        request(
          'POST',
          `/v2.0/${collection}`,
          this.#filled(isBulk ? { [plural]: [body, body] } : { [singular]: body }),
        ),
      )
  }

  change(resource: NeutronResource): fc.Arbitrary<FuzzedRequest> {
    const { collection, singular, attributes } = resource
    return bodyOf(resource).map((body) => {
      const updatable = Object.entries(body).filter(([name]) => attributes[name]?.update === true)
      return request(
        'PUT',
        `/v2.0/${collection}/${this.#ids[collection]}`,
        this.#filled({ [singular]: Object.fromEntries(updatable) }),
      )
    })
  }

  /** What is done to a record besides changing it, and the limits of a project. */
  action(): fc.Arbitrary<FuzzedRequest> {
    const ids = this.#ids
    const tag = fc.oneof(fc.constantFrom('a', 'b', '%1b'), fc.webSegment())
    const collection = fc.constantFrom(...Object.keys(ids))
    const prefixes = fc.constantFrom(['10.0.0.0/16'], ['10.200.0.0/16'], [], ['x'])
    const tagged = fc.tuple(collection, tag, fc.constantFrom('GET', 'PUT', 'DELETE'))
    const project = fc.constantFrom('p', 'default', '%00')
    return fc.oneof(
      tagged.map(([name, text, method]) =>
        request(method, `/v2.0/${name}/${ids[name]}/tags/${text === '' ? 'x' : text}`),
      ),
      fc
        .tuple(collection, fc.oneof(plausibleAttributes['tags'] ?? value, value))
        .map(([name, tags]) =>
          request('PUT', `/v2.0/${name}/${ids[name]}/tags`, JSON.stringify({ tags })),
        ),
      fc
        .tuple(fc.constantFrom('add_prefixes', 'remove_prefixes'), fc.oneof(prefixes, value))
        .map(([action, list]) =>
          request(
            'PUT',
            `/v2.0/subnetpools/${ids['subnetpools']}/${action}`,
            JSON.stringify({ prefixes: list }),
          ),
        ),
      fc
        .tuple(project, fc.oneof(fc.integer({ min: -1, max: 5000 }), value))
        .map(([name, port]) =>
          request('PUT', `/v2.0/quotas/${name}`, JSON.stringify({ quota: { subnetpool: port } })),
        ),
      fc
        .tuple(project, fc.constantFrom('', '/details', '/default', '/details.json'))
        .map(([name, part]) => request('GET', `/v2.0/quotas/${name}${part}`)),
      project.map((name) => request('DELETE', `/v2.0/quotas/${name}`)),
      fc.constant(
        request('GET', `/v2.0/network-ip-availabilities/${ids['networks']}?fields=used_ips`),
      ),
    )
  }

  listing(resource: NeutronResource): fc.Arbitrary<FuzzedRequest> {
    const names = [...Object.keys(resource.attributes), ...listParameters]
    const parameter = fc.tuple(fc.constantFrom(...names), listValue)
    return fc.array(parameter, { maxLength: 4 }).map((parameters) => {
      const query = parameters.map(([name, text]) => `${name}=${text.replaceAll('&', '')}`)
      return request('GET', `/v2.0/${resource.collection}?${query.join('&')}`)
    })
  }

  /** Any route with any path parameter and any JSON; with one of the ids as well, if `known`: that may delete it. */
  anything({ known = false } = {}): fc.Arbitrary<FuzzedRequest> {
    const unknown = fc.oneof(
      fc.constantFrom('x', '%00', '%F0%9F%92%A5', unknownId, '..', '%2F'),
      fc.webSegment(),
    )
    const parameter = known
      ? fc.oneof(unknown, fc.constantFrom(...Object.values(this.#ids)))
      : unknown
    return fc
      .tuple(
        fc.constantFrom<NeutronRoute>(...neutronRoutes),
        parameter,
        fc.option(fc.json({ maxDepth: 3 })),
      )
      .map(([{ method, path }, text, body]) => {
        const url = path.replace(/\{\w+\}/g, text === '' ? 'x' : text).replace('*', 'x')
        return request(method, url, method === 'GET' ? undefined : (body ?? undefined))
      })
  }

  /** Puts real ids in the place of `{id:n}`. */
  #filled(body: unknown): string {
    const ids = Object.values(this.#ids)
    return JSON.stringify(body).replace(
      /\{id:(\d)\}/g,
      (_, index: string) => ids[Number(index)] ?? '',
    )
  }
}

/** A record of each kind, for a fuzzer. */
export async function knownNeutronIds(neutron: NeutronFixture): Promise<Record<string, string>> {
  const networks: string = (await neutron.make('networks', { name: 'n' })).id
  const subnet = { network_id: networks, ip_version: 4, cidr: '10.0.0.0/24' }
  return {
    networks,
    subnets: (await neutron.make('subnets', subnet)).id,
    subnetpools: (await neutron.make('subnetpools', { name: 'p', prefixes: ['10.0.0.0/16'] })).id,
    'address-scopes': (await neutron.make('address-scopes', { name: 's', ip_version: 4 })).id,
    ports: (await neutron.make('ports', { network_id: networks })).id,
  }
}

const listParameters = [
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

const listValue = fc.oneof(
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
)

function request(method: string, url: string, body?: string): FuzzedRequest {
  return { method, url, body, headers: {} }
}
