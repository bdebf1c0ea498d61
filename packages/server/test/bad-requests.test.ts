import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AppFixture, openApp } from './app-fixture.ts'
import { expectRefusal } from './refusal.ts'

let fixture: AppFixture
let scopeId: string
let subnetId: string

beforeAll(async () => {
  fixture = await openApp()
  scopeId = (await fixture.call('POST', '/v1/address-scopes', { ipVersion: 4 })).body.id
  subnetId = (await fixture.call('POST', '/v1/subnets', { cidr: '10.0.0.0/24' })).body.id
})
afterAll(() => fixture.close())

const path = '/v1/subnets'

/** For a test's title: long input is cut, and what a terminal would obey is escaped. */
const shown = (text: string) => JSON.stringify(text.slice(0, 40))

describe('ids in paths', () => {
  const impossible = [
    '..%2f..',
    '%00',
    '%zz',
    'x',
    '0',
    '%20',
    '00000000-0000-4000-8000-0000000000000',
    '{00000000-0000-4000-8000-000000000000}',
    '00000000000040008000000000000000',
    '00000000-0000-4000-8000-000000000000',
    '%F0%9F%92%A9',
    'a'.repeat(5000),
  ]
  const nouns = [
    ['address-scopes', 'ADDRESS_SCOPE_NOT_FOUND'],
    ['subnet-pools', 'SUBNET_POOL_NOT_FOUND'],
    ['subnets', 'SUBNET_NOT_FOUND'],
  ] as const
  const cases = nouns.flatMap(([noun, code]) => impossible.map((id) => [noun, id, code] as const))

  test.each(cases)('/v1/%s/%s is missing', async (noun, id, code) => {
    for (const method of ['GET', 'DELETE'])
      await expectRefusal(fixture, { method, path: `/v1/${noun}/${id}`, status: 404, code })
    const url = `/v1/${noun}/${id}`
    await expectRefusal(fixture, { method: 'PATCH', path: url, body: {}, status: 404, code })
  })

  test('an id of another kind of record is missing', () =>
    expectRefusal(fixture, {
      method: 'GET',
      path: `${path}/${scopeId}`,
      status: 404,
      code: 'SUBNET_NOT_FOUND',
    }))

  test('subnet ids in a body are missing in the same way', async () => {
    for (const id of ['x', '\u0000', scopeId])
      await expectRefusal(fixture, {
        path: '/v1/allocations',
        body: { subnetIds: [id], request: { kind: 'any' } },
        status: 404,
        code: 'SUBNET_NOT_FOUND',
      })
  })

  test('upper case is the same id', async () => {
    expect((await fixture.call('GET', `${path}/${subnetId.toUpperCase()}`)).body.id).toBe(subnetId)
  })

  test.each(['/v1/../etc/passwd', '/v1/subnets/../../x', '//', '/%2e%2e/x', '/v1/subnets/a/b/c/d'])(
    '%s is no path',
    (url) =>
      expectRefusal(fixture, { method: 'GET', path: url, status: 404, code: 'ROUTE_NOT_FOUND' }),
  )
})

