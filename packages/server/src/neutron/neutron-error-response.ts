import { type ErrorKind, IpamError } from '@freehold/engine'
import { problemResponse } from '../error-responses.ts'
import { NeutronError } from './neutron-error.ts'

export interface NeutronErrorResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly code: string
  readonly kind: ErrorKind
  readonly body: { readonly NeutronError: NeutronErrorBody }
}

interface NeutronErrorBody {
  readonly type: string
  readonly message: string
  readonly detail: string
}

const kindOfStatus: Readonly<Record<number, ErrorKind>> = { 404: 'not-found', 409: 'conflict' }

/** Refusals of the server itself, as the web framework under Neutron words them. */
const webErrors: Readonly<Record<number, { type: string; message?: string }>> = {
  400: { type: 'HTTPBadRequest' },
  401: { type: 'HTTPUnauthorized', message: 'Authentication required' },
  403: { type: 'HTTPForbidden' },
  404: { type: 'HTTPNotFound', message: 'The resource could not be found.' },
  405: {
    type: 'HTTPMethodNotAllowed',
    message:
      'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  },
  409: { type: 'Conflict' },
  412: { type: 'HTTPPreconditionFailed' },
  413: { type: 'HTTPRequestEntityTooLarge' },
  415: { type: 'HTTPUnsupportedMediaType' },
  422: { type: 'HTTPUnprocessableEntity' },
  429: { type: 'HTTPTooManyRequests' },
  503: { type: 'HTTPServiceUnavailable' },
  507: { type: 'HTTPInsufficientStorage' },
}

const internalMessage = 'Request Failed: internal server error while processing your request.'

/** Turns whatever was thrown into Neutron's envelope. Nothing unknown says a word of its own message. */
export function neutronErrorResponse(error: unknown, requestId: string): NeutronErrorResponse {
  if (error instanceof NeutronError) return ofNeutronError(error)
  const problem = problemResponse(error, requestId)
  const { status, headers, body } = problem
  const envelope = (type: string, message: string): NeutronErrorResponse => ({
    status,
    headers,
    code: body.code,
    kind: body.kind,
    body: { NeutronError: { type, message, detail: '' } },
  })
  if (status === 500) return envelope('HTTPInternalServerError', internalMessage)
  if (body.code === 'MALFORMED_JSON')
    return envelope('HTTPBadRequest', 'Body contains invalid data')
  const web = webErrors[status] ?? { type: 'HTTPError' }
  // What the engine refuses for reasons that Neutron has no words for is told in the engine's.
  if (error instanceof IpamError && status === 400)
    return envelope('InvalidInput', `Invalid input for operation: ${error.message}`)
  if (error instanceof IpamError && error.kind === 'not-found')
    return envelope('NotFound', error.message)
  return envelope(web.type, web.message ?? body.detail)
}

function ofNeutronError({ status, type, message }: NeutronError): NeutronErrorResponse {
  return {
    status,
    headers: {},
    code: type,
    kind: exhaustedTypes.has(type) ? 'exhausted' : (kindOfStatus[status] ?? 'invalid'),
    body: { NeutronError: { type, message, detail: '' } },
  }
}

const exhaustedTypes = new Set(['IpAddressGenerationFailure', 'SubnetAllocationError'])
