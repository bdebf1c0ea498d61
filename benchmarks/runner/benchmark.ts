/** What a `benchmarks/<name>.bench.ts` exports, and what is kept of a run. */

/** One line of a result: column name to value, in the order in which columns are shown. */
export type ResultRow = Readonly<Record<string, string | number>>

export interface BenchmarkOutcome {
  readonly rows: readonly ResultRow[]
  /** What a reader must know to judge the rows: sizes, durability, how often it was repeated. */
  readonly notes?: readonly string[]
  /** Versions of what was measured besides Node and its SQLite, such as `{ postgres: '18.4' }`. */
  readonly versions?: Readonly<Record<string, string>>
}

export interface Benchmark {
  readonly title: string
  /** With `quick` the numbers mean nothing: the run only shows that nothing breaks. */
  run(options: { quick: boolean }): Promise<BenchmarkOutcome>
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  /** The operating system and the release of its kernel. */
  readonly system: string
}

/** One line of `results/<name>.jsonl`. */
export interface RecordedRun extends BenchmarkOutcome {
  readonly name: string
  readonly title: string
  /** RFC 3339, UTC. */
  readonly date: string
  /** The commit, with `+` when the sources had changed since. */
  readonly commit: string
  readonly machine: Machine
  readonly versions: Readonly<Record<string, string>>
}
