import type { DrawSample } from './draw-statistics.ts'
import type { DrawnSubnet, DrawPath } from './drawn-subnet.ts'

/** How many draws a sample has. RANDOM_DRAWS makes it longer: what can be seen shrinks with the root of it. */
export const draws = Number(process.env['RANDOM_DRAWS'] ?? 16_000)

// A transaction of one draw costs about as much as one of many, so each path gets what it can make in the same time.
const costs: Record<DrawPath, { readonly part: number; readonly largest: number }> = {
  bulk: { part: 1, largest: 500 },
  together: { part: 1 / 8, largest: 64 },
  alone: { part: 1 / 32, largest: 50 },
}
const mostBatches = 200

/** Draws by one path until there are enough, at most a quarter of what is free at a time. */
export async function drawSample(
  subnet: DrawnSubnet,
  path: DrawPath,
  wanted = draws,
): Promise<DrawSample> {
  const { part, largest } = costs[path]
  const size = Math.max(1, Math.min(largest, Math.floor(subnet.free / 4)))
  const most = mostBatches * Math.max(1, wanted / 16_000)
  const count = Math.min(most, Math.ceil((wanted * part) / size))
  const batches: number[][] = []
  while (batches.length < count) batches.push(await subnet.draw(path, size))
  return { free: subnet.free, batches, followsHeld: subnet.followsHeld }
}
