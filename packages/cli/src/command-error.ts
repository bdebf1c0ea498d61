import type { ErrorKind } from '@freehold/engine'

export interface CommandErrorDetails {
  /** What to do instead, as one sentence. */
  readonly fix?: string
  readonly [name: string]: unknown
}

/**
 * A failure that the user is told of in one line. `kind` decides the exit code, `code` is for programs, `details` holds
 * what the API said where it came from there.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly kind: ErrorKind
  readonly code: string
  readonly details: CommandErrorDetails

  constructor(kind: ErrorKind, code: string, message: string, details: CommandErrorDetails = {}) {
    super(message)
    this.kind = kind
    this.code = code
    this.details = details
  }
}

/** An argument or option that cannot be meant as it stands. */
export function usageError(message: string, fix?: string): CommandError {
  return new CommandError('invalid', 'INVALID_USAGE', message, fix === undefined ? {} : { fix })
}
