/**
 * Microseconds of CLOCK_MONOTONIC, which `process.hrtime` reads: one clock for all processes of a machine since it
 * started, never set back. An invocation rounds down and a completion up, so that rounding never puts one call before
 * another that it overlapped.
 */
export function invocationTime(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

export function completionTime(): number {
  return Number(process.hrtime.bigint() / 1000n) + 1
}