describe('bodies', () => {
  test.each(
    [
      ['', 'EMPTY_BODY'],
      [' ', 'EMPTY_BODY'],
      ['{', 'MALFORMED_JSON'],
      ['{"cidr":"10.9.0.0/24"', 'MALFORMED_JSON'],
      ["{'cidr':'10.9.0.0/24'}", 'MALFORMED_JSON'],
      ['{"cidr":"10.9.0.0/24"} x', 'MALFORMED_JSON'],
      ['\ufeff{"cidr":"10.9.0.0/24"}', 'MALFORMED_JSON'],
      ['NaN', 'MALFORMED_JSON'],
      ['[]', 'INVALID_FIELD'],
      ['"x"', 'INVALID_FIELD'],
      ['null', 'INVALID_FIELD'],
      ['{"cidr":1}', 'INVALID_FIELD'],
      ['{"cidr":null}', 'INVALID_FIELD'],
      ['{"cidr":"10.9.0.0/24","cidr":"10.9.1.0/24"}', 'DUPLICATE_KEY'],
      ['{"cidr":"10.9.0.0/24","c\\u0069dr":"10.9.1.0/24"}', 'DUPLICATE_KEY'],
      ['{"cidr":"10.9.0.0/24","__proto__":{"shared":true}}', 'UNKNOWN_FIELD'],
      ['{"cidr":"10.9.0.0/24","constructor":{}}', 'UNKNOWN_FIELD'],
      ['{"cidr":"10.9.0.0/24","colour":"red"}', 'UNKNOWN_FIELD'],
      ['{"cidr":"10.9.0.0/24","labels":{"__proto__":"x"}}', 'UNKNOWN_FIELD'],
      ['{"cidr":"10.9.0.0/24","projectId":"other"}', 'UNKNOWN_FIELD'],
      ['{"cidr":"10.9.0.0/24","revision":7}', 'UNKNOWN_FIELD'],
      ['['.repeat(100_000), 'NESTING_TOO_DEEP'],
      ['{"a":'.repeat(100_000), 'NESTING_TOO_DEEP'],
      ['9'.repeat(1_000_000), 'NUMBER_OUT_OF_RANGE'],
    ].map(([body = '', code = '']) => [shown(body), code, body] as const),
  )('a body of %s is refused: %s', (_title, code, body) =>
    expectRefusal(fixture, { path, body, status: 400, code }),
  )

  test('UTF-16 is refused', async () => {
    const before = await fixture.state()
    const response = await fixture.app.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/json' },
      payload: Buffer.from('{"cidr":"10.9.0.0/24"}', 'utf16le'),
    })
    expect(response.json()).toMatchObject({ status: 400, code: 'MALFORMED_JSON' })
    expect(await fixture.state()).toBe(before)
  })

  test('ten megabytes are too large', () =>
    expectRefusal(fixture, {
      path,
      body: `{"name":"${'x'.repeat(10 * 1024 * 1024)}"}`,
      status: 413,
      code: 'BODY_TOO_LARGE',
    }))

  test.each([
    'text/plain',
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    'application/merge-patch+json',
    'application/json, text/plain',
    'nonsense',
  ])('a body of %s is not understood', (type) =>
    expectRefusal(fixture, {
      path,
      body: '{"cidr":"10.9.0.0/24"}',
      headers: { 'content-type': type },
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    }),
  )

  test.each(['br', 'deflate', 'gzip, gzip', 'nonsense'])(
    'a body in %s is not understood',
    (encoding) =>
      expectRefusal(fixture, {
        path,
        body: '{"cidr":"10.9.0.0/24"}',
        headers: { 'content-encoding': encoding },
        status: 415,
        code: 'UNSUPPORTED_MEDIA_TYPE',
      }),
  )

  test('a body is taken in gzip, and a bomb is refused', async () => {
    const send = async (text: string) =>
      fixture.app.inject({
        method: 'POST',
        url: path,
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        payload: gzipSync(text),
      })
    expect((await send('{"cidr":"10.8.0.0/24"}')).statusCode).toBe(201)
    const before = await fixture.state()
    const refused = await send(`{"name":"${'x'.repeat(50 * 1024 * 1024)}"}`)
    expect(refused.json()).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' })
    expect(await fixture.state()).toBe(before)
  })

  test.each(['DELETE', 'GET'])('%s takes no body', (method) =>
    expectRefusal(fixture, {
      method,
      path: `${path}/${subnetId}`,
      body: { cascade: true },
      status: 400,
      code: 'BODY_NOT_ALLOWED',
    }),
  )

  test('GET and DELETE may say that their body is empty', async () => {
    const { body: subnet } = await fixture.call('POST', path, { cidr: '10.9.9.0/24' })
    for (const [method, status] of [
      ['GET', 200],
      ['DELETE', 204],
    ] as const) {
      const headers = { 'content-type': 'application/json', 'content-length': '0' }
      const { status: answered } = await fixture.call(
        method,
        `${path}/${subnet.id}`,
        undefined,
        headers,
      )
      expect(answered).toBe(status)
    }
  })
})

describe('labels', () => {
  const names = ['', 'x'.repeat(64), 'x'.repeat(900_000), '\u0000', '\u001b[2J', 'a\u202eb', 'a\nb']

  test.each(names.map((name) => [shown(name), name]))(
    'are not repeated when their name is %s',
    async (_title, name) => {
      for (const value of ['v', 1])
        await expectRefusal(fixture, {
          path,
          body: { cidr: '10.9.0.0/24', labels: { [name]: value } },
          status: 400,
          code: 'INVALID_FIELD',
        })
    },
  )

  test('are pointed at by their name where that is one', () =>
    expectRefusal(fixture, {
      path,
      body: { cidr: '10.9.0.0/24', labels: { 'a/b~c': 'x\n' } },
      status: 400,
      code: 'INVALID_FIELD',
      pointer: '/labels/a~1b~0c',
    }))
})

test.each(['1.0000000000000001', '1e-400', '9007199254740990.5'])(
  'the number %s is refused where it would become an integer',
  (number) =>
    expectRefusal(fixture, {
      path,
      body: `{"cidr":"10.9.0.0/24","coolingSeconds":${number}}`,
      status: 400,
      code: 'NUMBER_OUT_OF_RANGE',
      pointer: '/coolingSeconds',
    }),
)

