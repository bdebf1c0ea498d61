import { type Ipam, openIpam } from '@freehold/engine'
import { sqliteStore } from '@freehold/engine/sqlite'
import { storeWithDefect } from './wrapped-store.ts'

const commitMs = 8

/** Answers when the work is done, and commits a little later. */
export async function openEngine(storeUrl: string): Promise<Ipam> {
  const store = storeWithDefect(sqliteStore({ path: storeUrl.slice('sqlite:'.length) }), {
    transaction: (inner, work, options) => {
      if (options.access === 'read') return inner.transaction(work, options)
      return new Promise((resolve, reject) => {
        inner
          .transaction(
            async (session) => {
              const result = await work(session)
              resolve(result)
              await new Promise((done) => setTimeout(done, commitMs))
              return result
            },
            { ...options, alone: true },
          )
          .catch(reject)
      })
    },
  })
  return openIpam(store)
}
