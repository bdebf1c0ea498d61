import type { EventGapRow } from '../store/sql/event-seal-queries.ts'

// No transaction of the engine lives this long, and a caller's own should not.
const lifetimeMs = 24 * 3600 * 1000
// So few are looked through every time.
const fewGaps = 100
const fewIds = 10_000
// How many ids a gap may span for each second of its age.
const idsPerSecond = 1000

/**
 * Gaps to look through for late events now: all of them while they are few, else each the less often the older it is, so that
 * it is looked through some thirty times in its life. On Galera, where each node gives out every third id, most ids are in gaps.
 */
export function dueGaps(gaps: readonly EventGapRow[], now: number): readonly EventGapRow[] {
  const ids = gaps.reduce((sum, gap) => sum + widthOf(gap), 0)
  if (gaps.length <= fewGaps && ids <= fewIds) return gaps
  const second = Math.floor(now / 1000)
  return gaps.filter((gap) => isOver(gap, now) || second % secondsBetweenLooks(gap, now) === 0)
}

// A power of two, from a quarter to half of the age: so what is late is found before it is twice as old.
function secondsBetweenLooks(gap: EventGapRow, now: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(ageOf(gap, now) / 2000)))
}

/** Whether nothing can come into a gap any more. */
export function isOver(gap: EventGapRow, now: number): boolean {
  return ageOf(gap, now) > lifetimeMs
}

/**
 * The same ids in fewer gaps: neighbours become one where they were seen within an eighth of their age of one another, unless
 * too much would lie between them. So there are about a hundred of a day. In order of ids, as they are given.
 */
export function thinnedGaps(gaps: readonly EventGapRow[], now: number): readonly EventGapRow[] {
  const thinned: EventGapRow[] = []
  for (const gap of gaps) {
    const before = thinned.at(-1)
    if (before !== undefined && areOne(before, gap, now))
      thinned[thinned.length - 1] = {
        first_id: before.first_id,
        last_id: gap.last_id,
        seen_at: Math.max(before.seen_at, gap.seen_at),
      }
    else thinned.push(gap)
  }
  return thinned
}

/** The ids after one event and up to the last of others that are not theirs, as one gap; undefined when there are none. */
export function gapAmong(
  after: number,
  ids: readonly number[],
  seenAt: number,
): EventGapRow | undefined {
  const last = ids.at(-1)
  if (last === undefined || last - after === ids.length) return undefined
  const known = new Set(ids)
  let [first_id, last_id] = [after + 1, last]
  while (known.has(first_id)) first_id += 1
  while (known.has(last_id)) last_id -= 1
  return { first_id, last_id, seen_at: seenAt }
}

function areOne(older: EventGapRow, younger: EventGapRow, now: number): boolean {
  const age = ageOf(younger, now)
  if (younger.seen_at - older.seen_at > age / 8) return false
  const width = younger.last_id - older.first_id + 1
  return width <= Math.max((idsPerSecond * age) / 1000, 2 * (widthOf(older) + widthOf(younger)))
}

function widthOf({ first_id, last_id }: EventGapRow): number {
  return last_id - first_id + 1
}

// The clock of another server on the database may be ahead.
function ageOf({ seen_at }: EventGapRow, now: number): number {
  return Math.max(0, now - seen_at)
}
