import { join } from 'node:path'
import { temporaryDirectory } from '@freehold/test-support'
import { describe, expect, it } from 'vitest'
import { type Ipam, openIpam } from '../src/ipam.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../src/store/store.ts'
import { expectRefused } from './contract/expected-error.ts'

interface Scene {
  readonly store: Store
  readonly hasty: Ipam
  readonly patient: Ipam
  readonly subnetId: string
}

async function withEngines(work: (scene: Scene) => Promise<void>): Promise<void> {
  using directory = temporaryDirectory()
  const store = sqliteStore({ path: join(directory.path, 'db.sqlite') })
  const patient = await openIpam(store, { deadlineMs: 60_000 })
  const hasty = await openIpam(store, { deadlineMs: 200 })
  const { id } = await patient.subnets.create({ cidr: '10.0.0.0/24' })
  await work({ store, hasty, patient, subnetId: id })
  expect((await patient.check()).problems).toEqual([])
  await store.close()
}

/** Runs `meanwhile` while a transaction of that kind stands open, which ends only after it. */
async function during(
  { patient, subnetId }: Scene,
  kind: 'snapshot' | 'transaction',
  meanwhile: () => Promise<void>,
): Promise<void> {
  const opened = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  const standing = patient[kind](async (view) => {
    await view.subnets.get(subnetId)
    opened.resolve()
    await over.promise
  })
  await opened.promise
  await meanwhile().finally(() => over.resolve())
  await standing
}

describe('a caller of a SQLite store that is busy in its own process', () => {
  it('waits no longer for its turn to read than its deadline says', async () => {
    await withEngines(async (scene) => {
      const { hasty, patient, subnetId } = scene
      await during(scene, 'snapshot', async () => {
        await expectRefused(hasty.subnets.get(subnetId), 'OVERLOADED')
      })
      expect(await patient.subnets.get(subnetId)).toMatchObject({ id: subnetId })
    })
  })

  it('waits no longer for its turn to write than its deadline says, and has changed nothing', async () => {
    await withEngines(async (scene) => {
      const { hasty, patient, subnetId } = scene
      await during(scene, 'transaction', async () => {
        for (const kind of ['any', 'next'] as const)
          await expectRefused(hasty.allocations.allocate(subnetId, { kind }), 'CONTENTION')
      })
      expect((await patient.allocations.list(subnetId)).items).toEqual([])
    })
  })

  it('is answered when its turn comes before that', async () => {
    await withEngines(async (scene) => {
      const { patient, subnetId } = scene
      const waiting: Promise<unknown>[] = []
      await during(scene, 'transaction', async () => {
        waiting.push(patient.allocations.allocate(subnetId, { kind: 'any' }))
      })
      await Promise.all(waiting)
      expect((await patient.allocations.list(subnetId)).items).toHaveLength(1)
    })
  })

  it('may be another engine that is being opened', async () => {
    await withEngines(async (scene) => {
      const opening: Promise<Ipam>[] = []
      await during(scene, 'transaction', async () => {
        opening.push(openIpam(scene.store))
        await scene.patient.subnets.get(scene.subnetId)
      })
      const [another] = await Promise.all(opening)
      expect(await another?.subnets.get(scene.subnetId)).toMatchObject({ id: scene.subnetId })
    })
  })
})
