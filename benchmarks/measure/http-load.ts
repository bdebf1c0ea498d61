import autocannon from 'autocannon'

export interface HttpLoad {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly statuses: Readonly<Record<string, number>>
}

/** Sends `amount` POST requests over some connections and waits for every answer. Throws on a broken connection. */
export async function postLoad(
  url: string,
  body: unknown,
  {
    connections,
    amount,
    timeoutSeconds = 30,
  }: {
    connections: number
    amount: number
    timeoutSeconds?: number
  },
): Promise<HttpLoad> {
  const start = performance.now()
  let last = start
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const load = autocannon(
      {
        url,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        connections: Math.min(connections, amount),
        amount,
        timeout: timeoutSeconds,
      },
      (error: Error | null, outcome) => (error === null ? resolve(outcome) : reject(error)),
    )
    load.on('response', () => {
      last = performance.now()
    })
  })
  const seconds = (last - start) / 1000
  if (result.errors > 0) throw new Error(`${result.errors} requests got no answer`)
  const statuses = Object.fromEntries(
    Object.entries(result.statusCodeStats ?? {}).map(([status, { count = 0 }]) => [status, count]),
  )
  return {
    // The load generator itself ends at a full second.
    perSecond: amount / seconds,
    p50: result.latency.p50,
    p99: result.latency.p99,
    statuses,
  }
}
