import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function isLoopbackAddress(address: string): boolean {
  const version = isIP(address)
  return version !== 0 && loopback.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/**
 * The loopback address to listen on for a host; `localhost` becomes the address that it stands for.
 * Throws Error when the host is, or leads to, anything else.
 */
export async function loopbackAddress(host: string): Promise<string> {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const address = bare === 'localhost' ? (await lookup(bare)).address : bare
  if (isLoopbackAddress(address)) return address
  throw new Error(
    'Without authentication the server listens on loopback addresses only: use 127.0.0.1, ::1 or localhost.',
  )
}

/** Whether a Host header names this machine's loopback, with any port. */
export function isLoopbackHostHeader(header: string): boolean {
  const host = header.replace(/:[0-9]{1,5}$/, '').replace(/^\[(.*)\]$/, '$1')
  return host.toLowerCase() === 'localhost' || isLoopbackAddress(host)
}
