import { expect } from 'vitest'
import { type ErrorCode, IpamError } from '../../src/errors.ts'

/** Expects the promise to be refused with the code, and gives the error for a closer look. */
export async function expectRefused(
  promise: Promise<unknown>,
  code: ErrorCode,
): Promise<IpamError> {
  const error = await promise.then(
    (value) => {
      throw new Error(`expected ${code}, got ${describeValue(value)}`)
    },
    (reason: unknown) => reason,
  )
  if (!(error instanceof IpamError)) throw error
  expect(error.code, error.message).toBe(code)
  return error
}

function describeValue(value: unknown): string {
  return JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? String(field) : field))
}
