import { expect, test } from 'vitest'
import { apiTarget } from './api-connection.ts'

const sqlite = (path: string) => ({ kind: 'store', location: { kind: 'sqlite', path } })
const nothing = () => false

test('options come before the environment, and that before the usual file', () => {
  const environment = { FREEHOLD_STORE: 'sqlite:env.db', FREEHOLD_SERVER: 'http://env' }
  expect(apiTarget({ store: 'sqlite:a.db' }, environment, nothing)).toEqual(sqlite('a.db'))
  expect(apiTarget({ server: 'http://a' }, environment, nothing)).toEqual({
    kind: 'server',
    url: 'http://a',
  })
  expect(apiTarget({}, environment, nothing)).toEqual(sqlite('env.db'))
  expect(apiTarget({}, { FREEHOLD_SERVER: 'http://env' }, () => true)).toEqual({
    kind: 'server',
    url: 'http://env',
  })
  expect(apiTarget({}, {}, () => true)).toEqual(sqlite('data/freehold.sqlite'))
  expect(() => apiTarget({}, {}, nothing)).toThrow(/Neither a store nor a server/)
})

test('a server is an http or https URL', () => {
  for (const server of ['localhost:8080', 'ftp://host', 'http://'])
    expect(() => apiTarget({ server }, {}, nothing), server).toThrow(/no http or https URL/)
})
