import type { CommandContext } from './command-context.ts'
import { type ConfirmationOptions, confirmed } from './confirmation.ts'
import { visibleText } from './output/terminal-text.ts'

/**
 * Deletes records one by one after asking once for all of them. What was deleted before a failure stays deleted, and has
 * been said.
 */
export async function deleteRecords<T extends { id: string }>(
  context: CommandContext,
  noun: string,
  records: readonly T[],
  describe: (record: T) => string,
  options: ConfirmationOptions,
  remove: (record: T) => Promise<unknown>,
): Promise<void> {
  const nameOf = (record: T) => visibleText(describe(record))
  const deed = `delete ${noun}${records.length === 1 ? '' : 's'} ${records.map(nameOf).join(', ')}`
  if (!(await confirmed(context, deed, options))) return
  for (const record of records) {
    await remove(record)
    context.remark(`Deleted ${noun} ${nameOf(record)}.`)
  }
}
