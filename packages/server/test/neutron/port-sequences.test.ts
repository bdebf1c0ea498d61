import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openNeutron } from './neutron-fixture.ts'

const addresses = Array.from({ length: 13 }, (_, index) => `10.0.0.${index + 1}`)

type Step =
  | { readonly kind: 'create'; readonly fixedIps: readonly object[] | null; readonly owner: string }
  | { readonly kind: 'update'; readonly port: number; readonly fixedIps: readonly object[] }
  | { readonly kind: 'mac'; readonly port: number; readonly mac: string }
  | { readonly kind: 'delete'; readonly port: number }
  | { readonly kind: 'bulk'; readonly count: number }
  | { readonly kind: 'release'; readonly port: number }

const fixedIps = fc.array(
  fc.oneof(
    fc.constantFrom(...addresses).map((ip_address) => ({ ip_address })),
    fc.constantFrom('{four}', '{six}', '{slaac}').map((subnet_id) => ({ subnet_id })),
  ),
  { maxLength: 3 },
)
const port = fc.nat(9)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      fixedIps: fc.option(fixedIps),
      owner: fc.constantFrom('', 'network:dhcp', 'network:router_interface'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('update' as const), port, fixedIps }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('mac' as const),
      port,
      mac: fc.nat(255).map((last) => `fa:16:3e:00:00:${last.toString(16).padStart(2, '0')}`),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), port }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('bulk' as const),
      count: fc.integer({ min: 2, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), port }) },
)

test('after any sequence of changes a port’s addresses are its allocations, and no two ports share one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const neutron = await openNeutron()
      try {
        const network_id = (await neutron.make('networks', {})).id
        const subnet = async (fields: object) =>
          (await neutron.make('subnets', { network_id, ...fields })).id as string
        const subnets: Record<string, string> = {
          four: await subnet({ ip_version: 4, cidr: '10.0.0.0/28' }),
          six: await subnet({ ip_version: 6, cidr: '2001:db8:1::/125' }),
          slaac: await subnet({
            ip_version: 6,
            cidr: '2001:db8:2::/64',
            ipv6_ra_mode: 'slaac',
            ipv6_address_mode: 'slaac',
          }),
        }
        const fill = (value: unknown) =>
          JSON.stringify(value).replace(/\{(\w+)\}/g, (all, name: string) => subnets[name] ?? all)
        const send = async (method: string, path: string, body?: unknown) => {
          const answer = await neutron.call(
            method,
            `/v2.0/${path}`,
            body === undefined ? undefined : fill(body),
          )
          expect([200, 201, 204, 400, 409], JSON.stringify(answer.body)).toContain(answer.status)
        }
        for (const one of steps) {
          const known = await neutron.list('ports')
          const chosen = 'port' in one ? known[one.port % Math.max(known.length, 1)] : undefined
          if (one.kind === 'create')
            await send('POST', 'ports', {
              port: {
                network_id,
                device_owner: one.owner,
                ...(one.fixedIps === null ? {} : { fixed_ips: one.fixedIps }),
              },
            })
          else if (one.kind === 'bulk')
            await send('POST', 'ports', {
              ports: Array.from({ length: one.count }, () => ({ network_id })),
            })
          else if (chosen === undefined) continue
          else if (one.kind === 'update')
            await send('PUT', `ports/${chosen.id}`, { port: { fixed_ips: one.fixedIps } })
          else if (one.kind === 'mac')
            await send('PUT', `ports/${chosen.id}`, { port: { mac_address: one.mac } })
          else if (one.kind === 'delete') await send('DELETE', `ports/${chosen.id}`)
          else if (chosen.fixed_ips.length > 0) {
            const [{ subnet_id: id, ip_address: address }] = chosen.fixed_ips
            await neutron.ipam.allocations.release(id, address)
          }
        }
        const ports = await neutron.list('ports')
        const taken: string[] = []
        for (const shown of ports) {
          const held = await neutron.ipam.allocations.listByHolder('port', shown.id)
          const own = shown.fixed_ips.map(
            (ip: { subnet_id: string; ip_address: string }) => `${ip.subnet_id} ${ip.ip_address}`,
          )
          expect(held.map(({ subnetId, address }) => `${subnetId} ${address}`).toSorted()).toEqual(
            own.toSorted(),
          )
          taken.push(...own)
        }
        expect(new Set(taken).size).toBe(taken.length)
        const { allocated, outsidePools } = await neutron.ipam.utilization.total()
        expect(allocated + outsidePools).toBe(BigInt(taken.length))
        expect((await neutron.ipam.check()).problems).toEqual([])
      } finally {
        await neutron.close()
      }
    }),
    { numRuns: 25 },
  )
}, 180_000)
