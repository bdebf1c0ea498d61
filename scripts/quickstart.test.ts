import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryDirectory } from '@freehold/test-support'
import { expect, it } from 'vitest'

const script = join(import.meta.dirname, 'quickstart.ts')

it('works the first time and the next, shows its commands, and leaves no server behind', async () => {
  using directory = temporaryDirectory()
  for (let run = 1; run <= 2; run++) {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      '--conditions=source',
      script,
      directory.path,
    ])
    expect(stdout).toContain('284 rows: 280 created')
    expect(stdout).toContain('All is well: ')
    expect(stdout).toMatch(
      /\$ freehold allocate 172\.16\.0\.0\/24 [^\n]*\n[^\n]*\n172\.16\.0\.\d+ /,
    )
    expect(stdout).toMatch(
      /\$ freehold subnet create --pool .*\nId[^\n]*\nCIDR +10\.112\.0\.0\/26\n/,
    )
    expect(stdout).toContain('npm start')
    expect(stderr).not.toContain('freehold:')
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout) ?? []
    await expect(fetch(url)).rejects.toThrow('fetch failed')
    // A server that was stopped cleanly has written its log into the one file.
    expect(readdirSync(directory.path)).toEqual(['quickstart.sqlite'])
  }
}, 120_000)
