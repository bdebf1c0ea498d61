import { StoreFault } from '../store/store.ts'

/**
 * Another transaction changed a row between this one's read and its write. The whole transaction runs again and judges
 * the new row: a caller who named a revision then hears that it is stale, and any other caller notices nothing.
 */
export function lostRace(): StoreFault {
  return new StoreFault('retry', new Error('the row changed between reading and writing'))
}
