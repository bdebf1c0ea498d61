import { describe, expect, it } from 'vitest'
import { compareBytes, uint32At, uint128At } from './address-bytes.ts'

describe('the bytes of an address', () => {
  const bytes = Uint8Array.from({ length: 20 }, (_, at) => 255 - at)

  it('are numbers without a sign, from any position', () => {
    expect(uint32At(bytes, 0)).toBe(0xff_fe_fd_fc)
    expect(uint32At(bytes, 16)).toBe(0xef_ee_ed_ec)
    expect(uint128At(bytes, 0)).toBe(0xff_fe_fd_fc_fb_fa_f9_f8_f7_f6_f5_f4_f3_f2_f1_f0n)
    expect(uint128At(bytes, 4)).toBe(0xfb_fa_f9_f8_f7_f6_f5_f4_f3_f2_f1_f0_ef_ee_ed_ecn)
    expect(uint128At(new Uint8Array(16), 0)).toBe(0n)
  })

  it('are in the order of the numbers', () => {
    const low = bytes.slice(0, 16)
    for (let at = 0; at < 16; at += 1) {
      const high = Uint8Array.from(low)
      low[at] = 127
      high[at] = 128
      expect(compareBytes(low, high)).toBeLessThan(0)
      expect(compareBytes(high, low)).toBeGreaterThan(0)
      low[at] = 128
      expect(compareBytes(low, high)).toBe(0)
    }
  })
})
