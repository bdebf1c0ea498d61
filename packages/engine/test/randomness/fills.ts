/** Which of the addresses of a subnet are free at each fill. Each fill only adds to what is held at the one before. */
export interface Fill {
  readonly name: string
  readonly isFree: readonly boolean[]
}

/**
 * From empty to one free address in a thousand. What is held lies in runs of 1 to 128 addresses, most of them short: a draw
 * that takes the next free address after a random point then prefers the ends of long runs.
 */
export function fillsOf(capacity: number): Fill[] {
  const next = sequence(2026)
  const halfFree = runs(capacity, next)
  // Nine tenths: one run of free addresses in five stays, so that the holes are clustered still.
  const tenthFree = [...halfFree]
  for (let at = 0, stays = false; at < capacity; at += 1) {
    if (halfFree[at] && !halfFree[at - 1]) stays = next() < 0.2
    if (!stays) tenthFree[at] = false
  }
  const hundredthFree = tenthFree.map((free) => free && next() < 0.1)
  const few = [...hundredthFree.keys()].filter((at) => hundredthFree[at])
  const kept = Math.max(2, Math.round(capacity / 1000))
  const last = new Set(
    Array.from({ length: kept }, (_, index) => few[Math.floor((index * few.length) / kept)]),
  )
  return [
    { name: 'empty', isFree: halfFree.map(() => true) },
    { name: 'half full', isFree: halfFree },
    { name: '90 % full', isFree: tenthFree },
    { name: '99 % full', isFree: hundredthFree },
    { name: '99.9 % full', isFree: hundredthFree.map((_, at) => last.has(at)) },
  ]
}

function runs(capacity: number, next: () => number): boolean[] {
  const isFree: boolean[] = []
  for (let free = true; isFree.length < capacity; free = !free) {
    const length = Math.floor(2 ** (next() * 7))
    for (let count = 0; count < length && isFree.length < capacity; count += 1) isFree.push(free)
  }
  return isFree
}

// The same fills in every run; nothing here has to be unpredictable.
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
