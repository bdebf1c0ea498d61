import { randomUUID } from 'node:crypto'
import { IpamError } from '../errors.ts'
import { canChange, canSee } from '../model/caller.ts'
import {
  checkKey,
  type Document,
  type DocumentChanges,
  type DocumentFilter,
  type DocumentInput,
  type DocumentListOptions,
  type JsonValue,
} from '../model/document.ts'
import type { EventAction } from '../model/event.ts'
import type { Page } from '../model/list.ts'
import { checkLength, checkText, invalidField } from '../model/record.ts'
import { claimDocument, claimParts } from '../store/sql/document-claim-queries.ts'
import {
  countDocuments,
  type DocumentRow,
  deleteDocument as deleteRow,
  findDocument,
  insertDocument,
  selectDocument,
  updateDocument as updateRow,
} from '../store/sql/document-queries.ts'
import { ListQuery } from '../store/sql/list-query.ts'
import { toTime } from '../store/sql/row-mapping.ts'
import { type Session, StoreFault } from '../store/store.ts'
import type { MutationOptions, OperationContext } from './context.ts'
import { recordChanges } from './event-recording.ts'
import { lostRace } from './lost-race.ts'
import { listRows } from './record-list.ts'
import { checkRevision, read, write } from './transaction.ts'

const maxBodyLength = 1_000_000
const maxFilterValues = 1000

/** Throws INVALID_FIELD, and DOCUMENT_KEY_IN_USE when the id or the unique key is taken. Constant cost. */
export async function createDocument(
  context: OperationContext,
  input: DocumentInput,
  options: MutationOptions,
): Promise<Document> {
  const collection = checkCollection(input.collection)
  const id = input.id === undefined ? randomUUID() : checkText(input.id, '/id')
  const fields = checkFields(input)
  return write(context, 'create document', input, options, async (session) => {
    const now = context.clock()
    const row = {
      collection,
      id,
      project_id: context.caller.projectId,
      name: fields.name ?? '',
      parent_id: fields.parent_id ?? null,
      reference: fields.reference ?? null,
      unique_key: fields.unique_key ?? null,
      shared: fields.shared ?? 0,
      body: fields.body ?? 'null',
      created_at: now,
      updated_at: now,
      revision: 1,
    }
    await refusingTwins(session, () => insertDocument(session, row))
    await recordDocument(context, session, options, 'created', undefined, row)
    return toDocument(row)
  })
}

/** Throws DOCUMENT_NOT_FOUND for what is missing and for what the caller must not know of. One key probe. */
export async function getDocument(
  context: OperationContext,
  collection: string,
  id: string,
): Promise<Document> {
  return read(context, async (session) =>
    toDocument(await visibleDocument(context, session, collection, id)),
  )
}

/**
 * Reads a document and holds it until the transaction ends: `share` keeps others from changing or deleting it,
 * `exclusive` from holding it too. Useful inside a transaction only.
 */
export async function holdDocument(
  context: OperationContext,
  collection: string,
  id: string,
  lock: 'share' | 'exclusive',
): Promise<Document> {
  return write(context, 'hold document', {}, {}, async (session) => {
    const row = await visibleDocument(context, session, collection, id, lock)
    const part = lock === 'exclusive' ? 'all' : Number(context.random.below(BigInt(claimParts)))
    await claimDocument(session, row.row_key, part)
    return toDocument(row)
  })
}

/** A page costs its own length when it is filtered by at most one field. Throws INVALID_FIELD, INVALID_CURSOR. */
export async function listDocuments(
  context: OperationContext,
  collection: string,
  filter: DocumentFilter,
  options: DocumentListOptions,
): Promise<Page<Document>> {
  const { afterId, ...listOptions } = options
  return read(context, async (session) => {
    const last =
      afterId === undefined
        ? undefined
        : await visibleDocument(context, session, collection, afterId)
    const page = await listRows<DocumentRow>(
      context,
      session,
      {
        name: `documents of ${collection}`,
        filter,
        select: selectDocument,
        query: documentQuery(context, session, collection, filter),
        sortColumns: { createdAt: 'row_key', name: 'name', id: 'id' },
        keyColumn: 'row_key',
        ...(last === undefined ? {} : { after: last }),
      },
      listOptions,
    )
    return { items: page.items.map(toDocument), nextCursor: page.nextCursor }
  })
}

/** How many there are. Linear in that number. */
export async function documentCount(
  context: OperationContext,
  collection: string,
  filter: DocumentFilter,
): Promise<number> {
  return read(context, (session) =>
    countDocuments(session, documentQuery(context, session, collection, filter)),
  )
}

/** Throws DOCUMENT_NOT_FOUND, DOCUMENT_KEY_IN_USE, STALE_REVISION, INVALID_FIELD. Constant cost. */
export async function updateDocument(
  context: OperationContext,
  collection: string,
  id: string,
  changes: DocumentChanges,
  options: MutationOptions,
): Promise<Document> {
  const fields = checkFields(changes)
  const input = { collection, id, changes }
  return write(context, 'update document', input, options, async (session) => {
    const row = await changeableDocument(context, session, collection, id)
    checkRevision(row.revision, options)
    const changed: DocumentRow = {
      ...row,
      ...fields,
      updated_at: context.clock(),
      revision: row.revision + 1,
    }
    await refusingTwins(session, async () => {
      if (!(await updateRow(session, changed, row.revision))) throw lostRace()
    })
    await recordDocument(context, session, options, 'updated', row, changed)
    return toDocument(changed)
  })
}

