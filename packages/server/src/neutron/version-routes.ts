import type { NeutronRoute } from './neutron-route.ts'

const access = { rule: 'service:read' } as const

/** Where a client finds out what this server speaks, before anything else. */
export function versionRoutes(collections: readonly string[]): NeutronRoute[] {
  const resources: NeutronRoute['handler'] = ({ origin }) => ({
    status: 200,
    body: {
      resources: collections.map((collection) => ({
        links: [{ rel: 'self', href: `${origin}/v2.0/${collection}` }],
        name: collection.replace(/s$/, ''),
        collection,
      })),
    },
  })
  const unknownVersion: NeutronRoute['handler'] = () => ({
    status: 404,
    body: { code: 404, title: 'Not Found', description: null },
  })
  return [
    {
      method: 'GET',
      path: '/',
      access,
      handler: ({ origin }) => ({
        status: 200,
        body: {
          versions: [
            {
              id: 'v2.0',
              status: 'CURRENT',
              links: [{ rel: 'self', href: `${origin}/v2.0/` }],
            },
          ],
        },
      }),
    },
    { method: 'GET', path: '/v2.0', access, handler: resources },
    { method: 'GET', path: '/v2.0/', access, handler: resources },
    ...['/v2', '/v3'].flatMap((version): NeutronRoute[] => [
      { method: 'GET', path: version, access, handler: unknownVersion },
      { method: 'GET', path: `${version}/*`, access, handler: unknownVersion },
    ]),
  ]
}
