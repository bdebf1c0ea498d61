import type { ErrorDetails, ErrorKind } from '@freehold/engine'

/** Errors that only the HTTP layer can give. Those of the engine are in its own catalogue. */
export const apiErrorCatalogue = {
  MALFORMED_JSON: { status: 400, kind: 'invalid', title: 'The body is not JSON' },
  EMPTY_BODY: { status: 400, kind: 'invalid', title: 'The body is missing' },
  BODY_NOT_ALLOWED: { status: 400, kind: 'invalid', title: 'This request takes no body' },
  DUPLICATE_KEY: { status: 400, kind: 'invalid', title: 'A JSON object has the same key twice' },
  NESTING_TOO_DEEP: { status: 400, kind: 'invalid', title: 'The JSON is nested too deeply' },
  NUMBER_OUT_OF_RANGE: { status: 400, kind: 'invalid', title: 'A number cannot be kept exactly' },
  UNKNOWN_FIELD: { status: 400, kind: 'invalid', title: 'A field is not known here' },
  UNKNOWN_PARAMETER: { status: 400, kind: 'invalid', title: 'A query parameter is not known here' },
  REPEATED_PARAMETER: {
    status: 400,
    kind: 'invalid',
    title: 'A query parameter may be given only once',
  },
  INVALID_HEADER: {
    status: 400,
    kind: 'invalid',
    title: 'A header has a value that is not allowed',
  },
  MALFORMED_REQUEST: { status: 400, kind: 'invalid', title: 'The request is malformed' },
  HOST_NOT_ALLOWED: {
    status: 421,
    kind: 'invalid',
    title: 'The Host header names another machine',
  },
  BODY_TOO_LARGE: { status: 413, kind: 'invalid', title: 'The body is larger than allowed' },
  HEADERS_TOO_LARGE: { status: 431, kind: 'invalid', title: 'The headers are larger than allowed' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    kind: 'invalid',
    title: 'The body has a type or encoding that is not understood',
  },
  REQUEST_TIMEOUT: { status: 408, kind: 'invalid', title: 'The request took too long to arrive' },
  ROUTE_NOT_FOUND: { status: 404, kind: 'not-found', title: 'Nothing has this path' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    kind: 'invalid',
    title: 'This path does not take this method',
  },
  PRECONDITION_REQUIRED: { status: 428, kind: 'invalid', title: 'An If-Match header is required' },
  UNAUTHENTICATED: { status: 401, kind: 'invalid', title: 'The caller did not prove who it is' },
  FORBIDDEN: { status: 403, kind: 'invalid', title: 'The caller may not do this' },
  TOKEN_NOT_FOUND: { status: 404, kind: 'not-found', title: 'There is no such token' },
  TOKEN_ROTATION_OPEN: {
    status: 409,
    kind: 'conflict',
    title: 'A token has a successor already, and both are alive',
  },
  TOKEN_SECRET_SHOWN: {
    status: 409,
    kind: 'conflict',
    title: 'The text of a token can be shown only once',
  },
  RATE_LIMITED: { status: 429, kind: 'unavailable', title: 'Too much in too short a time' },
  AUTHENTICATION_UNAVAILABLE: {
    status: 503,
    kind: 'unavailable',
    title: 'Whoever knows the callers does not answer',
  },
  SERVER_BUSY: { status: 503, kind: 'unavailable', title: 'The server has too much to do' },
  SERVER_STOPPING: { status: 503, kind: 'unavailable', title: 'The server is stopping' },
} as const satisfies Record<string, { status: number; kind: ErrorKind; title: string }>

export type ApiErrorCode = keyof typeof apiErrorCatalogue

/** A refusal by the HTTP layer. `message` is a sentence for people and never repeats raw input. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  readonly details: ErrorDetails
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: ApiErrorCode,
    message: string,
    details: ErrorDetails = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.code = code
    this.details = details
    this.headers = headers
  }
}
