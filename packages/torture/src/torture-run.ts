import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CheckResult, checkHistory } from './checker/check-history.ts'
import { feedEnd, readFinalState } from './final-reading.ts'
import { holdsHistories, readHistories } from './history-file.ts'
import { patientClient } from './patient-client.ts'
import { RandomStream } from './random-stream.ts'
import { replayCalls } from './replay.ts'
import { openReader, type Target } from './target-opening.ts'
import { createTopology, type Topology } from './topology.ts'
import { WorkerCrew } from './worker-crew.ts'

export interface TortureOptions {
  readonly target: Target
  /** Client processes, 1 to 64. */
  readonly processes: number
  /** From the moment on when all processes have begun. */
  readonly seconds: number
  /** Ends the load when so many calls are answered, should that be earlier. */
  readonly calls?: number
  /** Of the workers' commands and of the moments of the kills. Default: random. */
  readonly seed?: string
  /** Kills random workers with SIGKILL, and starts others in their place. */
  readonly kill?: boolean
  /** Calls that a worker has under way at a time. Default 4. */
  readonly lanes?: number
  /** Time in which every worker must have a success. Default 5,000 ms. */
  readonly livenessWindowMs?: number
  /** Where the histories and the final state are kept, a folder without histories; absent: in a temporary folder, which is left in place when something is wrong. */
  readonly folder?: string
  readonly onProgress?: (progress: TortureProgress) => void
  /** Ends the load early; what was done until then is judged. */
  readonly signal?: AbortSignal
}

export interface TortureProgress {
  readonly seconds: number
  readonly ok: number
  readonly fail: number
  readonly unknown: number
  readonly kills: number
}

export interface TortureReport extends CheckResult {
  readonly seed: string
  readonly processes: number
  readonly seconds: number
  readonly kills: number
  readonly replayed: number
  /** null: removed, as nothing was wrong. */
  readonly folder: string | null
}

/**
 * Loads the target from separate processes, replays what is unknown, and checks the histories against the final state.
 * Makes records of its own and leaves them there. Throws what opening the target throws, CallFailure when it answers
 * nothing or refuses what a run needs, and Error when a worker ends by itself.
 */
export async function runTorture(options: TortureOptions): Promise<TortureReport> {
  const seed = options.seed ?? randomBytes(6).toString('hex')
  if (options.folder !== undefined && holdsHistories(options.folder))
    throw new Error(`${options.folder} holds the histories of another run.`)
  const reader = await openReader(options.target)
  // Only a load may leave the target in need of patience.
  const client = patientClient(reader)
  try {
    const folder = await folderFor(options)
    const feedStart = await feedEnd(reader)
    const topology = await createTopology(reader, randomBytes(4).toString('hex'))
    const { seconds, kills } = await load(options, seed, folder, topology)
    const replayed = await replayCalls(
      client,
      readHistories(folder),
      join(folder, 'replay.jsonl'),
      topology.runId,
    )
    const final = await readFinalState(client, topology, feedStart)
    // With it and the histories a verdict can be worked out again.
    writeFileSync(join(folder, 'final-state.json'), JSON.stringify({ seed, topology, final }))
    const result = checkHistory({
      records: readHistories(folder),
      final,
      topology,
      livenessWindowMs: options.livenessWindowMs ?? 5000,
      // Behind servers may stand a cluster.
      isFeedOrdered: options.target.kind === 'store' && options.target.urls.length === 1,
    })
    const isKept = options.folder !== undefined || result.violations.length > 0
    if (!isKept) rmSync(folder, { recursive: true, force: true })
    const { processes } = options
    return { ...result, seed, processes, seconds, kills, replayed, folder: isKept ? folder : null }
  } finally {
    await client.close()
  }
}

async function folderFor({ folder }: TortureOptions): Promise<string> {
  if (folder === undefined) return mkdtempSync(join(tmpdir(), 'freehold-torture-'))
  await mkdir(folder, { recursive: true })
  return folder
}

async function load(
  options: TortureOptions,
  seed: string,
  folder: string,
  topology: Topology,
): Promise<{ seconds: number; kills: number }> {
  const { target, lanes = 4 } = options
  const crew = new WorkerCrew({ target, topology, seed, folder, lanes, sweepMs: 200 })
  let started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  const timers: NodeJS.Timeout[] = []
  try {
    crew.start(options.processes)
    await Promise.race([crew.ready(), crew.failure])
    started = performance.now()
    timers.push(
      setInterval(() => options.onProgress?.({ seconds: elapsed(), ...crew.progress() }), 1000),
    )
    if (options.kill === true) timers.push(killTimer(crew, seed))
    await Promise.race([untilOver(options, crew), crew.failure])
    for (const timer of timers) clearTimeout(timer)
    await Promise.race([crew.finish(), crew.failure])
    return { seconds: elapsed(), kills: crew.progress().kills }
  } finally {
    for (const timer of timers) clearTimeout(timer)
    crew.killAll()
  }
}

// A run that is to kill and was over before it did would prove nothing.
const leastKills = 3

function untilOver(options: TortureOptions, crew: WorkerCrew): Promise<void> {
  const { seconds, calls, signal } = options
  return new Promise((resolve) => {
    const timers: NodeJS.Timeout[] = []
    const stop = () => {
      for (const timer of timers) clearTimeout(timer)
      resolve()
    }
    const isEnough = () => {
      const { ok, fail, unknown, kills } = crew.progress()
      if (options.kill === true && kills < leastKills) return false
      return calls !== undefined && ok + fail + unknown >= calls
    }
    timers.push(
      setTimeout(stop, seconds * 1000),
      setInterval(() => {
        if (isEnough()) stop()
      }, 100),
    )
    if (signal?.aborted === true) stop()
    signal?.addEventListener('abort', stop, { once: true })
  })
}

// Roughly three a second, so that most workers get to do something between their start and their end.
function killTimer(crew: WorkerCrew, seed: string): NodeJS.Timeout {
  const random = new RandomStream(`${seed}/kills`)
  return setInterval(() => {
    if (random.chance(0.5)) crew.killOne(random.fraction())
  }, 150)
}
