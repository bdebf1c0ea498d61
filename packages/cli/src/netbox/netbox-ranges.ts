import { AddressRange, IpAddress } from '@freehold/address'
import { counted } from '../output/count-text.ts'
import { type CsvRow, type CsvTable, sourceOf } from './csv-reader.ts'
import { type NetboxSubnet, parsed } from './netbox-prefixes.ts'
import type { VrfDirectory } from './netbox-vrfs.ts'
import type { RowLedger } from './row-ledger.ts'
import type { SubnetIndex } from './subnet-index.ts'

/** For each subnet's key, the ranges that NetBox keeps for something else. */
export type ReservedRanges = ReadonlyMap<string, readonly AddressRange[]>

/**
 * An IP range of NetBox, whatever its status, is space with a purpose of its own: it is kept out of the allocation pools
 * of the subnets that it lies in. Cost: logarithmic in the subnets, for each range.
 */
export function readRanges(
  table: CsvTable,
  index: SubnetIndex,
  vrfs: VrfDirectory,
  ledger: RowLedger,
): ReservedRanges {
  const reserved = new Map<string, AddressRange[]>()
  for (const row of table.rows) {
    const source = sourceOf(table, row)
    const { start_address: start = '', end_address: end = '' } = row.cells
    ledger.enter({
      file: table.file,
      line: row.line,
      source,
      recordKind: 'range',
      subject: `${withoutMask(start)}-${withoutMask(end)}`,
    })
    const fate = reserve(row, index, vrfs, reserved)
    if ('skipped' in fate) ledger.settle(source, 'skipped', fate.skipped)
    else ledger.settle(source, 'merged', fate.merged, fate.into)
  }
  return reserved
}

function reserve(
  row: CsvRow,
  index: SubnetIndex,
  vrfs: VrfDirectory,
  reserved: Map<string, AddressRange[]>,
): { skipped: string } | { merged: string; into: string[] } {
  const { start_address: start = '', end_address: end = '', vrf = '' } = row.cells
  const range = parsed(() =>
    AddressRange.of(IpAddress.parse(withoutMask(start)), IpAddress.parse(withoutMask(end))),
  )
  if (row.problem !== undefined) return { skipped: row.problem }
  if (typeof range === 'string') return { skipped: range }
  const scope = vrfs.scopeOf(vrf, range.version)
  if ('problem' in scope) return { skipped: scope.problem }
  const subnets = index.overlapping(scope.key, range)
  if (subnets.length === 0) return { skipped: 'lies in no prefix that became a subnet' }
  let covered = 0n
  for (const subnet of subnets) {
    const whole = subnet.prefix.toRange()
    const first = range.first.compare(whole.first) < 0 ? whole.first : range.first
    const last = range.last.compare(whole.last) > 0 ? whole.last : range.last
    const part = AddressRange.of(first, last)
    covered += part.size
    const parts = reserved.get(subnet.key)
    if (parts === undefined) reserved.set(subnet.key, [part])
    else parts.push(part)
  }
  const where = subnets.length > 3 ? counted(subnets.length, 'subnet') : namesOf(subnets)
  const rest = covered < range.size ? '; the part of it outside of subnets is left out' : ''
  return {
    merged: `kept out of the allocation pools of ${where}${rest}`,
    into: subnets.map((subnet) => subnet.source),
  }
}

function namesOf(subnets: readonly NetboxSubnet[]): string {
  return subnets.map(({ prefix }) => `subnet ${prefix}`).join(' and ')
}

/** NetBox writes an address with the prefix length of its interface, `192.0.2.1/24`. */
export function withoutMask(text: string): string {
  return text.replace(/\/\d{1,3}$/, '')
}
