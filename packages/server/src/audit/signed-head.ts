import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import type { AuditHead } from '@freehold/engine'

/** The end of the chain at a moment, as it is kept outside of the database. */
export interface KeptHead {
  readonly format: typeof headFormat
  readonly epoch: number
  readonly seq: number
  readonly hash: string
  /** When it was read. */
  readonly at: string
  /** Ed25519 over the fields above, as base64; null: not signed. */
  readonly signature: string | null
}

const headFormat = 'freehold-audit-head/1'

/** Why a file is not to be trusted as a kept head. */
export class KeptHeadError extends Error {
  override readonly name = 'KeptHeadError'
}

/** A new pair of Ed25519 keys in PEM. */
export function generateHeadKeys(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
}

/** Throws KeptHeadError unless the text is an Ed25519 private key in PEM. */
export function readSignKey(pem: string): KeyObject {
  return ed25519Key(() => createPrivateKey(pem), 'private')
}

/** Throws KeptHeadError unless the text is an Ed25519 public key in PEM. */
export function readPublicKey(pem: string): KeyObject {
  return ed25519Key(() => createPublicKey(pem), 'public')
}

export function keepHead(
  { epoch, seq, hash }: AuditHead,
  at: string,
  signKey?: KeyObject,
): KeptHead {
  const head = { format: headFormat, epoch, seq, hash, at } as const
  const signature =
    signKey === undefined ? null : sign(null, signedBytes(head), signKey).toString('base64')
  return { ...head, signature }
}

/** The file of a head: JSON with a line end. */
export function keptHeadText(head: KeptHead): string {
  return `${JSON.stringify(head, null, 2)}\n`
}

/**
 * Reads a kept head; with a public key, only one that its owner signed. Throws KeptHeadError for anything else.
 */
export function readKeptHead(text: string, publicKey?: KeyObject): KeptHead {
  const head = parseHead(text)
  if (publicKey === undefined) return head
  if (head.signature === null) throw new KeptHeadError('The kept head is not signed.')
  if (!verify(null, signedBytes(head), publicKey, Buffer.from(head.signature, 'base64')))
    throw new KeptHeadError('The signature of the kept head is not by this key.')
  return head
}

// Canonical: the fields by name in alphabetical order, without white space.
function signedBytes({ at, epoch, format, hash, seq }: Omit<KeptHead, 'signature'>): Buffer {
  return Buffer.from(JSON.stringify({ at, epoch, format, hash, seq }))
}

function parseHead(text: string): KeptHead {
  let value: Partial<Record<keyof KeptHead, unknown>> | null
  try {
    value = JSON.parse(text) as typeof value
  } catch {
    throw new KeptHeadError('The kept head is not JSON.')
  }
  const { format, epoch, seq, hash, at, signature } = value ?? {}
  if (format !== headFormat) throw new KeptHeadError(`The kept head is no ${headFormat}.`)
  if (!Number.isSafeInteger(epoch) || (epoch as number) < 1)
    throw new KeptHeadError('The epoch of the kept head is no count from 1.')
  if (!Number.isSafeInteger(seq) || (seq as number) < 0)
    throw new KeptHeadError('The seq of the kept head is no count.')
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash))
    throw new KeptHeadError('The hash of the kept head is not 64 hexadecimal digits.')
  if (typeof at !== 'string') throw new KeptHeadError('The kept head has no time.')
  if (signature !== null && typeof signature !== 'string')
    throw new KeptHeadError('The signature of the kept head is no text.')
  return { format, epoch: epoch as number, seq: seq as number, hash, at, signature }
}

function ed25519Key(read: () => KeyObject, kind: 'private' | 'public'): KeyObject {
  let key: KeyObject | undefined
  try {
    key = read()
  } catch {
    // What OpenSSL says of a key that it cannot read may quote it.
  }
  if (key?.asymmetricKeyType !== 'ed25519' || key.type !== kind)
    throw new KeptHeadError(`The file holds no Ed25519 ${kind} key in PEM.`)
  return key
}
