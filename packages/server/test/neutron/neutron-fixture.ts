import { type Answer, type AppFixture, openApp } from '../app-fixture.ts'

export interface NeutronFixture extends AppFixture {
  /** Sends a request and returns the record in the answer. Fails unless it is answered 200 or 201. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  make(collection: string, body: Record<string, unknown>): Promise<any>
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  list(path: string): Promise<any[]>
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  change(path: string, body: Record<string, unknown>): Promise<any>
  /** All that the API shows, as text: equal before and after whatever changed nothing. */
  everything(): Promise<string>
}

const singulars: Readonly<Record<string, string>> = {
  networks: 'network',
  subnets: 'subnet',
  ports: 'port',
  subnetpools: 'subnetpool',
  'address-scopes': 'address_scope',
}

/** A fresh server, and short ways to speak to its Networking API. */
export async function openNeutron(...options: Parameters<typeof openApp>): Promise<NeutronFixture> {
  return neutronOn(await openApp(...options))
}

/** Short ways to speak to the Networking API of a server. */
export function neutronOn(fixture: AppFixture): NeutronFixture {
  const only = ({ status, body }: Answer) => {
    if (status !== 200 && status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`)
    return Object.values(body)[0]
  }
  const wrap = (collection: string, body: Record<string, unknown>) => ({
    [singulars[collection] ?? collection]: body,
  })
  return {
    ...fixture,
    make: async (collection, body) =>
      only(await fixture.call('POST', `/v2.0/${collection}`, wrap(collection, body))),
    list: async (path) => only(await fixture.call('GET', `/v2.0/${path}`)) as never,
    change: async (path, body) =>
      only(await fixture.call('PUT', `/v2.0/${path}`, wrap(path.split('/')[0] ?? '', body))),
    async everything() {
      const shown: string[] = []
      for (const collection of Object.keys(singulars))
        shown.push(JSON.stringify((await fixture.call('GET', `/v2.0/${collection}`)).body))
      return [...shown, await fixture.state()].join('\n')
    },
  }
}

export const unknownId = '11111111-2222-4333-8444-555555555555'
