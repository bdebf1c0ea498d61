// Writes vectors.tsv, the frozen questions and answers that corpus.test.ts checks.
//
//   node --conditions=source packages/address/test/corpus/generate-vectors.ts [--accept]
//
// The questions are the same in every run. An answer that differs from the one on file is printed
// and nothing is written, unless --accept says that the change is meant.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { textOf } from '../model.ts'
import { answerOf, lineOf, vectorOf } from './vector-answer.ts'

const file = new URL('vectors.tsv', import.meta.url)

let state = 1
/** The next of a fixed sequence of numbers, 0 to 2^32 - 1 (mulberry32). */
function random32(): number {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), state | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return (mixed ^ (mixed >>> 14)) >>> 0
}

function below(limit: number): number {
  return random32() % limit
}

function pick<T>(items: readonly T[]): T {
  return items[below(items.length)] as T
}

/** A number of that many bits: anywhere, near a power of two, or made of whole zero groups. */
function number(bits: number): bigint {
  const end = 2n ** BigInt(bits)
  let value = 0n
  for (let i = 0; i < bits; i += 32) value = value * 2n ** 32n + BigInt(random32())
  const kind = below(4)
  if (kind === 0) return value
  if (kind === 1) return (2n ** BigInt(below(bits + 1)) + BigInt(below(5)) - 2n + end) % end
  let groups = 0n
  for (let i = 0; i < bits; i += 16) {
    groups = groups * 65_536n + pick([0n, 0n, 0n, 1n, 0xdb8n, 0xffffn, BigInt(below(65_536))])
  }
  return groups
}

function addressText(version: 4 | 6 = pick([4, 6] as const)): string {
  const text = textOf(version, number(version === 4 ? 32 : 128))
  return below(8) === 0 ? text.toUpperCase() : text
}

function near(text: string): string {
  const pieces = '0 1 9 00 255 256 a F g x . .. : :: ::: % / - + [ ] e1 ٣ ３ 。'.split(' ')
  const piece = pick([...pieces, ' ', '\t', '\n', '\u0000', '\ufeff'])
  const at = below(text.length + 1)
  const kind = below(4)
  if (kind === 0) return text.slice(0, at) + piece + text.slice(at)
  if (kind === 1) return text.slice(0, at) + text.slice(at + 1)
  if (kind === 2) return text.slice(0, at) + piece + text.slice(at + 1)
  return text.slice(0, at) + text.slice(at, at + 2) + text.slice(at)
}

function prefixText(version: 4 | 6 = pick([4, 6] as const)): string {
  return `${addressText(version)}/${below((version === 4 ? 32 : 128) + 1)}`
}

/** A prefix with its host bits clear, or whatever `prefixText` gives where there is none. */
function cleanPrefix(version: 4 | 6 = pick([4, 6] as const)): string {
  const text = prefixText(version)
  const masked = answerOf('mask', [text])
  return masked.startsWith('!') ? text : masked
}

function macText(): string {
  const digits = [random32(), random32()].map((part) => part.toString(16).padStart(8, '0'))
  const hex = digits.join('').slice(0, 12)
  const cut = (size: number, by: string) =>
    (hex.match(new RegExp(`.{${size}}`, 'g')) ?? []).join(by)
  const text = pick([hex, cut(2, ':'), cut(2, '-'), cut(4, '.')])
  return below(3) === 0 ? text.toUpperCase() : text
}

function rangesText(version: 4 | 6): string {
  const base = version === 4 ? 0xffffff00n : 2n ** 128n - 256n
  const ranges = Array.from({ length: below(5) }, () => {
    const start = below(256)
    const end = Math.min(255, start + below(60))
    return `${textOf(version, base + BigInt(start))}-${textOf(version, base + BigInt(end))}`
  })
  return ranges.join(',')
}

/** An address inside the prefix three times out of four. */
function addressNear(prefix: string): string {
  const version = prefix.includes(':') ? 6 : 4
  const inside = answerOf('nth', [prefix, String(below(300))])
  return inside.startsWith('!') || below(4) === 0 ? addressText(version) : inside
}

function* questions(): Generator<[operation: string, ...args: string[]]> {
  for (let i = 0; i < 400; i++) yield ['address', addressText()]
  for (let i = 0; i < 600; i++) yield ['address', near(addressText())]
  for (let i = 0; i < 100; i++) yield ['bytes', addressText()]
  for (let i = 0; i < 60; i++) {
    yield ['number', pick(['4', '6']), String(number(pick([16, 32, 64, 128])) - BigInt(below(2)))]
  }
  for (let i = 0; i < 150; i++) {
    const sign = pick([1n, -1n])
    yield ['plus', addressText(), String(sign * number(pick([16, 32, 64, 128])))]
  }
  for (let i = 0; i < 100; i++) {
    const version = pick([4, 6] as const)
    yield ['minus', addressText(version), addressText(version)]
    yield ['order', addressText(), addressText()]
  }
  for (let i = 0; i < 150; i++) yield ['prefix', cleanPrefix()]
  for (let i = 0; i < 150; i++) yield ['prefix', prefixText()]
  for (let i = 0; i < 150; i++) yield ['mask', below(3) === 0 ? near(prefixText()) : prefixText()]
  for (let i = 0; i < 80; i++) {
    const version = pick([4, 6] as const)
    const prefix = cleanPrefix(version)
    yield ['holds', prefix, addressNear(prefix)]
    yield ['offset', prefix, addressNear(prefix)]
    yield ['nth', prefix, String(number(pick([16, 32, 64])))]
    yield ['overlap', prefix, `${addressNear(prefix)}/${version === 4 ? 32 : 128}`]
    yield ['parent', prefix, String(below(version === 4 ? 33 : 129))]
    yield ['children', prefix, String(below(version === 4 ? 33 : 129))]
    yield ['buddy', prefix]
  }
  for (let i = 0; i < 100; i++) {
    const version = pick([4, 6] as const)
    const first = addressText(version)
    const last = answerOf('plus', [first, String(number(pick([8, 16, 32, 64])))])
    yield ['split', first, last.startsWith('!') ? addressText(version) : last]
    yield ['size', first, addressText(version)]
  }
  for (let i = 0; i < 60; i++) {
    const version = pick([4, 6] as const)
    for (const operation of ['union', 'intersection', 'difference']) {
      yield [operation, String(version), rangesText(version), rangesText(version)]
    }
  }
  for (let i = 0; i < 80; i++) yield ['mac', below(2) === 0 ? macText() : near(macText())]
  for (let i = 0; i < 40; i++) yield ['eui64', cleanPrefix(6), macText()]
  for (let i = 0; i < 40; i++) {
    const prefix = answerOf('mask', [`${addressText(6)}/64`])
    yield ['eui64', prefix.startsWith('!') ? '2001:db8::/64' : prefix, macText()]
  }
}

function generate(accept: boolean): void {
  const lines = new Map<string, string>()
  for (const [operation, ...args] of questions()) {
    const answer = answerOf(operation, args)
    lines.set([operation, ...args].join('\t'), lineOf({ operation, args, answer }))
  }
  if (existsSync(file) && !accept) {
    const changed = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .filter(
        (line) => answerOf(vectorOf(line).operation, vectorOf(line).args) !== vectorOf(line).answer,
      )
    if (changed.length > 0) {
      process.stderr.write(
        `these answers would change; --accept writes them:\n${changed.join('\n')}\n`,
      )
      process.exitCode = 1
      return
    }
  }
  writeFileSync(file, `${[...lines.values()].join('\n')}\n`)
  process.stdout.write(`${lines.size} vectors written\n`)
}

generate(process.argv.includes('--accept'))
