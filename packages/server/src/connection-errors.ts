import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { ApiError } from './api-error.ts'
import { problemResponse } from './error-responses.ts'
import { openConnection } from './open-connections.ts'

/**
 * Answers what Node's HTTP parser refuses, before there is a request: the connection is closed after it. Requests that
 * came whole before it are answered first: a refusal in the place of their answers would say that nothing was changed.
 * `headers` are those of every answer.
 */
export function connectionErrorHandler(
  headers: Readonly<Record<string, string>>,
): (error: Error & { code?: string }, socket: Socket) => void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return (error, socket) => answer(error, socket, lines.join(''))
}

function answer(error: Error & { code?: string }, socket: Socket, headerLines: string): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const requests = [...(openConnection(socket)?.requests ?? [])]
  const [, before] = requests.findLast(([{ complete }]) => complete) ?? []
  if (before === undefined) return refuse(error.code, socket, headerLines)
  before.once('close', () => refuse(error.code, socket, headerLines))
}

function refuse(code: string | undefined, socket: Socket, headerLines: string): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const requestId = randomUUID()
  const { status, body } = problemResponse(refusalOf(code), requestId)
  const text = JSON.stringify(body)
  socket.end(
    `HTTP/1.1 ${status} ${reasonPhrases[status] ?? 'Bad Request'}\r\n` +
      `${headerLines}x-request-id: ${requestId}\r\n` +
      'content-type: application/problem+json\r\n' +
      `Content-Length: ${Buffer.byteLength(text)}\r\n` +
      `Connection: close\r\n\r\n${text}`,
  )
}

const reasonPhrases: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}

function refusalOf(code: string | undefined): ApiError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ApiError('REQUEST_TIMEOUT', 'The request took too long to arrive.')
    case 'HPE_HEADER_OVERFLOW':
      return new ApiError('HEADERS_TOO_LARGE', 'The path and headers are larger than 16 KiB.')
    default:
      return new ApiError('MALFORMED_REQUEST', 'The bytes are not a well-formed HTTP/1.1 request.')
  }
}
