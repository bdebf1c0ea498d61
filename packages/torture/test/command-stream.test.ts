import { describe, expect, it } from 'vitest'
import { commandStream } from '../src/command-stream.ts'

function commands(seed: string, worker = 0, incarnation = 0): unknown[] {
  return commandStream(seed, worker, incarnation).take(500).toArray()
}

describe('the commands of a worker', () => {
  it('are the same for the same seed, worker and number of replacements', () => {
    expect(commands('a', 1, 2)).toEqual(commands('a', 1, 2))
  })

  it('are others for another seed, worker or number of replacements', () => {
    const all = [commands('a'), commands('b'), commands('a', 1), commands('a', 0, 1)].map((list) =>
      JSON.stringify(list),
    )
    expect(new Set(all).size).toBe(4)
  })
})