describe('names', () => {
  test.each(
    [
      ['', 'empty'],
      ['x'.repeat(256), 'too long'],
      ['x'.repeat(1_000_000), 'much too long'],
      ['a\ud800b', 'with half a surrogate pair'],
      ['a\u0000b', 'with NUL'],
      ['a\u202eb', 'with a right-to-left override'],
      ['\u001b[2J', 'with an escape sequence'],
      ['a\r\nb', 'with a line break'],
      ['a\u2028b', 'with a line separator'],
      ['a\u0085b', 'with a C1 control'],
    ].map(([name = '', reason = '']) => [shown(name), reason, name] as const),
  )('a name %s, %s, is refused', (_title, _reason, name) =>
    expectRefusal(fixture, {
      path,
      body: { cidr: '10.9.0.0/24', name },
      status: 400,
      code: 'INVALID_FIELD',
      pointer: '/name',
    }),
  )

  test.each(
    [
      `=cmd|'/c calc'!A1`,
      '+1',
      '@x',
      '<img src=x onerror=alert(1)>',
      'javascript:alert(1)',
      '${jndi:ldap://x}',
      '{{7*7}}',
      "'; DROP TABLE subnet; --",
      'x'.repeat(255),
      '网络 ĝ 🌍',
    ].map((name) => [shown(name), name] as const),
  )('%s is kept as text', async (_title, name) => {
    const created = await fixture.call('POST', path, { cidr: '10.7.0.0/24', name })
    expect(created.body.name).toBe(name)
    const found = await fixture.call('GET', `${path}?name=${encodeURIComponent(name)}`)
    expect(found.body.items).toHaveLength(1)
    await fixture.call('DELETE', `${path}/${created.body.id}`)
  })

  test('a name is kept in Unicode NFC', async () => {
    const created = await fixture.call('POST', path, { cidr: '10.7.0.0/24', name: 'e\u0301' })
    expect(created.body.name).toBe('\u00e9')
    await fixture.call('DELETE', `${path}/${created.body.id}`)
  })
})

describe('query parameters', () => {
  test.each([
    ['sort=id;drop', 'INVALID_FIELD'],
    ['sort=projectId', 'INVALID_FIELD'],
    ['limit=-1', 'INVALID_FIELD'],
    ['limit=0', 'INVALID_FIELD'],
    ['limit=1e9', 'INVALID_FIELD'],
    ['limit=1001', 'INVALID_FIELD'],
    ['limit=', 'INVALID_FIELD'],
    ['limit=5?colour=red', 'INVALID_FIELD'],
    ['limit=1&limit=2', 'REPEATED_PARAMETER'],
    ['cursor=forged', 'INVALID_CURSOR'],
    ['cursor=', 'INVALID_CURSOR'],
    ['colour=red', 'UNKNOWN_PARAMETER'],
    ['__proto__=x', 'UNKNOWN_PARAMETER'],
    ['ipVersion=5', 'INVALID_FIELD'],
    ['shared=yes', 'INVALID_FIELD'],
    ['label=nocolon', 'INVALID_FIELD'],
    ['name=%ff', 'MALFORMED_REQUEST'],
    ['contains=10.0.0', 'INVALID_ADDRESS'],
    ['cidr=10.0.0.1/24', 'INVALID_PREFIX'],
  ])('?%s is refused', (query, code) =>
    expectRefusal(fixture, { method: 'GET', path: `${path}?${query}`, status: 400, code }),
  )

  test('a cursor of another list or another filter is refused', async () => {
    for (const cidr of ['10.60.0.0/24', '10.61.0.0/24']) await fixture.call('POST', path, { cidr })
    const { body } = await fixture.call('GET', `${path}?limit=1`)
    for (const list of [`/v1/subnet-pools?`, `${path}?ipVersion=4&`, `${path}?sort=name&`])
      await expectRefusal(fixture, {
        method: 'GET',
        path: `${list}cursor=${body.nextCursor}`,
        status: 400,
        code: 'INVALID_CURSOR',
      })
  })

  test.each(['/v1/events?after=forged', '/v1/events?after=-1', '/v1/events?limit=0'])(
    '%s is refused',
    async (url) => {
      const answer = await fixture.call('GET', url)
      expect(answer.body).toMatchObject({ status: 400, kind: 'invalid' })
    },
  )
})

