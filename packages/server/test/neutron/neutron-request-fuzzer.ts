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
