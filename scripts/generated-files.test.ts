import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@freehold/test-support'
import { expect, it } from 'vitest'
import { generateFiles } from './generated-files.ts'

const source = {
  name: 'source',
  produce: async () => new Map([['deep/list.txt', 'a\nb\n']]),
}
const derived = {
  name: 'derived',
  produce: async (root: string) =>
    new Map([['count.txt', `${readFileSync(join(root, 'deep/list.txt'), 'utf8').length}`]]),
}

it('writes what differs, in order, and nothing the second time', async () => {
  using directory = temporaryDirectory()
  const steps = [source, derived]
  expect(await generateFiles(steps, directory.path, { check: false })).toEqual([
    'deep/list.txt',
    'count.txt',
  ])
  expect(readFileSync(join(directory.path, 'count.txt'), 'utf8')).toBe('4')
  expect(await generateFiles(steps, directory.path, { check: false })).toEqual([])
})

it('names a missing and a changed file when checking, and touches neither', async () => {
  using directory = temporaryDirectory()
  expect(await generateFiles([source], directory.path, { check: true })).toEqual(['deep/list.txt'])
  expect(existsSync(join(directory.path, 'deep'))).toBe(false)

  mkdirSync(join(directory.path, 'deep'))
  writeFileSync(join(directory.path, 'deep/list.txt'), 'a\n')
  expect(await generateFiles([source], directory.path, { check: true })).toEqual(['deep/list.txt'])
  expect(readFileSync(join(directory.path, 'deep/list.txt'), 'utf8')).toBe('a\n')
})
