import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EngineOptions, type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import type { FastifyInstance } from 'fastify'
import { type AppOptions, createApp } from '../src/index.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Parsed, where it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any
}

export interface AppFixture {
  /** The SQLite file. */
  readonly path: string
  readonly app: FastifyInstance
  readonly ipam: Ipam
  /** A string body is sent as it is, anything else as JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** All that is stored, as text: equal before and after whatever changed nothing. */
  state(): Promise<string>
  close(): Promise<void>
}

/** A machine that is busy with other tests must not make a server refuse what it is here to answer. */
export const patient = { loadLimits: { maxEventLoopDelayMs: Number.POSITIVE_INFINITY } } as const

/** An app over a fresh SQLite file. */
export async function openApp(
  options: Partial<AppOptions> = {},
  engineOptions: EngineOptions = {},
): Promise<AppFixture> {
  const store = await openStore(engineOptions)
  const app = createApp({ ipam: store.ipam, ...patient, ...options })
  const call = callerOf(app)
  return {
    path: store.path,
    app,
    ipam: store.ipam,
    call,
    state: () => stateOf(store.ipam),
    async close() {
      await app.close()
      await store.close()
    },
  }
}

/** All that is stored, as text. */
export async function stateOf(ipam: Ipam): Promise<string> {
  const plan = await ipam.plans.export()
  const events = await ipam.events.list({ limit: 1000 })
  return JSON.stringify({ plan, events }, (_key, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}

export interface OpenStore {
  readonly path: string
  readonly ipam: Ipam
  close(): Promise<void>
}

/** An engine over a fresh SQLite file, which `close` deletes. */
export async function openStore(engineOptions: EngineOptions = {}): Promise<OpenStore> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-server-'))
  const path = join(folder, 'test.sqlite')
  const ipam = await openIpam(sqliteStore({ path }), engineOptions)
  return {
    path,
    ipam,
    async close() {
      await ipam.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export function callerOf(app: FastifyInstance): AppFixture['call'] {
  return async (method, path, body, headers = {}) => {
    const payload = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await app.inject({
      method,
      url: path,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload }),
    })
    const isJson = /json/.test(String(response.headers['content-type'])) && response.body !== ''
    return {
      status: response.statusCode,
      headers: response.headers as Record<string, string | undefined>,
      body: isJson ? response.json() : response.body,
    }
  }
}
