import { createHmac, randomBytes } from 'node:crypto'

export type PseudonymKind = 'prj' | 'pool' | 'sub'

/** Stands for an identifier in logs and metrics: equal for equal input under one key, and no way back without the key. */
export type Pseudonymize = (kind: PseudonymKind, identifier: string) => string

const maxRemembered = 4096

/**
 * HMAC-SHA256, cut to 48 bits: enough to tell the projects of one installation apart, too little to be an identifier of
 * its own. The last 4096 are remembered, so that a log line costs a look-up.
 */
export function pseudonyms(key: Uint8Array = randomBytes(32)): Pseudonymize {
  const remembered = new Map<string, string>()
  return (kind, identifier) => {
    const subject = `${kind}\n${identifier}`
    const known = remembered.get(subject)
    if (known !== undefined) return known
    const digest = createHmac('sha256', key).update(subject).digest('hex')
    const pseudonym = `${kind}_${digest.slice(0, 12)}`
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(subject, pseudonym)
    return pseudonym
  }
}
