import { execFile } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const pages: [page: string, output: string][] = [
  ['docs/guide/embedding.md', 'allocated allocation 192.0.2.'],
  ['docs/reference/driver.md', ''],
]

// The compiler starts slowly on a machine that runs other suites at the same time.
const patience = { timeout: 60_000 }

describe.each(pages)('the code of %s, as one program', (page, output) => {
  it('compiles', patience, async () => {
    using directory = temporaryDirectory()
    const files = [writeProgram(page, directory.path)]
    const config = join(directory.path, 'tsconfig.json')
    writeFileSync(config, JSON.stringify({ extends: join(root, 'tsconfig.base.json'), files }))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [compiler, '--noEmit', '-p', config]).catch(
      (failure: { stdout: string }) => failure,
    )
    expect(stdout).toBe('')
  })

  it('runs, and every assertion in it holds', patience, async () => {
    using directory = temporaryDirectory()
    const program = writeProgram(page, directory.path)
    const { stdout, stderr } = await run(process.execPath, ['--conditions=source', program], {
      cwd: directory.path,
    })
    expect(stderr).toBe('')
    expect(stdout).toContain(output)
  })
})

/** Writes all TypeScript blocks of a page, in their order, into a folder in which the workspace's packages resolve. */
function writeProgram(page: string, folder: string): string {
  const text = readFileSync(join(root, page), 'utf8')
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '')
  expect(blocks.join('')).toContain('assert.')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const path = join(folder, 'program.mts')
  writeFileSync(path, blocks.join('\n'))
  return path
}
