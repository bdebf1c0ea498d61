/**
 * Shows Freehold at work in half a minute: starts the server on a free loopback port with a SQLite file in ./data, imports
 * a sample address plan through the command line, allocates, and stops the server. Each command is printed as a person
 * would type it; in a checkout, `freehold` is `npm run -s freehold --`.
 *
 *   npm run quickstart [-- FOLDER]   with the data in another folder than ./data
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readyUrl } from '@freehold/test-support'

const root = join(import.meta.dirname, '..')
const commandLine = join(root, 'packages/cli/bin/freehold.js')
const folder = process.argv[2] ?? 'data'
const storeFile = `${folder}/quickstart.sqlite`

await mkdir(resolve(root, folder), { recursive: true })
// A file of its own, new each time, so that every run shows the same and no other data is touched.
for (const suffix of ['', '-wal', '-shm'])
  await rm(resolve(root, `${storeFile}${suffix}`), { force: true })

say('In this checkout, type "npm run -s freehold --" for "freehold".')
say('A server, on a free port of this machine only, with its data in one SQLite file:')
const server = startFreehold(
  [
    'serve',
    '--store',
    `sqlite:${storeFile}`,
    '--listen',
    '127.0.0.1:0',
    '--no-auth',
    '--log-level',
    'warn',
  ],
  'pipe',
)
// A reader that has seen enough, such as `head`, closes the pipe; the server must not outlive that.
process.stdout.on('error', () => {
  server.kill('SIGTERM')
  process.exit(0)
})
try {
  const url = await readyUrl(server)
  console.log(`freehold is ready at ${url}`)
  const env = { FREEHOLD_SERVER: url }
  console.log(`\n$ export FREEHOLD_SERVER=${url}`)

  say('An address plan from elsewhere, here the CSV exports of NetBox in examples/netbox-demo:')
  await freehold(['import', 'netbox', 'examples/netbox-demo'], env)
  say('How full is it?')
  await freehold(['utilization', '--limit', '10'], env)
  say('A free address, any will do, for a host:')
  await freehold(
    ['allocate', '172.16.0.0/24', '--holder', 'host:web1', '--host-name', 'web1.example.net'],
    env,
  )
  say('A new subnet of 64 addresses, cut from one of the imported pools, and two addresses of it:')
  await freehold(
    ['subnet', 'create', '--pool', '10.112.0.0/17', '--prefix-length', '26', '--name', 'lab'],
    env,
  )
  await freehold(['allocate', 'lab', '--count', '2', '--holder', 'service:dns'], env)
  say('What is held there, and where that subnet is:')
  await freehold(['allocation', 'list', 'lab'], env)
  await freehold(['subnet', 'list', '--pool', '10.112.0.0/17'], env)
  say('Do all counts, records and events agree?')
  await freehold(['check'], env)
} finally {
  await stop(server)
}
console.log(`
The server is stopped; what it stored is in ${storeFile}. What next?

  npm start                    serves on http://127.0.0.1:8080, with data/freehold.sqlite; the API is described at /docs
  npm run freehold -- --help   the command line without a build, for example:
  npm run freehold -- utilization --store sqlite:${storeFile}`)

function say(text: string): void {
  console.log(`\n# ${text}`)
}

/** Prints the command and runs it to its end. Throws when it fails: then the quickstart has failed. */
async function freehold(args: readonly string[], env: Record<string, string>): Promise<void> {
  const child = startFreehold(args, 'inherit', env)
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`freehold ${args.join(' ')} ended with ${code ?? 'a signal'}`)
}

function startFreehold(
  args: readonly string[],
  stdout: 'inherit' | 'pipe',
  env: Record<string, string> = {},
): ChildProcess {
  console.log(`\n$ freehold ${args.join(' ')}`)
  return spawn(process.execPath, ['--conditions=source', commandLine, ...args], {
    cwd: root,
    env: { ...withoutOwnSettings(process.env), ...env },
    stdio: ['ignore', stdout, 'inherit'],
  })
}

// Whatever a reader's shell is set to work on must not be what the quickstart works on.
function withoutOwnSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('FREEHOLD_')))
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const [code] = (await exited) as [number | null]
  if (code !== 0) throw new Error(`the server ended with ${code ?? 'a signal'}`)
}
