/** On whose behalf an operation runs. */
export interface Caller {
  /** Owner of what is created, and the one held to quotas. 1 to 255 characters. */
  readonly projectId: string
  /** Sees and changes every project's records. */
  readonly isAdmin: boolean
  /** Who acts, for the event: a token id, a user name. Absent: unknown. */
  readonly actor?: string
  /** Ties the event to one request. */
  readonly requestId?: string
}

/** Whether the caller may read a record. Foreign records that are not shared must look missing. */
export function canSee(caller: Caller, record: { projectId: string; shared?: boolean }): boolean {
  return caller.isAdmin || record.projectId === caller.projectId || record.shared === true
}

/** Whether the caller may change a record: its own, or any as admin. */
export function canChange(caller: Caller, record: { projectId: string }): boolean {
  return caller.isAdmin || record.projectId === caller.projectId
}
