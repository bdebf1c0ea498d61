import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parseStoreUrl, storeAt, storeUrlOf } from './store-url.ts'

test('stores are files of SQLite, or URLs of PostgreSQL and MariaDB', () => {
  expect(parseStoreUrl('sqlite:data/x.db')).toEqual({ kind: 'sqlite', path: 'data/x.db' })
  expect(parseStoreUrl('sqlite:///var/x.db')).toEqual({ kind: 'sqlite', path: '/var/x.db' })
  expect(parseStoreUrl('sqlite:C:\\data\\x.db')).toEqual({ kind: 'sqlite', path: 'C:\\data\\x.db' })
  for (const url of ['postgres://u@h/d', 'postgresql://u@h/d'])
    expect(parseStoreUrl(url)).toEqual({ kind: 'postgres', url })
  for (const url of ['mariadb://u@h/d', 'mysql://u@h/d'])
    expect(parseStoreUrl(url)).toEqual({ kind: 'mariadb', url })
  for (const url of ['sqlite:data/x.db', 'postgres://u@h/d', 'mysql://u@h/d'])
    expect(storeUrlOf(parseStoreUrl(url))).toBe(url)
})

test('other stores are refused, without repeating a password', () => {
  for (const text of ['', 'data/x.db', 'sqlite:', 'oracle://h', 'postgres:nohost', 'postgres://'])
    expect(() => parseStoreUrl(text), text).toThrow(
      expect.objectContaining({
        code: 'INVALID_FIELD',
        message: expect.stringContaining('store'),
        details: { pointer: '/store', fix: expect.stringContaining('sqlite:FILE') },
      }),
    )
  expect(() => parseStoreUrl('postgres://user:secret@')).toThrow(/^(?!.*secret)/)
})

test('a store is made of a location and of its URL', async () => {
  for (const where of ['sqlite::memory:', { kind: 'sqlite', path: ':memory:' }] as const) {
    const store = await storeAt(where)
    expect(store.capabilities.database).toBe('sqlite')
    await store.close()
  }
  await expect(storeAt('oracle://h')).rejects.toMatchObject({ code: 'INVALID_FIELD' })
})

// In a process of its own, for which the package is not there.
test.each([
  ['postgres://u@h/d', 'pg'],
  ['mariadb://u@h/d', 'mysql2'],
])('the store %s says when it is opened which package is missing', async (url, driver) => {
  const program = `
    import { registerHooks } from 'node:module'
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier.split('/')[0] !== '${driver}') return next(specifier, context)
        throw Object.assign(new Error('not installed'), { code: 'ERR_MODULE_NOT_FOUND' })
      },
    })
    const { storeAt } = await import('${import.meta.resolve('./store-url.ts')}')
    const store = await storeAt('${url}')
    const { code, details } = await store.migrate().catch((error) => error)
    process.stdout.write(JSON.stringify({ code, fix: details?.fix }))`
  const run = promisify(execFile)
  const options = ['--conditions=source', '--input-type=module', '--eval', program]
  expect(JSON.parse((await run(process.execPath, options)).stdout)).toEqual({
    code: 'STORE_UNSUPPORTED',
    fix: expect.stringContaining(`npm install ${driver}`),
  })
})
