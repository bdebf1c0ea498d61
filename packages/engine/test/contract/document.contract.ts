import { describe, expect, it } from 'vitest'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'

const blue = { projectId: 'blue', isAdmin: false }
const green = { projectId: 'green', isAdmin: false }

export function describeDocumentContract(store: ContractStore): void {
  const engines = contractEngines(store)

  describe('a document', () => {
    it('comes back as it was given, whatever its body says', async () => {
      const ipam = await engines.open()
      const input = {
        collection: 'port',
        id: 'port-1',
        name: 'éth0',
        parentId: 'network-1',
        reference: 'device-1',
        uniqueKey: 'mac-1',
        shared: true,
        body: { text: 'a "quoted" \\ line\u2028', list: [1, null, { deep: true }], empty: {} },
      }
      const made = await ipam.documents.create(input)
      expect(made).toMatchObject({ ...input, projectId: 'default', revision: 1 })
      expect(await ipam.documents.get('port', 'port-1')).toEqual(made)
    })

    it('is told apart from one with the same id in another collection', async () => {
      const ipam = await engines.open()
      await ipam.documents.create({ collection: 'port', id: 'x', body: 1 })
      await ipam.documents.create({ collection: 'network', id: 'x', body: 2 })
      expect(await ipam.documents.get('network', 'x')).toMatchObject({ body: 2 })
    })

    it('is not found when it is missing, deleted, or another project’s own', async () => {
      const ipam = await engines.open()
      await expectRefused(ipam.documents.get('port', 'x'), 'DOCUMENT_NOT_FOUND')
      await ipam.as(blue).documents.create({ collection: 'port', id: 'x' })
      await expectRefused(ipam.as(green).documents.get('port', 'x'), 'DOCUMENT_NOT_FOUND')
      await expectRefused(ipam.as(green).documents.delete('port', 'x'), 'DOCUMENT_NOT_FOUND')
      await ipam.as(blue).documents.delete('port', 'x')
      await expectRefused(ipam.documents.get('port', 'x'), 'DOCUMENT_NOT_FOUND')
      await expectRefused(ipam.documents.delete('port', 'x'), 'DOCUMENT_NOT_FOUND')
      expect(await ipam.documents.count('port')).toBe(0)
    })

    it('can be read and not changed by others when it is shared', async () => {
      const ipam = await engines.open()
      await ipam.as(blue).documents.create({ collection: 'network', id: 'x', shared: true })
      expect(await ipam.as(green).documents.get('network', 'x')).toMatchObject({ id: 'x' })
      await expectRefused(
        ipam.as(green).documents.update('network', 'x', { name: 'mine' }),
        'DOCUMENT_NOT_FOUND',
      )
    })

    it('changes in the fields that are named, and counts its revisions', async () => {
      const ipam = await engines.open()
      await ipam.documents.create({
        collection: 'port',
        id: 'x',
        name: 'a',
        parentId: 'p',
        body: 1,
      })
      const changed = await ipam.documents.update('port', 'x', { parentId: null, body: [2] })
      expect(changed).toMatchObject({ name: 'a', parentId: null, body: [2], revision: 2 })
      expect(await ipam.documents.get('port', 'x')).toEqual(changed)
    })

    it('is not changed or deleted over a revision that the caller has not seen', async () => {
      const ipam = await engines.open()
      await ipam.documents.create({ collection: 'port', id: 'x' })
      await ipam.documents.update('port', 'x', { name: 'a' }, { ifRevision: 1 })
      const stale = { ifRevision: 1 }
      await expectRefused(
        ipam.documents.update('port', 'x', { name: 'b' }, stale),
        'STALE_REVISION',
      )
      await expectRefused(ipam.documents.delete('port', 'x', stale), 'STALE_REVISION')
      expect(await ipam.documents.get('port', 'x')).toMatchObject({ name: 'a' })
    })
  })

  describe('the id and the unique key of a document', () => {
    it('are taken once in a collection', async () => {
      const ipam = await engines.open()
      await ipam.documents.create({ collection: 'port', id: 'x', uniqueKey: 'mac' })
      await expectRefused(
        ipam.documents.create({ collection: 'port', id: 'x' }),
        'DOCUMENT_KEY_IN_USE',
      )
      await expectRefused(
        ipam.documents.create({ collection: 'port', uniqueKey: 'mac' }),
        'DOCUMENT_KEY_IN_USE',
      )
      await ipam.documents.create({ collection: 'network', uniqueKey: 'mac' })
      const other = await ipam.documents.create({ collection: 'port' })
      await expectRefused(
        ipam.documents.update('port', other.id, { uniqueKey: 'mac' }),
        'DOCUMENT_KEY_IN_USE',
      )
      expect(await ipam.documents.get('port', other.id)).toMatchObject({ uniqueKey: null })
    })

    it('are taken once also by many callers at the same time', async () => {
      const ipam = await engines.open()
      const attempts = await Promise.allSettled(
        Array.from({ length: 8 }, () =>
          ipam.documents.create({ collection: 'port', uniqueKey: 'mac' }),
        ),
      )
      const made = attempts.filter(({ status }) => status === 'fulfilled')
      expect(made).toHaveLength(1)
      expect(await ipam.documents.count('port')).toBe(1)
    })

    it('leave the rest of a transaction alive when they are refused', async () => {
      const ipam = await engines.open()
      await ipam.documents.create({ collection: 'port', id: 'x' })
      await ipam.transaction(async (view) => {
        await view.documents.create({ collection: 'port', id: 'y' })
        await expectRefused(
          view.documents.create({ collection: 'port', id: 'x' }),
          'DOCUMENT_KEY_IN_USE',
        )
      })
      expect(await ipam.documents.get('port', 'y')).toMatchObject({ id: 'y' })
    })
  })

  describe('a document in a transaction', () => {
    it('is undone together with an address', async () => {
      const ipam = await engines.open()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      const attempt = ipam.transaction(async (view) => {
        await view.documents.create({ collection: 'port', id: 'x' })
        await view.allocations.allocate(id, { kind: 'any' })
        throw new Error('the caller gives up')
      })
      await expect(attempt).rejects.toThrow('the caller gives up')
      expect(await ipam.documents.count('port')).toBe(0)
      expect((await ipam.allocations.list(id)).items).toEqual([])
    })

    it('can be held, so that what was read stays true until the end', async () => {
      const ipam = await engines.open()
      await ipam.documents.create({ collection: 'network', id: 'x', body: 0 })
      const add = () =>
        ipam.transaction(async (view) => {
          const { body } = await view.documents.hold('network', 'x', 'exclusive')
          await view.documents.update('network', 'x', { body: Number(body) + 1 })
        })
      await Promise.all(Array.from({ length: 6 }, add))
      expect(await ipam.documents.get('network', 'x')).toMatchObject({ body: 6 })
    })
  })

  describe('a list of documents', () => {
    it('has those that fit every filter, and only what the caller may see', async () => {
      const ipam = await engines.open()
      const own = ipam.as(blue).documents
      await own.create({ collection: 'port', id: 'a', parentId: 'n1', reference: 'd1' })
      await own.create({ collection: 'port', id: 'b', parentId: 'n2', reference: 'd1' })
      await own.create({ collection: 'port', id: 'c', parentId: 'n3', name: 'third' })
      await ipam.as(green).documents.create({ collection: 'port', id: 'd', parentId: 'n1' })
      const ids = async (filter: Parameters<typeof own.list>[1]) =>
        (await own.list('port', filter)).items.map(({ id }) => id)
      expect(await ids({})).toEqual(['a', 'b', 'c'])
      expect(await ids({ parentIds: ['n1', 'n2'] })).toEqual(['a', 'b'])
      expect(await ids({ parentIds: ['n1'], references: ['d1'] })).toEqual(['a'])
      expect(await ids({ ids: ['c', 'd'] })).toEqual(['c'])
      expect(await ids({ name: 'third' })).toEqual(['c'])
      expect(await ids({ parentIds: [] })).toEqual([])
      expect(await own.count('port', { parentIds: ['n1'] })).toBe(1)
      expect(await ipam.documents.count('port', { parentIds: ['n1'] })).toBe(2)
    })

    it('is read to its end page by page, in either order, and from behind a document', async () => {
      const ipam = await engines.open()
      for (const id of ['a', 'b', 'c', 'd', 'e'])
        await ipam.documents.create({ collection: 'port', id, name: 'same' })
      for (const sort of ['createdAt', '-createdAt', 'name', '-name', 'id', '-id']) {
        const read: string[] = []
        let cursor: string | undefined
        do {
          const options = { limit: 2, sort, ...(cursor === undefined ? {} : { cursor }) }
          const page = await ipam.documents.list('port', {}, options)
          read.push(...page.items.map(({ id }) => id))
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined)
        const ordered = sort.startsWith('-') ? ['e', 'd', 'c', 'b', 'a'] : ['a', 'b', 'c', 'd', 'e']
        expect(read, sort).toEqual(ordered)
      }
      const behind = await ipam.documents.list('port', {}, { afterId: 'c' })
      expect(behind.items.map(({ id }) => id)).toEqual(['d', 'e'])
    })
  })
  describe('the event of a document', () => {
    const asPort = { recordAs: 'port' } as const
    const told = async (ipam: Awaited<ReturnType<typeof engines.open>>) =>
      (await ipam.events.list()).items.map(({ action, recordKind, recordId, before, after }) => ({
        action,
        recordKind,
        recordId,
        before,
        after,
      }))

    it('says who changed what, from what to what, in the transaction of the change', async () => {
      const ipam = await engines.open()
      const caller = { ...blue, actor: 'ada', requestId: 'r1' }
      const own = ipam.as(caller)
      await own.documents.create(
        { collection: 'port', id: 'x', name: 'a', body: { on: 1 } },
        asPort,
      )
      await own.documents.update('port', 'x', { name: 'b', body: { on: 2 } }, asPort)
      await own.documents.delete('port', 'x', asPort)
      const undone = own.transaction(async (view) => {
        await view.documents.create({ collection: 'port', id: 'y' }, asPort)
        throw new Error('undone')
      })
      await expect(undone).rejects.toThrow('undone')
      const first = { id: 'x', name: 'a', projectId: 'blue', body: { on: 1 } }
      const second = { ...first, name: 'b', body: { on: 2 } }
      const one = { recordKind: 'port', recordId: 'x' }
      expect(await told(ipam)).toEqual([
        { ...one, action: 'created', before: null, after: first },
        { ...one, action: 'updated', before: first, after: second },
        { ...one, action: 'deleted', before: second, after: null },
      ])
      const { items } = await ipam.events.list()
      for (const event of items)
        expect(event).toMatchObject({ projectId: 'blue', actor: 'ada', requestId: 'r1' })
      expect((await ipam.as(blue).events.list()).items).toHaveLength(3)
      expect((await ipam.as(green).events.list()).items).toEqual([])
    })

    it('has neither body nor unique key when the caller gives it no name', async () => {
      const ipam = await engines.open()
      const secret = {
        collection: 'key',
        id: 'k',
        uniqueKey: 'digest-5f',
        body: { secret: 's3cr3t' },
      }
      await ipam.documents.create(secret)
      await ipam.documents.update('key', 'k', { body: { secret: 's3cr3t-2' } })
      await ipam.documents.delete('key', 'k')
      const state = (revision: number) => ({
        id: 'k',
        name: '',
        projectId: 'default',
        collection: 'key',
        revision,
      })
      const one = { recordKind: 'document', recordId: 'k' }
      expect(await told(ipam)).toEqual([
        { ...one, action: 'created', before: null, after: state(1) },
        { ...one, action: 'updated', before: state(1), after: state(2) },
        { ...one, action: 'deleted', before: state(2), after: null },
      ])
      expect(JSON.stringify(await ipam.events.list())).not.toMatch(/s3cr3t|digest/)
    })

    it('is not written for bookkeeping, nor for a new revision that says nothing new', async () => {
      const ipam = await engines.open()
      await ipam.documents.create({ collection: 'port', id: 'x', body: 1 }, { recordAs: null })
      await ipam.documents.update('port', 'x', {}, asPort)
      expect(await ipam.documents.get('port', 'x')).toMatchObject({ revision: 2 })
      expect(await told(ipam)).toEqual([])
    })

    it('is sealed and proved with those of other records', async () => {
      const ipam = await engines.open()
      await ipam.documents.create({ collection: 'port', id: 'x' }, asPort)
      await ipam.addressScopes.create({ ipVersion: 4 })
      expect(await ipam.audit.seal()).toMatchObject({ sealed: 2 })
      expect((await ipam.check()).problems).toEqual([])
    })
  })
}
