import { openApiDocument } from '../src/openapi-document.ts'
import { routeTable } from '../src/route-table.ts'

/** Content of `packages/server/openapi.json`. */
export function openApiFile(): string {
  return `${JSON.stringify(openApiDocument(routeTable), null, 2)}\n`
}
