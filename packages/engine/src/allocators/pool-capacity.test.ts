import { IpAddress } from '@freehold/address'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capacityOfPools } from './pool-capacity.ts'

describe('the capacity of stored allocation pools', () => {
  it('is nothing without subnets, and for subnets without pools', () => {
    expect(capacityOfPools('')).toBe(0n)
    expect(capacityOfPools('  ')).toBe(0n)
  })

  it('counts both ends of every pool of every subnet', () => {
    expect(capacityOfPools('10.0.0.2-10.0.0.254')).toBe(253n)
    expect(capacityOfPools('10.0.0.2-10.0.0.9,10.0.0.20-10.0.0.20 172.16.0.0-172.16.255.255')).toBe(
      8n + 1n + 65536n,
    )
    expect(capacityOfPools(' 10.0.0.2-10.0.0.9  0.0.0.0-255.255.255.255 ')).toBe(8n + (1n << 32n))
  })

  it('is exact above 2^53, and with both IP versions in one text', () => {
    const whole = '2001:db8::-2001:db8::ffff:ffff:ffff:ffff'
    expect(capacityOfPools(`${whole} 10.0.0.2-10.0.0.9  ${whole},2001:db9::1-2001:db9::1`)).toBe(
      (1n << 64n) * 2n + 9n,
    )
  })

  it('is the sum of the sizes that the addresses themselves give', () => {
    const pool = fc.oneof(
      fc.tuple(fc.constant(4 as const), fc.bigInt(0n, (1n << 32n) - 1n), fc.bigInt(0n, 1000n)),
      fc.tuple(fc.constant(6 as const), fc.bigInt(1n << 64n, 1n << 127n), fc.bigInt(0n, 1n << 70n)),
    )
    fc.assert(
      fc.property(fc.array(fc.array(pool, { maxLength: 4 }), { maxLength: 8 }), (subnets) => {
        let expected = 0n
        const texts = subnets.map((pools) => {
          // A subnet has one version.
          const ofOne = pools.filter(([version]) => version === pools[0]?.[0])
          return ofOne
            .map(([version, first, more]) => {
              const end = version === 4 ? (1n << 32n) - 1n : (1n << 128n) - 1n
              const last = first + more > end ? end : first + more
              expected += last - first + 1n
              return `${IpAddress.fromValue(version, first)}-${IpAddress.fromValue(version, last)}`
            })
            .join(',')
        })
        expect(capacityOfPools(texts.join(' '))).toBe(expected)
      }),
    )
  })
})
