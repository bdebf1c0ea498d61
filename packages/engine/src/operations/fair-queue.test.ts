import { describe, expect, it } from 'vitest'
import { FairQueue } from './fair-queue.ts'

function taken(queue: FairQueue<string>): string[] {
  const items: string[] = []
  for (let item = queue.take(); item !== undefined; item = queue.take()) items.push(item)
  return items
}

describe('a fair queue', () => {
  it('serves equal keys in the order of coming', () => {
    const queue = new FairQueue<string>()
    for (const item of ['a', 'b', 'c']) queue.push(item, 'red', 'one')
    expect(queue.size).toBe(3)
    expect(taken(queue)).toEqual(['a', 'b', 'c'])
    expect(queue.size).toBe(0)
  })

  it('lets a project that asks once wait for one item of a project that asks often', () => {
    const queue = new FairQueue<string>()
    for (let index = 0; index < 100; index += 1) queue.push(`red ${index}`, 'red', 'one')
    queue.push('blue', 'blue', 'one')
    expect(taken(queue).slice(0, 3)).toEqual(['red 0', 'blue', 'red 1'])
  })

  it('takes turns between the subnets of one project', () => {
    const queue = new FairQueue<string>()
    for (let index = 0; index < 3; index += 1) queue.push(`one ${index}`, 'red', 'one')
    queue.push('two 0', 'red', 'two')
    queue.push('blue', 'blue', 'three')
    expect(taken(queue)).toEqual(['one 0', 'blue', 'two 0', 'one 1', 'one 2'])
  })

  it('goes on fairly with what comes while it is served', () => {
    const queue = new FairQueue<string>()
    for (const item of ['a', 'b', 'c']) queue.push(item, 'red', 'one')
    expect(queue.take()).toBe('a')
    expect(queue.next).toBe('b')
    queue.push('d', 'blue', 'one')
    expect(taken(queue)).toEqual(['b', 'd', 'c'])
  })
})
