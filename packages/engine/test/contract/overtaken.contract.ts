import { describe, expect, it } from 'vitest'
import { isIpamError } from '../../src/errors.ts'
import { type Ipam, openIpam } from '../../src/ipam.ts'
import type { AddressRequestInput } from '../../src/model/address-request.ts'
import { allocated, atOnce, codesOf } from './at-once.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { Meeting, watchedStore } from './watched-store.ts'

const callers = 6
// What shows that words of a database, or of its schema, have come through.
const wordsOfDatabases =
  /sqlstate|constraint|duplicate|deadlock|violat|errno|\bkey\b|_pkey|_key|_idx|subnet_pool|address_scope|address_page|INSERT|SELECT|UPDATE|SQLITE|InnoDB/

/** Callers who have all looked before any of them writes, and what the database itself refuses. */
export function describeOvertakenContract(store: ContractStore): void {
  const engines = contractEngines(store)

  /** Two engines whose first write transactions all begin to write together, where the database lets several begin. */
  async function meetingPair(): Promise<{ pair: [Ipam, Ipam]; meet: () => Meeting }> {
    const first = await store.open()
    let meeting: Meeting | undefined
    const isWrite = (sql: string) => /^(INSERT|UPDATE|DELETE|WITH)/.test(sql.trimStart())
    const gated = async (inner: typeof first) =>
      openIpam(
        watchedStore(inner, async (sql) => {
          if (isWrite(sql)) await meeting?.arrive()
        }),
        { deadlineMs: 50_000 },
      )
    const pair: [Ipam, Ipam] = [await gated(first), await gated(await store.again(first))]
    return {
      pair,
      meet: () => {
        // One that has to go on alone is let on soon where there is one writer at a time, and late where all can come.
        meeting = new Meeting(callers, store.name === 'SQLite' ? 100 : 20_000)
        return meeting
      },
    }
  }

  // A request with a key has a transaction to itself.
  const ask = (ipam: Ipam, id: string, request: AddressRequestInput, index: number) =>
    ipam.allocations.allocate(id, request, {}, { idempotencyKey: `${request.kind} ${index}` })

  describe('callers who have all looked before any writes', () => {
    it('get a named address once (A6)', { timeout: 60_000 }, async () => {
      const { pair, meet } = await meetingPair()
      const { id } = await pair[0].subnets.create({ cidr: '10.0.0.0/24' })
      const meeting = meet()
      const answers = await atOnce(pair, callers, (ipam, index) =>
        ask(ipam, id, { kind: 'specific', address: '10.0.0.9' }, index),
      )
      expect(meeting.isComplete).toBe(store.name !== 'SQLite')
      expect(allocated(answers)).toHaveLength(1)
      expect(codesOf(answers)).toEqual(Array(callers - 1).fill('ADDRESS_IN_USE'))
      expect((await pair[0].check()).problems).toEqual([])
    })

    it('get another address each, to the last one (A6)', { timeout: 60_000 }, async () => {
      const { pair, meet } = await meetingPair()
      for (const [kind, cidr] of [
        ['any', '10.0.0.0/29'],
        ['next', '10.0.1.0/29'],
      ] as const) {
        const { id } = await pair[0].subnets.create({ cidr, gateway: null })
        const meeting = meet()
        const answers = await atOnce(pair, callers, (ipam, index) => ask(ipam, id, { kind }, index))
        expect(meeting.isComplete).toBe(store.name !== 'SQLite')
        expect(codesOf(answers)).toEqual([])
        expect(new Set(allocated(answers).map(({ address }) => address)).size).toBe(callers)
      }
      expect((await pair[0].check()).problems).toEqual([])
    })
  })

  describe('the database itself', () => {
    it('refuses a second row of one address (A2)', async () => {
      const { store: opened, ipam } = await engines.openWithStore()
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      await ipam.allocations.allocate(id, { kind: 'next' })
      const twice = opened.transaction(
        (session) => session.run('INSERT INTO allocation SELECT * FROM allocation'),
        { access: 'write', deadline: performance.now() + 30_000 },
      )
      await expect(twice).rejects.toMatchObject({ fault: 'unique' })
    })

    it('is not heard in what callers are told (A4)', { timeout: 60_000 }, async () => {
      const pair = await engines.openPair()
      const { id } = await pair[0].subnets.create({ cidr: '10.0.0.0/29' })
      const told: string[] = []
      const heard = async (work: Promise<unknown>) => {
        await work.catch((error: unknown) => {
          if (!isIpamError(error)) throw error
          const { code, message, details } = error
          told.push(
            JSON.stringify({ code, message, details }, (_, each) =>
              typeof each === 'bigint' ? String(each) : each,
            ),
          )
        })
      }
      const scene = (ipam: Ipam, index: number): Promise<unknown>[] => [
        ipam.allocations.allocate(id, { kind: 'any' }),
        ipam.allocations.allocate(id, { kind: 'specific', address: '10.0.0.4' }),
        ipam.subnets.create({ cidr: '10.1.0.0/24' }),
        ipam.subnets.create({ id, cidr: `10.2.${index}.0/24` }),
        ipam.subnetPools.create({ prefixes: ['10.3.0.0/16'], isDefault: true }),
        ipam.allocations.release(id, '10.0.0.3'),
        ipam.subnets.delete(id),
      ]
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => scene(pair[index % 2] as Ipam, index))
          .flat()
          .map(heard),
      )
      expect(
        new Set(told.map((text) => (JSON.parse(text) as { code: string }).code)).size,
      ).toBeGreaterThan(4)
      // The names of our own codes and fields are no words of a database.
      expect(told.filter((text) => wordsOfDatabases.test(text))).toEqual([])
    })
  })
}
