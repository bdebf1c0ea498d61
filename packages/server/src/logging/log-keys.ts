import { randomBytes } from 'node:crypto'
import { type Document, type Ipam, isIpamError } from '@freehold/engine'
import { type Pseudonymize, pseudonyms } from '../pseudonyms.ts'

/** A key under which log lines were, or are, written. */
export interface LogKey {
  readonly key: Uint8Array
  /** Since when. */
  readonly createdAt: string
}

interface StoredKeys {
  readonly keys: readonly { readonly key: string; readonly createdAt: string }[]
}

const collection = 'server-secret'
const id = 'log-keys'
const keyBytes = 32

/**
 * The keys of a database, the one in use first. They are kept in the database, so that all of its servers write the same
 * pseudonyms, after a restart too. The first call makes one.
 */
export async function readLogKeys(ipam: Ipam): Promise<readonly LogKey[]> {
  const owner = asOwner(ipam)
  const { items } = await owner.documents.list(collection, { ids: [id] }, { limit: 1 })
  return keysOf(items[0] ?? (await createKeys(owner)))
}

/**
 * Puts a new key into use. Older ones stay for revealing what was logged under them; with `forgetOld` they are deleted, and
 * those lines can never be revealed again. Running servers take the new key up within half a minute.
 */
export async function rotateLogKey(ipam: Ipam, { forgetOld = false } = {}): Promise<LogKey> {
  await readLogKeys(ipam)
  return asOwner(ipam).transaction(async (view) => {
    const stored = (await view.documents.hold(collection, id, 'exclusive')).body as unknown
    const { keys } = stored as StoredKeys
    const body = { keys: [newKey(), ...(forgetOld ? [] : keys)] }
    const [current] = keysOf(await view.documents.update(collection, id, { body }))
    return current as LogKey
  })
}

/** Pseudonyms under the key of a database, whichever that is. */
export interface DatabasePseudonyms {
  readonly pseudonymize: Pseudonymize
  /** Asks the database whether the key was rotated. */
  refresh(): Promise<void>
}

export async function openPseudonyms(ipam: Ipam): Promise<DatabasePseudonyms> {
  const read = async () => (await readLogKeys(ipam))[0] as LogKey
  let current = await read()
  let pseudonymize = pseudonyms(current.key)
  return {
    pseudonymize: (kind, identifier) => pseudonymize(kind, identifier),
    async refresh() {
      const next = await read()
      if (Buffer.from(next.key).equals(current.key)) return
      current = next
      pseudonymize = pseudonyms(next.key)
    },
  }
}

// Two servers may start on a new database at the same time; the second takes the first one's key.
async function createKeys(owner: Ipam): Promise<Document> {
  try {
    const body = { keys: [newKey()] }
    return await owner.documents.create({ collection, id, body }, { recordAs: null })
  } catch (error) {
    if (!isIpamError(error) || error.code !== 'DOCUMENT_KEY_IN_USE') throw error
    return owner.documents.get(collection, id)
  }
}

function newKey(): { key: string; createdAt: string } {
  return {
    key: randomBytes(keyBytes).toString('base64url'),
    createdAt: new Date().toISOString(),
  }
}

function keysOf({ body }: Document): readonly LogKey[] {
  return (body as unknown as StoredKeys).keys.map(({ key, createdAt }) => ({
    key: Buffer.from(key, 'base64url'),
    createdAt,
  }))
}

// Of the project that no caller can have.
function asOwner(ipam: Ipam): Ipam {
  return ipam.as({ ...ipam.caller, projectId: 'freehold', isAdmin: true })
}
