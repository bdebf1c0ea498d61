import { dataOf } from '@freehold/client'
import type { CheckReport } from '../api-records.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import type { Column } from '../output/column.ts'
import { counted } from '../output/count-text.ts'
import { printJson, printRecords } from '../output/record-output.ts'

type Problem = CheckReport['problems'][number]

/** Throws CommandError (internal) after printing them when there are problems. */
export async function runCheck(context: CommandContext): Promise<void> {
  const report = await reportOf(context)
  if (context.options.output === 'json') printJson(context, report)
  else if (context.options.output === 'csv' || report.problems.length > 0)
    printRecords(context, { items: report.problems }, problemColumns, 'problems')
  if (!report.ok)
    throw new CommandError(
      'internal',
      'CHECK_FAILED',
      `The check found ${counted(report.problems.length, 'problem')}.`,
      {
        fix: 'Keep a copy of the database before anything else is changed, and report the problem.',
      },
    )
  const checked = Object.entries(report.checked).map(([what, count]) =>
    counted(count, wordFor(what)),
  )
  if (context.options.output === 'table')
    context.print([`All is well: ${checked.join(', ')} checked.`])
}

// Over HTTP nothing is heard of the check until it is done; on a store of our own it tells how far it is.
async function reportOf(context: CommandContext): Promise<CheckReport> {
  const { client, ipam } = await context.connect({ evenIfRestored: true })
  if (ipam === null) return dataOf(client.POST('/v1/check'))
  const progress = context.progress('Checking')
  try {
    const report = await ipam.check({ onProgress: (done) => progress.update(done, null) })
    return JSON.parse(JSON.stringify(report)) as CheckReport
  } finally {
    progress.finish()
  }
}

const problemColumns: readonly Column<Problem>[] = [
  { key: 'kind', title: 'Kind', value: ({ kind }) => kind },
  { key: 'subnetId', title: 'Subnet', value: ({ subnetId }) => subnetId },
  { key: 'message', title: 'Problem', value: ({ message }) => message },
]

/** `subnetPools` as `subnet pool`. */
function wordFor(name: string): string {
  return name.replace(/s$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
