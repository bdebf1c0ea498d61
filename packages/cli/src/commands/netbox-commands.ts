import type { CommandContext } from '../command-context.ts'
import type { ConfirmationOptions } from '../confirmation.ts'
import { netboxFileNames, readNetboxFolder } from '../netbox/netbox-files.ts'
import { netboxPlan } from '../netbox/netbox-plan.ts'
import {
  type NetboxReport,
  type NetboxReportEntry,
  netboxReport,
  type RowOutcome,
} from '../netbox/netbox-report.ts'
import type { Column } from '../output/column.ts'
import { counted } from '../output/count-text.ts'
import { printJson, printRecords } from '../output/record-output.ts'
import { conflictError, type PlanRun, runPlan } from '../plan-application.ts'

export interface NetboxImportOptions extends ConfirmationOptions {
  /** Show every row, not only those that need a look. */
  readonly all?: boolean
}

export async function importNetbox(
  context: CommandContext,
  folder: string,
  options: NetboxImportOptions,
): Promise<void> {
  const tables = await readNetboxFolder(folder)
  const planned = netboxPlan(tables)
  const { report, state } = await runPlan(context, planned.plan, options)
  const rows = netboxReport(tables, planned, report, options.dryRun === true)
  printReport(context, rows, state, options)
  if (state === 'refused') throw conflictError(report.counts.conflict)
}

function printReport(
  context: CommandContext,
  report: NetboxReport,
  state: PlanRun['state'],
  { all }: NetboxImportOptions,
): void {
  if (context.options.output === 'json') return printJson(context, report)
  if (context.options.output === 'csv')
    return printRecords(context, { items: report.entries }, columns, 'rows')
  const shown = all ? report.entries : report.entries.filter(({ reason }) => reason !== undefined)
  if (shown.length > 0) {
    printRecords(context, { items: shown }, columns, 'rows')
    context.print([''])
  }
  context.print(summaryLines(report, state))
}

function summaryLines(report: NetboxReport, state: PlanRun['state']): string[] {
  const files = Object.values(netboxFileNames).map((name) => {
    const rows = report.files[name]
    return `${name} ${rows === null || rows === undefined ? 'missing' : counted(rows, 'row')}`
  })
  const words: Readonly<Record<RowOutcome, string>> = {
    create: state === 'applied' ? 'created' : 'to create',
    exists: 'there already',
    conflict: 'in conflict',
    merged: 'merged into others',
    skipped: 'skipped',
  }
  const counts = Object.entries(report.counts).map(
    ([outcome, count]) => `${count} ${words[outcome as RowOutcome]}`,
  )
  const lines = [
    `Read ${files.join(', ')}.`,
    `${counted(report.entries.length, 'row')}: ${counts.join(', ')}.`,
  ]
  if (report.additions.length > 0)
    lines.push(
      `Besides, ${counted(report.additions.length, 'scope')} for VRFs that vrfs.csv does not list.`,
    )
  if (report.dryRun) lines.push('This was a dry run: nothing was changed.')
  return lines
}

const columns: readonly Column<NetboxReportEntry>[] = [
  { key: 'outcome', title: 'Outcome', value: ({ outcome }) => outcome },
  { key: 'source', title: 'Row', value: ({ source }) => source },
  { key: 'recordKind', title: 'Record', value: ({ recordKind }) => recordKind },
  { key: 'subject', title: 'Subject', value: ({ subject }) => subject },
  { key: 'reason', title: 'Reason', value: ({ reason }) => reason },
]
