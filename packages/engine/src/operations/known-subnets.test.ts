import { Prefix } from '@freehold/address'
import { describe, expect, it } from 'vitest'
import { PoolSpace } from '../allocators/pool-space.ts'
import { KnownSubnets } from './known-subnets.ts'
import type { SubnetLayout } from './subnet-layout.ts'

function layoutOf(id: string): SubnetLayout {
  const prefix = Prefix.parse('10.0.0.0/24')
  return {
    key: 1,
    id,
    projectId: 'p',
    shared: false,
    revision: 1,
    version: 4,
    prefix,
    base: prefix.first.value,
    size: prefix.size,
    gateway: null,
    space: new PoolSpace([{ first: 1n, last: 254n }]),
    coolingSeconds: 0,
    freeShare: 1,
  }
}

describe('what is known of subnets', () => {
  it('is forgotten with the era, and never kept without one', () => {
    const known = new KnownSubnets()
    known.enter(1)
    known.add(layoutOf('a'))
    expect(known.layoutOf('a')).toBeDefined()
    known.enter(1)
    expect(known.layoutOf('a')).toBeDefined()
    known.enter(2)
    expect(known.layoutOf('a')).toBeUndefined()
    known.enter(null)
    known.add(layoutOf('a'))
    expect(known.layoutOf('a')).toBeUndefined()
  })

  it('is of the layout that was compiled last, since changes are noted with that one', () => {
    const known = new KnownSubnets()
    known.enter(1)
    known.add(layoutOf('a'))
    const anew = layoutOf('a')
    known.add(anew)
    expect(known.layoutOf('a')).toBe(anew)
  })
})
