import type { Ipam } from '@freehold/engine'
import type { CommandContext } from '../command-context.ts'
import { CommandError, usageError } from '../command-error.ts'
import type { Column } from '../output/column.ts'
import { printRecords } from '../output/record-output.ts'

interface Revealed {
  readonly kind: string
  readonly identifier: string
  readonly keyCreatedAt: string
}

/** Throws CommandError (invalid) for what is no pseudonym, (not-found) for what stands for nothing in this database. */
export async function revealPseudonym(context: CommandContext, pseudonym: string): Promise<void> {
  const ipam = await databaseOf(context)
  const server = await import('@freehold/server')
  const found = await server.revealPseudonym(ipam, pseudonym)
  if (found === null)
    throw usageError(
      'This is no pseudonym.',
      'Give it as it stands in a log, such as sub_3f9c01d2ab44.',
    )
  if (found.length === 0)
    throw new CommandError(
      'not-found',
      'PSEUDONYM_NOT_FOUND',
      'Nothing in this database has this pseudonym.',
      { fix: 'See whether the line was written for this database, and its key not forgotten.' },
    )
  printRecords(context, { items: found }, columns, 'identifiers')
}

/** Puts a new key into use; without `forgetOld`, older lines can still be revealed. */
export async function rotateLogKey(
  context: CommandContext,
  { forgetOld = false }: { readonly forgetOld?: boolean },
): Promise<void> {
  const ipam = await databaseOf(context)
  const server = await import('@freehold/server')
  await server.rotateLogKey(ipam, { forgetOld })
  context.remark(
    forgetOld
      ? 'A new key is in use, and older ones are forgotten.'
      : 'A new key is in use; what was logged under older ones can still be revealed.',
  )
  context.remark('Running servers take it up within half a minute.')
}

// The API has no way to do this: whoever reads logs and holds a token should not get at the identifiers by that alone.
async function databaseOf(context: CommandContext): Promise<Ipam> {
  const { ipam } = await context.connect()
  if (ipam === null)
    throw usageError(
      'The keys of the logs are in the database, and no server gives them away.',
      'Use --store in place of --server.',
    )
  return ipam
}

const columns: readonly Column<Revealed>[] = [
  { key: 'kind', title: 'Kind', value: ({ kind }) => kind },
  { key: 'identifier', title: 'Identifier', value: ({ identifier }) => identifier },
  { key: 'keyCreatedAt', title: 'Under the key since', value: ({ keyCreatedAt }) => keyCreatedAt },
]
