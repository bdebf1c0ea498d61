import type { RequestLog } from '../request-log.ts'

/**
 * Ends the process with exit code 1 after an error that nobody caught. Node would print its message and the line of
 * source that threw it, which may hold anybody's data; the log gets where it came from instead.
 */
export function guardAgainstCrashes(log: RequestLog): void {
  const end = (error: unknown) => {
    log.failure('process', error)
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
