import { type AddressRange, Prefix, RangeSet } from '@freehold/address'
import type { Labels, PlannedSubnetPool } from '@freehold/engine'
import { counted } from '../output/count-text.ts'
import { type CsvRow, type CsvTable, sourceOf } from './csv-reader.ts'
import { cleanText, isTrue, labelsOf } from './netbox-text.ts'
import type { VrfDirectory } from './netbox-vrfs.ts'
import { type PrefixEntry, type PrefixNode, prefixTree } from './prefix-tree.ts'
import type { RowLedger } from './row-ledger.ts'

export interface NetboxPrefix extends PrefixEntry {
  readonly scopeKey: string
  readonly status: string
  readonly name: string
  readonly labels: Labels
  readonly isUtilized: boolean
}

/** A prefix that becomes a subnet, before ranges and gateways are known. */
export interface NetboxSubnet {
  readonly key: string
  readonly prefix: Prefix
  readonly scopeKey: string
  readonly subnetPool: string | null
  readonly source: string
  readonly name: string
  readonly labels: Labels
  /** Whether automatic allocation may draw from it. */
  readonly isOpen: boolean
}

export interface NetboxPrefixes {
  readonly subnetPools: readonly PlannedSubnetPool[]
  readonly subnets: readonly NetboxSubnet[]
}

// A pool holds at most this many prefixes; what an outer container keeps can be more, and is then several pools.
const maxPoolPrefixes = 1000

/**
 * Turns aggregates and prefixes into subnet pools and subnets. Pools of one address scope may not overlap, so an outer
 * container keeps what its inner containers leave. Cost: that of sorting the prefixes of each scope.
 */
export function readPrefixes(
  prefixTable: CsvTable,
  aggregateTable: CsvTable,
  vrfs: VrfDirectory,
  ledger: RowLedger,
): NetboxPrefixes {
  const entries = [
    ...aggregateTable.rows.map((row) => readRow(aggregateTable, row, 'aggregate', vrfs, ledger)),
    ...prefixTable.rows.map((row) => readRow(prefixTable, row, roleOf(row), vrfs, ledger)),
  ].filter((entry) => entry !== null)
  const byScope = Map.groupBy(entries, (entry) => entry.scopeKey)
  const subnetPools: PlannedSubnetPool[] = []
  const subnets: NetboxSubnet[] = []
  for (const scopeEntries of byScope.values()) {
    const poolsByNode = new Map<PrefixNode<NetboxPrefix>, PlannedSubnetPool[]>()
    for (const node of prefixTree(scopeEntries, (...pair) => settleDuplicate(...pair, ledger))) {
      if (isPool(node)) poolsByNode.set(node, poolsOf(node, ledger))
      else subnets.push(subnetOf(node, poolsByNode, ledger))
    }
    subnetPools.push(...[...poolsByNode.values()].flat())
  }
  return { subnetPools, subnets }
}

function settleDuplicate(entry: NetboxPrefix, first: NetboxPrefix, ledger: RowLedger): void {
  if (entry.role === 'aggregate' && first.role === 'container')
    ledger.settle(entry.source, 'merged', `the container ${first.source} is the same prefix`, [
      first.source,
    ])
  else ledger.settle(entry.source, 'skipped', `the same prefix as ${first.source}, which was taken`)
}

function roleOf(row: CsvRow): PrefixEntry['role'] {
  return row.cells.status?.toLowerCase() === 'container' ? 'container' : 'network'
}

function readRow(
  table: CsvTable,
  row: CsvRow,
  role: PrefixEntry['role'],
  vrfs: VrfDirectory,
  ledger: RowLedger,
): NetboxPrefix | null {
  const source = sourceOf(table, row)
  const subject = row.cells.prefix ?? ''
  ledger.enter({
    file: table.file,
    line: row.line,
    source,
    recordKind: role === 'network' ? 'subnet' : 'subnet-pool',
    subject,
  })
  const prefix = parsed(() => Prefix.parse(subject))
  const reason = row.problem ?? (typeof prefix === 'string' ? prefix : undefined)
  if (reason !== undefined || typeof prefix === 'string') {
    ledger.settle(source, 'skipped', reason)
    return null
  }
  const scope = vrfs.scopeOf(row.cells.vrf ?? '', prefix.version)
  if ('problem' in scope) {
    ledger.settle(source, 'skipped', scope.problem)
    return null
  }
  const { labels, changed } = labelsOf(row)
  if (changed.length > 0) ledger.note(source, `cleaned to fit: ${changed.join(', ')}`)
  return {
    prefix,
    role,
    source,
    scopeKey: scope.key,
    status: (row.cells.status || 'active').toLowerCase(),
    name: nameOf(prefix, role, row),
    labels,
    isUtilized: isTrue(row.cells.mark_utilized),
  }
}

