import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FreeholdFolder } from './freehold-process.ts'

test('the bash script is valid and completes commands, options and values where they belong', async () => {
  await using folder = new FreeholdFolder()
  const { stdout } = await folder.run('completion', 'bash')
  const script = join(folder.path, 'freehold.bash')
  writeFileSync(script, stdout)
  execFileSync('bash', ['-n', script])
  const completions = (...words: string[]) =>
    execFileSync(
      'bash',
      [
        '-c',
        'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _freehold; echo "${COMPREPLY[*]}"',
        'bash',
        script,
        ...words,
      ],
      { encoding: 'utf8' },
    )
      .trim()
      .split(' ')
  expect(completions('freehold', 'sub')).toEqual(['subnet'])
  expect(completions('freehold', 'subnet', '')).toContain('create')
  expect(completions('freehold', 'subnet', '')).not.toContain('allocate')
  expect(completions('freehold', '--store', 'pool', 'subnet', 'cr')).toEqual(['create'])
  expect(completions('freehold', 'subnet', 'create', '10.0.0.0/24', '--gat')).toEqual(['--gateway'])
  expect(completions('freehold', 'subnet', 'list', '--output', '')).toEqual([
    'table',
    'json',
    'csv',
  ])
  expect(completions('freehold', 'completion', 'f')).toEqual(['fish'])
})

test('the zsh and fish scripts know every command', async () => {
  await using folder = new FreeholdFolder()
  for (const shell of ['zsh', 'fish']) {
    const { stdout } = await folder.run('completion', shell)
    for (const word of ['subnet', 'remove-prefix', 'netbox', 'idempotency-key', 'allocation'])
      expect(stdout, `${shell} ${word}`).toContain(word)
  }
})

test('the fish script takes the value of an option for no command', async () => {
  await using folder = new FreeholdFolder()
  const { stdout } = await folder.run('completion', 'fish')
  const [skipped = ''] = /contains -- "\$before" .*/.exec(stdout) ?? []
  expect(skipped).toContain("'--store' '--server'")
  expect(skipped).not.toMatch(/'--help'|'--yes'|'--next'/)
})
