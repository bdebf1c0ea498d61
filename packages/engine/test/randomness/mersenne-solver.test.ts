import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { outputsNeeded, solveMersenne } from './mersenne-solver.ts'
import { MersenneTwister } from './mersenne-twister.ts'

it('the solver finds the generators behind upper bits, and none behind others', {
  timeout: 600_000,
}, () => {
  const twisters = [5489, 2026].map((seed) => MersenneTwister.seeded(seed))
  const observed = twisters.map((twister) =>
    Uint8Array.from({ length: outputsNeeded }, () => twister.bits(8)),
  )
  const [first, none, second] = solveMersenne([
    observed[0] as Uint8Array,
    randomBytes(outputsNeeded),
    observed[1] as Uint8Array,
  ])
  expect(none).toBeNull()
  for (const [index, found] of [first, second].entries())
    for (let count = 0; count < 1000; count += 1)
      expect(found?.next32()).toBe(twisters[index]?.next32())
})
