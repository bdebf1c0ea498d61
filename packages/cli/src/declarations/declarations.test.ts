import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addGlobalOptions } from '../global-options.ts'
import { buildProgram } from '../program.ts'
import { collectLabel, durationSeconds } from './declaration.ts'
import { declareCommands } from './declarations.ts'

/** The real declarations, with commands that do nothing. */
function parser(): Command {
  const program = new Command('freehold').exitOverride().configureOutput({ outputError: () => {} })
  addGlobalOptions(program)
  declareCommands(program, async () => {})
  return program
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part) })
  command.outputHelp()
  return text
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}

const program = buildProgram({
  environment: {},
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
})

test('every command has a description, and examples in its help', () => {
  for (const command of allCommands(program)) {
    expect(command.description(), command.name()).not.toBe('')
    expect(helpOf(command), command.name()).toContain('Examples:\n  $ freehold ')
  }
})

test('every example in the help is a command that parses', async () => {
  const examples = allCommands(program).flatMap((command) =>
    [...helpOf(command).matchAll(/^ {2}\$ freehold (.*)$/gm)].map(([, line = '']) => line),
  )
  expect(examples.length).toBeGreaterThan(60)
  for (const example of examples) {
    const args = example.replace(/ > .*$/, '').split(' ')
    await expect(parser().parseAsync(args, { from: 'user' }), example).resolves.toBeDefined()
  }
  const wrong = parser().parseAsync(['subnet', 'list', '--nonsense'], { from: 'user' })
  await expect(wrong).rejects.toThrow(/unknown option/)
})

test('times are seconds, or rows of numbers with units', () => {
  expect(['90', '90s', '15m', '1h', '7d', '1h30m'].map(durationSeconds)).toEqual([
    90, 90, 900, 3600, 604_800, 5400,
  ])
  for (const text of ['', 'soon', '1x', '1.5h', '-1h', 'h', '1h 30m'])
    expect(() => durationSeconds(text), text).toThrow(/Give seconds/)
})

test('labels are key=value, each key once', () => {
  expect(collectLabel('b=', collectLabel('a=x=y'))).toEqual({ a: 'x=y', b: '' })
  expect(() => collectLabel('=x')).toThrow(/key=value/)
  expect(() => collectLabel('a=2', { a: '1' })).toThrow(/twice/)
})
