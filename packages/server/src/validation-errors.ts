import { IpamError } from '@freehold/engine'
import type { FastifySchemaValidationError } from 'fastify'
import { ApiError } from './api-error.ts'
import { escapePointer, printable, printablePointer } from './json-pointer.ts'

/** What the validator tells with `verbose` besides Fastify's type. */
interface ValidationFailure extends FastifySchemaValidationError {
  readonly parentSchema?: {
    readonly properties?: Record<string, unknown>
    readonly oneOf?: readonly {
      readonly properties: { readonly kind: { readonly const: string } }
    }[]
  }
  readonly schema?: unknown
}

/**
 * Turns a failed schema check into the error that names the field, the reason and what is allowed.
 * `part` is `body` or `querystring`.
 */
export function validationError(
  failures: readonly FastifySchemaValidationError[],
  part: string,
): ApiError | IpamError {
  const failure = mostTelling(failures)
  const place = part === 'querystring' ? { in: 'query' } : {}
  if (failure === undefined) return invalid('', 'is not valid', place)
  if (failure.keyword === 'additionalProperties') return unknownField(failure, place)
  if (failure.keyword === 'required') {
    const missing = String(failure.params['missingProperty'])
    return invalid(`${failure.instancePath}/${escapePointer(missing)}`, 'is required', place)
  }
  if (failure.keyword === 'discriminator') return unknownKind(failure, place)
  return invalid(failure.instancePath, reasonOf(failure), place)
}

// A choice between shapes fails once per shape and once as a whole; the deepest single failure says most.
function mostTelling(failures: readonly ValidationFailure[]): ValidationFailure | undefined {
  const single = failures.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf')
  const depth = ({ instancePath }: ValidationFailure) => instancePath.split('/').length
  return single.toSorted((a, b) => depth(b) - depth(a))[0] ?? failures[0]
}

function unknownField(failure: ValidationFailure, place: object): ApiError {
  const name = String(failure.params['additionalProperty'])
  const allowed = Object.keys(failure.parentSchema?.properties ?? {})
  return new ApiError('UNKNOWN_FIELD', `${printable(name)} is not a field here.`, {
    pointer: `${printablePointer(failure.instancePath)}/${escapePointer(name)}`,
    fix: allowed.length === 0 ? 'Leave it out.' : `Allowed: ${allowed.join(', ')}.`,
    ...place,
  })
}

function unknownKind({ instancePath, parentSchema }: ValidationFailure, place: object): IpamError {
  const kinds = (parentSchema?.oneOf ?? []).map(({ properties }) => properties.kind.const)
  return invalid(`${instancePath}/kind`, `must be one of ${kinds.join(', ')}`, place)
}

function reasonOf({ keyword, params, schema }: ValidationFailure): string {
  switch (keyword) {
    case 'type':
      return `must be ${[params['type']].flat().map(nameOfType).join(' or ')}`
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).map(String).join(', ')}`
    case 'const':
      return `must be ${String(params['allowedValue'])}`
    case 'minimum':
    case 'maximum':
      return `must be ${keyword === 'minimum' ? 'at least' : 'at most'} ${String(schema)}`
    case 'minLength':
    case 'maxLength':
      return `must have ${keyword === 'minLength' ? 'at least' : 'at most'} ${String(schema)} characters`
    case 'minItems':
    case 'maxItems':
      return `must have ${keyword === 'minItems' ? 'at least' : 'at most'} ${String(schema)} entries`
    default:
      return 'does not have the form that is described in /docs'
  }
}

function nameOfType(type: unknown): string {
  const names: Record<string, string> = {
    object: 'an object',
    array: 'an array',
    string: 'a string',
    integer: 'an integer',
    number: 'a number',
    boolean: 'true or false',
    null: 'null',
  }
  return names[String(type)] ?? String(type)
}

function invalid(path: string, reason: string, place: object): IpamError {
  const pointer = printablePointer(path)
  const field = path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')
  const subject = field === '' ? 'The body' : printable(field)
  return new IpamError('INVALID_FIELD', `${subject} ${reason}.`, { pointer, ...place })
}
