import type { FreeholdApiError } from '@freehold/client'
import type { IpamError } from '@freehold/engine'
import { CommandError } from './command-error.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { visibleText } from './output/terminal-text.ts'

/** What is written for a failure, and what the process exits with. */
export interface FailureReport {
  readonly text: string
  readonly exitCode: number
}

/**
 * In text: what is wrong, then what to do, then the code, a line each. In JSON: one object with the same and every detail.
 * Errors that are neither ours nor the engine's are internal; their stack is shown only where FREEHOLD_DEBUG is set.
 */
export function failureReport(
  error: unknown,
  format: 'text' | 'json',
  environment: Readonly<Record<string, string | undefined>>,
): FailureReport {
  const failure = asCommandError(error)
  const exitCode = exitCodeOf(failure.kind)
  if (format === 'json') {
    const { kind, code, message } = failure
    return {
      text: `${JSON.stringify({ ...failure.details, kind, code, detail: message, exitCode })}\n`,
      exitCode,
    }
  }
  const lines = [`freehold: ${visibleText(failure.message)}`]
  if (failure.details.fix !== undefined) lines.push(`  fix:  ${visibleText(failure.details.fix)}`)
  lines.push(`  code: ${visibleText(failure.code)}`)
  if (exitCode === exitCodes.internal && environment.FREEHOLD_DEBUG && error instanceof Error)
    lines.push(error.stack ?? '')
  return { text: `${lines.join('\n')}\n`, exitCode }
}

function asCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error
  if (isNamed<FreeholdApiError>(error, 'FreeholdApiError')) return apiFailure(error)
  if (isNamed<IpamError>(error, 'IpamError'))
    return new CommandError(error.kind, error.code, error.message, error.details)
  const { code, message } = error as NodeJS.ErrnoException
  if (typeof code === 'string' && fileErrors.has(code))
    return new CommandError('invalid', code, message)
  return new CommandError('internal', 'INTERNAL', message ?? String(error), {
    fix: 'Set FREEHOLD_DEBUG=1 to see where it happened.',
  })
}

const fileErrors = new Set(['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'EROFS', 'EPERM', 'ENOSPC'])

// By name: importing the engine or the client for this would slow every start down.
function isNamed<E extends Error>(error: unknown, name: E['name']): error is E {
  return error instanceof Error && error.name === name
}

function apiFailure({ problem, kind, code, detail }: FreeholdApiError): CommandError {
  const { detail: _, ...details } = problem
  const known = Object.hasOwn(exitCodes, kind) ? kind : 'internal'
  return new CommandError(known, code, detail, { ...localFixes[code], ...details })
}

const localFixes: Readonly<Record<string, { fix: string }>> = {
  SERVER_UNREACHABLE: {
    fix: 'See whether the server runs, and whether --server or FREEHOLD_SERVER names it.',
  },
  UNEXPECTED_ANSWER: { fix: 'See whether the URL is that of a Freehold server.' },
}
