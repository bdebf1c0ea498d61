import { Prefix } from '@freehold/address'
import { isIpamError } from '../../src/errors.ts'
import type { Ipam } from '../../src/ipam.ts'
import type { Allocation } from '../../src/model/allocation.ts'
import type { ContractStore } from './contract-store.ts'

/** Runs all at once, the calls taking turns between the engines; gives answers, or the codes of errors. */
export async function atOnce<T>(
  engines: readonly Ipam[],
  count: number,
  call: (ipam: Ipam, index: number) => Promise<T>,
): Promise<(T | string)[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      call(engines[index % engines.length] as Ipam, index).catch((error: unknown) => {
        if (isIpamError(error)) return error.code
        throw error
      }),
    ),
  )
}

export const codesOf = (answers: readonly unknown[]): string[] =>
  answers.filter((answer) => typeof answer === 'string').sort()

export const allocated = (answers: readonly (readonly Allocation[] | string)[]): Allocation[] =>
  answers.flatMap((answer) => (typeof answer === 'string' ? [] : answer))

export const overlapsSome = (cidrs: readonly string[]): boolean => {
  const prefixes = cidrs.map((cidr) => Prefix.parse(cidr)).sort((a, b) => a.compare(b))
  return prefixes.some((prefix, index) => prefixes[index + 1]?.overlaps(prefix))
}

/** How many callers meet: fewer on a cluster, where every two that meet cost a round trip between its nodes. */
export function crowd(store: ContractStore, callers: number, onCluster: number): number {
  return store.name === 'Galera' ? onCluster : callers
}
