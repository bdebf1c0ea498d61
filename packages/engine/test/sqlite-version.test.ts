import { describe, expect, it } from 'vitest'
import { assertSafeVersion } from '../src/store/sqlite/sqlite-capabilities.ts'

describe('the version of SQLite', () => {
  it.each(['3.51.3', '3.51.10', '3.52.0', '4.0.0'])('%s is safe', (version) => {
    expect(() => assertSafeVersion(version)).not.toThrow()
  })

  it.each(['3.51.2', '3.50.4', '3.9.99', '2.99.99', '3.51', ''])('%j is refused', (version) => {
    expect(() => assertSafeVersion(version)).toThrow(
      expect.objectContaining({ code: 'STORE_UNSUPPORTED' }),
    )
  })
})
