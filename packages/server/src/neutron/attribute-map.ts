import { type AttributeReader, AttributeReason, ConversionReason } from './attribute-readers.ts'
import { httpBadRequest, invalidAttribute, invalidInput } from './neutron-error.ts'
import { pythonText } from './python-text.ts'

/** The rules of one attribute. */
export interface Attribute<T = unknown> {
  readonly read: AttributeReader<T>
  /** `required` on create, may be given (`optional`), or must not be (`refused`). */
  readonly create: 'required' | 'optional' | 'refused'
  /** May it be changed? */
  readonly update: boolean
}

export type AttributeMap = Readonly<Record<string, Attribute>>

/** What a create or update request said, read by a map: absent attributes are absent here too. */
export type AttributeValues<Map extends AttributeMap> = {
  readonly [K in keyof Map]?: ReturnType<Map[K]['read']>
}

export function required<T>(read: AttributeReader<T>, update = false): Attribute<T> {
  return { read, create: 'required', update }
}

export function optional<T>(read: AttributeReader<T>, update = true): Attribute<T> {
  return { read, create: 'optional', update }
}

/** Only ever in answers. */
export const readOnly: Attribute = {
  read: (value) => value,
  create: 'refused',
  update: false,
}

/**
 * Reads the body of a create request, in Neutron's order: unknown names, missing and refused ones, then values.
 * Throws NeutronError HTTPBadRequest.
 */
export function readCreate(map: AttributeMap, body: Readonly<Record<string, unknown>>): object {
  checkNames(map, body)
  for (const [name, attribute] of Object.entries(map)) {
    const given = Object.hasOwn(body, name)
    if (attribute.create === 'required' && !given)
      throw httpBadRequest(`Failed to parse request. Required attribute '${name}' not specified`)
    if (attribute.create === 'refused' && given)
      throw httpBadRequest(`Attribute '${name}' not allowed in POST`)
  }
  return readValues(map, body)
}

/** Reads the body of an update request. Throws NeutronError HTTPBadRequest. */
export function readUpdate(map: AttributeMap, body: Readonly<Record<string, unknown>>): object {
  checkNames(map, body)
  for (const name of Object.keys(body))
    if (map[name]?.update === false)
      throw httpBadRequest(
        `Cannot update read-only attribute ${name === 'project_id' ? 'tenant_id' : name}`,
      )
  return readValues(map, body)
}

function checkNames(map: AttributeMap, body: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(body).filter((name) => !Object.hasOwn(map, name))
  if (unknown.length > 0)
    throw httpBadRequest(`Unrecognized attribute(s) '${pythonText(unknown.join(', '))}'`)
}

function readValues(map: AttributeMap, body: Readonly<Record<string, unknown>>): object {
  // In the map's order: of several wrong values the same one is told whatever order they were sent in.
  const given = Object.keys(map).filter((name) => Object.hasOwn(body, name))
  return Object.fromEntries(given.map((name) => [name, readAttribute(map, name, body[name])]))
}

function readAttribute(map: AttributeMap, name: string, value: unknown): unknown {
  try {
    return map[name]?.read(value)
  } catch (error) {
    const shown = name === 'project_id' ? 'tenant_id' : name
    if (error instanceof ConversionReason) throw invalidInput(error.message)
    if (error instanceof AttributeReason) throw invalidAttribute(shown, error.message)
    throw error
  }
}
