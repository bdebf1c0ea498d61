import type { ListOptions, Page } from '../model/list.ts'
import { checkInteger, invalidField } from '../model/record.ts'
import type { ListOrder, ListPosition, ListQuery } from '../store/sql/list-query.ts'
import type { Session, SqlValue } from '../store/store.ts'
import type { OperationContext } from './context.ts'

const defaultPageSize = 100
export const maxPageSize = 1000

interface RecordList {
  /** Names the list; part of what its cursors are good for. */
  readonly name: string
  readonly filter: unknown
  readonly select: string
  readonly query: ListQuery
  /** What may be sorted by, as field → column. The first is the default. */
  readonly sortColumns: Readonly<Record<string, string>>
  readonly keyColumn: string
  /** The row behind which the list starts when there is no cursor. */
  readonly after?: object
}

/** One page of rows, and the cursor of the next. Throws INVALID_FIELD and INVALID_CURSOR. */
export async function listRows<Row extends object>(
  context: OperationContext,
  session: Session,
  list: RecordList,
  options: ListOptions,
): Promise<Page<Row>> {
  const limit = checkInteger(options.limit ?? defaultPageSize, '/limit', 1, maxPageSize)
  const order = orderOf(list, options.sort)
  const identity = JSON.stringify([list.name, list.filter, order, context.caller.projectId])
  const after =
    options.cursor === undefined
      ? list.after && positionOf(list.after, order)
      : context.cursors.open(identity, options.cursor)
  const { sql, values } = list.query.page(list.select, order, after, limit + 1)
  const rows = await session.all<Row>(sql, values)
  if (rows.length <= limit) return { items: rows, nextCursor: null }
  const items = rows.slice(0, limit)
  const last = items.at(-1) as Row
  return { items, nextCursor: context.cursors.seal(identity, positionOf(last, order)) }
}

function positionOf(row: object, order: ListOrder): ListPosition {
  return { value: valueOf(row, order.column), key: valueOf(row, order.keyColumn) }
}

function orderOf(list: RecordList, sort: string | undefined): ListOrder {
  const fields = Object.keys(list.sortColumns)
  const wanted = sort ?? fields[0] ?? ''
  const descending = wanted.startsWith('-')
  const column = new Map(Object.entries(list.sortColumns)).get(
    descending ? wanted.slice(1) : wanted,
  )
  if (column === undefined)
    throw invalidField(
      '/sort',
      `must be one of ${fields.join(', ')}, with a leading - for descending order`,
    )
  return { column, keyColumn: list.keyColumn, descending }
}

function valueOf(row: object, column: string): SqlValue {
  const name = column.slice(column.indexOf('.') + 1)
  return (row as Record<string, SqlValue>)[name] ?? null
}
