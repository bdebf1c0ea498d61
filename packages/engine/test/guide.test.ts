import { execFile } from 'node:child_process'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../', import.meta.url))
const guide = join(root, 'docs/guide/embedding.md')
// The compiler starts slowly on a machine that runs other suites at the same time.
const patience = { timeout: 60_000 }

describe('the code of the embedding guide, as one program', () => {
  it('compiles', patience, async () => {
    using directory = temporaryDirectory()
    const files = [guideProgram(directory.path)]
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
    const program = guideProgram(directory.path)
    const { stdout, stderr } = await run(process.execPath, ['--conditions=source', program], {
      cwd: directory.path,
    })
    expect(stderr).toBe('')
    expect(stdout).toContain('allocated allocation 192.0.2.')
  })
})

/** Writes the program into a folder in which the workspace's packages resolve. */
function guideProgram(folder: string): string {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const path = join(folder, 'embedding.mts')
  writeFileSync(path, programOf(readFileSync(guide, 'utf8')))
  return path
}

/** All TypeScript blocks of a page in their order. */
function programOf(page: string): string {
  const blocks = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '')
  expect(blocks.length).toBeGreaterThan(10)
  return blocks.join('\n')
}
