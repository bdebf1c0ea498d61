/**
 * Lets `callers` callers do `total` pieces of work between them, each starting its next when its last is done. Returns
 * how many were done in a second.
 */
export async function throughput(
  callers: number,
  total: number,
  work: (index: number, caller: number) => Promise<void>,
): Promise<number> {
  let next = 0
  const start = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      while (next < total) await work(next++, caller)
    }),
  )
  return total / ((performance.now() - start) / 1000)
}

/** Milliseconds that the work takes. */
export async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
