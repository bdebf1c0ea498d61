import { expect, it } from 'vitest'
import { graceMs, openedInTime } from './connection-opening.ts'

const never = new Promise<string>(() => undefined)
const giveBack = (late: string): never => {
  throw new Error(`${late} was given back`)
}

it('gives the connection that is opened in time', async () => {
  const deadline = performance.now() + 60_000
  await expect(openedInTime(Promise.resolve('connection'), deadline, giveBack)).resolves.toBe(
    'connection',
  )
})

it('passes on why it cannot be opened', async () => {
  const refused = Promise.reject(new Error('refused'))
  await expect(openedInTime(refused, performance.now() + 60_000, giveBack)).rejects.toThrow(
    'refused',
  )
})

it('waits no longer than the deadline and its grace', async () => {
  await expect(openedInTime(never, performance.now() - graceMs, giveBack)).rejects.toMatchObject({
    fault: 'unavailable',
  })
})

it('gives back what comes too late', async () => {
  let open: (connection: string) => void = () => undefined
  const opening = new Promise<string>((resolve) => {
    open = resolve
  })
  const back = new Promise<string>((resolve) => {
    openedInTime(opening, performance.now() - graceMs, resolve).catch(() => open('late'))
  })
  await expect(back).resolves.toBe('late')
})
