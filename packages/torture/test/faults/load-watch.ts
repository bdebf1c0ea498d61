import type { TortureProgress } from '../../src/index.ts'

interface Wait {
  readonly until: number
  readonly resolve: () => void
}

/** Waits on what a load has done. */
export class LoadWatch {
  #ok = 0
  #waits: Wait[] = []

  readonly onProgress = ({ ok }: TortureProgress): void => {
    this.#ok = ok
    for (const { until, resolve } of this.#waits) if (ok >= until) resolve()
    this.#waits = this.#waits.filter(({ until }) => ok < until)
  }

  /** Resolves after so many more calls that succeeded. */
  successes(count: number): Promise<void> {
    const until = this.#ok + count
    return new Promise((resolve) => {
      this.#waits.push({ until, resolve })
    })
  }
}
