import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { readyUrl } from '@freehold/test-support'
import { expect, test } from 'vitest'
import { bin, FreeholdFolder, resultOf } from './freehold-process.ts'

const mark = 'cAnArY'

// What is thrown holds a secret in its message, its name, its properties and its cause.
const bomb = `
  const text = '${mark} at ${mark} (${mark}:1:1)'
  const boom = () => Object.assign(new Error(text + '\\n    at ${mark} (${mark}.js:1:1)', { cause: new Error(text) }), {
    name: '${mark}', code: '${mark}', sql: text,
  })
  process.on('SIGUSR2', () => { throw boom() })
  process.on('SIGHUP', () => { void Promise.reject(boom()) })
  process.on('SIGWINCH', () => { throw '${mark}' })
`

test.each(['SIGUSR2', 'SIGHUP', 'SIGWINCH'] as const)(
  'a server that crashes on %s says where it happened, and nothing of the error itself',
  async (signal) => {
    await using folder = new FreeholdFolder()
    const file = join(folder.path, 'bomb.mjs')
    writeFileSync(file, bomb)
    const listen = ['--listen', '127.0.0.1:0', '--no-auth']
    const child = folder.spawn(['--import', file, bin, 'serve', ...listen])
    await readyUrl(child)
    const rest = resultOf(child)
    child.kill(signal)
    const { exitCode, stdout, stderr } = await rest
    expect(exitCode).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).not.toContain(mark)
    const lines = stderr.trim().split('\n')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'error', requestId: 'process' })
  },
)

test('no setting is told when a command fails, in text or as JSON', async () => {
  await using folder = new FreeholdFolder()
  const secretFile = join(folder.path, 'secret.pem')
  writeFileSync(secretFile, `-----BEGIN PRIVATE KEY-----\n${mark}\n-----END PRIVATE KEY-----\n`)
  mkdirSync(join(folder.path, 'heads'))
  const serve = ['serve', '--listen', '127.0.0.1:0']
  const starts = [
    [...serve, '--no-auth', '--store', `postgres://user:${mark}@127.0.0.1:1/db`],
    [...serve, '--no-auth', '--store', `mariadb://user:${mark}@127.0.0.1:1/db`],
    [...serve, '--no-auth', '--store', `postgres://user:${mark}@/`],
    [...serve, '--no-auth', '--store', `postgres://user:${mark}@127.0.0.1:99999/db`],
    [...serve, '--no-auth', '--audit-heads', 'heads', '--audit-sign-key', secretFile],
    [...serve, '--tls-cert', secretFile, '--tls-key', secretFile],
    ['subnet', 'list', '--server', 'http://127.0.0.1:1', '--token', mark],
    ['subnet', 'list', '--server', `http://user:${mark}@127.0.0.1:1`],
    ['audit', 'verify', '--store', folder.store, '--head', secretFile],
  ]
  for (const start of starts)
    for (const format of ['table', 'json']) {
      const child = folder.start(...start, '--output', format)
      const { exitCode, stdout, stderr } = await resultOf(child)
      expect(exitCode, start.join(' ')).not.toBe(0)
      expect(stdout + stderr, start.join(' ')).not.toContain(mark)
      expect(stderr, start.join(' ')).not.toBe('')
    }
})

test('a server and its clients tell no token, at any level of the log', async () => {
  for (const level of ['info', 'warn', 'error']) {
    await using folder = new FreeholdFolder()
    const { url, child } = await folder.serve('--log-level', level)
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const client = await folder.run('subnet', 'list', '--server', url, '--token', mark)
    expect(client.exitCode, client.stderr).toBe(0)
    await fetch(`${url}/v1/${mark}?${mark}=${mark}`, {
      headers: { authorization: `Bearer ${mark}`, cookie: mark, 'user-agent': mark },
    })
    child.kill('SIGTERM')
    await once(child, 'close')
    expect(said + client.stdout + client.stderr).not.toContain(mark)
  }
})

// Whatever an identity provider answers may hold what it was asked with.
const providerAnswers = [
  { status: 500, body: mark },
  { status: 302, body: mark, headers: { location: `http://127.0.0.1:1/${mark}` } },
  { status: 200, body: `{"${mark}":` },
  { status: 200, body: JSON.stringify({ issuer: mark, jwks_uri: `http://127.0.0.1:1/${mark}` }) },
  { status: 201, body: mark, headers: { 'x-subject-token': mark } },
]

test('a server tells none of the settings of its identity providers, nor of their answers', async () => {
  await using folder = new FreeholdFolder()
  let answer = providerAnswers[0]
  const asked = new Set<string>()
  const provider = createServer((request, response) => {
    asked.add(`${request.method} ${request.url}`)
    response.writeHead(answer?.status ?? 500, answer?.headers).end(answer?.body)
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const at = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/${mark}`
  const oidc = ['issuer', 'audience', 'project-claim', 'role-claim'].flatMap((name) => [
    `--oidc-${name}`,
    name === 'issuer' ? at : mark,
  ])
  const roles = ['--oidc-role', `${mark}=admin`, '--keystone-role', `${mark}=admin`]
  const names = ['USERNAME', 'PASSWORD', 'PROJECT_NAME', 'USER_DOMAIN_NAME', 'PROJECT_DOMAIN_NAME']
  folder.use(Object.fromEntries(names.map((name) => [`OS_${name}`, mark])))
  const serve = ['serve', '--store', folder.store, '--listen', '127.0.0.1:0', '--keystone-url', at]
  const child = folder.start(...serve, ...oidc, ...roles)
  let said = ''
  for (const stream of [child.stderr, child.stdout])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  const url = await readyUrl(child)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const bearer = `${part({ alg: 'RS256', kid: mark })}.${part({ sub: mark, iss: mark })}.${mark}`
  for (answer of providerAnswers)
    for (const token of [bearer, `keystone-${mark}`]) {
      const { status, headers } = await fetch(`${url}/v1/subnets`, {
        headers: { authorization: `Bearer ${token}` },
      }).then(async (response) => {
        said += await response.text()
        return response
      })
      expect([401, 503]).toContain(status)
      said += JSON.stringify([...headers])
    }
  expect([...asked].join(' ')).toMatch(/GET \S+openid-configuration.*POST \S+auth\/tokens/)
  child.kill('SIGTERM')
  await once(child, 'close')
  provider.close()
  expect(said).toContain('AUTHENTICATION_UNAVAILABLE')
  expect(said).not.toContain(mark)
})
