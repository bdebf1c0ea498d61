import type { ErrorKind } from '@freehold/engine'

/** What the process exits with, by kind of error; 0 is success. Scripts rely on these numbers: they do not change. */
export const exitCodes: Readonly<Record<ErrorKind, number>> = {
  internal: 1,
  invalid: 2,
  'not-found': 3,
  conflict: 4,
  exhausted: 5,
  'over-quota': 6,
  unavailable: 7,
}

/** The exit code of a kind read from outside; one that this version does not know counts as internal. */
export function exitCodeOf(kind: string): number {
  return Object.hasOwn(exitCodes, kind) ? exitCodes[kind as ErrorKind] : exitCodes.internal
}
