import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { readyUrl } from '@freehold/test-support'
import { expect, test, vi } from 'vitest'
import { FreeholdFolder, resultOf } from './freehold-process.ts'

const tokenLine = /^fh_[0-9A-Za-z]{49}\n$/

test('init makes the database and the first admin token, and no second one unasked', async () => {
  await using folder = new FreeholdFolder()
  const first = await folder.run('init')
  expect(first.exitCode).toBe(0)
  expect(first.stdout).toMatch(tokenLine)
  expect(first.stderr).not.toContain(first.stdout.trim())
  const again = await folder.run('init')
  expect(again).toMatchObject({ exitCode: 4, stdout: '' })
  expect(again.stderr).toContain('ALREADY_INITIALIZED')
  const another = await folder.run('init', '--another')
  expect(another.stdout).toMatch(tokenLine)
  expect(another.stdout).not.toBe(first.stdout)
  expect((await folder.run('init', '--server', 'http://127.0.0.1:1')).exitCode).toBe(2)
})

test('serve says how to get in while nobody can, and lets the first token in', async () => {
  await using folder = new FreeholdFolder()
  const child = folder.start('serve', '--listen', '127.0.0.1:0', '--log-level', 'silent')
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const url = await readyUrl(child)
  await vi.waitFor(() => expect(complaint).toContain('Run freehold init'), 30_000)
  expect((await fetch(`${url}/v1/subnets`)).status).toBe(401)
  const token = (await folder.run('init')).stdout.trim()
  const call = (secret: string, ...args: string[]) =>
    folder.run(...args, '--server', url, '--token', secret)
  expect((await call(token, 'subnet', 'create', '10.0.0.0/24')).exitCode).toBe(0)

  const made = await call(token, 'token', 'create', '--role', 'reader', '--for-project', 'north')
  expect(made.stdout).toMatch(tokenLine)
  const reader = made.stdout.trim()
  expect((await call(reader, 'subnet', 'list')).exitCode).toBe(0)
  const refused = await call(reader, 'subnet', 'create', '10.1.0.0/24')
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toContain('FORBIDDEN')

  const list = await call(token, 'token', 'list', '--output', 'json')
  expect(list.stdout).not.toContain('fh_')
  const items = JSON.parse(list.stdout).items as { id: string; projectId: string }[]
  const { id = '' } = items.find(({ projectId }) => projectId === 'north') ?? {}
  const successor = await call(reader, 'token', 'rotate', id)
  expect(successor.stdout).toMatch(tokenLine)
  expect((await call(token, 'token', 'show', id)).stdout).toContain('north')
  const revoke = ['token', 'revoke', id]
  expect((await call(token, ...revoke, '--family', '--dry-run')).stderr).toContain(
    `This would revoke token ${id} with all that were rotated from the same token.`,
  )
  const revoked = await call(token, ...revoke, '--yes')
  expect(revoked).toMatchObject({ exitCode: 0, stderr: `Revoked token ${id}.\n` })
  await vi.waitFor(
    async () => expect((await call(reader, 'subnet', 'list')).exitCode).toBe(2),
    30_000,
  )
  expect((await call(successor.stdout.trim(), 'subnet', 'list')).exitCode).toBe(0)
  const rest = resultOf(child)
  child.kill('SIGTERM')
  expect((await rest).exitCode).toBe(0)
})

test('serve can make the first admin token itself, and prints it once', async () => {
  await using folder = new FreeholdFolder()
  const serve = ['serve', '--listen', '127.0.0.1:0', '--log-level', 'silent', '--first-token']
  const start = async (...options: string[]) => {
    const child = folder.start(...serve, ...options)
    const said = resultOf(child)
    const url = await readyUrl(child)
    return { child, said, url }
  }
  const stop = async ({ child, said }: Awaited<ReturnType<typeof start>>) => {
    child.kill('SIGTERM')
    return said
  }
  const first = await start('--no-auth')
  expect((await folder.run('subnet', 'list', '--server', first.url)).exitCode).toBe(0)
  const { stdout, stderr } = await stop(first)
  const [token = ''] = /fh_[0-9A-Za-z]{49}/.exec(stdout) ?? []
  expect(stdout).toContain('shown this once')
  expect(stderr).toBe('')

  const second = await start()
  const call = ['subnet', 'list', '--server', second.url, '--token']
  expect((await folder.run(...call, token)).exitCode).toBe(0)
  expect((await stop(second)).stdout).not.toContain('fh_')
  const { items } = await folder.json<{ items: unknown[] }>('token', 'list')
  expect(items).toHaveLength(1)
})

