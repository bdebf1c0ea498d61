export { type CheckResult, checkHistory, type RunStatistics } from './checker/check-history.ts'
export type { Evidence, Property, Violation } from './checker/violation.ts'
export type { EngineOpening } from './engine-opening.ts'
export { holdsHistories } from './history-file.ts'
export { CallFailure, isOfConnection } from './target-client.ts'
export type { Target } from './target-opening.ts'
export { summaryLines, violationLines } from './torture-report.ts'
export {
  runTorture,
  type TortureOptions,
  type TortureProgress,
  type TortureReport,
} from './torture-run.ts'
