import { IpAddress, type IpVersion } from '@freehold/address'
import { Address4, Address6 } from 'ip-address'
import ipaddr from 'ipaddr.js'
import { Bench } from 'tinybench'

export const title = 'Parsing, formatting and comparing addresses, against two other libraries'

const ADDRESSES = 1000

// Each timed function adds to this, so that no compiler can drop the work.
let sink = 0

/**
 * One library's loops over a list of addresses; `T` is its own address object. Every loop is written
 * out for every library, so that each can be optimised for the one kind of object it sees.
 */
interface Library<T> {
  name: string
  parseAll: (texts: string[]) => T[]
  formatAll: (addresses: T[]) => string[]
  /** How many addresses are lower than the one after them. */
  compareAll: (addresses: T[]) => number
}

const ours: Library<IpAddress> = {
  name: '@freehold/address',
  parseAll: (texts) => texts.map((text) => IpAddress.parse(text)),
  formatAll: (addresses) => addresses.map((address) => address.toString()),
  compareAll: (addresses) => {
    let rises = 0
    for (let i = 1; i < addresses.length; i++) {
      if (addresses[i - 1]!.compare(addresses[i]!) < 0) rises++
    }
    return rises
  },
}

// Neither of the other libraries orders addresses; the loops below do it in the shortest way that
// their objects allow.
const ipaddrJsIpv4: Library<ipaddr.IPv4> = {
  name: 'ipaddr.js',
  parseAll: (texts) => texts.map((text) => ipaddr.IPv4.parse(text)),
  formatAll: (addresses) => addresses.map((address) => address.toString()),
  compareAll: (addresses) => {
    let rises = 0
    for (let i = 1; i < addresses.length; i++) {
      const a = addresses[i - 1]!.octets
      const b = addresses[i]!.octets
      if ((a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]! || a[3]! - b[3]!) < 0) rises++
    }
    return rises
  },
}

const ipaddrJsIpv6: Library<ipaddr.IPv6> = {
  name: 'ipaddr.js',
  parseAll: (texts) => texts.map((text) => ipaddr.IPv6.parse(text)),
  formatAll: (addresses) => addresses.map((address) => address.toRFC5952String()),
  compareAll: (addresses) => {
    let rises = 0
    for (let i = 1; i < addresses.length; i++) {
      const a = addresses[i - 1]!.parts
      const b = addresses[i]!.parts
      let group = 0
      while (group < 7 && a[group] === b[group]) group++
      if (a[group]! < b[group]!) rises++
    }
    return rises
  },
}

const ipAddressIpv4: Library<Address4> = {
  name: 'ip-address',
  parseAll: (texts) => texts.map((text) => new Address4(text)),
  formatAll: (addresses) => addresses.map((address) => address.correctForm()),
  compareAll: (addresses) => {
    let rises = 0
    for (let i = 1; i < addresses.length; i++) {
      if (addresses[i - 1]!.bigInt() < addresses[i]!.bigInt()) rises++
    }
    return rises
  },
}

const ipAddressIpv6: Library<Address6> = {
  name: 'ip-address',
  parseAll: (texts) => texts.map((text) => new Address6(text)),
  formatAll: (addresses) => addresses.map((address) => address.correctForm()),
  compareAll: (addresses) => {
    let rises = 0
    for (let i = 1; i < addresses.length; i++) {
      if (addresses[i - 1]!.bigInt() < addresses[i]!.bigInt()) rises++
    }
    return rises
  },
}

/** The same texts in every run: IPv4 anywhere, IPv6 with no, some and many zero groups. */
function sampleTexts(version: IpVersion): string[] {
  let state = 20_240_607
  const random32 = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state
  }
  return Array.from({ length: ADDRESSES }, (_, index) => {
    let value = BigInt(random32())
    if (version === 6) {
      const zeroWords = index % 3
      for (let word = 1; word < 4; word++) {
        value = (value << 32n) | BigInt(word <= zeroWords ? 0 : random32())
      }
    }
    return IpAddress.fromValue(version, value).toString()
  })
}

function addTasks<T>(bench: Bench, version: IpVersion, library: Library<T>, texts: string[]): void {
  const { name, parseAll, formatAll, compareAll } = library
  const addresses = parseAll(texts)
  const written = formatAll(addresses)
  const wrong = written.findIndex((text, index) => text !== texts[index])
  if (wrong >= 0) throw new Error(`${name} writes ${texts[wrong]!} as ${written[wrong]!}`)
  const rises = texts.length - 1 - compareAll(parseAll(texts.toReversed()))
  if (compareAll(addresses) !== rises) throw new Error(`${name} orders addresses inconsistently`)

  const label = (operation: string) => `IPv${version} ${operation}\n${name}`
  bench.add(label('parse'), () => {
    sink += parseAll(texts).length
  })
  bench.add(label('format'), () => {
    // Reading a character makes the engine build each text, not just the plan for it.
    for (const text of formatAll(addresses)) sink += text.charCodeAt(0)
  })
  bench.add(label('compare'), () => {
    sink += compareAll(addresses)
  })
}

/**
 * Times every operation over the same 1,000 addresses in each library, all in this process, and
 * gives the median nanoseconds for one address and how many times as long as ours that is.
 */
export async function run(options: { quick: boolean }): Promise<{
  rows: Array<Record<string, string | number>>
  notes?: string[]
}> {
  const bench = new Bench({
    time: options.quick ? 100 : 1000,
    warmupTime: options.quick ? 50 : 250,
    throws: true,
  })
  const texts4 = sampleTexts(4)
  addTasks(bench, 4, ours, texts4)
  addTasks(bench, 4, ipaddrJsIpv4, texts4)
  addTasks(bench, 4, ipAddressIpv4, texts4)
  const texts6 = sampleTexts(6)
  addTasks(bench, 6, ours, texts6)
  addTasks(bench, 6, ipaddrJsIpv6, texts6)
  addTasks(bench, 6, ipAddressIpv6, texts6)
  await bench.run()

  if (sink === 0) throw new Error('nothing was measured')
  const medians = new Map<string, Map<string, number>>()
  for (const task of bench.tasks) {
    if (task.result.state !== 'completed') throw new Error(`${task.name} did not complete`)
    const [operation, library] = task.name.split('\n') as [string, string]
    const perAddress = (task.result.latency.p50 * 1e6) / ADDRESSES
    const row = medians.get(operation) ?? new Map<string, number>()
    medians.set(operation, row.set(library, perAddress))
  }
  const rows = [...medians].map(([operation, nanoseconds]) => {
    const row: Record<string, string | number> = { operation }
    const base = nanoseconds.get(ours.name)!
    for (const [library, ns] of nanoseconds) row[`${library} ns`] = Number(ns.toFixed(1))
    for (const [library, ns] of nanoseconds) {
      if (library !== ours.name) row[`${library} / ours`] = Number((ns / base).toFixed(1))
    }
    return row
  })
  return {
    rows,
    notes: [
      `median over passes of ${ADDRESSES} addresses, nanoseconds for one address`,
      'ipaddr.js and ip-address have no ordering: their octets, groups or bigints are compared',
    ],
  }
}
