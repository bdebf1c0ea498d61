import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { readyUrl } from '@freehold/test-support'
import { expect, test } from 'vitest'
import { bin, FreeholdFolder } from './freehold-process.ts'

/** Every request writes a line; all of them are answered, and the server ends as it should. */
async function worksOn(url: string, child: ChildProcess): Promise<void> {
  for (let octet = 0; octet < 5; octet += 1) {
    const answer = await fetch(`${url}/v1/subnets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ cidr: `10.${octet}.0.0/24` }),
    })
    expect(answer.status).toBe(201)
  }
  child.kill('SIGTERM')
  expect((await once(child, 'close'))[0]).toBe(0)
}

test('a server works on when the reader of its log has ended', async () => {
  await using folder = new FreeholdFolder()
  const { url, child } = await folder.serve()
  child.stderr?.destroy()
  await worksOn(url, child)
})

test.runIf(existsSync('/dev/full'))('a server works on when its log has no room', async () => {
  await using folder = new FreeholdFolder()
  const serve = ['serve', '--store', folder.store, '--listen', '127.0.0.1:0', '--no-auth']
  const child = spawn(process.execPath, ['--conditions=source', bin, ...serve], {
    stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
  })
  try {
    await worksOn(await readyUrl(child), child)
  } finally {
    child.kill('SIGKILL')
  }
})
