import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)
const folder = new URL('./', import.meta.url)

/** Starts an example as its README says, and returns what it writes. */
async function outputOf(program: string): Promise<string> {
  const file = new URL(program, folder)
  const { stdout, stderr } = await run(process.execPath, ['--conditions=source', file.pathname])
  expect(stderr).toBe('')
  return stdout
}

/** The program's output as its README shows it. */
function shownOutput(readme: string): string {
  const text = readFileSync(new URL(readme, folder), 'utf8')
  return /^```text\n([^`]*)^```$/m.exec(text)?.[1] ?? ''
}

it('embed allocates an address and counts it', async () => {
  const output = await outputOf('embed/first-allocation.ts')
  expect(output).toMatch(
    /^printer-3 has an address of 192\.0\.2\.0\/24: 192\.0\.2\.\d+\n1 held, 252 free\n$/,
  )
  const digits = /\.\d+$/m
  expect(shownOutput('embed/README.md').replace(digits, '')).toBe(output.replace(digits, ''))
})

it('join-your-transaction undoes and keeps rows and addresses together', async () => {
  const output = await outputOf('join-your-transaction/join-your-transaction.ts')
  expect(output).toBe(shownOutput('join-your-transaction/README.md'))
  const [rolledBack, committed] = output.split('after the commit')
  expect(rolledBack).toMatch(/servers: {3}none\n {2}addresses: none\n/)
  expect(committed).toContain('web-1 198.51.100.2')
})
