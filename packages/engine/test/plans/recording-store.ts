import type { Session, SqlValue, Store } from '../../src/store/store.ts'

export interface Statement {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

/** The store with a list of every statement that its sessions ran. */
export function recordingStore(store: Store, statements: Statement[]): Store {
  const recording = (session: Session): Session => {
    const note = (sql: string, values: readonly SqlValue[] = []): void => {
      statements.push({ sql, values })
    }
    return new Proxy(session, {
      get(target, name) {
        const member = Reflect.get(target, name, target)
        if (typeof member !== 'function') return member
        return (...args: [string, (readonly SqlValue[])?]) => {
          if (typeof args[0] === 'string') note(...args)
          return Reflect.apply(member, target, args)
        }
      },
    })
  }
  return new Proxy(store, {
    get(target, name) {
      if (name === 'transaction')
        return (work: (session: Session) => Promise<unknown>, options: never) =>
          target.transaction((session) => work(recording(session)), options)
      const member = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
