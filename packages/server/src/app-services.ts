import type { Ipam } from '@freehold/engine'
import type { ChangeSignal } from './change-signal.ts'
import type { Metrics } from './metrics.ts'
import type { SharedBudget } from './shared-budget.ts'

/** What routes about the service itself need besides the engine. */
export interface AppServices {
  /** The engine as the server itself: sees every project. */
  readonly ipam: Ipam
  readonly metrics: Metrics
  readonly changes: ChangeSignal
  /** Asks the database. Throws DATABASE_UNAVAILABLE. */
  readonly ready: () => Promise<void>
  /** Event streams that are open. */
  readonly eventStreams: SharedBudget
  /** Aborted when the server starts to stop. */
  readonly stopping: AbortSignal
  /** The OpenAPI document as JSON text. */
  documentText(): string
  docsPage(): string
}
