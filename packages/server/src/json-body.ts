import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ApiError } from './api-error.ts'
import { bodyTooLarge, unsupportedMediaType } from './error-responses.ts'
import { malformedJson, scanJson } from './json-scanner.ts'

const inflate = promisify(gunzip)
// ignoreBOM keeps a byte order mark in the text, where it is refused, instead of dropping it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses a JSON body strictly. Cost: linear in the bytes.
 * @throws ApiError MALFORMED_JSON, EMPTY_BODY and what scanJson throws.
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  if (text.trim() === '') throw new ApiError('EMPTY_BODY', 'The body must be a JSON object.')
  scanJson(text)
  try {
    return JSON.parse(text)
  } catch {
    throw malformedJson()
  }
}

function decode(bytes: Uint8Array): string {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw new ApiError('MALFORMED_JSON', 'The body is not UTF-8.')
  }
  if (text.startsWith('\ufeff'))
    throw new ApiError('MALFORMED_JSON', 'The body must not start with a byte order mark.')
  return text
}

/**
 * Undoes `Content-Encoding: gzip`, never beyond `maxBytes`.
 * @throws ApiError BODY_TOO_LARGE, MALFORMED_REQUEST, UNSUPPORTED_MEDIA_TYPE.
 */
export async function decodeContent(
  bytes: Buffer,
  encoding: string,
  maxBytes: number,
): Promise<Buffer> {
  if (encoding !== 'gzip') throw unsupportedMediaType()
  try {
    return await inflate(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge()
    throw new ApiError('MALFORMED_REQUEST', 'The body is not gzip data.')
  }
}

/**
 * Whether the header says JSON in UTF-8: `application/json`, with no parameter but `charset=utf-8`.
 */
export function isJsonContentType(header: string): boolean {
  if (header === 'application/json') return true
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase())
  if (type !== 'application/json') return false
  return parameters.every((parameter) => /^(charset=("utf-8"|utf-8))?$/.test(parameter))
}
