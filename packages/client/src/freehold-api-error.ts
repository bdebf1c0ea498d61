import type { components } from './generated/v1.ts'

type Problem = components['schemas']['Problem']

export type ProblemKind = Problem['kind']

/** A refusal by the server, or `SERVER_UNREACHABLE` and `UNEXPECTED_ANSWER` when there is none to read. */
export class FreeholdApiError extends Error {
  override readonly name = 'FreeholdApiError'
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  readonly code: string
  readonly kind: ProblemKind
  /** RFC 6901 pointer to the field at fault, where one is. */
  readonly pointer: string | undefined
  /** What happened, in a sentence. */
  readonly detail: string
  /** What to do instead. */
  readonly fix: string | undefined
  /** The whole problem document, with the members that only this code has. */
  readonly problem: Readonly<Record<string, unknown>>

  constructor(problem: Problem, cause?: unknown) {
    super(problem.detail, cause === undefined ? undefined : { cause })
    this.status = problem.status
    this.code = problem.code
    this.kind = problem.kind
    this.pointer = problem.pointer
    this.detail = problem.detail
    this.fix = problem.fix
    this.problem = problem
  }
}

interface Answer<T> {
  readonly data?: T
  readonly error?: unknown
  readonly response: Response
}

/** The data of a call. Throws FreeholdApiError when it was refused or did not arrive. */
export async function dataOf<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call.catch((failure: unknown) => {
    throw unreachable(failure)
  })
  if (response.ok) return data as T
  throw apiError(error, response.status)
}

/** The error of a body that should be a problem document. */
export function apiError(body: unknown, status: number): FreeholdApiError {
  if (isProblem(body)) return new FreeholdApiError({ ...body, status })
  return new FreeholdApiError(
    localProblem(status, 'UNEXPECTED_ANSWER', 'internal', 'The answer is no problem document.'),
  )
}

// fetch tells a failed connection by a TypeError; anything else, such as an abort, is the caller's own.
export function unreachable(failure: unknown): unknown {
  if (!(failure instanceof TypeError)) return failure
  const detail = 'The server does not answer.'
  return new FreeholdApiError(localProblem(0, 'SERVER_UNREACHABLE', 'unavailable', detail), failure)
}

function isProblem(body: unknown): body is Problem {
  const { code, kind, detail } = (body ?? {}) as Partial<Record<keyof Problem, unknown>>
  return typeof code === 'string' && typeof kind === 'string' && typeof detail === 'string'
}

function localProblem(status: number, code: string, kind: ProblemKind, detail: string): Problem {
  const type = `urn:freehold:error:${code}`
  return { type, title: detail, status, detail, code, kind, requestId: '' }
}
