import { randomUUID } from 'node:crypto'
import { openIpam } from '@freehold/engine'
import {
  createToken,
  credentialAuthentication,
  requestLog,
  startServer,
  TokenVerifier,
} from '@freehold/server'
import { percentile, spreadOf } from './measure/spread.ts'
import { openDatabase, storeOf } from './setup/bench-database.ts'

export const title = "Asking for another tenant's record, against asking for none that exists"

/**
 * Whether the time of an answer tells a tenant that a record of another exists: GET of a foreign id and of a random one
 * in turn, over one kept connection.
 */
export async function run({ quick }: { quick: boolean }) {
  const amount = quick ? 200 : 10_000
  const database = await openDatabase('sqlite')
  const ipam = await openIpam(await storeOf(database.url))
  const { secret } = await createToken(ipam, { role: 'reader', projectId: 'south' }, {})
  const north = ipam.as({ projectId: 'north', isAdmin: false })
  const subnet = await north.subnets.create({ cidr: '10.0.0.0/24' })
  const pool = await north.subnetPools.create({ prefixes: ['10.1.0.0/16'] })
  await north.allocations.allocate(subnet.id, { kind: 'bulk', count: 100 })
  const server = await startServer({
    ipam,
    authentication: credentialAuthentication([new TokenVerifier({ ipam })]),
    log: requestLog('silent'),
    listen: { host: '127.0.0.1', port: 0 },
  })
  const ask = async (path: string): Promise<number> => {
    const start = performance.now()
    const answer = await fetch(`${server.url}${path}`, {
      headers: { authorization: `Bearer ${secret}` },
    })
    await answer.arrayBuffer()
    if (answer.status !== 404) throw new Error(`${path} answered ${answer.status}`)
    return performance.now() - start
  }
  const kinds = [
    ['subnet', (id: string) => `/v1/subnets/${id}`, subnet.id],
    ['subnet pool', (id: string) => `/v1/subnet-pools/${id}`, pool.id],
    ['allocations of a subnet', (id: string) => `/v1/subnets/${id}/allocations`, subnet.id],
  ] as const
  const rows = []
  for (const [record, path, foreign] of kinds) {
    const [foreignMs, missingMs]: [number[], number[]] = [[], []]
    for (let count = 0; count < amount + 100; count += 1) {
      const [theirs, none] = [await ask(path(foreign)), await ask(path(randomUUID()))]
      if (count < 100) continue
      foreignMs.push(theirs)
      missingMs.push(none)
    }
    const [theirs, none] = [spreadOf(foreignMs).median, spreadOf(missingMs).median]
    rows.push({
      record,
      'foreign ms': theirs.toFixed(4),
      'missing ms': none.toFixed(4),
      'difference of medians ms': (theirs - none).toFixed(4),
      'p99 foreign ms': percentile(foreignMs, 0.99).toFixed(2),
      'p99 missing ms': percentile(missingMs, 0.99).toFixed(2),
    })
  }
  await server.stop()
  await database.close()
  return {
    rows,
    notes: [
      `${amount} of each, in turn, over one connection; a reader of one project asks for records of another's`,
    ],
    versions: { sqlite: database.version },
  }
}
