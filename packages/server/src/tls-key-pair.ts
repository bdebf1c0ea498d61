import { readFile, stat } from 'node:fs/promises'
import type { Server as HttpsServer } from 'node:https'
import { createSecureContext } from 'node:tls'

/** A certificate with its chain, and its private key, both in PEM. */
export interface TlsKeyPair {
  readonly cert: string
  readonly key: string
  /** Default TLSv1.2. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
}

export interface TlsFiles {
  readonly certPath: string
  readonly keyPath: string
}

/** Reads both files. Throws Error when one cannot be read, is not PEM, or the key does not belong to the certificate. */
export async function readTlsKeyPair({ certPath, keyPath }: TlsFiles): Promise<TlsKeyPair> {
  const [cert, key] = await Promise.all([readFile(certPath, 'utf8'), readFile(keyPath, 'utf8')])
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    const message = 'The TLS files are no certificate and the key that belongs to it.'
    throw Object.assign(new Error(message, { cause }), { code: 'ERR_TLS_FILES' })
  }
  return { cert, key, minVersion: 'TLSv1.2' }
}

export interface TlsReload {
  /** Reads the files now. Never rejects: with a bad pair the server keeps the one that it has. */
  reload(): Promise<void>
  stop(): void
}

/**
 * Gives a server new keys whenever the files change, as they do when a certificate is renewed. Connections that are open
 * keep theirs and go on; new ones get the new. Looks at the files every `intervalMs`, default 10,000.
 */
export function startTlsReload(
  server: HttpsServer,
  files: TlsFiles,
  onError: (error: unknown) => void,
  intervalMs = 10_000,
): TlsReload {
  // Nothing at first, so that the first look reads them: they may have changed since the server read them.
  let seen: Promise<string | undefined> = Promise.resolve(undefined)
  const reload = async () => {
    try {
      seen = changeTimes(files)
      await seen
      server.setSecureContext(await readTlsKeyPair(files))
    } catch (error) {
      onError(error)
    }
  }
  const look = async () => {
    const [before, now] = await Promise.all([orNothing(seen), orNothing(changeTimes(files))])
    if (now !== undefined && now !== before) await reload()
  }
  const timer = setInterval(() => void look(), intervalMs)
  timer.unref()
  return { reload, stop: () => clearInterval(timer) }
}

async function changeTimes({ certPath, keyPath }: TlsFiles): Promise<string> {
  const [cert, key] = await Promise.all([stat(certPath), stat(keyPath)])
  return `${cert.mtimeMs} ${cert.ino} ${key.mtimeMs} ${key.ino}`
}

function orNothing(text: Promise<string | undefined>): Promise<string | undefined> {
  return text.catch(() => undefined)
}
