import { pythonText } from './python-text.ts'

/** An error of the Networking API: its class name, text and status are what Neutron's clients read. */
export class NeutronError extends Error {
  override readonly name = 'NeutronError'
  readonly type: string
  readonly status: number

  constructor(status: number, type: string, message: string) {
    super(message)
    this.status = status
    this.type = type
  }
}

export function isNeutronError(error: unknown, status: number): error is NeutronError {
  return error instanceof NeutronError && error.status === status
}

/** The request cannot be read or breaks the attribute rules. */
export function httpBadRequest(message: string): NeutronError {
  return new NeutronError(400, 'HTTPBadRequest', message)
}

/** One attribute has a value that it cannot have. */
export function invalidAttribute(attribute: string, reason: string): NeutronError {
  return httpBadRequest(`Invalid input for ${attribute}. Reason: ${reason}.`)
}

/** The attributes are well formed, and wrong together or in this place. */
export function invalidInput(reason: string): NeutronError {
  return new NeutronError(400, 'InvalidInput', `Invalid input for operation: ${reason}.`)
}

export function badRequest(resource: string, reason: string): NeutronError {
  return new NeutronError(400, 'BadRequest', `Bad ${resource} request: ${reason}.`)
}

export function conflict(type: string, message: string): NeutronError {
  return new NeutronError(409, type, message)
}

export function forbidden(message: string): NeutronError {
  return new NeutronError(403, 'PolicyNotAuthorized', message)
}

const nouns = {
  Network: 'Network',
  Subnet: 'Subnet',
  Port: 'Port',
  SubnetPool: 'Subnet pool',
  AddressScope: 'Address scope',
  Tag: 'Tag',
} as const

/** What is missing, or must look so to this caller. */
export function notFound(noun: keyof typeof nouns, id: string): NeutronError {
  return new NeutronError(
    404,
    `${noun}NotFound`,
    `${nouns[noun]} ${pythonText(id)} could not be found.`,
  )
}
