import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

const ipv4 = new BlockList()
ipv4.addSubnet('127.0.0.0', 8, 'ipv4')
// A list of its own: a list with IPv4 networks takes their IPv4-mapped forms too, and one spelling is enough.
const ipv6 = new BlockList()
ipv6.addAddress('::1', 'ipv6')

function isLoopbackAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return ipv4.check(address, 'ipv4')
    case 6:
      return !address.includes('%') && ipv6.check(address, 'ipv6')
    default:
      return false
  }
}

/**
 * The loopback address to listen on for a host; `localhost` becomes the address that it stands for.
 * Throws Error with the code ERR_NOT_LOOPBACK when the host is, or leads to, anything else.
 */
export async function loopbackAddress(host: string): Promise<string> {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const address = bare === 'localhost' ? (await lookup(bare)).address : bare
  if (isLoopbackAddress(address)) return address
  const message =
    'Without authentication the server listens on loopback addresses only: use 127.0.0.1, ::1 or localhost.'
  throw Object.assign(new Error(message), { code: 'ERR_NOT_LOOPBACK' })
}

// Nearly every request says what the one before it said, and to read an address costs more than the rest of it.
let lastLoopbackHost: string | undefined

/** Whether a Host header names this machine's loopback, with any port. */
export function isLoopbackHostHeader(header: string): boolean {
  if (header === lastLoopbackHost) return true
  if (!namesLoopback(header)) return false
  lastLoopbackHost = header
  return true
}

function namesLoopback(header: string): boolean {
  const host = header.replace(/:[0-9]{1,5}$/, '').replace(/^\[(.*)\]$/, '$1')
  return host.toLowerCase() === 'localhost' || isLoopbackAddress(host)
}

/** Whether an Origin header names a page that came from this machine's loopback. */
export function isLoopbackOrigin(header: string): boolean {
  const [, host] = /^https?:\/\/([^/]+)$/.exec(header) ?? []
  return host !== undefined && namesLoopback(host)
}
