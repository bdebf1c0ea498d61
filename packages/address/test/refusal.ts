import { AddressError } from '../src/index.ts'

/** The error with which the action refuses; fails if it succeeds or throws anything else. */
export function refusal(action: () => unknown): AddressError {
  let result: unknown
  try {
    result = action()
  } catch (error) {
    if (error instanceof AddressError) return error
    throw error
  }
  throw new Error(`expected a refusal, got ${String(result)}`)
}
