/** Files that are made from other files, committed, and checked for drift. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One source of generated files. */
export interface GenerateStep {
  readonly name: string
  /** The files by their path from the repository root, with their whole content. */
  produce(root: string): Promise<ReadonlyMap<string, string>>
}

/**
 * Produces every file and writes those that differ; with `check`, writes nothing. Steps run in
 * order, so that a later one may read what an earlier one has written. Returns the paths that
 * differ from what is on disk.
 */
export async function generateFiles(
  steps: readonly GenerateStep[],
  root: string,
  { check }: { check: boolean },
): Promise<string[]> {
  const differing: string[] = []
  for (const step of steps) {
    for (const [path, content] of await step.produce(root)) {
      const file = join(root, path)
      if (readIfPresent(file) === content) continue
      differing.push(path)
      if (check) continue
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
    }
  }
  return differing
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
