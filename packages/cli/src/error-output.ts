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
  const { code = '', message, path } = error as NodeJS.ErrnoException
  if (Object.hasOwn(fileErrors, code)) {
    const { reason, fix } = fileErrors[code] as FileError
    const text = path === undefined ? `A file ${reason}.` : `The file ${path} ${reason}.`
    return new CommandError('invalid', code, text, { fix })
  }
  return new CommandError('internal', 'INTERNAL', message ?? String(error), {
    fix: 'Set FREEHOLD_DEBUG=1 to see where it happened.',
  })
}

interface FileError {
  readonly reason: string
  readonly fix: string
}

/** What the system says of a file that a command was told to use, by its code. */
const fileErrors: Readonly<Record<string, FileError>> = {
  ENOENT: { reason: 'is not there, or its folder is not', fix: 'Check its name and its folder.' },
  ENOTDIR: { reason: 'is named as if a file were a folder', fix: 'Check its name and its folder.' },
  EISDIR: { reason: 'is a folder', fix: 'Name a file.' },
  EACCES: { reason: 'may not be used by this user', fix: 'Check who owns it and its folder.' },
  EPERM: { reason: 'may not be used by this user', fix: 'Check who owns it and its folder.' },
  EROFS: { reason: 'is on a disk that cannot be written to', fix: 'Choose another place.' },
  ENOSPC: { reason: 'has no room on its disk', fix: 'Make room, or choose another place.' },
}

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
