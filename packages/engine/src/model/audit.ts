/** The end of the chain of events at one moment. Kept elsewhere, it shows later whether anything before it was bent. */
export interface AuditHead {
  /** 1, and one more for each restored backup that was accepted: heads of another epoch are of another history. */
  readonly epoch: number
  /** How many events are sealed; the first has 1. */
  readonly seq: number
  /** SHA-256 as hexadecimal text, over the last event and every one before it. */
  readonly hash: string
}

/** Where a head that was kept elsewhere stands to the chain of a database. */
export interface AuditComparison {
  /**
   * `contained`: the chain holds it. `accepted`: it is of an earlier epoch, and that what it shows is lost was accepted. `cut`: the
   * chain ends before it, as after an old backup was put back. `rewritten`: the chain gives another hash there.
   */
  readonly standing: 'contained' | 'accepted' | 'cut' | 'rewritten'
  /** The end of the chain. */
  readonly head: AuditHead
}

/** A database that had lost what a kept head shows, and was accepted as it was: what begins an epoch. */
export interface AuditRestore {
  /** The epoch that began. */
  readonly epoch: number
  /** The end of the chain then. */
  readonly end: AuditHead
  /** The newest head that had been kept. */
  readonly kept: AuditHead
}

export interface AuditReport {
  /** True when the chain holds, up to and including the given head. */
  readonly ok: boolean
  readonly head: AuditHead
  /** Events that are committed and not sealed yet, and when the oldest of them was made. */
  readonly unsealed: { readonly events: number; readonly oldestAt: string | null }
  /** Restored backups that were accepted, oldest first: after `end`, events of an earlier epoch are lost. */
  readonly restores: readonly (AuditRestore & {
    readonly at: string
    readonly actor: string | null
  })[]
  /** The first place where the chain breaks. */
  readonly firstBroken: AuditBreak | null
}

export interface AuditBreak {
  readonly seq: number
  /**
   * `altered`: the event no longer gives its hash. `missing`: the event is gone. `unlinked`: the seal itself is gone, or stands
   * where the record of the chain's end has none. `added`: the event was put among sealed ones afterwards.
   * `rewritten`: the chain gives another hash than the head that was kept. `cut`: the chain ends before that head.
   */
  readonly kind: 'altered' | 'missing' | 'unlinked' | 'added' | 'rewritten' | 'cut'
  readonly eventId: number | null
  readonly message: string
}
