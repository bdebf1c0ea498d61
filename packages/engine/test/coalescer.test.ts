import { join } from 'node:path'
import { temporaryDirectory } from '@freehold/test-support'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Coalescer, type GroupAnswer } from '../src/operations/coalescer.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import { type Session, type Store, StoreFault } from '../src/store/store.ts'
import { expectRefused } from './contract/expected-error.ts'

describe('a coalescer', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  let store: Store
  const later = () => performance.now() + 60_000
  const lanes = (count: number) => ({ lanes: () => count, readsFirst: false })

  beforeEach(async () => {
    directory = temporaryDirectory()
    store = sqliteStore({ path: join(directory.path, 'freehold.sqlite') })
    await store.migrate()
    await write((session) => session.run('CREATE TABLE note (text TEXT PRIMARY KEY) STRICT'))
  })
  afterEach(async () => {
    await store.close()
    directory[Symbol.dispose]()
  })

  function write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return store.transaction(work, { access: 'write', deadline: later() })
  }

  async function notes(): Promise<string[]> {
    const rows = await write((session) =>
      session.all<{ text: string }>('SELECT text FROM note ORDER BY text'),
    )
    return rows.map(({ text }) => text)
  }

  async function insertAll(
    session: Session,
    texts: readonly string[],
  ): Promise<GroupAnswer<string>[]> {
    for (const text of texts) await session.run('INSERT INTO note VALUES (?)', [text])
    return texts.map((text) => ({ result: text }))
  }

  function request(text: string, options: { deadline?: number; signal?: AbortSignal } = {}) {
    return {
      request: text,
      deadline: options.deadline ?? later(),
      signal: options.signal,
      turn: ['red', 'one'] as const,
      alone: () => write((session) => insertAll(session, [text]).then(() => `${text} alone`)),
    }
  }

  it('puts what waits into one transaction, in the order of asking', async () => {
    const groups: string[][] = []
    const coalescer = new Coalescer<string, string>(store, lanes(1), async (session, texts) => {
      groups.push([...texts])
      return insertAll(session, texts)
    })
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((text) => coalescer.submit(request(text))),
    )
    expect(answers).toEqual(['a', 'b', 'c'])
    expect(groups).toEqual([['a', 'b', 'c']])
  })

  it('answers after the commit', async () => {
    const coalescer = new Coalescer<string, string>(store, lanes(1), insertAll)
    await coalescer.submit(request('a'))
    const other = sqliteStore({ path: join(directory.path, 'freehold.sqlite') })
    const seen = await other.transaction((session) => session.all('SELECT text FROM note'), {
      access: 'read',
      deadline: later(),
    })
    await other.close()
    expect(seen).toHaveLength(1)
  })

  it('runs each alone when the database refuses what one of them wrote', async () => {
    await write((session) => insertAll(session, ['taken']))
    const coalescer = new Coalescer<string, string>(store, lanes(1), insertAll)
    const [a, taken, b] = await Promise.allSettled(
      ['a', 'taken', 'b'].map((text) => coalescer.submit(request(text))),
    )
    expect(a).toEqual({ status: 'fulfilled', value: 'a alone' })
    expect(b).toEqual({ status: 'fulfilled', value: 'b alone' })
    expect(taken?.status).toBe('rejected')
    expect(await notes()).toEqual(['a', 'b', 'taken'])
  })

  it('gives one its own error and the others their results', async () => {
    const coalescer = new Coalescer<string, string>(store, lanes(1), async (session, texts) => {
      const good = texts.filter((text) => text !== 'bad')
      await insertAll(session, good)
      return texts.map((text) =>
        text === 'bad' ? { error: new Error('not that') } : { result: text },
      )
    })
    const good = coalescer.submit(request('good'))
    await expect(coalescer.submit(request('bad'))).rejects.toThrow('not that')
    expect(await good).toBe('good')
    expect(await notes()).toEqual(['good'])
  })

  it('runs a group again after a fault that changed nothing', async () => {
    let attempts = 0
    const coalescer = new Coalescer<string, string>(store, lanes(1), async (session, texts) => {
      attempts += 1
      const answers = await insertAll(session, texts)
      if (attempts < 3) throw new StoreFault('retry', new Error('a rival'))
      return answers
    })
    expect(
      await Promise.all([coalescer.submit(request('a')), coalescer.submit(request('b'))]),
    ).toEqual(['a', 'b'])
    expect(attempts).toBe(3)
    expect(await notes()).toEqual(['a', 'b'])
  })

  it('runs nobody whose deadline is over', async () => {
    const coalescer = new Coalescer<string, string>(store, lanes(1), insertAll)
    const late = coalescer.submit(request('late', { deadline: performance.now() - 1 }))
    await expectRefused(late, 'CONTENTION')
    expect(await notes()).toEqual([])
  })

  it('gives up where the next attempt would begin after the deadline', async () => {
    const coalescer = new Coalescer<string, string>(store, lanes(1), async () => ['again'])
    const lost = coalescer.submit(request('lost', { deadline: performance.now() + 1 }))
    await expectRefused(lost, 'CONTENTION')
    expect(await notes()).toEqual([])
  })

  describe('after a fault that a deadline does not outlast', () => {
    // Time passes when the work says so, so that the deadline is over exactly then.
    let now = 1000
    const deadline = 2000
    beforeEach(() => {
      now = 1000
      vi.spyOn(performance, 'now').mockImplementation(() => now)
    })
    afterEach(() => vi.restoreAllMocks())

    const lose = (): never => {
      now = deadline
      throw new StoreFault('disconnected', new Error('the server went away'))
    }

    it('tells the late one why, and runs the others again', async () => {
      let groups = 0
      const coalescer = new Coalescer<string, string>(store, lanes(1), async (session, texts) => {
        groups += 1
        return groups > 1 ? insertAll(session, texts) : lose()
      })
      const [patient, late] = await Promise.allSettled([
        coalescer.submit(request('patient')),
        coalescer.submit(request('late', { deadline })),
      ])
      expect(patient).toEqual({ status: 'fulfilled', value: 'patient' })
      expect(late).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE_UNAVAILABLE' } })
      expect(await notes()).toEqual(['patient'])
    })

    it('runs nothing again when it is too late for all', async () => {
      const coalescer = new Coalescer<string, string>(store, lanes(1), async () => lose())
      await expectRefused(coalescer.submit(request('late', { deadline })), 'DATABASE_UNAVAILABLE')
      expect(store.counters.retries).toBe(0)
    })
  })

  it('runs each alone that lost again and again with its group', async () => {
    let groups = 0
    const coalescer = new Coalescer<string, string>(store, lanes(1), async (session, texts) => {
      groups += 1
      await insertAll(session, texts)
      throw new StoreFault('retry', new Error('some other row of the group'))
    })
    const answers = Promise.all(['a', 'b'].map((text) => coalescer.submit(request(text))))
    expect(await answers).toEqual(['a alone', 'b alone'])
    expect(groups).toBe(3)
    expect(await notes()).toEqual(['a', 'b'])
  })

  it('leaves out who went away while waiting', async () => {
    const coalescer = new Coalescer<string, string>(store, lanes(1), insertAll)
    const control = new AbortController()
    const gone = coalescer.submit(request('gone', { signal: control.signal }))
    const stays = coalescer.submit(request('stays'))
    control.abort(new Error('went away'))
    await expect(gone).rejects.toThrow('went away')
    expect(await stays).toBe('stays')
    expect(await notes()).toEqual(['stays'])
  })

  it('lets nobody wait for a project that asks for very much', async () => {
    const coalescer = new Coalescer<string, string>(store, lanes(1), insertAll)
    const served: string[] = []
    const ask = async (text: string, project: string) => {
      const turn = [project, 'one'] as const
      served.push(await coalescer.submit({ ...request(text), turn }))
    }
    const greedy = Array.from({ length: 500 }, (_, index) => ask(`greedy ${index}`, 'greedy'))
    await Promise.all([...greedy, ask('modest', 'modest')])
    // In the first group: one that fits 64, of which the other project has the rest.
    expect(served.indexOf('modest')).toBeLessThan(64)
  })

  it('serves in order, many at a time, and never runs more groups at once than it has lanes', async () => {
    let running = 0
    let most = 0
    const sizes: number[] = []
    const coalescer = new Coalescer<string, string>(store, lanes(2), async (session, texts) => {
      running += 1
      most = Math.max(most, running)
      sizes.push(texts.length)
      const answers = await insertAll(session, texts)
      running -= 1
      return answers
    })
    const texts = Array.from({ length: 300 }, (_, index) => String(index).padStart(3, '0'))
    const served: string[] = []
    await Promise.all(texts.map(async (text) => served.push(await coalescer.submit(request(text)))))
    expect(served).toEqual(texts)
    expect(most).toBeLessThanOrEqual(2)
    expect(Math.max(...sizes)).toBe(64)
  })
})
