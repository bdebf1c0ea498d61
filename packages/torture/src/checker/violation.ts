/**
 * K1 no double, K2 none lost, K3 none leaked, K4 batches whole, K5 exhausted only when it can be, K6 counters and quotas,
 * K7 events, K8 layout, K9 liveness; K0 answers that a request must never get, or not at that moment.
 */
export type Property = 'K0' | 'K1' | 'K2' | 'K3' | 'K4' | 'K5' | 'K6' | 'K7' | 'K8' | 'K9'

export const propertyTitles: Readonly<Record<Property, string>> = {
  K0: 'nobody is refused, or served, without a reason',
  K1: 'no address has two holders',
  K2: 'nothing acknowledged is lost',
  K3: 'nothing is held that nobody asked for',
  K4: 'batches are all or nothing',
  K5: 'exhausted only when it is',
  K6: 'counters and quotas hold',
  K7: 'one event for each change, in order',
  K8: 'subnets are disjoint, addresses where they belong',
  K9: 'everybody gets on',
}

/** One line of the history that shows a violation. */
export interface Evidence {
  /** Microseconds; until: null for a call that was never answered. */
  readonly from: number
  readonly until: number | null
  readonly who: string
  readonly what: string
}

export interface Violation {
  readonly property: Property
  /** The address, batch, subnet or worker that it is about. */
  readonly subject: string
  readonly message: string
  /** As few calls as show it, oldest first. */
  readonly evidence: readonly Evidence[]
}
