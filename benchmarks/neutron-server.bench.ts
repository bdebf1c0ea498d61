import { temporaryDirectory } from '@freehold/test-support'
import { type HttpLoad, postLoad } from './measure/http-load.ts'
import type { ResultRow } from './runner/benchmark.ts'
import type { BenchDatabase } from './setup/bench-database.ts'
import { onEach } from './setup/bench-run.ts'
import { installNeutron, neutronDatabase, neutronVersion, startNeutron } from './setup/neutron.ts'
import { request, serve } from './setup/server-process.ts'

export const title = 'POST /v2.0/ports against a real Neutron server, 8 clients'

const clients = 8
const cidr = '10.128.0.0/16'

interface Place {
  readonly networkId: string
  readonly subnetId: string
}

// 60,000 takes some minutes more, most of them to fill.
const heldByDefault = '0,1000,10000'

export async function run({ quick }: { quick: boolean }) {
  const asked = process.env['FREEHOLD_BENCH_PORTS_HELD'] ?? heldByDefault
  const sizes = quick ? [0, 20] : asked.split(',').map(Number)
  const loads: Record<'Freehold' | 'Neutron', HttpLoad[]> = { Freehold: [], Neutron: [] }
  const neutron = neutronVersion()
  const versions = await onEach(['mariadb'], async (database, ipam) => {
    // The server below has its own engine on this database.
    await ipam.close()
    const ours = await serve(database.url)
    try {
      for (const held of sizes)
        loads.Freehold.push(await portsOfOurs(ours.url, held, quick ? 40 : 2000))
    } finally {
      await ours.stop()
    }
    if (neutron === undefined || quick) return
    using scratch = temporaryDirectory()
    const databaseUrl = await neutronDatabase(database, 'neutron')
    const theirs = await startNeutron(databaseUrl, scratch.path)
    try {
      for (const [index, held] of sizes.entries()) {
        const place = await makeNetwork(theirs.url)
        if (held > 0) await holdInNeutron(database, place, held, index)
        await created(theirs.url, place, clients)
        // Seconds for each of them when many are held.
        const amount = held > 10_000 ? 16 : 24
        loads.Neutron.push(await created(theirs.url, place, amount))
      }
    } finally {
      await theirs.stop()
    }
  })
  return {
    rows: sizes.flatMap((held, index) => rowsOf(held, loads.Freehold[index], loads.Neutron[index])),
    versions: { ...versions, ...(neutron === undefined ? {} : { neutron }) },
    notes: [
      `8 connections, a port with an address of a ${cidr.replace(/^.*\//, '/')} each time, in a network that has so many ports before; both servers one process on one durable MariaDB, one after the other`,
      'Neutron runs without Keystone, message broker and agents, as benchmarks/neutron-comparison/serve_neutron.py sets it up',
      'FREEHOLD_BENCH_PORTS_HELD=0,1000,10000,60000 measures at other sizes',
      ...(neutron === undefined ? [`Neutron is not installed: ${installNeutron}`] : []),
      ...(quick ? ['a quick run starts no Neutron: that takes half a minute'] : []),
    ],
  }
}

function rowsOf(
  held: number,
  ours: HttpLoad | undefined,
  theirs: HttpLoad | undefined,
): ResultRow[] {
  if (ours === undefined) return []
  const own = rowOf('Freehold', held, ours)
  if (theirs === undefined) return [own]
  const times = Number((ours.perSecond / theirs.perSecond).toPrecision(3))
  return [{ ...own, 'times Neutron': times }, rowOf('Neutron', held, theirs)]
}

async function portsOfOurs(url: string, held: number, amount: number): Promise<HttpLoad> {
  const place = await makeNetwork(url)
  const atOnce = 20
  if (held > 0) {
    const body = { ports: Array.from({ length: atOnce }, () => portIn(place).port) }
    const filling = await postLoad(`${url}/v2.0/ports`, body, {
      connections: 4,
      amount: held / atOnce,
      timeoutSeconds: 120,
    })
    if (filling.statuses['201'] !== held / atOnce)
      throw new Error(`filling was answered with ${JSON.stringify(filling.statuses)}`)
  }
  await created(url, place, clients)
  const measured = await created(url, place, amount)
  const { network_ip_availability: use } = await request<{
    network_ip_availability: { used_ips: number }
  }>(`${url}/v2.0/network-ip-availabilities/${place.networkId}`)
  const acknowledged = held + clients + amount
  if (use.used_ips !== acknowledged)
    throw new Error(`${use.used_ips} addresses are used, ${acknowledged} were acknowledged`)
  return measured
}

/** Creates ports one by one, 8 at a time. Throws when one of them was refused. */
async function created(url: string, place: Place, amount: number): Promise<HttpLoad> {
  const load = await postLoad(`${url}/v2.0/ports`, portIn(place), {
    connections: clients,
    amount,
    timeoutSeconds: 300,
  })
  if (Object.keys(load.statuses).some((status) => status !== '201'))
    throw new Error(`${url} answered ${JSON.stringify(load.statuses)}`)
  return load
}

async function makeNetwork(url: string): Promise<Place> {
  const { network } = await request<{ network: { id: string } }>(`${url}/v2.0/networks`, 'POST', {
    network: { name: 'benchmark' },
  })
  const { subnet } = await request<{ subnet: { id: string } }>(`${url}/v2.0/subnets`, 'POST', {
    subnet: { network_id: network.id, ip_version: 4, cidr },
  })
  return { networkId: network.id, subnetId: subnet.id }
}

function portIn({ networkId }: Place) {
  return { port: { network_id: networkId } }
}

function rowOf(server: string, held: number, { perSecond, p50, p99 }: HttpLoad) {
  return {
    server,
    'ports held': held,
    'ports per s': Number(perSecond.toPrecision(3)),
    'p50 ms': p50,
    'p99 ms': p99,
  }
}

/** Ports with the lowest addresses, in the four tables that Neutron keeps them in. `series` tells their ids apart. */
async function holdInNeutron(
  database: BenchDatabase,
  { networkId, subnetId }: Place,
  held: number,
  series: number,
): Promise<void> {
  const port = `lower(concat('00000000-0000-400${series}-8000-', lpad(hex(seq), 12, '0')))`
  const attribute = `${1_000_000 * (series + 1)} + seq`
  const pair = (bits: number) => `lpad(hex((seq >> ${bits}) & 255), 2, '0')`
  const mac = `lower(concat_ws(':', 'fa', '17', ${pair(24)}, ${pair(16)}, ${pair(8)}, ${pair(0)}))`
  const address = "inet_ntoa(inet_aton('10.128.0.1') + seq)"
  const from = `FROM bench.seq_1_to_${held}`
  await database.execute(`
    INSERT INTO neutron.standardattributes (id, resource_type, description, revision_number, created_at, updated_at)
      SELECT ${attribute}, 'ports', '', 1, now(), now() ${from};
    INSERT INTO neutron.ports (id, project_id, name, network_id, mac_address, admin_state_up, status, device_id, device_owner, standard_attr_id)
      SELECT ${port}, 'fake_project_id', '', '${networkId}', ${mac}, 1, 'DOWN', '', '', ${attribute} ${from};
    INSERT INTO neutron.ipallocations (port_id, ip_address, subnet_id, network_id)
      SELECT ${port}, ${address}, '${subnetId}', '${networkId}' ${from};
    INSERT INTO neutron.ipamallocations (ip_address, status, ipam_subnet_id)
      SELECT ${address}, 'ALLOCATED', (SELECT id FROM neutron.ipamsubnets WHERE neutron_subnet_id = '${subnetId}') ${from}`)
}
