import { createHmac, randomBytes } from 'node:crypto'

/** What an identifier is one of; stands at the front of its pseudonym. */
export const pseudonymKinds = {
  prj: 'project',
  scp: 'address scope',
  pool: 'subnet pool',
  sub: 'subnet',
  net: 'network',
  prt: 'port',
  hld: 'holder',
  tok: 'token',
  act: 'actor',
} as const

export type PseudonymKind = keyof typeof pseudonymKinds

/** Stands for an identifier in logs and metrics: equal for equal input under one key, and no way back without the key. */
export type Pseudonymize = (kind: PseudonymKind, identifier: string) => string

const maxRemembered = 4096

/** HMAC-SHA256 of kind and identifier, cut to 48 bits: `sub_3f9c…` with 12 hexadecimal digits. */
export function pseudonym(key: Uint8Array, kind: PseudonymKind, identifier: string): string {
  const digest = createHmac('sha256', key).update(`${kind}\n${identifier}`).digest('hex')
  return `${kind}_${digest.slice(0, 12)}`
}

/**
 * Pseudonyms under one key: enough bits to tell the projects of one installation apart, too few to be an identifier of
 * their own. The last 4096 are remembered, so that a log line costs a look-up.
 */
export function pseudonyms(key: Uint8Array = randomBytes(32)): Pseudonymize {
  const remembered = new Map<string, string>()
  return (kind, identifier) => {
    const subject = `${kind}\n${identifier}`
    const known = remembered.get(subject)
    if (known !== undefined) return known
    const made = pseudonym(key, kind, identifier)
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(subject, made)
    return made
  }
}