/** The result, or the reason as text where the address package refuses. */
export function parsed<T>(read: () => T): T | string {
  try {
    return read()
  } catch (error) {
    return (error as Error).message
  }
}

// NetBox's prefixes have no name. What a person calls them is the description, else where they are and what they are for.
function nameOf(prefix: Prefix, role: PrefixEntry['role'], row: CsvRow): string {
  const { description = '', site = '', rir = '' } = row.cells
  if (role === 'aggregate') return cleanText(`aggregate ${prefix} ${rir}`)
  if (role === 'container') return cleanText(`container ${prefix} ${description}`)
  return cleanText(description || [site, row.cells.role ?? ''].filter(Boolean).join(' '))
}

function isPool(node: PrefixNode<NetboxPrefix>): boolean {
  return node.entry.role !== 'network' || node.children.length > 0
}

function poolsOf(node: PrefixNode<NetboxPrefix>, ledger: RowLedger): PlannedSubnetPool[] {
  const { entry, children } = node
  const inner = children.filter(isPool)
  const kept = remainder(
    entry.prefix,
    inner.map((child) => child.entry.prefix.toRange()),
  )
  if (kept.length === 0) {
    ledger.settle(
      entry.source,
      'skipped',
      `every address of it lies in ${counted(inner.length, 'pool')} inside it, so nothing is left to make one of`,
    )
    return []
  }
  ledger.settle(entry.source, 'planned')
  if (entry.role === 'network')
    ledger.note(
      entry.source,
      `${counted(children.length, 'prefix')} inside it, so it is a subnet pool and not a subnet`,
    )
  if (inner.length > 0)
    ledger.note(
      entry.source,
      `keeps what ${counted(inner.length, 'pool')} inside it ${inner.length === 1 ? 'leaves' : 'leave'}`,
    )
  const { minPrefixLength, defaultPrefixLength } = lengthsOf(node)
  return chunks(kept, maxPoolPrefixes).map((prefixes, index) => ({
    key: index === 0 ? entry.source : `${entry.source}.${index + 1}`,
    source: entry.source,
    addressScope: entry.scopeKey,
    name: entry.role === 'network' ? poolNameOf(entry) : entry.name,
    labels: entry.labels,
    prefixes,
    minPrefixLength,
    defaultPrefixLength,
  }))
}

function poolNameOf(entry: NetboxPrefix): string {
  return cleanText(`prefix ${entry.prefix} ${entry.name}`)
}

/** What is left of a prefix without these ranges, as the fewest prefixes, in order. */
function remainder(prefix: Prefix, taken: readonly AddressRange[]): string[] {
  const whole = RangeSet.of(prefix.version, [prefix.toRange()])
  return whole
    .difference(RangeSet.of(prefix.version, taken))
    .toPrefixes()
    .map((left) => left.toString())
}

// The pool may hand out anything up to its own size; what it hands out by default is what it has most of already.
function lengthsOf(node: PrefixNode<NetboxPrefix>) {
  const minPrefixLength = node.entry.prefix.length
  const lengths = node.children
    .filter((child) => !isPool(child))
    .map((child) => child.entry.prefix.length)
  const counts = [...Map.groupBy(lengths, (length) => length)]
  const [commonest] = counts.sort(([a, x], [b, y]) => y.length - x.length || a - b)
  const usual = node.entry.prefix.version === 4 ? 24 : 64
  return {
    minPrefixLength,
    defaultPrefixLength: Math.max(minPrefixLength, commonest?.[0] ?? usual),
  }
}

const closedStatuses = new Set(['reserved', 'deprecated'])

function subnetOf(
  node: PrefixNode<NetboxPrefix>,
  poolsByNode: ReadonlyMap<PrefixNode<NetboxPrefix>, readonly PlannedSubnetPool[]>,
  ledger: RowLedger,
): NetboxSubnet {
  const { entry, parent } = node
  const isClosed = closedStatuses.has(entry.status) || entry.isUtilized
  ledger.settle(entry.source, 'planned')
  if (isClosed)
    ledger.note(
      entry.source,
      `${entry.isUtilized ? 'marked as utilized' : entry.status}, so no address of it is handed out automatically`,
    )
  return {
    key: entry.source,
    prefix: entry.prefix,
    scopeKey: entry.scopeKey,
    subnetPool: parent === null ? null : poolKeyOf(poolsByNode.get(parent) ?? [], entry.prefix),
    source: entry.source,
    name: entry.name,
    labels: entry.labels,
    isOpen: !isClosed,
  }
}

// A container of more than maxPoolPrefixes is several pools; the subnet comes from the one that its prefix lies in.
function poolKeyOf(pools: readonly PlannedSubnetPool[], prefix: Prefix): string | null {
  const [only] = pools
  if (pools.length === 1 && only !== undefined) return only.key
  const pool = pools.find(({ prefixes }) =>
    prefixes.some((text) => Prefix.parse(text).contains(prefix)),
  )
  return pool?.key ?? null
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
