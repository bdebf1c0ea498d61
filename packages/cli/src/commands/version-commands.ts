import type { CommandContext } from '../command-context.ts'
import { freeholdVersion } from '../freehold-version.ts'
import type { Column } from '../output/column.ts'
import { printRecord } from '../output/record-output.ts'

interface Versions {
  readonly freehold: string
  readonly node: string
}

export function printVersion(context: CommandContext): void {
  printRecord(context, { freehold: freeholdVersion(), node: process.versions.node }, columns)
}

const columns: readonly Column<Versions>[] = [
  { key: 'freehold', title: 'freehold', value: ({ freehold }) => freehold },
  { key: 'node', title: 'node', value: ({ node }) => node },
]
