import { describe, expect, it } from 'vitest'
import { isIpamError } from '../../src/errors.ts'
import type { Ipam } from '../../src/ipam.ts'
import { type ContractStore, contractEngines } from './contract-store.ts'
import { expectRefused } from './expected-error.ts'

export function describeOverloadContract(contractStore: ContractStore): void {
  const engines = contractEngines(contractStore)
  const most = 20

  const operations: Record<string, (ipam: Ipam, id: string) => Promise<unknown>> = {
    'any, which shares transactions': (ipam, id) => ipam.allocations.allocate(id, { kind: 'any' }),
    'next, which has its own': (ipam, id) => ipam.allocations.allocate(id, { kind: 'next' }),
    'a read': (ipam, id) => ipam.subnets.get(id),
  }

  describe('more operations at once than may wait', () => {
    it.each(Object.entries(operations))('are refused at once: %s', async (_, operation) => {
      const ipam = await engines.open({ limits: { maxWaiting: most } })
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/24' })
      const asked = Array.from({ length: 100 }, () => operation(ipam, id))
      // Nothing of what was let in can have been answered before the next turn of the event loop.
      const refusedAtOnce = await Promise.race([asked.at(-1), turnOfTheLoop()]).catch(
        (error: unknown) => error,
      )
      expect(refusedAtOnce).toMatchObject({ code: 'OVERLOADED', kind: 'unavailable' })
      const outcomes = await Promise.allSettled(asked)
      const refused = outcomes.filter(
        (outcome) => outcome.status === 'rejected' && isIpamError(outcome.reason, 'OVERLOADED'),
      )
      expect(refused).toHaveLength(100 - most)
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(most)
      await operation(ipam, id)
      expect((await ipam.check()).problems).toEqual([])
    })

    it('do not keep out what an operation that was let in still has to do', async () => {
      const ipam = await engines.open({ limits: { maxWaiting: 1 } })
      const { id } = await ipam.subnets.create({ cidr: '10.0.0.0/29' })
      // The last of these finds the subnet full, which is only said by a transaction of its own.
      for (let count = 0; count < 5; count += 1)
        await ipam.allocations.allocate(id, { kind: 'any' })
      await expectRefused(ipam.allocations.allocate(id, { kind: 'any' }), 'SUBNET_EXHAUSTED')
      await ipam.transaction(async (inside) => {
        await inside.subnets.create({ cidr: '10.0.1.0/24' })
        await inside.subnets.create({ cidr: '10.0.2.0/24' })
      })
      expect((await ipam.check()).problems).toEqual([])
    })
  })
}

function turnOfTheLoop(): Promise<string> {
  return new Promise((resolve) => setImmediate(() => resolve('not refused at once')))
}
