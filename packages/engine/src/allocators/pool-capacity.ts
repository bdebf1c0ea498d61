import { IpAddress } from '@freehold/address'

/**
 * How many addresses are in the allocation pools of many subnets, as they are stored: `first-last` pairs in canonical
 * text with commas between them, subnets with a space. Linear in the text; IPv4 is added up without an object for each
 * address, because a whole database may pass through here.
 */
export function capacityOfPools(texts: string): bigint {
  if (!texts.includes(':')) return BigInt(ipv4Capacity(texts))
  let capacity = 0n
  let ipv4 = 0
  for (const text of texts.split(' '))
    if (text.includes(':')) capacity += ipv6Capacity(text)
    else ipv4 += ipv4Capacity(text)
  return capacity + BigInt(ipv4)
}

function ipv6Capacity(text: string): bigint {
  let capacity = 0n
  for (const pair of text.split(',')) {
    const [first = '', last = ''] = pair.split('-')
    capacity += IpAddress.parse(last).value - IpAddress.parse(first).value + 1n
  }
  return capacity
}

// Exact: pools of two million whole IPv4 spaces are still below 2^53.
function ipv4Capacity(texts: string): number {
  let capacity = 0
  let first = 0
  let address = 0
  let octet = 0
  const endPair = () => {
    capacity += address * 256 + octet - first + 1
    address = 0
    octet = 0
  }
  for (let index = 0; index < texts.length; index += 1) {
    const code = texts.charCodeAt(index)
    if (code === dot) {
      address = address * 256 + octet
      octet = 0
    } else if (code === dash) {
      first = address * 256 + octet
      address = 0
      octet = 0
    } else if (code === comma || code === space) {
      // Of a subnet without pools there is nothing but its space.
      if (index > 0 && texts.charCodeAt(index - 1) !== space) endPair()
    } else octet = octet * 10 + code - zero
  }
  if (texts !== '' && !texts.endsWith(' ')) endPair()
  return capacity
}

const dash = '-'.charCodeAt(0)
const dot = '.'.charCodeAt(0)
const comma = ','.charCodeAt(0)
const space = ' '.charCodeAt(0)
const zero = '0'.charCodeAt(0)
