import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync } from 'node:fs'
import { readyUrl } from '@freehold/test-support'
import { expect, test } from 'vitest'
import { bin, FreeholdFolder } from './freehold-process.ts'

/** What a server answers to requests that write a line each, and what it ends with. */
async function outcomes(url: string, child: ChildProcess): Promise<unknown[]> {
  const statuses: number[] = []
  for (let octet = 0; octet < 5; octet += 1) {
    const answer = await fetch(`${url}/v1/subnets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ cidr: `10.${octet}.0.0/24` }),
    })
    statuses.push(answer.status)
  }
  child.kill('SIGTERM')
  return [...statuses, ...((await once(child, 'close')) as unknown[])]
}

const asIfItHadOne = [201, 201, 201, 201, 201, 0, null]

test('a server works on when the reader of its log has ended', async () => {
  await using folder = new FreeholdFolder()
  const { url, child } = await folder.serve()
  child.stderr?.destroy()
  expect(await outcomes(url, child)).toEqual(asIfItHadOne)
})

test.runIf(existsSync('/dev/full'))('a server works on when its log has no room', async () => {
  await using folder = new FreeholdFolder()
  const serve = ['serve', '--store', folder.store, '--listen', '127.0.0.1:0', '--no-auth']
  const child = spawn(process.execPath, ['--conditions=source', bin, ...serve], {
    stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
  })
  try {
    expect(await outcomes(await readyUrl(child), child)).toEqual(asIfItHadOne)
  } finally {
    child.kill('SIGKILL')
  }
})
