import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Ipam } from '../../src/ipam.ts'
import type { AuditBreak, AuditHead } from '../../src/model/audit.ts'
import type { EventRow } from '../../src/store/sql/event-queries.ts'
import type { SqlValue, Store } from '../../src/store/store.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'

const restoredColumns = `id, at, action, record_kind, record_id, subnet_key, address, project_id, actor, request_id,
  state_before, state_after`

const moveEnd = 'UPDATE event_seal_head SET'
const hashAtFive = 'SELECT hash FROM event_seal WHERE seq = 5'

type Statement = readonly [sql: string, ...values: SqlValue[]]

export function describeAuditContract(contractStore: ContractStore): void {
  const engines = contractEngines(contractStore)
  const overriding = contractStore.name === 'PostgreSQL' ? 'OVERRIDING SYSTEM VALUE' : ''

  async function past(store: Store, ...statements: Statement[]): Promise<void> {
    await store.transaction(
      async (session) => {
        for (const [sql, ...values] of statements) await session.run(sql, values)
      },
      { access: 'write', deadline: performance.now() + 10_000 },
    )
  }

  async function sealed(): Promise<{ store: Store; ipam: Ipam; head: AuditHead }> {
    const { store, ipam } = await engines.openWithStore()
    const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
    await ipam.allocations.allocate(id, { kind: 'bulk', count: 9 })
    expect(await ipam.audit.seal()).toEqual({ sealed: 10 })
    return { store, ipam, head: await ipam.audit.head() }
  }

  describe('the audit trail', () => {
    it('holds after changes and further sealing, and counts what is not sealed yet', async () => {
      const { ipam, head } = await sealed()
      const { id } = await ipam.subnets.create({ cidr: '10.1.0.0/24' })
      const before = await ipam.audit.verify({ head })
      expect(before).toMatchObject({ ok: true, head, unsealed: { events: 1 }, firstBroken: null })
      expect(before.unsealed.oldestAt).toMatch(/Z$/)
      await ipam.subnets.delete(id)
      expect(await ipam.audit.seal()).toEqual({ sealed: 2 })
      expect(await ipam.audit.seal()).toEqual({ sealed: 0 })
      const after = await ipam.audit.verify({ head })
      expect(after).toMatchObject({ ok: true, unsealed: { events: 0, oldestAt: null } })
      expect(after.head.seq).toBe(12)
      expect(after.head.hash).not.toBe(head.hash)
    })

    it('has the hash that anybody can work out from the events', async () => {
      const { store, head } = await sealed()
      const rows = await store.transaction(
        (session) => session.all<EventRow>(`SELECT ${restoredColumns} FROM event ORDER BY id`),
        { access: 'read', deadline: performance.now() + 10_000 },
      )
      let hash = Buffer.alloc(32)
      for (const [index, { address, ...row }] of rows.entries()) {
        const { id, at, action, record_kind, record_id, subnet_key, ...rest } = row
        const { project_id, actor, request_id, state_before, state_after } = rest
        const digits = address === null ? null : Buffer.from(address).toString('hex')
        const event = [id, at, action, record_kind, record_id, subnet_key, digits, project_id]
        const states = [actor, request_id, state_before, state_after]
        const text = JSON.stringify([index + 1, ...event, ...states])
        hash = createHash('sha256').update(hash).update(text).digest()
      }
      expect(rows).toHaveLength(10)
      expect(head.hash).toBe(hash.toString('hex'))
    })

    it('seals each event once when two processes seal at the same time', async () => {
      const [first, second] = await engines.openPair()
      const { id } = await first.subnets.create({ cidr: '10.0.0.0/16' })
      for (let round = 0; round < 5; round += 1) {
        await first.allocations.allocate(id, { kind: 'bulk', count: 10 })
        await Promise.all([first.audit.seal(), second.audit.seal(), first.audit.seal()])
      }
      expect(await first.audit.verify()).toMatchObject({
        ok: true,
        head: { seq: 51 },
        unsealed: { events: 0 },
      })
    })

    it.each<[AuditBreak['kind'], string, number, Statement[]]>([
      [
        'altered',
        'an event that names another project',
        4,
        [['UPDATE event SET project_id = ? WHERE id = 4', 'somebody-else']],
      ],
      [
        'altered',
        'an event whose time was moved by a millisecond',
        10,
        [['UPDATE event SET at = at + 1 WHERE id = 10']],
      ],
      ['missing', 'the first event deleted', 1, [['DELETE FROM event WHERE id = 1']]],
      ['missing', 'an event that was deleted', 7, [['DELETE FROM event WHERE id = 7']]],
      ['missing', 'the last event deleted', 10, [['DELETE FROM event WHERE id = 10']]],
      [
        'altered',
        'a seal with another hash',
        3,
        [['UPDATE event_seal SET hash = ? WHERE seq = 3', new Uint8Array(32)]],
      ],
      [
        'added',
        'an event that was put before the others',
        1,
        [
          [
            `INSERT INTO event (${restoredColumns}) ${overriding} SELECT -1${restoredColumns.slice(2)} FROM event WHERE id = 5`,
          ],
        ],
      ],
      [
        'unlinked',
        'the record of the end taken back to an earlier one',
        6,
        [[`${moveEnd} seq = 5, last_event_id = 5, hash = (${hashAtFive})`]],
      ],
      ['unlinked', 'the record of the end moved on', 11, [[`${moveEnd} seq = 50`]]],
      [
        'unlinked',
        'the end on record with another hash',
        10,
        [[`${moveEnd} hash = (${hashAtFive})`]],
      ],
      [
        'unlinked',
        'a record of the end that keeps new events from being sealed',
        11,
        [[`${moveEnd} last_event_id = 1000000`]],
      ],
      ['unlinked', 'the record of the end gone', 11, [['DELETE FROM event_seal_head']]],
      [
        'unlinked',
        'a seal behind the end that hides an event from sealing',
        11,
        [
          [
            `INSERT INTO event_seal (seq, event_id, hash) SELECT 99, -1, hash FROM event_seal WHERE seq = 5`,
          ],
        ],
      ],
      [
        'unlinked',
        'a seal before the first that hides an event from sealing',
        11,
        [
          [
            `INSERT INTO event_seal (seq, event_id, hash) SELECT 0, -1, hash FROM event_seal WHERE seq = 5`,
          ],
        ],
      ],
      ['unlinked', 'a seal that was deleted', 6, [['DELETE FROM event_seal WHERE seq = 6']]],
      ['unlinked', 'the last seal cut off', 10, [['DELETE FROM event_seal WHERE seq = 10']]],
      [
        'altered',
        'two events whose seals were swapped',
        2,
        [
          ['UPDATE event_seal SET event_id = -1 WHERE seq = 2'],
          ['UPDATE event_seal SET event_id = 2 WHERE seq = 3'],
          ['UPDATE event_seal SET event_id = 3 WHERE seq = 2'],
        ],
      ],
    ])('finds as %s: %s', async (kind, _what, seq, damage) => {
      const { store, ipam } = await sealed()
      await past(store, ...damage)
      expect(await ipam.audit.verify()).toMatchObject({ ok: false, firstBroken: { kind, seq } })
    })

    it.each([
      ['at', 'at + 1'],
      ['action', "'freed'"],
      ['record_kind', "'subnet'"],
      ['record_id', "'x'"],
      ['subnet_key', 'subnet_key + 1'],
      ['address', 'NULL'],
      ['project_id', "''"],
      ['actor', "'somebody-else'"],
      ['request_id', "'x'"],
      ['state_before', "'{}'"],
      ['state_after', "'{}'"],
    ])('finds another %s in any event', async (column, value) => {
      expect(restoredColumns.split(/,\s+/)).toContain(column)
      const { store, ipam } = await sealed()
      // From the last to the first, so that each one is the first that is broken.
      for (const id of [10, 6, 2]) {
        await past(store, [`UPDATE event SET ${column} = ${value} WHERE id = ${id}`])
        expect((await ipam.audit.verify()).firstBroken).toMatchObject({
          kind: 'altered',
          seq: id,
          eventId: id,
        })
      }
    })

    it('finds a chain that was made anew over a record of a restore that is none', async () => {
      for (const state of ["'no JSON'", 'NULL', `'{"epoch":2,"end":{},"kept":{}}'`]) {
        const { store, ipam } = await sealed()
        await past(
          store,
          [`UPDATE event SET action = 'restored', state_after = ${state} WHERE id = 4`],
          ['DELETE FROM event_seal'],
          [`${moveEnd} seq = 0, last_event_id = 0, hash = ?`, new Uint8Array(32)],
        )
        await ipam.audit.seal()
        expect((await ipam.audit.verify()).firstBroken).toMatchObject({ kind: 'altered', seq: 4 })
      }
    })

    it('is verified whatever somebody wrote where accepted restores are looked up', async () => {
      const { store, ipam, head } = await sealed()
      for (const [epoch, value] of ['no JSON', 'null', '{"epoch":7}'].entries())
        await past(store, [
          'INSERT INTO setting (name, value) VALUES (?, ?)',
          `audit-restore-${epoch}`,
          value,
        ])
      expect(await ipam.audit.verify({ head })).toMatchObject({ ok: true, head })
    })

    it('shows by a kept head that the chain was made anew over a bent event', async () => {
      const { store, ipam, head } = await sealed()
      await past(
        store,
        ['UPDATE event SET project_id = ? WHERE id = 3', 'somebody-else'],
        ['DELETE FROM event_seal'],
        ['UPDATE event_seal_head SET seq = 0, last_event_id = 0, hash = ?', new Uint8Array(32)],
      )
      await ipam.audit.seal()
      expect((await ipam.audit.verify()).ok).toBe(true)
      expect(await ipam.audit.verify({ head })).toMatchObject({
        ok: false,
        firstBroken: { kind: 'rewritten', seq: 10 },
      })
    })

    it('shows by a kept head that the end of the chain was cut off with its events', async () => {
      const { store, ipam, head } = await sealed()
      const fifth = await store.transaction(
        (session) => session.get<{ hash: Uint8Array }>('SELECT hash FROM event_seal WHERE seq = 5'),
        { access: 'read', deadline: performance.now() + 10_000 },
      )
      await past(
        store,
        ['DELETE FROM event WHERE id > 5'],
        ['DELETE FROM event_seal WHERE seq > 5'],
        ['UPDATE event_seal_head SET seq = 5, last_event_id = 5, hash = ?', fifth?.hash ?? null],
      )
      expect((await ipam.audit.verify()).ok).toBe(true)
      expect(await ipam.audit.verify({ head })).toMatchObject({
        ok: false,
        firstBroken: { kind: 'cut', seq: 6 },
      })
    })

    describe('of a database that lost its last events', () => {
      /** The state of the database after five of its ten events, as if a backup had been put back. */
      async function restored(): Promise<{ store: Store; ipam: Ipam; head: AuditHead }> {
        const found = await sealed()
        const fifth = await found.store.transaction(
          (session) =>
            session.get<{ hash: Uint8Array }>('SELECT hash FROM event_seal WHERE seq = 5'),
          { access: 'read', deadline: performance.now() + 10_000 },
        )
        await past(
          found.store,
          ['DELETE FROM event WHERE id > 5'],
          ['DELETE FROM event_seal WHERE seq > 5'],
          ['UPDATE event_seal_head SET seq = 5, last_event_id = 5, hash = ?', fifth?.hash ?? null],
        )
        return found
      }

      it('tells at once whether it still holds a kept head', async () => {
        const { ipam, head } = await sealed()
        expect(head).toMatchObject({ epoch: 1, seq: 10 })
        expect(await ipam.audit.compare(head)).toEqual({ standing: 'contained', head })
        const hash = 'ab'.repeat(32)
        expect(await ipam.audit.compare({ ...head, hash })).toEqual({ standing: 'rewritten', head })
        expect(await ipam.audit.compare({ ...head, seq: 11 })).toEqual({ standing: 'cut', head })
        expect(await ipam.audit.compare({ ...head, epoch: 2 })).toEqual({ standing: 'cut', head })
        expect(await ipam.audit.acceptRestore(head)).toBeNull()
      })

      it('begins an epoch when that is accepted, and has it on record for ever', async () => {
        const { store, ipam, head } = await restored()
        const end = await ipam.audit.head()
        expect(await ipam.audit.compare(head)).toEqual({ standing: 'cut', head: end })
        const admin = ipam.as({ projectId: 'p', isAdmin: true, actor: 'ada' })
        expect(await admin.audit.acceptRestore(head)).toEqual({ epoch: 2, end, kept: head })
        expect(await ipam.audit.acceptRestore(head)).toBeNull()
        expect((await ipam.audit.compare(head)).standing).toBe('accepted')
        // What was lost besides is another loss.
        expect((await ipam.audit.compare({ ...head, seq: 11 })).standing).toBe('cut')
        await ipam.subnets.create({ cidr: '10.1.0.0/24' })
        for (let octet = 2; octet < 8; octet += 1)
          await ipam.subnets.create({ cidr: `10.${octet}.0.0/24` })
        await ipam.audit.seal()

        const report = await ipam.audit.verify()
        expect(report).toMatchObject({ ok: true, head: { epoch: 2, seq: 13 } })
        expect(report.restores).toEqual([
          { epoch: 2, end, kept: head, at: expect.stringMatching(/Z$/), actor: 'ada' },
        ])
        expect(await ipam.audit.verify({ head })).toMatchObject({
          ok: false,
          firstBroken: {
            kind: 'cut',
            seq: 6,
            message: expect.stringContaining('the chain of epoch 1 ends at 5'),
          },
        })
        expect((await ipam.audit.verify({ head: end })).ok).toBe(true)
        expect((await ipam.audit.verify({ head: report.head })).ok).toBe(true)
        // Of no project: how many events there are is for administrators alone.
        const row = await store.transaction(
          (session) =>
            session.get("SELECT record_kind, project_id FROM event WHERE action = 'restored'"),
          { access: 'read', deadline: performance.now() + 10_000 },
        )
        expect(row).toMatchObject({ record_kind: 'database', project_id: '' })
      })

      it('is told from the one that was accepted, when an older one is put back once more', async () => {
        const { store, ipam, head } = await restored()
        const end = await ipam.audit.head()
        await ipam.audit.acceptRestore(head)
        await ipam.audit.seal()
        const second = await ipam.audit.head()
        expect(second).toMatchObject({ epoch: 2, seq: 6 })
        await past(
          store,
          ["DELETE FROM setting WHERE name LIKE 'audit-restore-%'"],
          ['DELETE FROM event WHERE id > 5'],
          ['DELETE FROM event_seal WHERE seq > 5'],
          [
            'UPDATE event_seal_head SET seq = 5, last_event_id = 5, hash = ?',
            Buffer.from(end.hash, 'hex'),
          ],
        )
        expect(await ipam.audit.compare(second)).toEqual({ standing: 'cut', head: end })
        expect(await ipam.audit.verify({ head: { ...end, epoch: 2 } })).toMatchObject({
          ok: false,
          firstBroken: { kind: 'cut', message: expect.stringContaining('of epoch 2') },
        })
        expect(await ipam.audit.acceptRestore(second)).toMatchObject({ epoch: 3, end })
      })

      it('is accepted by administrators only', async () => {
        const { ipam, head } = await restored()
        const operator = ipam.as({ projectId: 'p', isAdmin: false })
        await expect(operator.audit.acceptRestore(head)).rejects.toMatchObject({
          code: 'INVALID_REQUEST',
        })
        expect((await ipam.audit.compare(head)).standing).toBe('cut')
      })
    })

    it('takes in events whose transactions commit after higher ids were sealed', async () => {
      const { store, ipam } = await engines.openWithStore()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, { kind: 'bulk', count: 4 })
      // Ids 3 and 4 are hidden, as they would be while their transaction is open, and then there.
      await past(
        store,
        [`CREATE TABLE hidden_event AS SELECT * FROM event WHERE id IN (3, 4)`],
        ['DELETE FROM event WHERE id IN (3, 4)'],
      )
      expect(await ipam.audit.seal()).toEqual({ sealed: 3 })
      await past(store, [
        `INSERT INTO event (${restoredColumns}) ${overriding}
          SELECT ${restoredColumns} FROM hidden_event`,
      ])
      expect(await ipam.audit.seal()).toEqual({ sealed: 2 })
      expect(await ipam.audit.verify()).toMatchObject({ ok: true, head: { seq: 5 } })
      expect((await ipam.audit.verify()).unsealed.events).toBe(0)
      expect(await ipam.audit.seal()).toEqual({ sealed: 0 })
      await ipam.subnets.update(id, { name: 'later' })
      expect(await ipam.audit.seal()).toEqual({ sealed: 1 })
    })

    it('is verified by administrators only', async () => {
      const { ipam } = await sealed()
      const reader = ipam.as({ projectId: 'p', isAdmin: false })
      await expect(reader.audit.verify()).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    })
  })
}
