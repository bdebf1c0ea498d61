import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in memory with little room. */
export interface SmallDisk extends Disposable {
  readonly path: string
  /** Takes all the room that is left. */
  fill(): void
  /** Gives it back. */
  clear(): void
}

/** Whether this process may mount file systems, which root on Linux may, unless it is kept from it. */
export const canMount: boolean = isMountable()

/** Mounts an empty file system of so many MiB; everybody may write to it. Throws Error where that is not allowed. */
export function smallDisk(mebibytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'freehold-disk-'))
  if (!mount(path, mebibytes)) {
    rmdirSync(path)
    throw new Error('a file system cannot be mounted')
  }
  chmodSync(path, 0o777)
  const ballast = join(path, 'ballast')
  return {
    path,
    fill() {
      // Others write at the same time: small pieces until there is no room for one more.
      const block = new Uint8Array(4096)
      try {
        for (;;) appendFileSync(ballast, block)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    },
    clear: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]() {
      // Detached at once, and gone when nobody uses it any more.
      spawnSync('umount', ['--lazy', path])
      rmdirSync(path)
    },
  }
}

function mount(path: string, mebibytes: number): boolean {
  const options = ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'freehold-test', path]
  return spawnSync('mount', options).status === 0
}

function isMountable(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const path = mkdtempSync(join(tmpdir(), 'freehold-disk-'))
  const isMounted = mount(path, 1)
  if (isMounted) spawnSync('umount', [path])
  rmdirSync(path)
  return isMounted
}
