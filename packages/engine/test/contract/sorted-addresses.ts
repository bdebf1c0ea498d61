import { IpAddress } from '@freehold/address'

/** The addresses in numeric order. */
export function sortedAddresses(items: readonly { readonly address: string }[]): string[] {
  return items
    .map(({ address }) => IpAddress.parse(address))
    .sort((a, b) => a.compare(b))
    .map(String)
}
