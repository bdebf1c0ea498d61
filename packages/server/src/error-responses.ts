import { type ErrorCode, type ErrorKind, errorCatalogue, IpamError } from '@freehold/engine'
import { ApiError, apiErrorCatalogue } from './api-error.ts'

/** How a kind of error is told over HTTP. */
export const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  'not-found': 404,
  conflict: 409,
  exhausted: 409,
  'over-quota': 409,
  unavailable: 503,
  internal: 500,
}

/** The codes for which HTTP has a more exact status than their kind's. */
export const statusOfCode = {
  IDEMPOTENCY_KEY_REUSED: 422,
  STALE_REVISION: 412,
  STORAGE_FULL: 507,
  // No defect of this server: another one, of a newer version, can serve.
  SCHEMA_MISMATCH: 503,
} as const satisfies Partial<Record<ErrorCode, number>>

const retryAfterSeconds = '1'

export interface ProblemResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ProblemBody
}

/** RFC 9457, with our extension members. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly kind: ErrorKind
  readonly requestId: string
  readonly [extension: string]: unknown
}

/**
 * Turns whatever was thrown into a problem document. Anything but IpamError, ApiError and the framework's own refusals
 * becomes INTERNAL without a word of its message: it may carry SQL, paths or another caller's data.
 */
export function problemResponse(error: unknown, requestId: string): ProblemResponse {
  const known = knownError(error)
  if (known instanceof ApiError) {
    const { status, kind, title } = apiErrorCatalogue[known.code]
    return respond(status, known.code, kind, title, known.message, known.details, requestId, {
      ...(status === 503 ? { 'retry-after': retryAfterSeconds } : {}),
      ...known.headers,
    })
  }
  const { code, kind } = known
  const exactStatus: Partial<Record<ErrorCode, number>> = statusOfCode
  const status = exactStatus[code] ?? statusOfKind[kind]
  const { title } = errorCatalogue[code]
  const retry = kind === 'unavailable' && status === 503
  const headers = retry ? { 'retry-after': retryAfterSeconds } : {}
  return respond(status, code, kind, title, known.message, known.details, requestId, headers)
}

function respond(
  status: number,
  code: string,
  kind: ErrorKind,
  title: string,
  detail: string,
  details: Readonly<Record<string, unknown>>,
  requestId: string,
  headers: Readonly<Record<string, string>>,
): ProblemResponse {
  const type = `urn:freehold:error:${code}`
  // The details come first: none of them may replace a member that clients decide by.
  return {
    status,
    headers,
    body: { ...details, type, title, status, detail, code, kind, requestId },
  }
}

function knownError(error: unknown): ApiError | IpamError {
  if (error instanceof ApiError || error instanceof IpamError) return error
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code === 'string') {
    const refusal = frameworkRefusals[code]
    if (refusal !== undefined) return refusal()
  }
  return new IpamError('INTERNAL', 'Something went wrong inside; the request was not completed.')
}

/** What Fastify itself refuses before a handler runs, by its error code. */
const frameworkRefusals: Readonly<Record<string, () => ApiError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => bodyTooLarge(),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => unsupportedMediaType(),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new ApiError('MALFORMED_REQUEST', 'The body has another length than Content-Length says.'),
  ECONNRESET: () => new ApiError('MALFORMED_REQUEST', 'The connection ended inside the body.'),
}

export function bodyTooLarge(): ApiError {
  return new ApiError('BODY_TOO_LARGE', 'The body is larger than this request may have.', {
    fix: 'Send fewer entries in one request.',
  })
}

export function unsupportedMediaType(): ApiError {
  return new ApiError(
    'UNSUPPORTED_MEDIA_TYPE',
    'The body must be JSON in UTF-8.',
    { fix: 'Send Content-Type: application/json, and no Content-Encoding besides gzip.' },
    { accept: 'application/json', 'accept-encoding': 'gzip' },
  )
}
