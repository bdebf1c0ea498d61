import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

it('exists inside its block and is gone with its files afterwards', () => {
  let path: string
  {
    using directory = temporaryDirectory()
    path = directory.path
    expect(statSync(path).isDirectory()).toBe(true)
    writeFileSync(join(path, 'file'), 'content')
  }
  expect(existsSync(path)).toBe(false)
})

it('is another one each time', () => {
  using one = temporaryDirectory()
  using other = temporaryDirectory()
  expect(one.path).not.toBe(other.path)
})
