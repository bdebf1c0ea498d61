import { type ErrorCode, type IpamError, isIpamError } from '@freehold/engine'
import { NeutronError } from './neutron-error.ts'

/** What an engine error is in Neutron's words, where it has its own. */
export type Translations = Partial<Record<ErrorCode, (error: IpamError) => NeutronError>>

/** Runs an engine call and retells its errors. Those without a translation pass, and with them every "try again". */
export async function inNeutronWords<T>(
  work: () => Promise<T>,
  translations: Translations,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isIpamError(error)) throw error
    if (error.code === 'STALE_REVISION') throw staleRevision(error)
    throw translations[error.code]?.(error) ?? error
  }
}

function staleRevision({ details }: IpamError): NeutronError {
  const revision = typeof details['revision'] === 'number' ? details['revision'] : 'another'
  return revisionConstraintFailed('the revision asked for', revision)
}

/** If-Match named a revision that the record no longer has. */
export function revisionConstraintFailed(
  expected: number | string,
  current: number | string,
): NeutronError {
  return new NeutronError(
    412,
    'RevisionNumberConstraintFailed',
    `Constrained to ${expected}, but current revision is ${current}`,
  )
}
