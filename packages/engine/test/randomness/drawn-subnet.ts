import { IpAddress, Prefix } from '@freehold/address'
import type { Ipam } from '../../src/ipam.ts'

/** The ways a request for `any` can take through the engine. */
export type DrawPath =
  /** One after another in the caller's own transaction. */
  | 'alone'
  /** Many callers at once, who share transactions. */
  | 'together'
  /** One request for all. */
  | 'bulk'

export interface SubnetShape {
  readonly cidr: string
  /** Inclusive offsets from the first address. */
  readonly pools: readonly (readonly [bigint, bigint])[]
}

class Undo extends Error {}

/** A subnet whose free addresses are known, and draws from it that are all given back. */
export class DrawnSubnet {
  readonly id: string
  readonly #ipam: Ipam
  readonly #addresses: readonly string[]
  #free: string[] = []
  #ranks = new Map<string, number>()
  #edges = new Set<number>()

  private constructor(ipam: Ipam, id: string, addresses: readonly string[]) {
    this.#ipam = ipam
    this.id = id
    this.#addresses = addresses
    this.#setFree(addresses.map(() => true))
  }

  /** Costs its pool addresses: for thousands of them, not for a /64. */
  static async create(ipam: Ipam, { cidr, pools }: SubnetShape): Promise<DrawnSubnet> {
    const base = Prefix.parse(cidr).first
    const allocationPools = pools.map(([first, last]) => ({
      first: base.plus(first).toString(),
      last: base.plus(last).toString(),
    }))
    const { id } = await ipam.subnets.create({ cidr, gateway: null, allocationPools })
    const addresses = pools.flatMap(([first, last]) =>
      Array.from({ length: Number(last - first) + 1 }, (_, at) =>
        base.plus(first + BigInt(at)).toString(),
      ),
    )
    return new DrawnSubnet(ipam, id, addresses)
  }

  get free(): number {
    return this.#free.length
  }

  /** Holds every address that is not to be free. What is held already stays so. */
  async hold(isFree: readonly boolean[]): Promise<void> {
    const held = this.#addresses.filter((address, at) => !isFree[at] && this.#ranks.has(address))
    const holder = { kind: 'host', id: 'filler' }
    for (let start = 0; start < held.length; start += 512)
      await Promise.all(
        held
          .slice(start, start + 512)
          .map((address) =>
            this.#ipam.allocations.allocate(this.id, { kind: 'specific', address }, { holder }),
          ),
      )
    this.#setFree(isFree)
  }

  rankOf(address: string): number {
    const rank = this.#ranks.get(address)
    if (rank === undefined) throw new Error(`${address} was given, and is not free`)
    return rank
  }

  readonly followsHeld = (rank: number): boolean => this.#edges.has(rank)

  /** The ranks of `size` addresses that are held together and then given back. */
  async draw(path: DrawPath, size: number, ipam = this.#ipam): Promise<number[]> {
    return (await drawAddresses(ipam, this.id, path, size)).map((address) => this.rankOf(address))
  }

  #setFree(isFree: readonly boolean[]): void {
    this.#free = this.#addresses.filter((_, at) => isFree[at])
    this.#ranks = new Map(this.#free.map((address, rank) => [address, rank]))
    this.#edges = new Set()
    let rank = 0
    for (const [at, free] of isFree.entries()) {
      if (free && isFree[at - 1] === false) this.#edges.add(rank)
      if (free) rank += 1
    }
  }
}

/** Draws addresses of any subnet, in the order in which callers asked, and gives them back. */
export async function drawAddresses(
  ipam: Ipam,
  subnetId: string,
  path: DrawPath,
  size: number,
): Promise<string[]> {
  const any = { kind: 'any' } as const
  if (path === 'together') {
    const given = await Promise.all(
      Array.from({ length: size }, () => ipam.allocations.allocate(subnetId, any)),
    )
    const drawn = given.flat().map(({ address }) => address)
    await Promise.all(drawn.map((address) => ipam.allocations.release(subnetId, address)))
    return drawn
  }
  const drawn: string[] = []
  const undone = ipam.transaction(async ({ allocations }) => {
    if (path === 'bulk')
      for (const { address } of await allocations.allocate(subnetId, { kind: 'bulk', count: size }))
        drawn.push(address)
    else
      while (drawn.length < size)
        for (const { address } of await allocations.allocate(subnetId, any)) drawn.push(address)
    throw new Undo()
  })
  await undone.catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error
  })
  return drawn
}

/** The offset of an address in its subnet. */
export function offsetIn(cidr: string, address: string): bigint {
  return IpAddress.parse(address).minus(Prefix.parse(cidr).first)
}
