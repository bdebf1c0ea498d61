import { IpamError } from '../../errors.ts'

// 3.7.0 to 3.51.2 can corrupt a WAL database with two connections, which is how this store uses it.
const oldestSafeVersion = [3, 51, 3] as const

/** @throws IpamError STORE_UNSUPPORTED for a version that can corrupt a database. */
export function assertSafeVersion(version: string): void {
  const parts = version.split('.').map(Number)
  for (const [index, needed] of oldestSafeVersion.entries()) {
    const part = parts[index] ?? 0
    if (part > needed) return
    if (part < needed)
      throw new IpamError(
        'STORE_UNSUPPORTED',
        `SQLite ${version} can corrupt a database that two connections use; ${oldestSafeVersion.join('.')} or newer is needed.`,
        { fix: 'Use a Node.js with a newer SQLite: 24 or later.' },
      )
  }
}