test('serve makes no first token that it could not show, because it cannot listen', async () => {
  await using folder = new FreeholdFolder()
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const serve = ['serve', '--log-level', 'silent', '--first-token', '--listen']
  expect((await folder.run(...serve, `127.0.0.1:${port}`)).exitCode).toBe(7)
  expect((await folder.run(...serve, '0.0.0.0:0', '--no-auth')).exitCode).toBe(2)
  taken.close()
  const child = folder.start(...serve, '127.0.0.1:0')
  const said = resultOf(child)
  await readyUrl(child)
  child.kill('SIGTERM')
  expect((await said).stdout).toMatch(/fh_[0-9A-Za-z]{49}/)
})

test('serve refuses options that do not fit together', async () => {
  await using folder = new FreeholdFolder()
  for (const options of [
    ['--tls-cert', 'cert.pem'],
    ['--no-auth', '--oidc-issuer', 'https://id.example.net'],
    ['--oidc-issuer', 'https://id.example.net'],
    ['--oidc-issuer', 'http://id.example.net', '--oidc-audience', 'a'],
    ['--keystone-url', 'https://keystone.example.net'],
    ['--oidc-role', 'boss=god'],
    ['--rate-limit', '0'],
    ['--no-auth', '--listen', '127.0.0.1:0', '--trusted-proxy', 'proxy'],
    ['--no-auth', '--listen', '127.0.0.1:0', '--trusted-proxy', '192.0.2.0/33'],
    ['--no-auth', '--listen', '0.0.0.0:0'],
    ['--tls-cert', 'missing.pem', '--tls-key', 'missing.pem'],
  ])
    expect((await folder.process('serve', ...options)).exitCode, options.join(' ')).toBe(2)
})

test('serve speaks HTTPS, and takes new keys on SIGHUP', async () => {
  await using folder = new FreeholdFolder()
  const [cert, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')]
  const makeKeys = (name: string) =>
    execFileSync(
      'openssl',
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=${name} -keyout ${key} -out ${cert}`.split(
        ' ',
      ),
      { stdio: 'ignore' },
    )
  makeKeys('first.example')
  const child = folder.start(
    'serve',
    '--listen',
    '127.0.0.1:0',
    '--log-level',
    'silent',
    '--tls-cert',
    cert,
    '--tls-key',
    key,
  )
  const url = await readyUrl(child)
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  const first = await ask(`${url}/healthz`, readFileSync(cert, 'utf8'))
  expect(first).toMatchObject({ status: 200, subject: 'first.example' })
  expect(first.hsts).toMatch(/^max-age=\d+$/)
  makeKeys('second.example')
  child.kill('SIGHUP')
  await vi.waitFor(async () => {
    const second = await ask(`${url}/healthz`, readFileSync(cert, 'utf8'))
    expect(second).toMatchObject({ status: 200, subject: 'second.example' })
  }, 30_000)
  const rest = resultOf(child)
  child.kill('SIGTERM')
  expect((await rest).exitCode).toBe(0)
})

function ask(
  url: string,
  ca: string,
): Promise<{ status: number | undefined; subject: string; hsts: string | undefined }> {
  return new Promise((resolve, reject) => {
    request(url, { ca, agent: false, checkServerIdentity: () => undefined }, (response) => {
      const socket = response.socket as import('node:tls').TLSSocket
      const subject = String(socket.getPeerCertificate().subject.CN)
      response.resume().once('end', () =>
        resolve({
          status: response.statusCode,
          subject,
          hsts: response.headers['strict-transport-security'],
        }),
      )
    })
      .once('error', reject)
      .end()
  })
}
