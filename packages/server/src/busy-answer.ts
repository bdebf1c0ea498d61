import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError } from './api-error.ts'
import { problemResponse } from './error-responses.ts'
import { neutronErrorResponse } from './neutron/neutron-error-response.ts'
import { isNeutronUrl } from './neutron/neutron-registration.ts'

/** What a request is told that is too much for the server. */
export function serverBusy(): ApiError {
  return new ApiError('SERVER_BUSY', 'The server has too much to do; nothing was changed.')
}

/**
 * Answers SERVER_BUSY without looking at more of a request than which API it is for. Under overload most answers are this
 * one, and what each costs is taken from the requests that are served; so all of it is made beforehand but the request's id.
 * `headers` are those of every answer.
 */
export function busyAnswer(
  headers: Readonly<Record<string, string>>,
): (request: IncomingMessage, response: ServerResponse) => void {
  const native = problemResponse(serverBusy(), idMark)
  const neutron = neutronErrorResponse(serverBusy(), idMark)
  const answerNative = prepared(native.status, JSON.stringify(native.body), {
    ...headers,
    'x-request-id': idMark,
    ...native.headers,
    'content-type': 'application/problem+json',
  })
  const answerNeutron = prepared(neutron.status, JSON.stringify(neutron.body), {
    ...headers,
    'x-request-id': idMark,
    'x-openstack-request-id': `req-${idMark}`,
    ...neutron.headers,
    'content-type': 'application/json',
  })
  return ({ url }, response) => (isNeutronUrl(url) ? answerNeutron : answerNative)(response)
}

// Stands for the id of a request, and is as long as one.
const idMark = '?'.repeat(36)

function prepared(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): (response: ServerResponse) => void {
  const fields = Object.entries({ ...headers, 'content-length': `${Buffer.byteLength(body)}` })
  const isOfRequest = fields.map(([, value]) => value.includes(idMark))
  const [beforeId = '', afterId] = body.split(idMark)
  return (response) => {
    const id = randomUUID()
    const own = fields.flatMap(([name, value], index) => [
      name,
      isOfRequest[index] === true ? value.replace(idMark, id) : value,
    ])
    response.writeHead(status, own)
    response.end(afterId === undefined ? body : `${beforeId}${id}${afterId}`)
  }
}
