import type { Prefix } from '@freehold/address'

/**
 * What is left of a free block when a part of it is taken, as the fewest aligned prefixes: at most one of each length
 * between the two (RFC 4632 section 3.1: a block is halved until it fits).
 */
export function blocksWithout(block: Prefix, taken: Prefix): Prefix[] {
  if (taken.contains(block)) return []
  const rest: Prefix[] = []
  let current = taken
  while (current.length > block.length) {
    const buddy = current.buddy()
    if (buddy === null) break
    rest.push(buddy)
    current = current.parent(current.length - 1)
  }
  return rest
}

/** The fewest aligned prefixes that cover the same addresses as these disjoint ones: two free halves become their whole. */
export function mergedBlocks(prefixes: readonly Prefix[]): Prefix[] {
  const merged = new Map<string, Prefix>()
  // Longest first, so that a whole made of halves is there before its own buddy comes.
  for (const prefix of [...prefixes].sort((a, b) => b.length - a.length)) {
    let current = prefix
    for (;;) {
      const buddy = current.buddy()
      if (buddy === null || !merged.delete(buddy.toString())) break
      current = current.parent(current.length - 1)
    }
    merged.set(current.toString(), current)
  }
  return [...merged.values()].sort((a, b) => a.compare(b))
}

/** The aligned prefixes of `prefixes` outside `holes`; both disjoint. */
export function prefixesWithout(prefixes: readonly Prefix[], holes: readonly Prefix[]): Prefix[] {
  let rest = [...prefixes]
  for (const hole of holes) {
    rest = rest.flatMap((prefix) => {
      if (hole.contains(prefix)) return []
      return prefix.contains(hole) ? blocksWithout(prefix, hole) : [prefix]
    })
  }
  return rest
}
