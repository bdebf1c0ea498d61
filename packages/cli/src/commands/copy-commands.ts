import { existsSync } from 'node:fs'
import type { Store, StoreCopyReport } from '@freehold/engine'
import { type StoreLocation, storeAt } from '@freehold/engine/store-url'
import type { CommandContext } from '../command-context.ts'
import { CommandError, usageError } from '../command-error.ts'
import { type ConfirmationOptions, confirmed } from '../confirmation.ts'
import type { Column } from '../output/column.ts'
import { counted, countText } from '../output/count-text.ts'
import { printJson, printRecords } from '../output/record-output.ts'
import { storeLocationOf } from '../store-location.ts'

export interface CopyOptions extends ConfirmationOptions {
  readonly from: string
  readonly to: string
}

/**
 * Copies one database into another that is empty, and has it checked. Throws CommandError (internal) after printing the
 * report when the check finds problems, and what the engine's copyStore throws.
 */
export async function copy(context: CommandContext, options: CopyOptions): Promise<void> {
  if (context.options.store !== undefined || context.options.server !== undefined)
    throw usageError(
      'A copy goes from one database to another; --store and --server have no part in it.',
      'Give --from and --to.',
    )
  const [from, to] = [storeLocationOf(options.from), storeLocationOf(options.to)]
  // Opening would make it.
  if (from.kind === 'sqlite' && !existsSync(from.path))
    throw usageError(`There is no file ${from.path} to copy from.`, 'Give --from sqlite:FILE.')
  const deed = `copy everything in ${nameOf(from)} into ${nameOf(to)}`
  if (!(await confirmed(context, deed, options))) return
  const report = await copied(context, from, to)
  printReport(context, report)
  if (!report.check.ok)
    throw new CommandError(
      'internal',
      'CHECK_FAILED',
      `The copy has every row, and the check found ${counted(report.check.problems.length, 'problem')} in it.`,
      { fix: 'Run "freehold check" on the source: what is wrong there was copied as it is.' },
    )
}

async function copied(
  context: CommandContext,
  from: StoreLocation,
  to: StoreLocation,
): Promise<StoreCopyReport> {
  const { copyStore } = await import('@freehold/engine')
  const stores: Store[] = []
  const opened = async (location: StoreLocation) => {
    const store = await storeAt(location)
    stores.push(store)
    return store
  }
  let progress = context.progress('Copying')
  let shown = 'copy'
  try {
    const [source, target] = [await opened(from), await opened(to)]
    progress.update(0, null)
    return await copyStore(source, target, {
      onProgress(phase, done, total) {
        if (phase !== shown) {
          progress.finish()
          progress = context.progress('Checking')
          shown = phase
        }
        progress.update(done, total)
      },
    })
  } finally {
    progress.finish()
    for (const store of stores) await store.close()
  }
}

function printReport(context: CommandContext, report: StoreCopyReport): void {
  if (context.options.output === 'json') return printJson(context, report)
  printRecords(context, { items: report.tables }, columns, 'tables')
  if (report.check.problems.length > 0)
    for (const { message } of report.check.problems) context.remark(message)
  if (context.options.output === 'table' && report.check.ok)
    context.print([`Copied ${counted(report.rows, 'row')}; the check of the copy is well.`])
}

const columns: readonly Column<StoreCopyReport['tables'][number]>[] = [
  { key: 'name', title: 'Table', value: ({ name }) => name },
  {
    key: 'rows',
    title: 'Rows',
    align: 'right',
    value: ({ rows }) => rows,
    display: ({ rows }) => countText(String(rows)),
  },
]

/** Without user and password. */
function nameOf(location: StoreLocation): string {
  if (location.kind === 'sqlite') return `the SQLite file ${location.path}`
  const { host, pathname } = new URL(location.url)
  const kind = location.kind === 'postgres' ? 'PostgreSQL' : 'MariaDB'
  return `the ${kind} database ${decodeURIComponent(pathname.slice(1))} on ${host}`
}
