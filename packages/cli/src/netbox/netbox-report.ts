import type { PlanOutcome, PlanReport, PlanReportEntry } from '@freehold/engine'
import { type NetboxFileKind, type NetboxTables, netboxFileNames } from './netbox-files.ts'
import type { NetboxPlan } from './netbox-plan.ts'
import type { SettledRow } from './row-ledger.ts'

export type RowOutcome = PlanOutcome | 'merged' | 'skipped'

export interface NetboxReportEntry {
  readonly outcome: RowOutcome
  readonly recordKind: SettledRow['recordKind']
  readonly subject: string
  readonly source: string
  readonly reason?: string
}

export interface NetboxReport {
  readonly dryRun: boolean
  /** Rows found in each file; null: the folder does not have it. */
  readonly files: Readonly<Record<string, number | null>>
  /** Every row of the files counts once, so that these add up to the rows found. */
  readonly counts: Readonly<Record<RowOutcome, number>>
  readonly entries: readonly NetboxReportEntry[]
  /** What the plan holds without a row of its own: scopes of VRFs that vrfs.csv does not list. */
  readonly additions: readonly PlanReportEntry[]
}

/**
 * What became of every row: the reader's own merged and skipped ones, and for the rest what the server reported of the
 * records made from it. A row of several records (a VRF with both IP versions) shows the outcome that needs most attention.
 * Throws when the server's report leaves out a row that was in the plan. Cost: linear.
 */
export function netboxReport(
  tables: NetboxTables,
  { rows }: NetboxPlan,
  report: PlanReport,
  dryRun: boolean,
): NetboxReport {
  const bySource = Map.groupBy(report.entries, (entry) => entry.source ?? '')
  const entries = rows.map((row) => {
    if (row.fate !== 'planned') return entryOf(row, row.fate, withTargets(row, bySource))
    const records = bySource.get(row.source)
    if (records === undefined)
      throw new Error(`the report of the import says nothing of ${row.source}`)
    const outcome = gravest(records.map((record) => record.outcome))
    const reasons = records
      .filter((record) => record.outcome === outcome && record.reason !== undefined)
      .map((record) => record.reason)
    const all = [...reasons, row.reason].filter((reason) => reason !== undefined)
    return entryOf(row, outcome, all.length === 0 ? undefined : [...new Set(all)].join('; '))
  })
  const sources = new Set(rows.map(({ source }) => source))
  const counts = { create: 0, exists: 0, conflict: 0, merged: 0, skipped: 0 }
  for (const entry of entries) counts[entry.outcome]++
  return {
    dryRun,
    files: fileCounts(tables),
    counts,
    entries,
    additions: report.entries.filter(({ source }) => !sources.has(source ?? '')),
  }
}

// A record that was there before the import keeps its own fields: then a row that was merged into it may have had no effect.
function withTargets(
  { reason, mergedInto }: SettledRow,
  bySource: ReadonlyMap<string, readonly PlanReportEntry[]>,
): string | undefined {
  const kept = mergedInto
    .flatMap((source) => bySource.get(source) ?? [])
    .filter(({ outcome }) => outcome !== 'create')
    .flatMap((entry) => (entry.reason === undefined ? [] : [`${entry.subject} is ${entry.reason}`]))
  const all = [...(reason === undefined ? [] : [reason]), ...kept]
  return all.length === 0 ? undefined : all.join('; but ')
}

function entryOf(row: SettledRow, outcome: RowOutcome, reason?: string): NetboxReportEntry {
  const { recordKind, subject, source } = row
  return { outcome, recordKind, subject, source, ...(reason === undefined ? {} : { reason }) }
}

const byGravity: readonly PlanOutcome[] = ['conflict', 'create', 'exists']

function gravest(outcomes: readonly PlanOutcome[]): PlanOutcome {
  return byGravity.find((outcome) => outcomes.includes(outcome)) ?? 'exists'
}

function fileCounts(tables: NetboxTables): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(netboxFileNames).map(([kind, name]) => [
      name,
      tables[kind as NetboxFileKind]?.rows.length ?? null,
    ]),
  )
}
