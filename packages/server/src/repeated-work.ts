/** Work that is done over and over, one run at a time. */
export interface RepeatedWork {
  /** Resolves when no run is under way any more. */
  stop(): Promise<void>
}

/** A failed run is reported and tried again at the next interval. Does not keep the process alive. */
export function repeatWork(
  work: () => Promise<void>,
  intervalMs: number,
  onFailure: (error: unknown) => void,
): RepeatedWork {
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= work()
      .catch(onFailure)
      .finally(() => {
        running = undefined
      })
  }, intervalMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
