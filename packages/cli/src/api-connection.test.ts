import { expect, test } from 'vitest'
import { apiTarget } from './api-connection.ts'
import { parseStoreUrl } from './store-url.ts'

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

test('stores are files of SQLite, or URLs of PostgreSQL and MariaDB', () => {
  expect(parseStoreUrl('sqlite:data/x.db')).toEqual({ kind: 'sqlite', path: 'data/x.db' })
  expect(parseStoreUrl('sqlite:///var/x.db')).toEqual({ kind: 'sqlite', path: '/var/x.db' })
  expect(parseStoreUrl('sqlite:C:\\data\\x.db')).toEqual({ kind: 'sqlite', path: 'C:\\data\\x.db' })
  for (const url of ['postgres://u@h/d', 'postgresql://u@h/d'])
    expect(parseStoreUrl(url)).toEqual({ kind: 'postgres', url })
  for (const url of ['mariadb://u@h/d', 'mysql://u@h/d'])
    expect(parseStoreUrl(url)).toEqual({ kind: 'mariadb', url })
})

test('other stores are refused, without repeating a password', () => {
  for (const text of ['', 'data/x.db', 'sqlite:', 'oracle://h', 'postgres:nohost', 'postgres://'])
    expect(() => parseStoreUrl(text), text).toThrow(/store/)
  expect(() => parseStoreUrl('postgres://user:secret@')).toThrow(/^(?!.*secret)/)
})
