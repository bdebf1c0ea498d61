import type { AppOptions } from '../src/app.ts'
import { createApp } from '../src/app.ts'
import { createToken, type NewToken, type TokenInput } from '../src/identity/token-records.ts'
import { credentialAuthentication, TokenVerifier } from '../src/index.ts'
import {
  type Answer,
  type AppFixture,
  callerOf,
  openStore,
  patient,
  stateOf,
} from './app-fixture.ts'

export interface TokenFixture extends AppFixture {
  /** A new token, as an administrator of the server makes it. */
  token(input: TokenInput): Promise<NewToken>
  /** Like `call`, with a token. */
  as(secret: string): (method: string, path: string, body?: unknown) => Promise<Answer>
}

/** An app over a fresh SQLite file that lets nobody in without a token. */
export async function openGuardedApp(
  options: Partial<AppOptions> = {},
  verifierOptions: { readonly cacheMs?: number; readonly clock?: () => number } = {},
): Promise<TokenFixture> {
  const store = await openStore()
  const authentication = credentialAuthentication([
    new TokenVerifier({ ipam: store.ipam, ...verifierOptions }),
  ])
  const app = createApp({ ipam: store.ipam, authentication, ...patient, ...options })
  const call = callerOf(app)
  return {
    path: store.path,
    app,
    ipam: store.ipam,
    call,
    token: (input) => createToken(store.ipam, input, {}),
    as: (secret) => (method, path, body) =>
      call(method, path, body, { authorization: `Bearer ${secret}` }),
    state: () => stateOf(store.ipam),
    async close() {
      await app.close()
      await authentication.close?.()
      await store.close()
    },
  }
}
