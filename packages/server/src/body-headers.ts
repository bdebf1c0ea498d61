import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from './api-error.ts'
import { unsupportedMediaType } from './error-responses.ts'
import { isJsonContentType } from './json-body.ts'

/** Whether a request says that a body follows, be it an empty one in pieces. */
export function announcesBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

/** Throws ApiError UNSUPPORTED_MEDIA_TYPE for a body that is not JSON in UTF-8, as it is or as gzip, whole or in chunks. */
export function checkBodyType(headers: IncomingHttpHeaders): void {
  const {
    'content-type': type,
    'content-encoding': encoding,
    'transfer-encoding': transfer = 'chunked',
  } = headers
  if (transfer.toLowerCase() !== 'chunked') throw unsupportedMediaType()
  if (announcesBody(headers) && (type === undefined || !isJsonContentType(type)))
    throw unsupportedMediaType()
  if (encoding !== undefined && encoding !== 'identity' && encoding !== 'gzip')
    throw unsupportedMediaType()
}

/**
 * For a request without a body: GET and DELETE have none (RFC 9110, sections 9.3.1 and 9.3.5), and whoever sends one
 * expects something that does not happen. The framework would not even say that a GET had one.
 */
export function bodyNotAllowed(): ApiError {
  return new ApiError('BODY_NOT_ALLOWED', 'This request takes no body.', {
    fix: 'Leave the body out.',
  })
}
