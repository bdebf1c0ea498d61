import type { Ipam } from '@freehold/engine'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Pseudonymize } from './pseudonyms.ts'

const maxReportedPools = 1000
const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

const refusalLabels = { method: 'other', route: 'unknown', status: '503' }

export interface MetricsOptions {
  /** The engine as the server itself. */
  readonly ipam: Ipam
  readonly pseudonymize: Pseudonymize
  readonly inFlight: () => number
  readonly eventStreams: () => number
  /** Memory, event loop and garbage collection of the process too. */
  readonly includeProcess: boolean
}

/** Counters of one app, in a registry of their own, so that several apps can live in a process. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #latency: Histogram<'method' | 'route' | 'status'>
  readonly #allocations: Counter<'kind' | 'outcome'>
  readonly #exhausted: Counter<'code'>
  readonly #databaseUp: Gauge
  readonly #refreshSubnetPools: () => Promise<void>

  constructor(options: MetricsOptions) {
    const registers = [this.#registry]
    this.#latency = new Histogram({
      name: 'freehold_http_request_duration_seconds',
      help: 'Time from the arrival of a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: latencyBuckets,
      registers,
    })
    this.#allocations = new Counter({
      name: 'freehold_allocation_requests_total',
      help: 'Address requests by kind (any, next, specific, bulk, eui64) and outcome (allocated, or the kind of error).',
      labelNames: ['kind', 'outcome'],
      registers,
    })
    this.#exhausted = new Counter({
      name: 'freehold_exhausted_total',
      help: 'Requests refused because a subnet or a subnet pool was full.',
      labelNames: ['code'],
      registers,
    })
    new Gauge({
      name: 'freehold_http_requests_in_flight',
      help: 'Requests being served now, open event streams apart.',
      registers,
      collect() {
        this.set(options.inFlight())
      },
    })
    new Gauge({
      name: 'freehold_http_event_streams',
      help: 'Event streams open now.',
      registers,
      collect() {
        this.set(options.eventStreams())
      },
    })
    this.#databaseUp = new Gauge({
      name: 'freehold_database_up',
      help: '1 when the database answered for this scrape; 0: the counts of pools are old.',
      registers,
    })
    this.#refreshSubnetPools = subnetPoolGauges(options, registers)
    storeCounters(options, registers)
    if (options.includeProcess) collectDefaultMetrics({ register: this.#registry })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /**
   * The exposition text. Reads the utilization of up to 1,000 subnet pools; when the database does not answer, that is what
   * the text says, because metrics are needed most then.
   */
  async render(): Promise<string> {
    await this.#refreshSubnetPools().then(
      () => this.#databaseUp.set(1),
      () => this.#databaseUp.set(0),
    )
    return this.#registry.metrics()
  }

  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.#latency.observe({ method, route, status: String(status) }, seconds)
  }

  /** A request that was answered 503 before anybody looked at what it asks for. */
  observeRefusal(): void {
    this.#latency.observe(refusalLabels, 0)
  }

  observeAllocation(kind: string, outcome: string): void {
    this.#allocations.inc({ kind, outcome })
  }

  observeExhaustion(code: string): void {
    this.#exhausted.inc({ code })
  }
}

/** Registers the gauges and returns what brings them up to date. */
function subnetPoolGauges(
  { ipam, pseudonymize }: MetricsOptions,
  registers: Registry[],
): () => Promise<void> {
  const labelNames = ['subnet_pool']
  const capacity = new Gauge({
    name: 'freehold_subnet_pool_capacity_addresses',
    help: 'Addresses of the pool.',
    labelNames,
    registers,
  })
  const allocated = new Gauge({
    name: 'freehold_subnet_pool_allocated_addresses',
    help: 'Addresses of the pool that are cut into subnets.',
    labelNames,
    registers,
  })
  return async () => {
    const { items } = await ipam.subnetPools.list({}, { limit: maxReportedPools })
    const counts = await Promise.all(items.map(({ id }) => ipam.utilization.ofSubnetPool(id)))
    capacity.reset()
    allocated.reset()
    for (const utilization of counts) {
      const labels = { subnet_pool: pseudonymize('pool', utilization.subnetPoolId) }
      capacity.set(labels, Number(utilization.capacity))
      allocated.set(labels, Number(utilization.allocated))
    }
  }
}

function storeCounters({ ipam }: MetricsOptions, registers: Registry[]): void {
  const counters = [
    ['transactions', 'Transactions of the store.'],
    ['sharedTransactions', "Transactions that carried several callers' work."],
    ['retries', 'Transactions that were run again because another writer was faster.'],
  ] as const
  for (const [counter, help] of counters)
    new Counter({
      name: `freehold_store_${counter.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_total`,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(ipam.counters[counter])
      },
    })
}
