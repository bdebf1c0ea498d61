import { describe, expect, test } from 'vitest'
import { isLoopbackHostHeader, isLoopbackOrigin, loopbackAddress } from './loopback.ts'

describe('listening without authentication', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.1.2.3', '127.1.2.3'],
    ['::1', '::1'],
    ['[::1]', '::1'],
  ])('%s is loopback', async (host, address) => {
    expect(await loopbackAddress(host)).toBe(address)
  })

  test('localhost becomes a loopback address', async () => {
    expect(['127.0.0.1', '::1']).toContain(await loopbackAddress('localhost'))
  })

  test.each([
    '0.0.0.0',
    '::',
    '[::]',
    '0',
    '10.0.0.1',
    '128.0.0.1',
    '127.1',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0.0.0.0',
    '::ffff:192.0.2.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '::1%eth0',
    'fe80::1',
    '127.0.0.1 ',
    'localhost.',
    '127.0.0.1.example',
    'example.org',
    '',
  ])('%s is refused', async (host) => {
    await expect(loopbackAddress(host)).rejects.toMatchObject({
      code: 'ERR_NOT_LOOPBACK',
      message: expect.stringContaining('loopback addresses only'),
    })
  })
})

describe('the Host header', () => {
  // First of all: before any header was ours.
  test.each([
    '',
    'evil.example',
    'localhost.evil.example:80',
    '10.0.0.1',
    '127.0.0.1.evil.example',
    '[::ffff:127.0.0.1]',
    '[::ffff:192.0.2.1]:80',
  ])('%s is not ours', (header) => expect(isLoopbackHostHeader(header)).toBe(false))

  test.each(['localhost', 'LOCALHOST:80', '127.0.0.1:8080', '[::1]:8080', '[::1]'])(
    '%s is, again and again, and nothing else with it',
    (header) => {
      for (let i = 0; i < 3; i += 1) {
        expect(isLoopbackHostHeader(header)).toBe(true)
        expect(isLoopbackHostHeader(`${header}.evil.example`)).toBe(false)
        expect(isLoopbackHostHeader('')).toBe(false)
      }
    },
  )
})

test.each([
  ['http://localhost:3000', true],
  ['http://127.0.0.1', true],
  ['https://[::1]:8443', true],
  ['null', false],
  ['', false],
  ['localhost', false],
  ['http://evil.example', false],
  ['http://localhost.evil.example', false],
  ['http://localhost/http://evil.example', false],
  ['http://evil.example@localhost', false],
  ['chrome-extension://localhost', false],
])('the origin %s is loopback: %s', (origin, expected) => {
  expect(isLoopbackOrigin(origin)).toBe(expected)
})
