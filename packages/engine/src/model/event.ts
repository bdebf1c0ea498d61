/**
 * What happened to a record. `released`: its holder gave it up. `expired`: its lease ended. `freed`: its cooling time is over.
 * `restored`: the database was put back from a backup, and that was accepted.
 */
export type EventAction =
  | 'created'
  | 'updated'
  | 'deleted'
  | 'allocated'
  | 'released'
  | 'expired'
  | 'freed'
  | 'restored'

/** `database`: all of it. */
export type RecordKind =
  | 'address-scope'
  | 'subnet-pool'
  | 'subnet'
  | 'allocation'
  | 'database'
  | DocumentKind

/** What an application may call its documents in events. `document`: what it gives no name of its own. */
export type DocumentKind =
  | 'document'
  | 'network'
  | 'port'
  | 'quota'
  | 'subnet-attributes'
  | 'subnet-pool-attributes'
  | 'token'

/** One change, written in the transaction that made it. */
export interface ChangeEvent {
  /** Opaque position in the feed; give it as `after` to read on. */
  readonly cursor: string
  readonly at: string
  readonly action: EventAction
  readonly recordKind: RecordKind
  /** Of the record; for an allocation, of its subnet. */
  readonly recordId: string
  readonly address: string | null
  readonly projectId: string
  readonly actor: string | null
  readonly requestId: string | null
  readonly before: unknown
  readonly after: unknown
}

/** Who held an address, and when. */
export interface AddressTenure {
  readonly address: string
  readonly subnetId: string
  readonly projectId: string
  readonly holder: unknown
  readonly from: string
  /** null: still held. */
  readonly until: string | null
}
