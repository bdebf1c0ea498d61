/** One refusal: the request with names of records in braces, and Neutron's answer to it. */
export type Refusal = [
  name: string,
  request: string,
  body: unknown,
  status: number,
  type: string,
  message: string,
]

export const net = { network_id: '{net}' }
export const subnet = { ...net, ip_version: 4 }
export const fixed = (...fixedIps: unknown[]) => ({ port: { ...net, fixed_ips: fixedIps } })
export const layout = (fields: object) => ({
  subnet: { ...subnet, cidr: '10.4.0.0/24', ...fields },
})
export const fromPool = (network: string, fields: object) => ({
  subnet: { network_id: `{${network}}`, ip_version: 4, subnetpool_id: '{pool}', ...fields },
})
