import type { NeutronRoute } from './neutron-route.ts'

const access = { rule: 'service:read' } as const
const path = '/v2.0/extensions'

/** Neutron's extensions that this API speaks: alias, name, what it means here. */
const extensions = [
  ['address-scope', 'Address scope', 'Address scopes extension.'],
  [
    'allowed-address-pairs',
    'Allowed Address Pairs',
    'Kept with a port; nothing here enforces them.',
  ],
  ['binding', 'Port Binding', 'Kept with a port; nothing here binds it.'],
  [
    'default-subnetpools',
    'Default Subnetpools',
    'Marks a subnet pool as the default of its IP version.',
  ],
  ['empty-string-filtering', 'Empty String Filtering Extension', 'Filters for empty text.'],
  ['external-net', 'Neutron external network', 'Kept with a network.'],
  ['extra_dhcp_opt', 'Neutron Extra DHCP options', 'Kept with a port.'],
  ['filter-validation', 'Filter parameters validation', 'Unknown filters are refused.'],
  [
    'ip-substring-filtering',
    'IP address substring filtering',
    'Filters ports by part of an address.',
  ],
  ['net-mtu', 'Network MTU', 'Shows the MTU of a network.'],
  ['net-mtu-writable', 'Network MTU (writable)', 'The MTU can be set.'],
  ['network-ip-availability', 'Network IP Availability', 'How much of each network is in use.'],
  ['pagination', 'Pagination support', 'Lists come in pages on request.'],
  [
    'port-mac-address-regenerate',
    'Neutron Port MAC address regenerate',
    'MAC addresses come from a CSPRNG.',
  ],
  ['port-security', 'Port Security', 'Kept with a network or port.'],
  ['project-id', 'project_id field enabled', 'project_id and tenant_id are the same.'],
  ['provider', 'Provider Network', 'Every network is local.'],
  ['quota_details', 'Quota details management support', 'Shows the usage of quotas.'],
  ['quotas', 'Quota management support', 'Limits the records of a project.'],
  [
    'revision-if-match',
    'If-Match constraints based on revision_number',
    'Refuses a change of another revision.',
  ],
  ['sort-key-validation', 'Sort key validation', 'Unknown sort keys are refused.'],
  ['sorting', 'Sorting support', 'Lists are sorted on request.'],
  ['standard-attr-description', 'standard-attr-description', 'Descriptions.'],
  ['standard-attr-revisions', 'Resource revision numbers', 'Revision numbers.'],
  ['standard-attr-tag', 'Tag support for resources with standard attribute', 'Tags.'],
  ['standard-attr-timestamp', 'Resource timestamps', 'created_at and updated_at.'],
  ['subnet-service-types', 'Subnet service types', 'Subnets that only some ports use.'],
  ['subnet_allocation', 'Subnet Allocation', 'Subnets from subnet pools.'],
  ['subnetpool-prefix-ops', 'Subnet Pool Prefix Operations', 'Adds and removes prefixes.'],
].map(([alias = '', name = '', description = '']) => ({
  name,
  alias,
  description,
  updated: '2026-01-01T00:00:00-00:00',
  links: [],
}))

// What Neutron's web framework says of an extension that is not there; a client reads the status.
const missingPage = `<html>
 <head>
  <title>404 Not Found</title>
 </head>
 <body>
  <h1>404 Not Found</h1>
  The resource could not be found.<br /><br />
 </body>
</html>
`

export const extensionRoutes: readonly NeutronRoute[] = [
  {
    method: 'GET',
    path,
    access,
    handler: () => ({ status: 200, body: { extensions } }),
  },
  {
    method: 'GET',
    path: `${path}/{alias}`,
    access,
    handler({ params }) {
      const extension = extensions.find(({ alias }) => alias === params['alias'])
      if (extension === undefined) return { status: 404, html: missingPage }
      return { status: 200, body: { extension } }
    },
  },
]
