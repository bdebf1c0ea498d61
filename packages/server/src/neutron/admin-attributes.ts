import type { Caller } from '@freehold/engine'
import { forbidden } from './neutron-error.ts'
import { pythonText } from './python-text.ts'

// They decide what other projects see and get (Neutron: policies such as create_network:shared are for administrators).
const attributes = ['shared', 'is_default', 'router:external'] as const

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update' }

/** Throws NeutronError PolicyNotAuthorized when a body sets what only an administrator may set. */
export function refuseAdminAttributes(method: string, body: unknown, caller: Caller): void {
  const verb = verbs[method]
  if (caller.isAdmin || verb === undefined || typeof body !== 'object' || body === null) return
  for (const [name, value] of Object.entries(body))
    for (const record of Array.isArray(value) ? value : [value])
      for (const attribute of attributes)
        if (!isFixed(method, name, attribute) && isSet(record, attribute, method)) {
          const rule = `rule:${verb}_${pythonText(name)}`
          throw forbidden(`(${rule} and ${rule}:${attribute}) is disallowed by policy`)
        }
}

// Nobody may change it, and that is what is told.
function isFixed(method: string, name: string, attribute: string): boolean {
  return method === 'PUT' && name === 'subnetpool' && attribute === 'shared'
}

// A new record that is not shared is what it would be anyway.
function isSet(record: unknown, attribute: string, method: string): boolean {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, attribute))
    return false
  const value = (record as Record<string, unknown>)[attribute]
  return method !== 'POST' || !(value === false || value === 'false' || value === 'False')
}
