import { describe, expect, it } from 'vitest'
import { HeldAddresses } from './held-addresses.ts'

describe('held addresses', () => {
  it('are those that were added and not taken out, like a set', () => {
    const size = 1021
    const held = new HeldAddresses(size)
    const set = new Set<bigint>()
    for (let step = 0; step < 5000; step += 1) {
      const offset = BigInt((step * 7919 + step * step) % size)
      if (step % 3 === 0) {
        held.delete(offset)
        set.delete(offset)
      } else {
        held.add(offset)
        set.add(offset)
      }
    }
    for (let offset = 0n; offset < size; offset += 1n)
      expect(held.has(offset), String(offset)).toBe(set.has(offset))
  })

  it('are read from the bytes of addresses, also of the highest', () => {
    const held = new HeldAddresses(256)
    held.addTails(Uint8Array.of(255, 255, 255, 0, 255, 255, 255, 255), 0xff_ff_ff_00)
    expect([0n, 1n, 254n, 255n].map((offset) => held.has(offset))).toEqual([
      true,
      false,
      false,
      true,
    ])
  })
})
