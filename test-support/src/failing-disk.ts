import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { canMount, type SmallDisk, smallDisk } from './small-disk.ts'

/** Whether this process may make a disk that fails: a file system in a file, through a loop device. */
export const canFailDisks: boolean = canMount && isPossible()

/**
 * A disk of 64 MiB with so many MiB behind it. Once it is filled, what is written to it is lost: `fsync` fails with EIO, as it
 * does for a block that cannot be written. Cleared, it works again. Throws Error where that is not allowed.
 */
export function failingDisk(mebibytes: number): SmallDisk {
  const behind = smallDisk(mebibytes)
  const image = join(behind.path, 'image')
  const path = join(behind.path, 'disk')
  try {
    mkdirSync(path)
    writeFileSync(image, '')
    truncateSync(image, 64 * 2 ** 20)
    // Without a journal, whose loss would end the file system and not only what is written to it.
    run('mkfs.ext4', ['-q', '-O', '^has_journal', image])
    run('mount', ['-o', 'loop', image, path])
    chmodSync(path, 0o777)
  } catch (error) {
    behind[Symbol.dispose]()
    throw error
  }
  return {
    path,
    fill: () => behind.fill(),
    clear: () => behind.clear(),
    [Symbol.dispose]() {
      behind.clear()
      spawnSync('umount', ['--lazy', path])
      behind[Symbol.dispose]()
    },
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`)
}

function isPossible(): boolean {
  try {
    failingDisk(8)[Symbol.dispose]()
    return true
  } catch {
    return false
  }
}
