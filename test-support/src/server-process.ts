import { spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NetworkPlace } from './private-network.ts'

/** A database server that was started for tests. */
export interface DatabaseServer {
  /** Of an administrator, without a database to work in. */
  readonly url: string
  /** Ends the server at once and removes all that it stored. */
  stop(): Promise<void>
}

/** A server that can end as in a crash and come back, with all that it stored and on the same port. */
export interface StartedServer extends DatabaseServer {
  /** Ends it without a chance to tidy up, if it has not ended by itself, and starts it again; resolves when it answers. */
  crash(): Promise<void>
}

export interface ServerStart {
  /** Survives a power cut as in production, instead of being fast. Default false. */
  readonly durable?: boolean
  /** Where the server keeps its data: an empty folder, or the root of a file system. Default: in its own folder. */
  readonly dataFolder?: string
  /** PEM files with which it also speaks TLS. Default: it does not. */
  readonly tls?: TlsFiles
}

export interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
}

// A database server refuses to run as root, so root lends it the user that owns nothing.
const nobody = 65534

/** What a server process runs as, when this process is root. */
function ordinaryUser(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
}

/** An empty folder that the server's user owns. */
export function serverFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-database-'))
  const { uid, gid } = ordinaryUser()
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  return folder
}

/** The folder that the server is to make its data in. */
export function dataFolder(folder: string, { dataFolder: given }: ServerStart): string {
  return join(given ?? folder, 'data')
}

/** Copies of the files in the server's folder, which its user alone can read. */
export function tlsFiles(folder: string, { certFile, keyFile }: TlsFiles): TlsFiles {
  const copies = { certFile: join(folder, 'server.crt'), keyFile: join(folder, 'server.key') }
  copyFileSync(certFile, copies.certFile)
  copyFileSync(keyFile, copies.keyFile)
  for (const file of Object.values(copies)) {
    chmodSync(file, 0o600)
    giveToServer(file)
  }
  return copies
}

/** Lets the server's user, and so the keeper of its folder, remove what this process has put there. */
export function giveToServer(path: string): void {
  const { uid, gid } = ordinaryUser()
  if (uid === undefined || gid === undefined) return
  const { status, stderr } = spawnSync('chown', ['-R', `${uid}:${gid}`, path], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`chown failed: ${stderr}`)
}

/** Runs a command as the server's user and waits for it; throws with what it said when it fails. */
export function runToEnd(command: string, args: readonly string[], folder: string): void {
  // Its own folder is where that user may write for certain.
  const env = { ...process.env, TMPDIR: folder }
  const result = spawnSync(command, args, { ...ordinaryUser(), cwd: folder, env, encoding: 'utf8' })
  if (result.status !== 0)
    throw new Error(
      `${command} failed: ${result.error?.message ?? ''}${result.stdout}${result.stderr}`,
    )
}

// The shell does what it is told until this process closes its input, which the system does for it however it ends; then
// it ends the server and removes the folder. As its own process group it does not hear a Ctrl-C, which would leave that
// undone. What the server has started besides (a script that copies its data to another one) ends with the group.
const keeper = `
endSignal=$1; folder=$2; shift 2; server=
end() { test -z "$server" && return; kill -"$1" "$server" 2>/dev/null; wait "$server"; server=; }
while read -r order arguments; do
  case $order in
    start) "$@" $arguments </dev/null >>"$folder/server.log" 2>&1 & server=$!; echo >>"$folder/starts" ;;
    signal) kill -"$arguments" "$server" 2>/dev/null ;;
    end) end "$arguments" ;;
  esac
done
end "$endSignal"; trap '' TERM; kill -TERM 0; wait; cd /; rm -rf "$folder"`

/** A server that can be ended and started again in its folder. */
export interface KeptServer {
  /** Starts it with further arguments, which have no blanks, and waits until `answers` resolves. */
  start(answers: () => Promise<void>, ...further: string[]): Promise<void>
  signal(signal: 'STOP' | 'CONT'): void
  /** What is told next happens after its end. */
  end(signal: 'QUIT' | 'KILL'): void
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/**
 * Prepares a server that ends with this process, however that ends, and whose folder is gone then as well; in a place of a
 * private network if one is given.
 */
export function keepServer(
  folder: string,
  command: readonly string[],
  endSignal: 'QUIT' | 'KILL',
  place?: NetworkPlace,
): KeptServer {
  const user = ordinaryUser()
  const [program, ...before] = [...(place?.commandPrefix(user) ?? []), 'sh']
  const kept = ['-c', keeper, 'keeper', endSignal, folder, ...command]
  const child = spawn(program, [...before, ...kept], {
    // Only root enters a place, and is that user from then on.
    ...(place === undefined ? user : {}),
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  // Neither the keeper nor its pipe holds this process; when it ends, so do they.
  child.unref()
  ;(child.stdin as unknown as { unref(): void }).unref()
  const tell = (order: string) => void child.stdin.write(`${order}\n`)
  const stop = async (): Promise<void> => {
    child.ref()
    child.stdin.end()
    await ended
  }
  return {
    async start(answers, ...further) {
      const starts = startsOf(folder)
      tell(`start ${further.join(' ')}`)
      try {
        await waitFor(async () => {
          // What answers before may be the server that was told to end.
          if (startsOf(folder) === starts) throw new Error('the server was not started yet')
          await answers()
        })
      } catch (error) {
        const log = join(folder, 'server.log')
        const said = existsSync(log) ? readFileSync(log, 'utf8') : ''
        await stop()
        throw new Error(`${command[0] ?? ''} did not start:\n${said}`, { cause: error })
      }
    },
    signal: (signal) => tell(`signal ${signal}`),
    end: (signal) => tell(`end ${signal}`),
    stop,
  }
}

/**
 * Starts a server that ends with this process, and waits until `answers` resolves. Both the server and its folder are
 * gone after `stop`, and also when this process is killed.
 */
export async function startServer(
  folder: string,
  command: readonly string[],
  endSignal: 'QUIT' | 'KILL',
  answers: () => Promise<void>,
): Promise<Pick<StartedServer, 'stop' | 'crash'>> {
  const server = keepServer(folder, command, endSignal)
  await server.start(answers)
  return {
    stop: () => server.stop(),
    async crash() {
      server.end(endSignal)
      await server.start(answers)
    },
  }
}

// The keeper writes a line for each.
function startsOf(folder: string): number {
  return statSync(join(folder, 'starts'), { throwIfNoEntry: false })?.size ?? 0
}

/** Waits until the condition does not throw any more, two minutes at most; then throws what it threw last. */
export async function waitFor(condition: () => Promise<void>): Promise<void> {
  const giveUpAt = performance.now() + 120_000
  for (;;) {
    try {
      await condition()
      return
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

// Below those that systems give to outgoing connections and to whoever listens on port 0: a port that is free now stays
// free until its server is started, and while that is started again.
const [firstPort, endOfPorts] = [20_000, 32_000]
const given = new Set<number>()

/** A port of the loopback address that nobody uses at this moment. Another each time. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, endOfPorts)
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false)
      else reject(error)
    })
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
