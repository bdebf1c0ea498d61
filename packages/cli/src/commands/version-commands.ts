import { readFile } from 'node:fs/promises'
import type { CommandContext } from '../command-context.ts'
import type { Column } from '../output/column.ts'
import { printRecord } from '../output/record-output.ts'

interface Versions {
  readonly freehold: string
  readonly node: string
}

export async function printVersion(context: CommandContext): Promise<void> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  printRecord(context, { freehold: version, node: process.versions.node }, columns)
}

const columns: readonly Column<Versions>[] = [
  { key: 'freehold', title: 'freehold', value: ({ freehold }) => freehold },
  { key: 'node', title: 'node', value: ({ node }) => node },
]
