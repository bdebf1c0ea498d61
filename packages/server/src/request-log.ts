import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'

/** All that a request's line may say. There is no way to log a raw path, an address, an identifier or a body. */
export interface RequestLine {
  readonly requestId: string
  readonly method: string
  /** The template, never the path that was asked for. */
  readonly route: string
  readonly status: number
  readonly durationMs: number
  readonly errorCode?: string
  /** Pseudonym. */
  readonly project?: string
}

export interface RequestLog {
  request(line: RequestLine): void
  /** An error that has no code of ours: where it came from, not what it said. */
  failure(requestId: string, error: unknown): void
  notice(message: string, fields?: Readonly<Record<string, number>>): void
}

export type LogLevel = 'silent' | 'error' | 'warn' | 'info'

/** JSON lines, on standard output unless a destination is given. */
export function requestLog(level: LogLevel = 'info', destination?: DestinationStream): RequestLog {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const logger: Logger = destination === undefined ? pino(options) : pino(options, destination)
  return {
    request(line) {
      if (line.status >= 500) logger.error(line)
      else logger.info(line)
    },
    failure(requestId, error) {
      logger.error({ requestId, errorCode: 'INTERNAL', ...originOf(error) })
    },
    notice(message, fields = {}) {
      logger.info(fields, message)
    },
  }
}

// Messages of foreign errors hold whatever the failing code put there, so only call sites and machine codes are kept.
function originOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { errorName: typeof error }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  const code = (error as { code?: unknown }).code
  return {
    errorName: error.constructor.name,
    ...(typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? { causeCode: code } : {}),
    stack: frames.slice(0, 12).map((frame) => frame.trim()),
    ...(error.cause === undefined ? {} : { cause: originOf(error.cause) }),
  }
}
