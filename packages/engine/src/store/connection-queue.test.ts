import { expect, test } from 'vitest'
import { ConnectionQueue } from './connection-queue.ts'

const later = () => performance.now() + 60_000

test('callers have a turn at once while connections are free', async () => {
  const queue = new ConnectionQueue(2)
  await expect(Promise.all([queue.take(later()), queue.take(later())])).resolves.toHaveLength(2)
})

test('the others wait in line and are served in their order', async () => {
  const queue = new ConnectionQueue(1)
  const served: string[] = []
  const giveBack = await queue.take(later())
  const waiting = ['first', 'second'].map(async (name) => {
    const done = await queue.take(later())
    served.push(name)
    done()
  })
  expect(served).toEqual([])
  giveBack()
  await Promise.all(waiting)
  expect(served).toEqual(['first', 'second'])
})

test('whoever has no turn by its deadline is told so, and leaves the line', async () => {
  const queue = new ConnectionQueue(1)
  const giveBack = await queue.take(later())
  await expect(queue.take(performance.now())).rejects.toMatchObject({
    code: 'OVERLOADED',
    kind: 'unavailable',
  })
  const next = queue.take(later())
  giveBack()
  await expect(next).resolves.toBeTypeOf('function')
})

test('giving back twice frees one connection only', async () => {
  const queue = new ConnectionQueue(1)
  const giveBack = await queue.take(later())
  giveBack()
  giveBack()
  await queue.take(later())
  await expect(queue.take(performance.now())).rejects.toMatchObject({ code: 'OVERLOADED' })
})

test('it is drained when the last turn has ended', async () => {
  const queue = new ConnectionQueue(2)
  const giveBack = await queue.take(later())
  let isDrained = false
  const drained = queue.drained().then(() => {
    isDrained = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(isDrained).toBe(false)
  giveBack()
  await drained
  expect(isDrained).toBe(true)
})
