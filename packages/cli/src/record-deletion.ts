import type { CommandContext } from './command-context.ts'
import { type ConfirmationOptions, confirmed } from './confirmation.ts'
import { visibleText } from './output/terminal-text.ts'

/**
 * Deletes records one by one after asking once for all of them. What was deleted before a failure stays deleted, and has
 * been said. `verb` is the command's own word for it.
 */
export async function deleteRecords<T extends { id: string }>(
  context: CommandContext,
  verb: 'delete' | 'revoke',
  noun: string,
  records: readonly T[],
  describe: (record: T) => string,
  options: ConfirmationOptions,
  remove: (record: T) => Promise<unknown>,
): Promise<void> {
  const nameOf = (record: T) => visibleText(describe(record))
  const deed = `${verb} ${noun}${records.length === 1 ? '' : 's'} ${records.map(nameOf).join(', ')}`
  if (!(await confirmed(context, deed, options))) return
  for (const record of records) {
    await remove(record)
    context.remark(`${past[verb]} ${noun} ${nameOf(record)}.`)
  }
}

const past = { delete: 'Deleted', revoke: 'Revoked' }
