import type { IpamError } from '@freehold/engine'
import { parseStoreUrl, type StoreLocation } from '@freehold/engine/store-url'
import { usageError } from './command-error.ts'

/** Where a store is, as an option names it. Throws CommandError (invalid) for what is no store's URL. */
export function storeLocationOf(text: string): StoreLocation {
  try {
    return parseStoreUrl(text)
  } catch (error) {
    // Nothing else is thrown there.
    const { message, details } = error as IpamError
    throw usageError(message, details.fix)
  }
}
