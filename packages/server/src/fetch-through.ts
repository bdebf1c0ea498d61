import type { FastifyInstance } from 'fastify'

/**
 * A `fetch` that hands requests to the app without a network: the whole stack runs, whatever host the URL names. Answers
 * arrive complete, so an endless one such as an event stream never does.
 */
export function fetchThrough(app: FastifyInstance): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const { pathname, search } = new URL(request.url)
    const body = Buffer.from(await request.arrayBuffer())
    const response = await app.inject({
      method: request.method,
      url: pathname + search,
      headers: { ...Object.fromEntries(request.headers), host: 'localhost' },
      ...(body.length === 0 ? {} : { payload: body }),
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(response.headers))
      for (const one of [value].flat()) if (one !== undefined) headers.append(name, String(one))
    const hasNoBody = [204, 304].includes(response.statusCode) || request.method === 'HEAD'
    return new Response(hasNoBody ? null : new Uint8Array(response.rawPayload), {
      status: response.statusCode,
      headers,
    })
  }
}
