import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import type { RequestSubjects } from './logging/request-subjects.ts'

/** All that a request's line may say. There is no way to log a raw path, an address, a query or a body. */
export interface RequestLine extends RequestSubjects {
  readonly requestId: string
  readonly method: string
  /** The template, never the path that was asked for. */
  readonly route: string
  readonly status: number
  readonly durationMs: number
  readonly errorCode?: string
  /** Pseudonym. */
  readonly project?: string
  /** Pseudonym: of the token, or of whoever else is known to act. */
  readonly actor?: string
}

type NoticeFields = Readonly<Record<string, number | string>>

export interface RequestLog {
  request(line: RequestLine): void
  /** An error that has no code of ours: where it came from, not what it said. */
  failure(requestId: string, error: unknown): void
  notice(message: string, fields?: NoticeFields): void
  warning(message: string, fields?: NoticeFields): void
}

export type LogLevel = 'silent' | 'error' | 'warn' | 'info'

const longestText = 512

/**
 * JSON lines, on standard output unless a destination is given. Whatever is not printable ASCII is escaped, so that no
 * text can forge a line or steer a terminal, and no text is longer than 512 characters.
 */
export function requestLog(level: LogLevel = 'info', destination?: DestinationStream): RequestLog {
  const sink = destination ?? pino.destination({ dest: 1, sync: true })
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: boundedFields },
  }
  const logger: Logger = pino(options, { write: (line) => sink.write(escaped(line)) })
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
    warning(message, fields = {}) {
      logger.warn(fields, message)
    },
  }
}

// JSON itself leaves DEL, C1 controls, bidirectional marks and line separators as they are.
function escaped(line: string): string {
  return line.replace(
    /[^\x20-\x7e\n]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function boundedFields(fields: Record<string, unknown>): Record<string, unknown> {
  for (const value of Object.values(fields))
    if (typeof value === 'string' && value.length > longestText)
      return Object.fromEntries(
        Object.entries(fields).map(([name, text]) => [
          name,
          typeof text === 'string' ? text.slice(0, longestText) : text,
        ]),
      )
  return fields
}

const mostFrames = 12
const mostCauses = 3
const longestFrame = 240

// Messages of foreign errors hold whatever the failing code put there, so only call sites and machine codes are kept.
function originOf(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { errorName: typeof error }
  const code = (error as { code?: unknown }).code
  return {
    errorName: /^[A-Za-z]{1,64}$/.exec(error.constructor.name)?.[0] ?? 'Error',
    ...(typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? { causeCode: code } : {}),
    stack: callSites(error),
    ...(error.cause === undefined || depth === mostCauses
      ? {}
      : { cause: originOf(error.cause, depth + 1) }),
  }
}

// A message of several lines may itself look like call sites, so it is cut off first.
function callSites({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message)
  const sites = start < 0 ? stack : stack.slice(start + message.length)
  return sites
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .slice(0, mostFrames)
    .map((line) => line.trim().slice(0, longestFrame))
}
