import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { ApiError } from './api-error.ts'
import { problemResponse } from './error-responses.ts'
import { openConnection } from './open-connections.ts'

/**
 * Answers what Node's HTTP parser refuses, before there is a request: the connection is closed after it. Requests that
 * came whole before it are answered first: a refusal in the place of their answers would say that nothing was changed.
 */
export function connectionErrorHandler(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const requests = [...(openConnection(socket)?.requests ?? [])]
  const [, answer] = requests.findLast(([{ complete }]) => complete) ?? []
  if (answer === undefined) return refuse(error.code, socket)
  answer.once('close', () => refuse(error.code, socket))
}

function refuse(code: string | undefined, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status, body } = problemResponse(refusalOf(code), randomUUID())
  const text = JSON.stringify(body)
  socket.end(
    `HTTP/1.1 ${status} ${reasonPhrases[status] ?? 'Bad Request'}\r\n` +
      'Content-Type: application/problem+json\r\n' +
      'X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n' +
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