/** Throws DOCUMENT_NOT_FOUND, STALE_REVISION. Constant cost. */
export async function deleteDocument(
  context: OperationContext,
  collection: string,
  id: string,
  options: MutationOptions,
): Promise<void> {
  await write(context, 'delete document', { collection, id }, options, async (session) => {
    const row = await changeableDocument(context, session, collection, id)
    checkRevision(row.revision, options)
    await deleteRow(session, row.row_key)
    await recordDocument(context, session, options, 'deleted', row, undefined)
    return null
  })
}

async function recordDocument(
  context: OperationContext,
  session: Session,
  { recordAs }: MutationOptions,
  action: EventAction,
  before: Omit<DocumentRow, 'row_key'> | undefined,
  after: Omit<DocumentRow, 'row_key'> | undefined,
): Promise<void> {
  const row = after ?? before
  if (recordAs === null || row === undefined) return
  const [toldBefore, toldAfter] = [before, after].map((state) =>
    state === undefined ? undefined : toldState(state, recordAs !== undefined),
  )
  // Only a new revision: what changed is told by the event of another record.
  if (JSON.stringify(toldBefore) === JSON.stringify(toldAfter)) return
  await recordChanges(context, session, [
    {
      action,
      recordKind: recordAs ?? 'document',
      recordId: row.id,
      projectId: row.project_id,
      ...(toldBefore === undefined ? {} : { before: toldBefore }),
      ...(toldAfter === undefined ? {} : { after: toldAfter }),
    },
  ])
}

// The unique key stays out of it: it may be derived from a secret.
function toldState(row: Omit<DocumentRow, 'row_key'>, withBody: boolean): object {
  const common = { id: row.id, name: row.name, projectId: row.project_id }
  if (!withBody) return { ...common, collection: row.collection, revision: row.revision }
  return {
    ...common,
    ...(row.parent_id === null ? {} : { parentId: row.parent_id }),
    ...(row.shared === 1 ? { shared: true } : {}),
    body: JSON.parse(row.body) as JsonValue,
  }
}

function documentQuery(
  context: OperationContext,
  session: Session,
  collection: string,
  filter: DocumentFilter,
): ListQuery {
  for (const [name, values] of Object.entries(filter))
    if (Array.isArray(values)) checkLength(values.length, `/${name}`, 0, maxFilterValues)
  const query = new ListQuery(session.capabilities)
    .where('collection = ?', collection)
    .whereEqual('name', filter.name)
    .whereEqual('project_id', filter.projectId)
    .whereEqual('unique_key', filter.uniqueKey)
    .whereIn('id', filter.ids)
    .whereIn('parent_id', filter.parentIds)
    .whereIn('reference', filter.references)
  if (!context.caller.isAdmin)
    query.where('(project_id = ? OR shared = 1)', context.caller.projectId)
  return query
}

// The savepoint keeps the rest of the transaction alive on databases where a refused statement ends it.
async function refusingTwins(session: Session, work: () => Promise<void>): Promise<void> {
  try {
    await session.savepoint(work)
  } catch (error) {
    if (!(error instanceof StoreFault) || error.fault !== 'unique') throw error
    throw new IpamError(
      'DOCUMENT_KEY_IN_USE',
      'A document of the collection has this id or unique key.',
      {},
      error,
    )
  }
}

async function visibleDocument(
  context: OperationContext,
  session: Session,
  collection: string,
  id: string,
  lock: 'none' | 'share' | 'exclusive' = 'none',
): Promise<DocumentRow> {
  const row = await findDocument(session, collection, id, lock)
  if (row === undefined || !canSee(context.caller, ownership(row))) throw documentNotFound()
  return row
}

async function changeableDocument(
  context: OperationContext,
  session: Session,
  collection: string,
  id: string,
): Promise<DocumentRow> {
  const row = await findDocument(session, collection, id, 'exclusive')
  if (row === undefined || !canChange(context.caller, ownership(row))) throw documentNotFound()
  return row
}

function documentNotFound(): IpamError {
  return new IpamError('DOCUMENT_NOT_FOUND', 'There is no such document.')
}

function checkCollection(collection: string): string {
  if (typeof collection !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(collection))
    throw invalidField('/collection', 'must be a short lower-case word')
  return collection
}

function checkFields(input: DocumentChanges): Partial<DocumentRow> {
  const { name, parentId, reference, uniqueKey, shared, body } = input
  return {
    ...(name === undefined ? {} : { name: name === '' ? '' : checkText(name, '/name') }),
    ...(parentId === undefined ? {} : { parent_id: checkKey(parentId, '/parentId') }),
    ...(reference === undefined ? {} : { reference: checkKey(reference, '/reference') }),
    ...(uniqueKey === undefined ? {} : { unique_key: checkKey(uniqueKey, '/uniqueKey') }),
    ...(shared === undefined ? {} : { shared: Number(shared) }),
    ...(body === undefined ? {} : { body: bodyText(body) }),
  }
}

function bodyText(body: JsonValue): string {
  const text = JSON.stringify(body)
  if (text.length > maxBodyLength)
    throw invalidField('/body', `must have at most ${maxBodyLength} characters as JSON`)
  return text
}

function ownership(row: DocumentRow): { projectId: string; shared: boolean } {
  return { projectId: row.project_id, shared: row.shared === 1 }
}

function toDocument(row: Omit<DocumentRow, 'row_key'>): Document {
  return {
    collection: row.collection,
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    parentId: row.parent_id,
    reference: row.reference,
    uniqueKey: row.unique_key,
    shared: row.shared === 1,
    body: JSON.parse(row.body) as JsonValue,
    createdAt: toTime(row.created_at),
    updatedAt: toTime(row.updated_at),
    revision: row.revision,
  }
}
