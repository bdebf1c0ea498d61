import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { GaleraNode } from './galera-node.ts'
import { hasMariadb, withServerPath } from './mariadb-server.ts'
import { privateNetwork } from './private-network.ts'
import { freePort, type ServerStart } from './server-process.ts'

const provider = ['/usr/lib/galera', '/usr/lib64/galera-4', '/usr/lib64/galera']
  .map((folder) => `${folder}/libgalera_smm.so`)
  .find((file) => existsSync(file))

/** Whether this machine has what a Galera cluster is made of. npm has nothing of it. */
export function hasGalera(): boolean {
  return (
    hasMariadb() &&
    provider !== undefined &&
    spawnSync('sh', ['-c', 'command -v rsync'], withServerPath).status === 0
  )
}

export interface GaleraStart extends ServerStart {
  /** Further arguments of every node, such as `--wsrep-sync-wait=7`. */
  readonly settings?: readonly string[]
  /** How long a node may say nothing until the others go on without it. Default 5, as in production. */
  readonly suspectSeconds?: number
  /** Instead of loopback, a network in which packets can be lost, where `canMakeNetworks` is true. */
  readonly hasNetwork?: boolean
}

/** Three nodes, each a MariaDB of its own. */
export interface GaleraCluster {
  readonly nodes: readonly [GaleraNode, GaleraNode, GaleraNode]
  /** Ends all nodes at once and removes all that they stored. */
  stop(): Promise<void>
}

/** Starts a private cluster of the machine's MariaDB: the first node alone, the others with a copy of its data. */
export async function startGalera(options: GaleraStart = {}): Promise<GaleraCluster> {
  if (provider === undefined) throw new Error('there is no Galera on this machine')
  const ports = await Promise.all(Array.from({ length: 12 }, freePort))
  const [group, own, state, copy] = [0, 3, 6, 9].map((start) => ports.slice(start, start + 3))
  const network = options.hasNetwork === true ? await privateNetwork(3) : undefined
  const makeNode = (index: number): GaleraNode => {
    const place = network?.places[index]
    return new GaleraNode({
      provider,
      name: `node${index + 1}`,
      group: (group ?? []).map((port, of) => ({
        host: network?.places[of]?.address ?? '127.0.0.1',
        port,
      })),
      groupPort: group?.[index] ?? 0,
      port: own?.[index] ?? 0,
      statePort: state?.[index] ?? 0,
      copyPort: copy?.[index] ?? 0,
      isDurable: options.durable === true,
      settings: options.settings ?? [],
      suspectSeconds: options.suspectSeconds ?? 5,
      ...(place !== undefined && { place }),
    })
  }
  const nodes = [makeNode(0), makeNode(1), makeNode(2)] as const
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.remove()))
    network?.stop()
  }
  try {
    await nodes[0].bootstrap()
    await Promise.all(nodes.slice(1).map((node) => node.start()))
    await Promise.all(nodes.map((node) => node.sees(3)))
  } catch (error) {
    await stop()
    throw error
  }
  return { nodes, stop }
}
