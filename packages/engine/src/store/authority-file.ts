import { readFileSync } from 'node:fs'
import { IpamError } from '../errors.ts'

/**
 * The certificates that a store's URL names as `sslrootcert`; undefined where it names none.
 * @throws IpamError INVALID_FIELD when the file cannot be read.
 */
export function authorityOf(url: URL): Buffer | undefined {
  const file = url.searchParams.get('sslrootcert')
  if (file === null) return undefined
  try {
    return readFileSync(file)
  } catch (error) {
    throw new IpamError(
      'INVALID_FIELD',
      `The file ${file}, which the URL names as sslrootcert, cannot be read.`,
      { pointer: '/url', fix: 'Name a file with the certificates of who signed the server’s.' },
      error,
    )
  }
}
