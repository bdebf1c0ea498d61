export { type AppOptions, type AppTimeouts, createApp } from './app.ts'
export { type Authentication, type Identity, noAuthentication } from './authentication.ts'
export { type ProblemBody, statusOfCode, statusOfKind } from './error-responses.ts'
export { fetchThrough } from './fetch-through.ts'
export type { LoadLimits } from './load-shedding.ts'
export { type OpenApiDocument, openApiDocument } from './openapi-document.ts'
export { type Pseudonymize, pseudonyms } from './pseudonyms.ts'
export { type LogLevel, type RequestLog, requestLog } from './request-log.ts'
export type { RouteDefinition } from './route-definition.ts'
export { routeTable } from './route-table.ts'
export {
  type ListenAddress,
  type RunningServer,
  type ServerOptions,
  startServer,
} from './start-server.ts'
