export { type ChangeEvent, type EventsOptions, followEvents } from './event-feed.ts'
export { dataOf, FreeholdApiError, type ProblemKind } from './freehold-api-error.ts'
export {
  createFreeholdClient,
  type FreeholdClient,
  type FreeholdClientOptions,
} from './freehold-client.ts'
export type { components, operations, paths } from './generated/v1.ts'
export { pagesOf } from './pages.ts'
