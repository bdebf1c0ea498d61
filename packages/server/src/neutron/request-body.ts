import { httpBadRequest, NeutronError } from './neutron-error.ts'

// All are made in one transaction, for which every other writer of a SQLite file waits.
export const maxBulk = 1000

/** The items of a create request, and whether it is one of several. Throws NeutronError HTTPBadRequest. */
export function readItems(
  body: unknown,
  { singular, plural }: { readonly singular: string; readonly plural: string },
): { readonly items: readonly Readonly<Record<string, unknown>>[]; readonly isBulk: boolean } {
  const wrapper = objectOf(body)
  if (Object.hasOwn(wrapper, plural)) {
    const items = wrapper[plural]
    if (!Array.isArray(items) || items.length === 0) throw httpBadRequest('Resources required')
    if (items.length > maxBulk) throw tooManyAtOnce(plural)
    return { items: items.map((item) => readBulkItem(item, singular)), isBulk: true }
  }
  return { items: [readItem(body, singular)], isBulk: false }
}

export function tooManyAtOnce(what: string): NeutronError {
  return new NeutronError(413, 'HTTPRequestEntityTooLarge', `More than ${maxBulk} ${what} at once`)
}

/** The one record of a request body. Throws NeutronError HTTPBadRequest. */
export function readItem(body: unknown, singular: string): Readonly<Record<string, unknown>> {
  const item = objectOf(body)[singular]
  if (item === undefined || item === null)
    throw httpBadRequest(`Unable to find '${singular}' in request body`)
  if (!isObject(item)) throw httpBadRequest(`Object '${singular}' contains invalid data`)
  return item
}

// Each may stand in a wrapper of its own.
function readBulkItem(item: unknown, singular: string): Readonly<Record<string, unknown>> {
  if (!isObject(item)) throw httpBadRequest('Body contains invalid data')
  return Object.hasOwn(item, singular) ? readItem(item, singular) : item
}

function objectOf(body: unknown): Readonly<Record<string, unknown>> {
  // An empty body is an empty object: what is missing in it is told by name.
  if (body === undefined) return {}
  if (!isObject(body)) throw httpBadRequest('Body contains invalid data')
  return body
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
