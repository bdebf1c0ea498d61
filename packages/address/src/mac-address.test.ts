import { describe, expect, test } from 'vitest'
import { refusal } from '../test/refusal.ts'
import { MacAddress } from './mac-address.ts'

describe('a MAC address', () => {
  test.each(['00:11:22:33:44:55', '00-11-22-33-44-55', '0011.2233.4455', '001122334455'])(
    'written as %s is read as one and the same',
    (text) => {
      const mac = MacAddress.parse(text)
      expect(mac.toString()).toBe('00:11:22:33:44:55')
      expect(mac.value).toBe(0x001122334455n)
      expect([...mac.toBytes()]).toEqual([0x00, 0x11, 0x22, 0x33, 0x44, 0x55])
      expect(mac.equals(MacAddress.parse('001122334455'))).toBe(true)
      expect(JSON.stringify({ mac })).toBe('{"mac":"00:11:22:33:44:55"}')
    },
  )

  test.each(['FA:16:3E:AB:CD:EF', 'fa163eABCDEF', 'FA16.3eab.CDEF'])(
    'is written in lower case: %s',
    (text) => {
      expect(MacAddress.parse(text).toString()).toBe('fa:16:3e:ab:cd:ef')
    },
  )

  test.each([
    ['five bytes', '00:11:22:33:44'],
    ['seven bytes', '00:11:22:33:44:55:66'],
    ['eight bytes', '00:11:22:33:44:55:66:77'],
    ['eleven digits', '00112233445'],
    ['thirteen digits', '0011223344556'],
    ['a group of one digit', '0:11:22:33:44:55'],
    ['a group of three digits', '000:11:22:33:44:5'],
    ['two kinds of separator', '00:11-22:33:44:55'],
    ['dots between pairs', '00.11.22.33.44.55'],
    ['colons between fours', '0011:2233:4455'],
    ['dashes between threes', '001-122-334-455'],
    ['blanks between pairs', '00 11 22 33 44 55'],
    ['a letter that is no hex digit', '00:11:22:33:44:5g'],
    ['a letter that is no hex digit, bare', '00112233445g'],
    ['a leading blank', ' 00:11:22:33:44:55'],
    ['a trailing line feed', '001122334455\n'],
    ['a NUL', '00112233445\u0000'],
    ['a hexadecimal marker', '0x1122334455'],
    ['full-width digits', '００1122334455'],
    ['a misplaced separator', '001:12:23:34:45:5'],
    ['brackets', '[001122334455]'],
    ['nothing', ''],
    ['a megabyte', '0'.repeat(1024 * 1024)],
  ])('is refused with %s', (_, text) => {
    const error = refusal(() => MacAddress.parse(text))
    expect(error.code).toBe('INVALID_MAC')
    expect(error.reason).toMatch(/^[ -~]{1,160}$/)
  })

  test.each([null, undefined, 0x1122334455, ['001122334455']])(
    'is refused if it is not a text: %j',
    (input) => {
      expect(refusal(() => MacAddress.parse(input as unknown as string)).code).toBe('INVALID_MAC')
    },
  )

  test.each([
    ['00:00:00:00:00:00', false, true],
    ['00:00:00:00:00:01', false, false],
    ['01:00:5e:00:00:01', true, false],
    ['33:33:00:00:00:01', true, false],
    ['ff:ff:ff:ff:ff:ff', true, false],
    ['fe:ff:ff:ff:ff:ff', false, false],
    ['00:01:00:00:00:00', false, false],
  ])('%s: multicast %s, all zero %s', (text, isMulticast, isZero) => {
    const mac = MacAddress.parse(text)
    expect(mac.isMulticast).toBe(isMulticast)
    expect(mac.isZero).toBe(isZero)
  })

  test('sorts by its bytes', () => {
    const sorted = ['000000000001', '7fffffffffff', '800000000000', 'ffffffffffff']
    const macs = sorted.map((text) => MacAddress.parse(text))
    expect(macs.toReversed().toSorted((a, b) => a.compare(b))).toEqual(macs)
  })
})
