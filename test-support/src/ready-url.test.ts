import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { readyUrl } from './ready-url.ts'

function run(program: string) {
  return spawn(process.execPath, ['--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
}

it('hears a URL that comes in pieces, behind other lines', async () => {
  const child = run(`
    const pieces = ['a line\\nready at http://127.0.0.1:12', '34', ' now\\n']
    setInterval(() => pieces.length > 0 && process.stdout.write(pieces.shift()), 50)`)
  const url = await readyUrl(child)
  child.kill('SIGKILL')
  expect(url).toBe('http://127.0.0.1:1234')
})

it('says how a server ended that was never ready', async () => {
  await expect(readyUrl(run(`console.log('no room'); process.exit(3)`))).rejects.toThrow(
    'the server ended before it was ready (3): no room',
  )
  await expect(readyUrl(spawn('/no/such/program'))).rejects.toThrow('ENOENT')
})
