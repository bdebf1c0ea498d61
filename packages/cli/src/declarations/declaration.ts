import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CommandContext } from '../command-context.ts'

/** Runs a command's work in a context of its own, and closes what it opened. */
export type RunCommand = (
  command: Command,
  work: (context: CommandContext) => Promise<void>,
) => Promise<void>

/** Help text below a command's options. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ freehold ${line}`).join('\n')}\n`
}

/** Options of the commands that ask before they act. */
export function addConfirmationOptions(command: Command): Command {
  return command
    .option('-n, --dry-run', 'say what would happen, and change nothing')
    .option('-y, --yes', 'do not ask')
}

/** Options of the commands that list records. */
export function addListOptions(command: Command, ...sortFields: readonly string[]): Command {
  return command
    .option('--name <name>', 'only those with exactly this name')
    .option('--label <key=value>', 'only those with this label (repeatable)', collectLabel)
    .addOption(sortOption(...sortFields))
    .option('--limit <count>', 'at most so many; default: all', positiveInteger)
}

export function sortOption(...fields: readonly string[]): Option {
  return new Option(
    '--sort <field>',
    'sort by this field; a leading - turns the order round',
  ).choices(fields.flatMap((field) => [field, `-${field}`]))
}

export function ipVersionOption(description: string): Option {
  return new Option('--ip-version <version>', description).choices(['4', '6']).argParser((text) => {
    if (text !== '4' && text !== '6') throw new InvalidArgumentError('It is 4 or 6.')
    return Number(text)
  })
}

export function positiveInteger(text: string): number {
  const value = Number(text)
  if (!/^\d{1,15}$/.test(text) || value < 1)
    throw new InvalidArgumentError('Give a whole number from 1 on.')
  return value
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 0 on.')
  return Number(text)
}

export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}

export function collectLabel(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Give it as key=value.')
  const key = text.slice(0, at)
  if (Object.hasOwn(before, key)) throw new InvalidArgumentError(`The label ${key} is given twice.`)
  return { ...before, [key]: text.slice(at + 1) }
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds from `90`, `90s`, `15m`, `1h`, `7d` or a row of these, `1h30m`. */
export function durationSeconds(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const parts = [...text.matchAll(/(\d{1,9})([smhd])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text)
    throw new InvalidArgumentError('Give seconds, or a time such as 90s, 15m, 1h, 7d or 1h30m.')
  return parts.reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (unitSeconds[unit] ?? 1),
    0,
  )
}

/** `first-last`, or one address alone. */
export function collectRange(
  text: string,
  before: readonly { first: string; last: string }[] = [],
): { first: string; last: string }[] {
  const [first = '', last = first, ...rest] = text.split('-')
  if (first === '' || last === '' || rest.length > 0)
    throw new InvalidArgumentError('Give it as FIRST-LAST, such as 10.0.0.10-10.0.0.99.')
  return [...before, { first, last }]
}

/** `kind:id`; the id may hold more colons. */
export function readHolder(text: string): { kind: string; id: string } {
  const at = text.indexOf(':')
  if (at < 1 || at === text.length - 1)
    throw new InvalidArgumentError('Give it as kind:id, such as host:web1.')
  return { kind: text.slice(0, at), id: text.slice(at + 1) }
}
