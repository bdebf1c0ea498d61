import { dictionary } from './attribute-readers.ts'
import { badRequest, httpBadRequest, NeutronError } from './neutron-error.ts'

// All are made in one transaction, for which every other writer of a SQLite file waits.
export const maxBulk = 1000

/** The items of a create request, and whether it is one of several. Throws NeutronError HTTPBadRequest. */
export function readItems(
  body: unknown,
  { singular, plural }: { readonly singular: string; readonly plural: string },
): { readonly items: readonly Readonly<Record<string, unknown>>[]; readonly isBulk: boolean } {
  const wrapper = objectOrEmpty(body)
  if (Object.hasOwn(wrapper, plural)) {
    const items = wrapper[plural]
    if (!Array.isArray(items) || items.length === 0) throw httpBadRequest('Resource body required')
    if (items.length > maxBulk) throw tooManyAtOnce(plural)
    return { items: items.map((item) => readDictionary(item, plural)), isBulk: true }
  }
  return { items: [readItem(body, singular)], isBulk: false }
}

export function tooManyAtOnce(what: string): NeutronError {
  return new NeutronError(413, 'HTTPRequestEntityTooLarge', `More than ${maxBulk} ${what} at once`)
}

/** The one record of a request body. Throws NeutronError HTTPBadRequest. */
export function readItem(body: unknown, singular: string): Readonly<Record<string, unknown>> {
  const wrapper = objectOrEmpty(body)
  if (!Object.hasOwn(wrapper, singular))
    throw httpBadRequest(`Unable to find '${singular}' in request body`)
  return readDictionary(wrapper[singular], singular)
}

/** A list that stands in the body without a wrapper. Throws NeutronError BadRequest. */
export function readList<T>(body: unknown, name: string, read: (value: unknown) => T): T {
  const wrapper = objectOrEmpty(body)
  if (!Object.hasOwn(wrapper, name))
    throw httpBadRequest(`Unable to find '${name}' in request body`)
  try {
    return read(wrapper[name])
  } catch (error) {
    throw badRequest(name, error instanceof Error ? error.message : 'not valid')
  }
}

function objectOrEmpty(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as Readonly<Record<string, unknown>>)
    : {}
}

function readDictionary(item: unknown, name: string): Readonly<Record<string, unknown>> {
  try {
    return dictionary(item)
  } catch {
    throw httpBadRequest(`Invalid ${name}: a dictionary is needed`)
  }
}
