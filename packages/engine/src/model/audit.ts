/** The end of the chain of events at one moment. Kept elsewhere, it shows later whether anything before it was bent. */
export interface AuditHead {
  /** How many events are sealed; the first has 1. */
  readonly seq: number
  /** SHA-256 as hexadecimal text, over the last event and every one before it. */
  readonly hash: string
}

export interface AuditReport {
  /** True when the chain holds, up to and including the given head. */
  readonly ok: boolean
  readonly head: AuditHead
  /** Events that are committed and not sealed yet, and when the oldest of them was made. */
  readonly unsealed: { readonly events: number; readonly oldestAt: string | null }
  /** The first place where the chain breaks. */
  readonly firstBroken: AuditBreak | null
}

export interface AuditBreak {
  readonly seq: number
  /**
   * `altered`: the event no longer gives its hash. `missing`: the event is gone. `unlinked`: the seal itself is gone.
   * `rewritten`: the chain gives another hash than the head that was kept. `cut`: the chain ends before that head.
   */
  readonly kind: 'altered' | 'missing' | 'unlinked' | 'rewritten' | 'cut'
  readonly eventId: number | null
  readonly message: string
}
