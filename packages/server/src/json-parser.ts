import type { FastifyInstance, FastifyRequest } from 'fastify'
import { decodeContent, parseJsonBody } from './json-body.ts'

/** Makes strict JSON the only body that the app takes. Headers were checked before the body is read. */
export function addJsonParser(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, parse)
}

async function parse(request: FastifyRequest, bytes: Buffer): Promise<unknown> {
  if (bytes.length === 0) return undefined
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return parseJsonBody(bytes)
  const { bodyLimit } = request.routeOptions
  return parseJsonBody(await decodeContent(bytes, encoding, bodyLimit))
}
