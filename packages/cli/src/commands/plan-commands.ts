import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dataOf } from '@freehold/client'
import type { Plan, PlanReport } from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import type { ConfirmationOptions } from '../confirmation.ts'
import type { Column } from '../output/column.ts'
import { counted } from '../output/count-text.ts'
import { printJson, printRecords } from '../output/record-output.ts'
import { conflictError, type PlanRun, runPlan } from '../plan-application.ts'

/** Writes to a file beside the target first, so that no failure leaves half a plan under its name. */
export async function exportPlan(context: CommandContext, file: string | undefined): Promise<void> {
  const { client } = await context.connect()
  const progress = context.progress('Exporting')
  let plan: Plan
  try {
    progress.update(0, null)
    plan = await dataOf(client.GET('/v1/plan'))
  } finally {
    progress.finish()
  }
  if (file === undefined || file === '-') return printJson(context, plan)
  const draft = `${file}.${process.pid}.part`
  try {
    await writeFile(draft, `${JSON.stringify(plan, null, 2)}\n`, { flag: 'wx' })
    await rename(draft, file)
  } catch (error) {
    // Told of the file that was asked for: nobody knows the draft.
    throw Object.assign(error as NodeJS.ErrnoException, { path: file })
  } finally {
    await rm(draft, { force: true })
  }
  context.remark(`Wrote ${countsOf(plan)} to ${file}.`)
}

export async function importPlan(
  context: CommandContext,
  file: string,
  options: ConfirmationOptions,
): Promise<void> {
  const plan = await readPlan(context, file)
  const { report, state } = await runPlan(context, plan, options)
  printReport(context, report, state)
  if (state === 'refused') throw conflictError(report.counts.conflict)
}

async function readPlan(context: CommandContext, file: string): Promise<Plan> {
  const text =
    file === '-' ? await textOf(context.terminal.stdin) : await readFile(file, { encoding: 'utf8' })
  try {
    // What is wrong with its content, the API says with a pointer to the place.
    return JSON.parse(text) as Plan
  } catch (error) {
    throw new CommandError(
      'invalid',
      'MALFORMED_JSON',
      `${file} is not JSON: ${(error as Error).message}`,
      {
        fix: 'Give a file that "freehold export" wrote.',
      },
    )
  }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

function printReport(context: CommandContext, report: PlanReport, state: PlanRun['state']): void {
  if (context.options.output === 'json') return printJson(context, report)
  if (context.options.output === 'csv')
    return printRecords(context, { items: report.entries }, columns, 'entries')
  const conflicts = report.entries.filter(({ outcome }) => outcome === 'conflict')
  if (conflicts.length > 0) printRecords(context, { items: conflicts }, columns, 'conflicts')
  const { create, exists, conflict } = report.counts
  const created = state === 'applied' ? 'created' : 'to create'
  context.print([`${create} ${created}, ${exists} there already, ${conflict} in conflict.`])
}

const columns: readonly Column<PlanReport['entries'][number]>[] = [
  { key: 'outcome', title: 'Outcome', value: ({ outcome }) => outcome },
  { key: 'recordKind', title: 'Record', value: ({ recordKind }) => recordKind },
  { key: 'subject', title: 'Subject', value: ({ subject }) => subject },
  { key: 'source', title: 'Source', value: ({ source }) => source },
  { key: 'reason', title: 'Reason', value: ({ reason }) => reason },
]

function countsOf({ addressScopes, subnetPools, subnets, allocations }: Plan): string {
  return `${counted(addressScopes.length, 'scope')}, ${counted(subnetPools.length, 'pool')}, ${counted(subnets.length, 'subnet')} and ${counted(allocations.length, 'allocation')}`
}
