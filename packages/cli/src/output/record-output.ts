import type { CommandContext } from '../command-context.ts'
import type { Column } from './column.ts'
import { csvText } from './csv.ts'
import { recordLines, tableLines } from './table.ts'

/** Prints a list in the chosen format; `noun` is what a table says there are none of. JSON is the API's list. */
export function printRecords<T>(
  context: CommandContext,
  list: { readonly items: readonly T[]; readonly nextCursor?: string | null },
  columns: readonly Column<T>[],
  noun: string,
): void {
  const { items, nextCursor = null } = list
  switch (context.options.output) {
    case 'json':
      return printJson(context, { items, nextCursor })
    case 'csv':
      context.terminal.stdout.write(csvText(items, columns))
      return
    case 'table':
      if (items.length === 0) context.remark(`No ${noun}.`)
      else context.print(tableLines(items, columns, context.style, widthOf(context)))
      if (nextCursor !== null) context.remark('There are more; raise --limit to see them.')
  }
}

/** Prints one record in the chosen format. */
export function printRecord<T>(
  context: CommandContext,
  record: T,
  columns: readonly Column<T>[],
): void {
  switch (context.options.output) {
    case 'json':
      return printJson(context, record)
    case 'csv':
      context.terminal.stdout.write(csvText([record], columns))
      return
    case 'table':
      context.print(recordLines(record, columns, context.style))
  }
}

export function printJson(context: CommandContext, value: unknown): void {
  context.terminal.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

// Only a terminal has a width; a file or another program gets every cell whole.
function widthOf({ terminal: { stdout } }: CommandContext): number | undefined {
  return stdout.isTTY === true ? stdout.columns : undefined
}
