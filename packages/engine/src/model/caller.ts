import { invalidField } from './record.ts'

/** On whose behalf an operation runs. */
export interface Caller {
  /** Owner of what is created, and the one held to quotas. 1 to 255 characters. */
  readonly projectId: string
  /** Sees and changes every project's records. */
  readonly isAdmin: boolean
  /** Who acts, for the event: a token id, a user name. At most 255 characters. Absent: unknown. */
  readonly actor?: string
  /** Ties the event to one request. At most 255 characters. */
  readonly requestId?: string
}

const maxLength = 255

/** Returns the caller. Throws INVALID_FIELD for what an event could not hold on every database. */
export function checkedCaller(caller: Caller): Caller {
  if (caller.projectId.length === 0) throw invalidField('/projectId', 'must not be empty')
  for (const name of ['projectId', 'actor', 'requestId'] as const)
    if ((caller[name] ?? '').length > maxLength)
      throw invalidField(`/${name}`, `must be at most ${maxLength} characters`)
  return caller
}

/** Whether the caller may read a record. Foreign records that are not shared must look missing. */
export function canSee(caller: Caller, record: { projectId: string; shared?: boolean }): boolean {
  return caller.isAdmin || record.projectId === caller.projectId || record.shared === true
}

/** Whether the caller may change a record: its own, or any as admin. */
export function canChange(caller: Caller, record: { projectId: string }): boolean {
  return caller.isAdmin || record.projectId === caller.projectId
}