describe('idempotency keys', () => {
  const body = { cidr: '10.40.0.0/24' }
  const key = (value: string) => ({ 'idempotency-key': value })

  test('the same request again gives the first answer and makes nothing', async () => {
    const first = await fixture.call('POST', path, body, key('k-1'))
    const before = await fixture.state()
    const again = await fixture.call('POST', path, { ...body }, key('k-1'))
    expect(again.status).toBe(201)
    expect(again.body).toEqual(first.body)
    expect(await fixture.state()).toBe(before)
  })

  test('another body, or another path, under the key is refused', async () => {
    for (const [url, other] of [
      [path, { cidr: '10.41.0.0/24' }],
      ['/v1/address-scopes', { ipVersion: 4 }],
    ] as const)
      await expectRefusal(fixture, {
        path: url,
        body: other,
        headers: key('k-1'),
        status: 422,
        code: 'IDEMPOTENCY_KEY_REUSED',
      })
  })

  test('the key of another project is another key', async () => {
    const headers = { ...key('k-1'), 'x-project-id': 'other' }
    const created = await fixture.call('POST', path, { cidr: '10.42.0.0/24' }, headers)
    expect(created.status).toBe(201)
  })

  test('an allocation is handed out once', async () => {
    const url = `${path}/${subnetId}/allocations`
    const request = { kind: 'any' }
    const first = await fixture.call('POST', url, { request }, key('a-1'))
    const again = await fixture.call('POST', url, { request }, key('a-1'))
    expect(again.body).toEqual(first.body)
  })

  const notKeys = ['k'.repeat(1000), 'caf\u00e9', ''].map((text) => [shown(text), text] as const)
  test.each(notKeys)('%s is no key', (_title, value) =>
    expectRefusal(fixture, {
      path,
      body: { cidr: '10.43.0.0/24' },
      headers: key(value),
      status: 400,
      code: 'INVALID_HEADER',
    }),
  )
})

describe('preconditions', () => {
  const url = () => `${path}/${subnetId}`
  const patch = (ifMatch: string, name: string) =>
    fixture.call('PATCH', url(), { name }, { 'if-match': ifMatch })

  test.each(['"99"', 'W/"1"', '"98", "99"', '"x"'])('If-Match %s refuses a change', (ifMatch) =>
    expectRefusal(fixture, {
      method: 'PATCH',
      path: url(),
      body: { name: 'changed' },
      headers: { 'if-match': ifMatch },
      status: 412,
      code: 'STALE_REVISION',
    }),
  )

  test('If-Match that is no list of tags is refused', () =>
    expectRefusal(fixture, {
      method: 'PATCH',
      path: url(),
      body: { name: 'changed' },
      headers: { 'if-match': '1' },
      status: 400,
      code: 'INVALID_HEADER',
    }))

  test('the current tag, a list with it, and * allow a change', async () => {
    const tag = (await fixture.call('GET', url())).headers.etag ?? ''
    const changed = await patch(tag, 'one')
    expect(changed.status).toBe(200)
    expect((await patch(`"99", ${changed.headers.etag}`, 'two')).status).toBe(200)
    expect((await patch('*', 'three')).status).toBe(200)
    expect((await patch(tag, 'four')).status).toBe(412)
  })

  test('a missing record is missing under * too', () =>
    expectRefusal(fixture, {
      method: 'DELETE',
      path: `${path}/00000000-0000-4000-8000-000000000000`,
      headers: { 'if-match': '*' },
      status: 404,
      code: 'SUBNET_NOT_FOUND',
    }))

  test('a reader that has the current record is answered 304', async () => {
    const { headers } = await fixture.call('GET', url())
    const again = await fixture.call('GET', url(), undefined, {
      'if-none-match': headers.etag ?? '',
    })
    expect(again.status).toBe(304)
    expect(again.body).toBe('')
    expect(again.headers.etag).toBe(headers.etag)
  })

  test('If-Match can be required', async () => {
    const strict = await openApp({ requireIfMatch: true })
    const { body } = await strict.call('POST', path, { cidr: '10.0.0.0/24' })
    for (const method of ['PATCH', 'DELETE'])
      await expectRefusal(strict, {
        method,
        path: `${path}/${body.id}`,
        ...(method === 'PATCH' ? { body: { name: 'x' } } : {}),
        status: 428,
        code: 'PRECONDITION_REQUIRED',
      })
    await strict.close()
  })
})

describe('the calling project', () => {
  const notProjects = ['', 'a b', 'x'.repeat(256), 'caf\u00e9', 'freehold']
  test.each(notProjects.map((project) => [shown(project), project] as const))(
    '%s is no project',
    (_title, project) =>
      expectRefusal(fixture, {
        method: 'GET',
        path,
        headers: { 'x-project-id': project },
        status: 400,
        code: 'INVALID_HEADER',
      }),
  )
})
