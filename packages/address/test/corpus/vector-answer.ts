import {
  AddressError,
  AddressRange,
  eui64Address,
  IpAddress,
  type IpVersion,
  MacAddress,
  Prefix,
  RangeSet,
} from '../../src/index.ts'

function address(text: string): IpAddress {
  return IpAddress.parse(text)
}

function versionOf(text: string): IpVersion {
  return text === '4' ? 4 : 6
}

/** Ranges written `first-last,first-last`. */
function rangeSet(version: string, text: string): RangeSet {
  const ranges = text === '' ? [] : text.split(',')
  return RangeSet.of(
    versionOf(version),
    ranges.map((range) => {
      const [first = '', last = ''] = range.split('-')
      return AddressRange.parse(first, last)
    }),
  )
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function firstThree(prefixes: Iterable<Prefix>): string {
  const taken: Prefix[] = []
  for (const prefix of prefixes) {
    if (taken.length === 3) break
    taken.push(prefix)
  }
  return taken.join(' ')
}

type Operation = (a: string, b: string, c: string) => unknown

/** What each kind of vector asks; a vector has up to three arguments, all texts. */
export const operations: Readonly<Record<string, Operation>> = {
  address: (text) => `${address(text).version} ${address(text).value} ${address(text)}`,
  bytes: (text) => hex(address(text).toBytes()),
  number: (version, value) => IpAddress.fromValue(versionOf(version), BigInt(value)),
  plus: (text, offset) => address(text).plus(BigInt(offset)),
  minus: (a, b) => address(a).minus(address(b)),
  order: (a, b) => Math.sign(address(a).compare(address(b))),
  prefix: (text) => `${Prefix.parse(text)} ${Prefix.parse(text).last} ${Prefix.parse(text).size}`,
  mask: (text) => Prefix.parse(text, 'mask'),
  holds: (prefix, text) => Prefix.parse(prefix).contains(address(text)),
  overlap: (a, b) => Prefix.parse(a).overlaps(Prefix.parse(b)),
  nth: (prefix, offset) => Prefix.parse(prefix).addressAt(BigInt(offset)),
  offset: (prefix, text) => Prefix.parse(prefix).offsetOf(address(text)),
  parent: (prefix, length) => Prefix.parse(prefix).parent(Number(length)),
  children: (prefix, length) => firstThree(Prefix.parse(prefix).children(Number(length))),
  buddy: (prefix) => Prefix.parse(prefix).buddy(),
  split: (first, last) => AddressRange.parse(first, last).toPrefixes().join(' '),
  size: (first, last) => AddressRange.parse(first, last).size,
  union: (version, a, b) => rangeSet(version, a).union(rangeSet(version, b)),
  intersection: (version, a, b) => rangeSet(version, a).intersection(rangeSet(version, b)),
  difference: (version, a, b) => rangeSet(version, a).difference(rangeSet(version, b)),
  mac: (text) => `${MacAddress.parse(text)} ${MacAddress.parse(text).isMulticast}`,
  eui64: (prefix, mac) => eui64Address(Prefix.parse(prefix), MacAddress.parse(mac)),
}

/** The answer as text; a refusal is its code after an exclamation mark, and its suggestion. */
export function answerOf(operation: string, args: readonly string[]): string {
  const answer = operations[operation]
  if (answer === undefined) throw new Error(`no operation ${operation}`)
  const [a = '', b = '', c = ''] = args
  try {
    return String(answer(a, b, c))
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    return error.suggestion === undefined ? `!${error.code}` : `!${error.code} ${error.suggestion}`
  }
}

export interface Vector {
  operation: string
  args: string[]
  answer: string
}

/** One line: operation, arguments and answer separated by tabs, arguments as ASCII JSON strings. */
export function lineOf({ operation, args, answer }: Vector): string {
  const ascii = args.map((arg) =>
    JSON.stringify(arg)
      .slice(1, -1)
      .replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  )
  return [operation, ...ascii, answer].join('\t')
}

export function vectorOf(line: string): Vector {
  const fields = line.split('\t')
  const [operation = '', ...args] = fields.slice(0, -1)
  return {
    operation,
    args: args.map((arg) => JSON.parse(`"${arg}"`) as string),
    answer: fields.at(-1) ?? '',
  }
}
